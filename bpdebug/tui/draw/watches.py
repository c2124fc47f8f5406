"""Watches: expressions with their values at the cursor."""

from __future__ import annotations

from bpdebug.debugger import Moment
from bpdebug.debugger.evaluation import shown
from bpdebug.errors import BpdebugError
from bpdebug.tui.draw.line import Line, Look, wrap


def draw_watches(moment: Moment, look: Look, room: int) -> list[Line]:
    """One watch after the other; what is not computed yet says so."""
    lines: list[Line] = []
    for number, expression in moment.watches:
        try:
            told = shown(moment, expression, digits=look.digits, unicode=look.unicode)
        except BpdebugError as error:
            # A batch of another size may not fit the expression any more.
            told = f"{expression}: {error.problem}"
        first, *rest = wrap(told, room - 4)
        lines.append(Line(f"{number:>2}  ", "quiet").extend(first))
        lines += [Line("    ").extend(line) for line in rest]
    return lines

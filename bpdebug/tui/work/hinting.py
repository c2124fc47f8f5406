"""What is wrong before the run, told once in the footer: found beside the screen, which goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bpdebug.wording import Script, width

if TYPE_CHECKING:
    from bpdebug.tui.screen import DebuggerScreen

KEY = "d"
"""The usual key of the diagnosis."""
PAUSE = 0.05
"""Seconds for which the first paint has the processor for itself."""
BETWEEN = "; "
"""Stands between sentences that share the footer."""


async def tell_hints(screen: DebuggerScreen, find: Callable[[], list[str]]) -> None:
    """Find the hints in a thread, then show them; a message that is there stays where both fit."""
    await asyncio.sleep(PAUSE)
    hints = await asyncio.to_thread(find)
    if not hints:
        return
    room, message = screen.app.size.width, screen.footer.message
    more = f"{screen.footer.replaced.get(KEY, KEY)} tells more"
    both = f"{message}{BETWEEN}{hint_line(hints, more, screen.script, room - width(message) - 2)}"
    alone = hint_line(hints, more, screen.script, room)
    screen.footer.show_message(both if message and width(both) < room else alone, ok=False)


def hint_line(hints: Sequence[str], more: str, script: Script, room: int) -> str:
    """The hints in a line shorter than `room`: as many as fit, and how many others there are.

    `more` stands at the end, and says what tells the rest.
    """
    for count in range(len(hints), 0, -1):
        rest = len(hints) - count
        others = [f"and {rest} more"] if rest else []
        line = BETWEEN.join([*hints[:count], *others, more])
        if width(line) < room:
            return line
    return script.cut(hints[0], max(room - len(more) - 3, 1)) + BETWEEN + more

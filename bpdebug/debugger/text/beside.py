"""Theirs beside ours in line mode: numbers that were handed in, and the formula that made them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from bpdebug.debugger.comparison import Comparison, Mark
from bpdebug.debugger.text.values import array_text, name_value
from bpdebug.errors import BpdebugError
from bpdebug.expression.tree import Aspect
from bpdebug.ticks import Phase
from bpdebug.wording import Script

if TYPE_CHECKING:
    from bpdebug.debugger.debugger import Debugger

QUANTITIES = {
    Aspect.GRADIENT: "grad",
    Aspect.VALUE: "value",
    Aspect.NEW: "new",
    Aspect.CHANGE: "change",
}
"""What an aspect of a node is called in a file of numbers."""
FOLLOWS = "right, given what came in"


def lines_here(debugger: Debugger) -> list[str]:
    """Theirs at the cursor: the wrong formula of its line, and their numbers; mostly empty."""
    moment = debugger.moment
    comparison, script = moment.comparison, debugger.script
    if comparison is None or moment.phase is Phase.START:
        return []
    iteration, node = moment.iteration.number, moment.node
    quantity, mistake = "grad", None
    line = debugger.listing[debugger.listing.line_at(moment.position)]
    mark = comparison.line_mark(line, iteration)
    if moment.phase is Phase.FORWARD:
        quantity, mark = "value", comparison.mark(node, iteration, "value")
    elif moment.phase is Phase.UPDATE:
        quantity = "new" if comparison.array(node, iteration, "new") else "change"
        lines = moment.update_lines(node)
        if not lines or moment.tick.index != lines[-1]:
            return []
        mistake = comparison.mistake_in_update(node)
    elif moment.edge is not None:
        mistake = comparison.mistake(moment.edge.index)
    texts: list[str] = []
    if mistake is not None:
        texts.append(f"{Mark.OWN.sign(script)} theirs: {mistake.wrong}  ({mistake.id})")
    written = comparison.written(node) if mark is not None else ""
    if written and quantity == "grad":
        lead = f"{mark.sign(script)} " if mark is not None and not texts else "  "
        texts.append(f"{lead}written: {written}")
    numbers = numbers_text(comparison, node, iteration, quantity, None, script)
    if not numbers and mistake is not None and moment.phase is Phase.BACKWARD:
        made = comparison.reproduced(node, iteration)
        numbers = (
            name_value("theirs, as the mistake makes it", array_text(made, script))
            if made is not None
            else ""
        )
    if numbers:
        sign = mark or comparison.mark(node, iteration, quantity)
        lead = f"{sign.sign(script)} " if sign is not None and not texts else "  "
        follows = f"  ({FOLLOWS})" if mark is Mark.INHERITED and "\n" not in numbers else ""
        texts.append(f"{lead}{numbers}{follows}")
    return texts


def named_text(debugger: Debugger, expression: str) -> str:
    """Theirs of the array, or its cells, that an expression names; empty where there are none."""
    moment = debugger.moment
    comparison = moment.comparison
    if comparison is None:
        return ""
    with suppress(BpdebugError):
        named = debugger.named(expression)
        quantity = QUANTITIES[named.aspect]
        return numbers_text(
            comparison, named.node, moment.iteration.number, quantity, named.key, debugger.script
        )
    return ""


def numbers_text(
    comparison: Comparison,
    node: int,
    iteration: int,
    quantity: str,
    key: tuple[object, ...] | None,
    script: Script,
) -> str:
    """`theirs = [0.1, 0.3]`, or that theirs agrees; empty where it was not handed in."""
    found = comparison.array(node, iteration, quantity)
    if found is None:
        return ""
    if not found.wrong:
        agrees = found.status.value == "agrees"
        return f"theirs agrees {script.good}" if agrees else "theirs: undecidable at this precision"
    values = np.asarray(found.handed.values)
    if key is not None:
        with suppress(IndexError):
            values = np.asarray(values[key])  # type: ignore[index]
    return name_value("theirs", array_text(values, script))

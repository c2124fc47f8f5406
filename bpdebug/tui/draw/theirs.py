"""Somebody's own numbers beside the right ones: cells that differ, and what to say of them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bpdebug.debugger import Moment
from bpdebug.debugger.comparison import WRONG, Comparison, Mark
from bpdebug.debugger.marks import BLAMED
from bpdebug.debugger.wrong_cells import off
from bpdebug.graph import Edge
from bpdebug.ops import Array, Index
from bpdebug.records import record, replace
from bpdebug.tui.draw.changed import Cells
from bpdebug.tui.draw.counters import fitting
from bpdebug.tui.draw.grid import Grid, draw, grid_of
from bpdebug.tui.draw.line import Line, beside, block_width, indented, wrap
from bpdebug.wording import Script

if TYPE_CHECKING:
    from bpdebug.mistakes.verdict import NamedMistake

RESULT = ("result ", "quiet")
"""The span that begins the title of a result's grid."""
ROLES = {
    Mark.OWN: "warning",
    Mark.UNKNOWN: "warning",
    Mark.INHERITED: "quiet",
    Mark.AGREES: "good",
}
"""A mark's role. Its sign says as much without colour."""


@record
class Theirs:
    """Somebody's array beside the right one."""

    values: Array
    right: Array
    mark: Mark | None
    """None where it was not handed in, or its precision does not decide."""
    wrong: NDArray[np.bool_] | None
    """Which cells differ; None where the shapes do."""
    whose: str = "theirs"
    """What stands before its numbers: `yours` for those of the scenario's own [backward]."""
    inferred: bool = False
    """True for an array that was not handed in: it is what the named mistakes make."""
    convention: bool = False
    """True where the numbers follow another convention, such as the sign of an update."""

    @property
    def cells(self) -> Cells | None:
        """A function that gives the cells of a window that differ."""
        wrong = self.wrong
        return None if wrong is None else lambda where: np.asarray(wrong[where])


def theirs_of(moment: Moment, node: int, quantity: str = "grad") -> Theirs | None:
    """Their array of a node in the moment's iteration; None where it is not known.

    `quantity` is `grad`, `value` or `new`. A gradient that was not handed in is shown where the
    named mistakes make it wrong.
    """
    comparison, iteration = moment.comparison, moment.iteration.number
    if comparison is None:
        return None
    handed = handed_in(comparison, node, iteration, quantity)
    if handed is not None or quantity != "grad":
        return handed
    made, right = comparison.reproduced(node, iteration), moment.recorded.gradients[node]
    if made is None or right is None or np.shape(made) != np.shape(right):
        return None
    wrong = off(made, np.asarray(right))
    if not wrong.any():
        return None
    own = Mark.OWN in marks_into(moment, node)
    mark = Mark.OWN if own else Mark.INHERITED
    return Theirs(made, np.asarray(right), mark, wrong, "by that mistake", inferred=True)


@lru_cache(maxsize=64)
def handed_in(comparison: Comparison, node: int, iteration: int, quantity: str) -> Theirs | None:
    """An array that was handed in, with the cells that differ; None where there is none."""
    one = comparison.array(node, iteration, quantity)
    if one is None:
        return None
    values, right = np.asarray(one.handed.values), np.asarray(one.right)
    if values.shape != right.shape and not one.wrong:
        return None  # it agrees in another layout, in which its cells are not those of ours
    wrong = None
    if values.shape == right.shape:
        wrong = off(values, right, one.handed.precision)
        wrong &= one.wrong  # rounding that the verdict allows is no difference
    mark = comparison.mark(node, iteration, quantity)
    verdict = comparison.verdict
    other = verdict is not None and bool(verdict.conventions)
    return Theirs(values, right, mark, wrong, whose(comparison), convention=other)


def whose(comparison: Comparison) -> str:
    """What the numbers are called: `yours`, of the scenario's own [backward], else `theirs`."""
    return "yours" if comparison.own_lines else "theirs"


def marks_into(moment: Moment, node: int) -> set[Mark]:
    """The marks of the lines that write a node's gradient."""
    assert moment.comparison is not None
    marks = moment.comparison.edge_marks(moment.iteration.number)
    return {marks[e.index] for e in moment.graph.into.get(node, ()) if e.index in marks}


def gradient_mark(moment: Moment, node: int) -> Mark | None:
    """The mark of a node whose gradient differs; None for any other."""
    comparison = moment.comparison
    if comparison is None:
        return None
    found = marks_into(moment, node) | {comparison.mark(node, moment.iteration.number)}
    return next((mark for mark in WRONG if mark in found), None)


def updated_mark(moment: Moment, parameter: int) -> Mark | None:
    """The mark of a parameter whose update differs; None for any other."""
    if moment.comparison is None:
        return None
    marks = moment.comparison.update_marks(moment.iteration.number)
    found = {marks.get(line) for line in moment.update_lines(parameter)}
    return next((mark for mark in WRONG if mark in found), None)


def marked(mark: Mark | None, script: Script) -> Line:
    """A blank and a mark's sign, to stand behind a name; an empty line without a mark."""
    return Line() if mark is None else Line(" ").add(mark.sign(script), ROLES[mark])


# The multiplication.


def edge_lines(moment: Moment, edge: Edge, script: Script, columns: int, rows: int) -> list[Line]:
    """Below an edge's formula: theirs, and the mistake in it; empty where it has no mark."""
    if moment.comparison is None:
        return []
    mark = moment.comparison.edge_marks(moment.iteration.number).get(edge.index)
    mistake = moment.comparison.mistake(edge.index)
    lines = mistake_lines(moment.comparison, mark, mistake, script, columns, rows)
    written = moment.comparison.written(edge.operand) if mark in BLAMED and rows >= ROOMY else ""
    return [*lines, *indented(f"written: {written}", columns, "quiet")] if written else lines


def update_lines(moment: Moment, script: Script, columns: int, rows: int) -> list[Line]:
    """Below an update line: theirs, and the mistake in it; empty where it has no mark."""
    if moment.comparison is None or moment.update is None:
        return []
    mark = moment.comparison.update_marks(moment.iteration.number).get(moment.tick.index)
    mistake = moment.comparison.mistake_in_update(moment.update.parameter)
    return mistake_lines(moment.comparison, mark, mistake, script, columns, rows)


def mistake_lines(
    comparison: Comparison,
    mark: Mark | None,
    mistake: NamedMistake | None,
    script: Script,
    columns: int,
    rows: int,
) -> list[Line]:
    """What a marked line has instead of the right formula, and the mistake in words."""
    if mark is None:
        return []
    name = whose(comparison)
    if mark is Mark.INHERITED:
        return said(mark, f"{name} follows from what came in", script, columns)
    if mark is Mark.UNKNOWN:
        text = f"{name} is off here, own or inherited: what came in was not handed in"
        return said(mark, text, script, columns)
    if mistake is None:
        return said(mark, f"{name} is wrong here; no known mistake explains it", script, columns)
    lines = said(mark, f"{name}: {mistake.wrong}", script, columns)
    if rows >= ROOMY:
        lines += indented(script.text(mistake.title), columns, "text")
    return lines


ROOMY = 14
"""From this many lines on, a pane says the mistake in words too."""


def said(mark: Mark, text: str, script: Script, columns: int) -> list[Line]:
    """A sentence behind the sign of a mark, in lines that fit."""
    first, *rest = wrap(script.text(text), max(columns - 2, 10), ROLES[mark])
    head = Line(mark.sign(script) + " ", ROLES[mark]).extend(first)
    return [head, *(Line("  ").extend(line) for line in rest)]


def cell_lines(
    theirs: Theirs | None, name: str, cell: Index, script: Script, columns: int
) -> list[Line]:
    """A cell both ways: `✗ theirs ∂L/∂W₂[0,0] = 0.57177, right 0.108906`; empty without theirs."""
    if theirs is None:
        return []
    if theirs.wrong is None:
        shapes = [script.shape(np.shape(a)) or "none" for a in (theirs.values, theirs.right)]
        text = f"{theirs.whose} has the shape {shapes[0]}, and should have {shapes[1]}"
        return said(Mark.OWN, text, script, columns)
    number = script.number(float(theirs.values[cell]))
    if not theirs.wrong[cell]:
        mark = Mark.AGREES
        other = ", by another convention" if theirs.convention else ""
        wordings = [f"{theirs.whose} {name} = {number}{other}", f"{theirs.whose} {number}{other}"]
    else:
        mark = theirs.mark if theirs.mark in WRONG else Mark.OWN
        right = script.number(float(theirs.right[cell]))
        short = f"{theirs.whose} {number}, right {right}"
        wordings = [f"{theirs.whose} {name} = {number}, right {right}", short]
    assert mark is not None
    return said(mark, fitting(wordings, columns - 2, wordings[-1]), script, columns)


def with_theirs(
    drawn: list[Line], theirs: Theirs | None, result: Grid, script: Script, columns: int, rows: int
) -> list[Line]:
    """Drawn grids with theirs beside the result, or below it where it fits in `rows` lines.

    Theirs stands there whole, to be compared cell by cell, or not at all. Of an array that agrees
    there is nothing to compare.
    """
    if theirs is None or theirs.wrong is None or not result.shape or not theirs.wrong.any():
        return drawn
    grid = grid_of(theirs.whose, theirs.values, result.lit, row=result.row)
    grid = replace(grid, wrong=theirs.cells)
    at = next((y for y, line in enumerate(drawn) if RESULT in line.spans), None)
    if at is None:
        return drawn
    ours = drawn[at:]
    left = block_width(ours) + 2
    block = draw(grid, columns - left, len(ours), script) if columns - left >= NARROW else None
    if block is not None and block.whole and block_width(block) <= columns - left:
        return [*drawn[:at], *beside(ours, block, 2)]
    room = rows - len(drawn)
    if room > grid.extent[0]:
        block = draw(grid, columns, room, script)
        if block.whole:
            return [*drawn, *block]
    return drawn


NARROW = 8
"""Cells in which a grid is worth trying."""

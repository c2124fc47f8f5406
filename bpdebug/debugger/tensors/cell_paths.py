"""The paths from a cell to the loss at a moment, and the texts that describe them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.moment import Moment
from bpdebug.errors import BpdebugError
from bpdebug.ops import FLOAT64, Index
from bpdebug.ticks.cell_terms import CellTerms
from bpdebug.ticks.paths import CellPaths, Path, PathStep
from bpdebug.wording.steps import cell_name, factor_formula, gradient_cell_name

ROUNDING, ROUNDING_SINGLE = 1e-9, 1e-4
"""Sums of the same products in two orders may differ by this part of the sum of their sizes: in
float64, and where the backward pass rounds to float32."""
NAME_WIDTH = 16
"""Columns of a cell's name in a path, at the most."""
MOST_STEPS = 12
"""A path of this many steps is written without its middle."""


@dataclass(frozen=True)
class PathSum:
    """The paths of a cell, and the gradient that they add up to."""

    node: int
    cell: Index
    paths: CellPaths
    gradient: float
    """As the backward pass computes it."""
    tick: int
    """The tick that completes it."""
    written: bool
    """True where the cursor is at that tick or later."""
    rounding: float = ROUNDING
    """The part of the sum of sizes that may be rounding."""

    @property
    def agrees(self) -> bool:
        """True where the sum over all paths is the gradient, to rounding."""
        a, b = self.paths.total, self.gradient
        if not (isfinite(a) and isfinite(b)):
            return a == b or (a != a and b != b)
        return abs(a - b) <= self.rounding * max(self.paths.size, abs(b))


def path_sum(moment: Moment, node: int, cell: Index) -> PathSum:
    """The paths of a cell; BpdebugError before the forward pass reaches the loss.

    Local derivatives need only the values, so the backward pass need not have begun.
    """
    graph, timeline = moment.graph, moment.timeline
    if node == graph.loss:
        raise BpdebugError("that is the loss itself; take a cell of a parameter: paths W1[0, 1]")
    if moment.position < timeline.forward:
        raise BpdebugError(
            "the forward pass has not come to the loss yet, so no factor is known; "
            f"go on to tick {timeline.forward}"
        )
    terms = CellTerms(moment.recorded, timeline, node, cell)
    # A cell without terms is 0 once its gradient's last edge is done.
    tick = timeline.edge_span(graph.into[node][-1].index)[1]
    tick = terms.tick(len(terms) - 1) if len(terms) else tick
    gradient = float(np.asarray(moment.recorded.gradients[node])[cell])
    paths = CellPaths(moment.recorded, node, cell)
    rounding = ROUNDING if moment.problem.dtype == FLOAT64 else ROUNDING_SINGLE
    return PathSum(node, cell, paths, gradient, tick, moment.position >= tick, rounding)


def agreement(debugger: Debugger, result: PathSum) -> str:
    """`the sum of all products is 0.0827 = ∂L/∂W₂[0,1]`, and when that is written."""
    graph, script = debugger.moment.graph, debugger.script
    name = gradient_cell_name(graph, result.node, result.cell, script)
    total, gradient = (script.number(n) for n in (result.paths.total, result.gradient))
    when = f"{'written by' if result.written else 'not written before'} tick {result.tick}"
    if result.agrees:
        return f"the sum of all products is {total}; {name} = {gradient} ({when}): they agree"
    return f"the sum of all products is {total}, but {name} = {gradient} ({when}): they differ"


def share_text(result: PathSum, some: Sequence[Path]) -> str:
    """The share of some paths in the sum of all |products|: `66.1 %`; `-` where that is 0."""
    size = result.paths.size
    part = sum(abs(path.product) for path in some)
    if not isfinite(size) or not isfinite(part) or size == 0:
        return "-"
    percent = 100 * min(part / size, 1.0)
    if percent >= 99.95:
        return "100 %" if len(some) == result.paths.count or percent == 100 else ">99.9 %"
    return f"{percent:.1f} %" if percent >= 0.05 or percent == 0 else "<0.1 %"


def path_cells(moment: Moment, path: Path) -> list[tuple[int, Index]]:
    """The cells that a path goes through, from its start to the loss."""
    cells: list[tuple[int, Index]] = []
    for factor in path.steps:
        indices = moment.recorded.index_map(factor.edge).locate(factor.number)
        if not cells:
            cells.append((factor.edge.operand, indices.cell))
        cells.append((factor.edge.output, indices.upstream))
    return cells


def chain_names(debugger: Debugger, path: Path) -> list[str]:
    """The names of a path's cells, with `…` for the middle of a long path."""
    moment, script, half = debugger.moment, debugger.script, MOST_STEPS // 2
    long = len(path.steps) >= MOST_STEPS
    parts = (path.steps[: half - 1], path.steps[-half:]) if long else (path.steps,)
    first, *rest = (
        [
            script.cut(cell_name(moment.graph, node, cell, script), NAME_WIDTH)
            for node, cell in path_cells(moment, Path(tuple(part), 0.0))
        ]
        for part in parts
    )
    return [*first, script.dots, *rest[0]] if rest else first


def chain_text(debugger: Debugger, path: Path) -> str:
    """`W₁[0,1] → z₁[0] → … → L`."""
    return debugger.script.text(" → ").join(chain_names(debugger, path))


def factor_row(debugger: Debugger, factor: PathStep) -> tuple[str, str, str]:
    """A factor of a path: as a derivative, as a formula, as a number."""
    graph, script = debugger.moment.graph, debugger.script
    indices = debugger.moment.recorded.index_map(factor.edge).locate(factor.number)
    fraction, symbol = factor_formula(graph, factor.edge, indices, script)
    return fraction, symbol, script.number(factor.local)


def factor_tick(moment: Moment, factor: PathStep) -> int:
    """The tick of the multiplication that has this factor as its local derivative."""
    return moment.timeline.starts[factor.edge.index] + factor.number + 1

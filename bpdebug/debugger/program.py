"""The backward pass as a program listing: one edge a line, in the notation of a textbook.

The listing is a sequence that makes a line when it is asked for, so a pane draws what is visible
and a graph of thousands of nodes costs nothing. It does not change while an iteration is walked.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from enum import Enum
from typing import overload

from bpdebug.record import record
from bpdebug.run import Iteration
from bpdebug.trace import Phase
from bpdebug.wording import (
    Script,
    edge_formula,
    gradient_name,
    layer_title,
    node_name,
    update_symbols,
    value_formula,
)


class LineKind(Enum):
    """What a line of the listing stands for."""

    FORWARD = "forward"
    SEED = "seed"
    HEADING = "heading"
    EDGE = "edge"
    UPDATE = "update"


@record
class ProgramLine:
    """One line of the listing and the ticks it covers."""

    kind: LineKind
    left: str
    """What the line writes; a heading's text."""
    right: str = ""
    """What it writes there, with its sign: `= δ₂ · h₁ᵀ`, `+= …`, `← …`."""
    number: int | None = None
    """The line's number, from 1; None for headings and the forward pass."""
    start: int = 0
    """The position before the line's first tick."""
    end: int = 0
    """The position after its last tick; `start` for a heading."""
    index: int = -1
    """The edge, the update line, the loss's node for the seed, or a heading's layer; else -1."""

    @property
    def text(self) -> str:
        """The whole line in one string."""
        return f"{self.left} {self.right}".rstrip()


class Listing(Sequence[ProgramLine]):
    """The program of an iteration: a sequence that makes and caches the lines that are read."""

    def __init__(self, iteration: Iteration, script: Script) -> None:
        self._iteration = iteration
        self._script = script
        self._graph = iteration.recorded.graph
        self._timeline = iteration.timeline
        self._borders = self._timeline.borders
        self._edges = len(self._graph.edges)
        self._updates = len(iteration.updates)
        self._update_heading = 2 + self._edges + len(self._borders)
        self._cache: dict[int, ProgramLine] = {}

    def __len__(self) -> int:
        return self._update_heading + (1 + self._updates if self._updates else 0)

    @overload
    def __getitem__(self, at: int) -> ProgramLine: ...
    @overload
    def __getitem__(self, at: slice) -> list[ProgramLine]: ...
    def __getitem__(self, at: int | slice) -> ProgramLine | list[ProgramLine]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        at = at + len(self) if at < 0 else at
        if not 0 <= at < len(self):
            raise IndexError("line outside the listing")
        if at not in self._cache:
            self._cache[at] = self._make(at)
        return self._cache[at]

    @property
    def ops(self) -> int:
        """How many forward ops the first line stands for."""
        return self._timeline.forward

    @property
    def update_heading(self) -> int:
        """The line of the update rule's heading, or the listing's length where there is none."""
        return self._update_heading

    def op(self, number: int) -> ProgramLine:
        """Forward op `number`, from 0, as a line that the listing itself does not have."""
        node = self._graph.forward_order[number]
        name = node_name(self._graph, node, self._script)
        has_name = bool(self._graph.nodes[node].name)
        right = f"= {value_formula(self._graph, node, self._script)}" if has_name else ""
        return ProgramLine(LineKind.FORWARD, name, right, None, number, number + 1, node)

    def line_at(self, position: int) -> int:
        """The index of the line of the last tick before a position: the cursor's line."""
        tick = self._timeline.decode(position)
        if tick.phase in (Phase.START, Phase.FORWARD):
            return 0
        if tick.phase is Phase.SEED:
            return 1
        backward = tick.phase is Phase.BACKWARD
        return (self.line_of_edge if backward else self.line_of_update)(tick.index)

    def line_of_edge(self, edge: int) -> int:
        """The index of an edge's line."""
        return 2 + edge + bisect_right(self._borders, edge)

    def line_of_update(self, line: int) -> int:
        """The index of the line of an executed update line."""
        return self._update_heading + 1 + line

    def _make(self, at: int) -> ProgramLine:
        timeline = self._timeline
        if at == 0:
            ops = f"{timeline.forward} op{'s' * (timeline.forward != 1)}"
            return ProgramLine(LineKind.FORWARD, "forward", ops, end=timeline.forward)
        if at == 1:
            return self._seed()
        if at < self._update_heading:
            return self._backward(at)
        if at == self._update_heading:
            end = timeline.backward_end
            return ProgramLine(LineKind.HEADING, "update", start=end, end=end)
        return self._update(at - self._update_heading - 1)

    def _seed(self) -> ProgramLine:
        loss, start = self._graph.loss, self._timeline.forward
        name = gradient_name(self._graph, loss, self._script)
        return ProgramLine(LineKind.SEED, name, "= 1", 1, start, start + 1, loss)

    def _backward(self, at: int) -> ProgramLine:
        # Heading k stands before edge borders[k], with k headings above it.
        numbers = range(len(self._borders))
        low = bisect_right(numbers, at, key=lambda number: 2 + self._borders[number] + number)
        if low and 2 + self._borders[low - 1] + low - 1 == at:
            stretch = self._timeline.stretches[low - 1]
            title = layer_title(self._graph, stretch.layers, self._script)
            start = self._timeline.starts[stretch.edge]
            return ProgramLine(
                LineKind.HEADING, title, start=start, end=start, index=stretch.number
            )
        edge = self._graph.edges[at - 2 - low]
        start, end = self._timeline.edge_span(edge.index)
        formula = edge_formula(self._graph, edge, self._script)
        return ProgramLine(
            LineKind.EDGE,
            formula.left,
            f"{formula.sign} {formula.right}",
            edge.index + 2,
            start,
            end,
            edge.index,
        )

    def _update(self, line: int) -> ProgramLine:
        symbols = update_symbols(self._graph, self._iteration.updates[line], self._script)
        arrow = self._script.text("←")
        left, _, right = symbols.partition(arrow)
        end = self._timeline.update_tick(line)
        number = self._edges + 2 + line
        return ProgramLine(
            LineKind.UPDATE, left.strip(), f"{arrow} {right.strip()}", number, end - 1, end, line
        )

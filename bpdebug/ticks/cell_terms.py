"""Every multiplication that makes a cell of a gradient, as a sequence computed on demand.

The terms of a cell stand in the order of time: edge after edge, and within an edge by number. A
term is computed when it is asked for; only the factors of the edges that were asked for are cached.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import overload

from bpdebug.graph import Edge, RecordedPass
from bpdebug.ops import Index
from bpdebug.ops.maps.index_map import ravel
from bpdebug.records import record
from bpdebug.ticks.state import CellSum, Term, cell_sum, term_of
from bpdebug.ticks.timeline import Timeline


@record
class EdgeTerms:
    """The terms that an edge has among those of a cell."""

    edge: Edge
    at: int
    """The number of its first term in the whole sequence."""
    first: int
    """The number of its first term within the edge."""
    count: int
    tick: int
    """The tick of its first term."""


class CellTerms(Sequence[Term]):
    """The terms that add into one cell of a node's gradient; empty at the loss and for data."""

    def __init__(self, recorded: RecordedPass, timeline: Timeline, node: int, cell: Index) -> None:
        self.recorded = recorded
        self.node = node
        self.cell = cell
        self.parts: list[EdgeTerms] = []
        at = 0
        for edge in recorded.graph.into.get(node, ()):
            index_map = recorded.index_map(edge)
            first, last = index_map.span(ravel(cell, index_map.cell_shape))
            tick = timeline.starts[edge.index] + first + 1
            self.parts.append(EdgeTerms(edge, at, first, last - first, tick))
            at += last - first
        self._length = at
        self._starts = [part.at for part in self.parts]
        self._sums: dict[int, CellSum] = {}

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, at: int) -> Term: ...
    @overload
    def __getitem__(self, at: slice) -> list[Term]: ...
    def __getitem__(self, at: int | slice) -> Term | list[Term]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        at = at + len(self) if at < 0 else at
        if not 0 <= at < len(self):
            raise IndexError("term outside the cell's terms")
        part = self.part_of(at)
        edge, number = part.edge, part.first + at - part.at
        if edge.index not in self._sums:
            self._sums[edge.index] = cell_sum(self.recorded, edge, self.cell)
        indices = self.recorded.index_map(edge).locate(number)
        return term_of(self.recorded, edge, number, indices, self._sums[edge.index])

    def __iter__(self) -> Iterator[Term]:
        return (self[i] for i in range(len(self)))

    def part_of(self, at: int) -> EdgeTerms:
        """The edge that a term of the sequence belongs to."""
        # An edge without terms here begins where the next edge does; bisection finds the later.
        return self.parts[bisect_right(self._starts, at) - 1]

    def tick(self, at: int) -> int:
        """The tick that makes a term of the sequence."""
        part = self.part_of(at)
        return part.tick + at - part.at

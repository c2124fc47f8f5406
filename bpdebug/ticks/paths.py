"""All paths from a cell to the loss, each with its product of local derivatives.

The sum of the products over all paths *is* the gradient: backpropagation is that sum, with equal
beginnings and ends of paths multiplied once only. The number of paths explodes, so it is counted
by going back over the cells once, and the paths themselves are found singly, the largest product
first.

The search keeps partial paths in a heap. How much a partial path can still come to is known
exactly, since the best rest from every cell is computed beforehand; so the first complete path out
of the heap is the best one that is left (A* with an exact bound). A cell's arcs are sorted once,
and of them only the next is in the heap: a path costs its length, not its length × fan-out.
Sizes are compared as logarithms, so that no long product overflows or vanishes on the way.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from functools import cached_property

import numpy as np

from bpdebug.graph import Edge, RecordedPass
from bpdebug.ops import Index
from bpdebug.ops.maps.index_map import ravel
from bpdebug.records import record
from bpdebug.ticks.reach import MOST_ARCS, Reach, bounds


@record
class PathStep:
    """A step of a path: the term of an edge that leads from a cell to the next cell."""

    edge: Edge
    number: int
    """The term's number within the edge."""
    local: float


@record
class Path:
    """A path from the cell to the loss: its steps, and the product of their local derivatives."""

    steps: tuple[PathStep, ...]
    product: float


class CellPaths:
    """The paths from a cell of a node to the loss.

    BpdebugError where more than `most` multiplications lead from the cell to the loss.
    """

    def __init__(
        self, recorded: RecordedPass, node: int, cell: Index, most: int = MOST_ARCS
    ) -> None:
        self.recorded = recorded
        self.node = node
        self.cell = cell
        self._flat = ravel(cell, recorded.graph.nodes[node].shape)
        reach = Reach(recorded, node, self._flat, most)
        self._rest, self._derivatives = reach.rest, reach.derivatives
        self._sorted: dict[tuple[int, int], list[_Arc]] = {}
        self._found: list[Path] = []

    @property
    def count(self) -> int:
        """How many paths there are; `MOST_PATHS` + 1 where there are more than `MOST_PATHS`."""
        return int(self._rest[self.node].count[self._flat])

    @property
    def alive(self) -> int:
        """How many paths have no factor 0; `MOST_PATHS` + 1 where there are more than that."""
        return int(self._rest[self.node].alive[self._flat])

    @property
    def size(self) -> float:
        """The sum of the absolute values of all products."""
        return float(self._rest[self.node].size[self._flat])

    @property
    def total(self) -> float:
        """The sum of all products: the gradient, added up path by path."""
        return float(self._rest[self.node].total[self._flat])

    def first(self, many: int) -> list[Path]:
        """The paths with the largest |products|, as many as asked for or as there are."""
        while len(self._found) < many:
            path = next(self._search, None)
            if path is None:
                break
            self._found.append(path)
        return self._found[:many]

    @cached_property
    def _search(self) -> Iterator[Path]:
        return self._best_first()

    def _best_first(self) -> Iterator[Path]:
        """Paths by |product|, the largest first."""
        loss = self.recorded.graph.loss
        serial = 0
        heap: list[tuple[float, int, _Prefix, int]] = []
        start = _Prefix(None, None, self.node, self._flat, 0.0)
        if self.count:
            heap.append((-float(self._rest[self.node].best[self._flat]), 0, start, 0))
        while heap:
            known, _, prefix, rank = heapq.heappop(heap)
            if prefix.node == loss:
                yield prefix.path()
                continue
            arcs = self._arcs(prefix.node, prefix.flat)
            if rank + 1 < len(arcs):
                bound = -certain(prefix.size + arcs[rank + 1].bound)
                # Of equal paths the last begun is finished first; else all of them would grow.
                serial -= 1
                heapq.heappush(heap, (max(bound, known), serial, prefix, rank + 1))
            arc = arcs[rank]
            size = certain(prefix.size + arc.size)
            longer = _Prefix(prefix, arc.step, arc.step.edge.output, arc.target, size)
            serial -= 1
            heapq.heappush(heap, (known, serial, longer, 0))

    def _arcs(self, node: int, flat: int) -> list[_Arc]:
        """The arcs of a cell that lead to the loss, those of the best paths first."""
        if (node, flat) not in self._sorted:
            found: list[_Arc] = []
            with np.errstate(all="ignore"):
                for edge in self.recorded.graph.into[node]:
                    found += self._arcs_by(edge, flat)
            found.sort(key=lambda arc: -arc.bound)
            self._sorted[node, flat] = found
        return self._sorted[node, flat]

    def _arcs_by(self, edge: Edge, flat: int) -> list[_Arc]:
        index_map, cell = self.recorded.index_map(edge), np.array([flat])
        terms, first = index_map.terms_of(cell), index_map.span(flat)[0]
        after, to = self._rest[edge.output], terms.upstream
        local = self._derivatives.of(edge, cell, terms)
        sizes = bounds(local, np.zeros(len(to)))
        best = bounds(local, after.best[to])
        return [
            _Arc(
                float(best[k]), float(sizes[k]), int(to[k]), PathStep(edge, number, float(local[k]))
            )
            for k, number in enumerate(range(first, first + len(to)))
            if after.count[to[k]]
        ]


@record
class _Arc:
    bound: float
    """The logarithm of the largest |product| from here to the loss by this arc."""
    size: float
    """The logarithm of its own |factor|."""
    target: int
    step: PathStep


@record
class _Prefix:
    """A path as far as it goes; the beginning is shared with others."""

    before: _Prefix | None
    step: PathStep | None
    node: int
    flat: int
    size: float

    def path(self) -> Path:
        steps: list[PathStep] = []
        at: _Prefix | None = self
        while at is not None and at.step is not None:
            steps.append(at.step)
            at = at.before
        steps.reverse()
        with np.errstate(all="ignore"):
            product = float(np.prod([step.local for step in steps]))
        return Path(tuple(steps), product)


def certain(size: float) -> float:
    """A logarithm, with 0 × ∞ counted as infinitely large."""
    return float("inf") if size != size else size

"""Which cells lie on the paths from a cell to the loss, and what remains from each of them.

One sweep forward finds the cells, one sweep back sums up: how many paths are left from a cell, the
largest of their products, and the sum of all. Nothing lists a path.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bpdebug.errors import BpdebugError
from bpdebug.graph import Edge, RecordedPass
from bpdebug.ops import Array, Flat, Terms
from bpdebug.ops.maps.index_map import picked, unravel

MOST_ARCS = 5_000_000
"""A cell from which more multiplications lead to the loss is refused: a search would take long."""
CHUNK = 1_000_000
"""Arcs that are looked at together."""
WHOLE = 1_000_000
"""The local derivative of an edge is computed as a whole up to this many cells, also where it has
rows: for many cells that takes a fraction of the time."""
Counts = NDArray[Any]
EXACT = 2.0**62
"""Below this, counts of paths are whole numbers of 64 bits; above, Python's."""
MOST_PATHS = 10**300
"""Above this, a number of paths is given as `MOST_PATHS` + 1: in a deep graph the exact number
would fill the memory, and float64 ends at 10^308."""


class LocalDerivatives:
    """The local derivatives of a pass, arc by arc; each edge's is computed once.

    They come as float64: in a run in float32 too, products along paths are products of its numbers.
    """

    def __init__(self, recorded: RecordedPass) -> None:
        self._recorded = recorded
        self._local: dict[int, Array] = {}

    def of(self, edge: Edge, cells: Flat, terms: Terms) -> Array:
        """The local factors of an edge's terms that leave these cells; shape (terms)."""
        recorded, index_map = self._recorded, self._recorded.index_map(edge)
        if recorded.by_row(edge) and prod(index_map.local_shape) > WHOLE:
            # The whole derivative may be far larger than the array itself.
            shape = index_map.cell_shape
            rows = [recorded.local_row(edge, unravel(int(cell), shape)) for cell in cells]
            return np.concatenate(rows, dtype=np.float64) if rows else np.empty(0)
        if edge.index not in self._local:
            self._local[edge.index] = np.asarray(recorded.local(edge), dtype=np.float64)
        return picked(self._local[edge.index], index_map.local_shape, terms.local)


@dataclass(slots=True)
class Rest:
    """For every cell of a node, its paths to the loss taken together; arrays of shape (cells)."""

    best: Array
    """The logarithm of the largest |product|; NaN counts as infinitely large."""
    count: Counts
    """How many paths; exact up to `MOST_PATHS`."""
    alive: Counts
    """How many paths have no factor 0; exact up to `MOST_PATHS`."""
    size: Array
    """The sum of all |products|."""
    total: Array
    """The sum of all products."""

    @staticmethod
    def empty(cells: int) -> Rest:
        """No path from any cell."""
        none = np.zeros(cells, dtype=np.int64)
        return Rest(np.full(cells, -np.inf), none, none, np.zeros(cells), np.zeros(cells))

    @staticmethod
    def at_the_end() -> Rest:
        """The loss has reached itself, without a factor."""
        one = np.ones(1, dtype=np.int64)
        return Rest(np.zeros(1), one, one, np.ones(1), np.ones(1))


class Reach:
    """The cells between a cell and the loss, with their rests by node.

    BpdebugError where more than `most` multiplications lead from the cell to the loss.
    """

    def __init__(self, recorded: RecordedPass, node: int, flat: int, most: int) -> None:
        self.recorded = recorded
        self.node = node
        self.flat = flat
        self.derivatives = LocalDerivatives(recorded)
        self.rest: dict[int, Rest] = {}
        with np.errstate(all="ignore"):
            self._look_back(self._reached(most))

    def _reached(self, most: int) -> dict[int, Flat]:
        """The cells on any path, by node, in the order of computation."""
        graph = self.recorded.graph
        masks: dict[int, NDArray[np.bool_]] = {}
        found: dict[int, Flat] = {self.node: np.array([self.flat])}
        arcs = 0
        # Operands stand before their results, so one sweep meets every cell after its sources.
        for node in range(self.node, graph.loss + 1):
            if node in masks:
                found[node] = np.flatnonzero(masks.pop(node))
            if node not in found:
                continue
            for edge in graph.into.get(node, ()):
                arcs += self._arcs(edge, found[node])
                if arcs > most:
                    raise BpdebugError(
                        f"more than {most:,} terms lead from this cell to the loss; "
                        "take a cell nearer to the loss, or a smaller batch"
                    )
                mask = masks.setdefault(edge.output, np.zeros(self._cells(edge.output), bool))
                for part in self._chunks(edge, found[node]):
                    mask[self.recorded.index_map(edge).terms_of(part).upstream] = True
        return found

    def _cells(self, node: int) -> int:
        return prod(self.recorded.graph.nodes[node].shape)

    def _arcs(self, edge: Edge, cells: Flat) -> int:
        """How many terms of an edge leave these cells."""
        index_map = self.recorded.index_map(edge)
        return int(np.sum(index_map.first_terms(cells + 1) - index_map.first_terms(cells)))

    def _chunks(self, edge: Edge, cells: Flat) -> Iterator[Flat]:
        step = max(1, CHUNK * len(cells) // max(self._arcs(edge, cells), 1))
        return (cells[at : at + step] for at in range(0, len(cells), step))

    def _look_back(self, reached: dict[int, Flat]) -> None:
        for node in reversed(reached):
            if node == self.recorded.graph.loss:
                self.rest[node] = Rest.at_the_end()
                continue
            rest = self.rest[node] = Rest.empty(self._cells(node))
            for edge in self.recorded.graph.into.get(node, ()):
                for part in self._chunks(edge, reached[node]):
                    self._add(rest, edge, part)

    def _add(self, rest: Rest, edge: Edge, part: Flat) -> None:
        """What an edge adds to all that is known of some cells."""
        terms = self.recorded.index_map(edge).terms_of(part)
        local = self.derivatives.of(edge, part, terms)
        after, to = self.rest[edge.output], terms.upstream
        cells = part[terms.owner]
        there = after.count[to] != 0
        best = np.where(there, bounds(local, after.best[to]), -np.inf)
        np.maximum.at(rest.best, cells, best)
        np.add.at(rest.size, cells, np.where(there, np.abs(local) * after.size[to], 0.0))
        np.add.at(rest.total, cells, np.where(there, local * after.total[to], 0.0))
        rest.count = grown(rest.count, cells, after.count[to])
        rest.alive = grown(rest.alive, cells, after.alive[to] * (local != 0))


def bounds(local: Array, rest: Array) -> Array:
    """The logarithm of |factor| × the rest; what is no number counts as infinitely large."""
    sums = np.log(np.abs(local)) + rest
    return np.where(np.isnan(sums), np.inf, sums)


def grown(counts: Counts, cells: Flat, added: Counts) -> Counts:
    """Counts with those of further arcs added, each to its cell; at most `MOST_PATHS` + 1."""
    if counts.dtype != object and added.dtype != object:
        sums = np.bincount(cells, added.astype(np.float64), len(counts))
        if (sums + counts).max(initial=0.0) >= EXACT:
            added = added.astype(object)
    exact = object if object in (counts.dtype, added.dtype) else counts.dtype
    made = counts.astype(exact)
    np.add.at(made, cells, added)
    return np.minimum(made, MOST_PATHS + 1) if made.dtype == object else made

"""The terms of an edge that only moves cells about: slices, reshape, concat, stack, flip."""

from __future__ import annotations

from math import prod

import numpy as np

from bpdebug.ops.maps.index_map import (
    Array,
    Contraction,
    Flat,
    Index,
    IndexMap,
    Shape,
    Terms,
    nearest,
    ravel,
    ravelled,
    unravel,
    unravelled,
)
from bpdebug.records import record


@record
class SelectMap(IndexMap):
    """Cells that are moved, not mixed: each has at most a single term, an upstream cell times 1.

    `picks` holds, per operand axis, the range of positions that reach the output; a cell outside
    has no term and its gradient is 0. `kept_axes` and `offset` place the picked block in the
    upstream gradient, axis by axis: which axis of the operand lies there, from which position on;
    on an axis that the operand has not, None, it is one position thick (stack). Where `refold` is
    true, all cells are taken over in C order (reshape).
    """

    cell_shape: Shape
    picks: tuple[range, ...]
    upstream_shape: Shape
    kept_axes: tuple[int | None, ...] = ()
    offset: Index = ()
    refold: bool = False

    @property
    def terms(self) -> int:
        return prod(len(pick) for pick in self.picks)

    @property
    def local_shape(self) -> Shape:
        return ()

    def terms_of(self, cells: Flat) -> Terms:
        inside = np.full(cells.shape, True)
        steps = []
        for at, pick in zip(unravelled(cells, self.cell_shape), self.picks, strict=True):
            step, rest = np.divmod(at - pick.start, pick.step)
            inside &= (rest == 0) & (step >= 0) & (step < len(pick))
            steps.append(step)
        upstream = cells
        if not self.refold:
            kept = zip(self.kept_axes, self.offset, strict=True)
            places = (np.asarray(o if axis is None else steps[axis] + o) for axis, o in kept)
            at = ravelled(places, self.upstream_shape)
            upstream = np.broadcast_to(at, cells.shape)
        begin = np.concatenate([[0], np.cumsum(inside)])
        return Terms(begin, upstream[inside], np.zeros(int(begin[-1]), dtype=np.int64))

    @property
    def cell_ends(self) -> range:
        return range(1, self.terms + 1)

    def contract(self, upstream: Array, local: Array) -> Array:
        upstream = np.asarray(upstream)
        if self.refold:
            return upstream.reshape(self.cell_shape)
        into = np.zeros(self.cell_shape, dtype=upstream.dtype)
        block = upstream[
            tuple(
                o if axis is None else slice(o, o + len(self.picks[axis]))
                for o, axis in zip(self.offset, self.kept_axes, strict=True)
            )
        ]
        # Axes that an integer index removed come back with size 1.
        shape = tuple(len(pick) for pick in self.picks)
        into[tuple(map(as_slice, self.picks))] = np.reshape(block, shape)
        return into

    def contraction(self) -> Contraction:
        """`contract` with its slices at hand."""
        if self.refold:
            return lambda upstream, local: np.reshape(upstream, self.cell_shape)
        taken = tuple(
            o if axis is None else slice(o, o + len(self.picks[axis]))
            for o, axis in zip(self.offset, self.kept_axes, strict=True)
        )
        into = tuple(map(as_slice, self.picks))
        shape = tuple(map(len, self.picks))

        def contract(upstream: Array, local: Array) -> Array:
            found = np.zeros(self.cell_shape)
            found[into] = np.asarray(upstream)[taken].reshape(shape)
            return found

        return contract

    def carried(self, axis: int) -> int | None:
        if not self.refold:
            return self.kept_axes.index(axis) if axis in self.kept_axes else None
        # Refolding leaves an axis alone where as many cells lie before it as before, each time.
        for at, extent in enumerate(self.upstream_shape):
            before = prod(self.upstream_shape[:at])
            if before == prod(self.cell_shape[:axis]) and extent == self.cell_shape[axis]:
                return at
        return None

    def counterpart(self, k: int, other: IndexMap) -> tuple[int | None, bool]:
        assert isinstance(other, SelectMap)  # the same op's, at other sizes
        if not other.terms:
            return None, True
        steps = unravel(k, tuple(len(pick) for pick in self.picks))
        extents = tuple(len(pick) for pick in other.picks)
        within, cut = nearest(steps, extents)
        return ravel(within, extents), cut


def as_slice(pick: range) -> slice:
    """The slice that picks the positions of a range, which may run backwards."""
    return slice(pick.start, None if pick.stop < 0 else pick.stop, pick.step)

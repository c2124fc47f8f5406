"""The terms of edges in which windows lie on an input: convolution and pooling.

What a cell has terms with is a product of what its indices have along each axis, so a few numbers
for every index of an axis give all terms by arithmetic; padding makes some indices have fewer.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bpdebug.ops.maps.index_map import (
    Flat,
    Index,
    IndexMap,
    Shape,
    TermIndices,
    TermRange,
    Terms,
    Window,
    ravel,
    ravelled,
    unravel,
)
from bpdebug.ops.maps.ragged import CellEnds, before, counted, found_at, joined, parted
from bpdebug.ops.maps.windows import Steps, Windows, summed


class WindowMap(IndexMap):
    """What the maps of windows share. An operand has leading axes, and then one for each `windows`.

    A cell's terms run over `sums` of leading indices, and within each over the meetings of windows
    and places along the axes.
    """

    windows: tuple[Windows, ...]

    @property
    @abstractmethod
    def sums(self) -> int:
        """How many leading indices of the factors each cell is summed over."""

    @abstractmethod
    def steps_along(self, windows: Windows) -> Steps:
        """The terms of every index along an axis."""

    @abstractmethod
    def leads(self, lead: Any, summand: Any) -> tuple[Any, Any]:
        """The flat leading indices of upstream and local factor, by those of the cell."""

    @abstractmethod
    def leads_of(self, lead: int) -> range:
        """The flat leading indices of the cells that have terms with an upstream cell's."""

    @abstractmethod
    def indices_of(self, windows: Windows, window: int) -> Flat:
        """The indices along an axis of the cells that have terms with this window."""

    @abstractmethod
    def channels(self, lead: int) -> range:
        """The channels of the input that the window of an upstream cell lies on."""

    @property
    def kernel(self) -> Shape | None:
        """The shape of the kernel; None for windows without."""
        return None

    def local_places(self, window: Sequence[Any], place: Sequence[Any]) -> Sequence[Any]:
        """The indices of the local factor along its axes behind the leading axes."""
        return place

    @cached_property
    def _steps(self) -> tuple[Steps, ...]:
        return tuple(map(self.steps_along, self.windows))

    @cached_property
    def _begins(self) -> tuple[Flat, ...]:
        return tuple(steps.begin for steps in self._steps)

    @cached_property
    def _written(self) -> tuple[Flat, ...]:
        """How many indices along each axis have terms, up to each of them."""
        return tuple(summed((np.diff(begin) > 0).astype(np.int64)) for begin in self._begins)

    @property
    def _lead(self) -> int:
        """How many leading indices the operand has, as one number."""
        return prod(self.cell_shape[: -len(self.windows)])

    @property
    def _lead_terms(self) -> int:
        return self.sums * prod(int(begin[-1]) for begin in self._begins)

    @property
    def terms(self) -> int:
        return self._lead * self._lead_terms

    def first_terms(self, cells: Flat) -> Flat:
        return np.asarray(before(cells, self._begins) * self.sums)

    def has_terms(self, cells: Flat) -> NDArray[np.bool_]:
        _, indices = parted(np.asarray(cells), self._begins)
        counts = counted(self._begins, indices)
        return np.asarray(np.logical_and.reduce([count > 0 for count in counts]))

    def written_before(self, cell: int) -> int:
        return int(before(cell, self._written))

    def span(self, cell: int) -> tuple[int, int]:
        first, last = (int(before(at, self._begins)) * self.sums for at in (cell, cell + 1))
        return first, last

    @property
    def cell_ends(self) -> Sequence[int]:
        return CellEnds(self.written_before(prod(self.cell_shape)), self._end_of)

    def _factors(self, lead: Any, indices: Sequence[Any], inner: Any) -> tuple[Any, Any]:
        """The flat factors of the terms numbered `inner` within cells; all arrays, or numbers."""
        window, place = [], []
        counts = counted(self._begins, indices)
        for steps, at, count in zip(
            reversed(self._steps), reversed(indices), reversed(counts), strict=True
        ):
            inner, nth = divmod(inner, count)
            window.append(steps.upstream[at] + nth * steps.upstream_step)
            place.append(steps.local[at] + nth * steps.local_step)
        window.reverse()
        place.reverse()
        upstream, local = self.leads(lead, inner)
        places = self.local_places(window, place)
        axes = len(self.windows)
        return (
            joined(upstream, window, self.upstream_shape[-axes:]),
            joined(local, places, self.local_shape[-len(places) :]),
        )

    def terms_of(self, cells: Flat) -> Terms:
        lead, indices = parted(cells, self._begins)
        counts = self.sums * np.prod(counted(self._begins, indices), axis=0)
        begin = summed(counts)
        owner = np.repeat(np.arange(len(cells)), counts)
        inner = np.arange(int(begin[-1])) - begin[owner]
        return Terms(begin, *self._factors(lead[owner], [at[owner] for at in indices], inner))

    def locate(self, k: int) -> TermIndices:
        lead, indices, inner = found_at(k, self._begins, self.sums)
        upstream, local = self._factors(lead, indices, inner)
        return TermIndices(
            unravel(self._cell(lead, indices), self.cell_shape),
            unravel(int(upstream), self.upstream_shape),
            unravel(int(local), self.local_shape),
            (int(inner),),
        )

    def term_range(self, start: int, stop: int) -> TermRange:
        lead, indices, inner = found_at(np.arange(start, stop), self._begins, self.sums)
        cells = joined(lead, indices, self.cell_shape[-len(self.windows) :])
        return TermRange(cells, *self._factors(lead, indices, inner))

    def _end_of(self, nth: int) -> int:
        """How many terms are done when the nth of the cells that have any is complete."""
        lead, indices, _ = found_at(nth, self._written, 1)
        return self.span(self._cell(lead, indices))[1]

    def _cell(self, lead: Any, indices: Sequence[Any]) -> int:
        return int(joined(lead, indices, self.cell_shape[-len(self.windows) :]))

    def cells_of(self, upstream: Index) -> Flat:
        axes = len(self.windows)
        leads = self.leads_of(ravel(upstream[:-axes], self.upstream_shape[:-axes]))
        pairs = zip(self.windows, upstream[-axes:], strict=True)
        found = [np.arange(leads.start, leads.stop, leads.step)]
        found += [self.indices_of(windows, window) for windows, window in pairs]
        return ravelled(np.ix_(*found), (self._lead, *self.cell_shape[-axes:])).reshape(-1)

    def window(self, upstream: Index) -> Window:
        axes = len(self.windows)
        lead = upstream[:-axes]
        batch = [range(n, n + 1) for n in lead[:-1]]
        channels = self.channels(ravel(lead, self.upstream_shape[:-axes]))
        pairs = list(zip(self.windows, upstream[-axes:], strict=True))
        where = (*batch, channels, *(windows.cells(at) for windows, at in pairs))
        if self.kernel is None:
            return Window(0, where)
        output, own = range(lead[-1], lead[-1] + 1), range(self.kernel[1])
        return Window(0, where, (output, own, *(windows.places(at) for windows, at in pairs)))

"""A node's value, gradient, change or new value at a moment, as `inspect` shows it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bpdebug.debugger.moment import Moment
from bpdebug.debugger.tensors.statistics import Statistics, statistics
from bpdebug.debugger.text.values import NOT_YET, partial_note
from bpdebug.expression.tree import Aspect
from bpdebug.graph import Kind
from bpdebug.ops import Array, Index, Shape
from bpdebug.ops.maps.index_map import ravel, unravel
from bpdebug.ticks import Status
from bpdebug.wording import Script, gradient_name, node_name


@dataclass(frozen=True)
class Tensor:
    """The cells of an aspect of a node, and which of them are known at a moment."""

    node: int
    aspect: Aspect
    title: str
    """What it is called: `∂L/∂W₂`."""
    values: Array
    known: NDArray[np.bool_]
    state: str = ""
    """`not computed yet`, or what a partial gradient still waits for; empty for a whole tensor."""

    @property
    def shape(self) -> Shape:
        return self.values.shape

    @cached_property
    def statistics(self) -> Statistics:
        """The statistics over all cells that are known."""
        with np.errstate(all="ignore"):
            return statistics(self.values, self.known)

    def at(self, cell: Index) -> float | None:
        """The value of a cell; None while it is not computed yet."""
        return float(self.values[cell]) if self.known[cell] else None

    def next_not_finite(self, after: Index) -> Index | None:
        """The next NaN or infinity after a cell, wrapping at the end; None when there is none."""
        cells = np.flatnonzero(self.known & ~np.isfinite(self.values))
        if not cells.size:
            return None
        at = np.searchsorted(cells, ravel(after, self.shape), side="right") % cells.size
        return unravel(int(cells[at]), self.shape)

    def largest(self) -> Index | None:
        """The first cell with the largest |x|; None when no known cell is finite."""
        sizes = np.where(self.known & np.isfinite(self.values), np.abs(self.values), -1.0)
        flat = int(np.argmax(sizes)) if sizes.size else -1
        if flat < 0 or sizes.flat[flat] < 0:
            return None
        return unravel(flat, self.shape)


def tensor_at(moment: Moment, node: int, aspect: Aspect, script: Script) -> Tensor:
    """An aspect that a node has, as far as it is known at a moment.

    The value of a parameter is that used by the pass, also after its update.
    """
    graph = moment.graph
    if aspect is Aspect.GRADIENT:
        return gradient_tensor(moment, node, gradient_name(graph, node, script))
    name = node_name(graph, node, script)
    values = np.asarray(moment.recorded.values[node], dtype=np.float64)
    computed = moment.value(node) is not None
    if aspect is not Aspect.VALUE:
        computed = moment.updated(node)
        after = np.asarray(moment.iteration.after[graph.nodes[node].name])
        with np.errstate(all="ignore"):
            values = after if aspect is Aspect.NEW else np.asarray(after - values)
        name = f"change of {name}" if aspect is Aspect.CHANGE else f"new {name}"
    elif graph.nodes[node].kind is Kind.PARAMETER and moment.updated(node):
        name += " before the update"
    known = np.broadcast_to(np.bool_(computed), values.shape)
    return Tensor(node, aspect, name, values, known, "" if computed else NOT_YET)


def gradient_tensor(moment: Moment, node: int, name: str) -> Tensor:
    """A gradient as far as it is accumulated at a moment."""
    state = moment.gradient(node)
    values, known = state.window()
    known = np.broadcast_to(known, values.shape)
    if state.status in (Status.PENDING, Status.NONE):
        return Tensor(node, Aspect.GRADIENT, name, values, known, str(state.status.value))
    note = partial_note(state, moment.term_of(node)).strip().removeprefix("(").removesuffix(")")
    return Tensor(node, Aspect.GRADIENT, name, values, known, note)

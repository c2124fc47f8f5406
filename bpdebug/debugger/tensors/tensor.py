"""A node's value, gradient, change or new value at a moment, ready to be looked into."""

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
from bpdebug.ops.index_map import ravel, unravel
from bpdebug.trace import Status
from bpdebug.wording import Script, gradient_name, node_name


@dataclass(frozen=True)
class Tensor:
    """The cells of one aspect of a node, and which of them are known where the cursor stands."""

    node: int
    aspect: Aspect
    title: str
    """What it is called: `∂L/∂W₂`."""
    values: Array
    known: NDArray[np.bool_]
    state: str = ""
    """`not computed yet`, or what is still to come of a gradient that accumulates."""

    @property
    def shape(self) -> Shape:
        return self.values.shape

    @cached_property
    def statistics(self) -> Statistics:
        """Over all cells that are known."""
        with np.errstate(all="ignore"):
            return statistics(self.values, self.known)

    def at(self, cell: Index) -> float | None:
        """One cell; None while it is not computed yet."""
        return float(self.values[cell]) if self.known[cell] else None

    def next_not_finite(self, after: Index) -> Index | None:
        """The next NaN or infinity behind a cell, round the end; None when there is none."""
        strange = np.flatnonzero(self.known & ~np.isfinite(self.values))
        if not strange.size:
            return None
        later = strange[strange > ravel(after, self.shape)]
        return unravel(int(later[0] if later.size else strange[0]), self.shape)

    def largest(self) -> Index | None:
        """The cell with the largest |x|, the first of several; None when no number is finite."""
        sizes = np.where(self.known & np.isfinite(self.values), np.abs(self.values), -1.0)
        flat = int(np.argmax(sizes)) if sizes.size else -1
        if flat < 0 or sizes.flat[flat] < 0:
            return None
        return unravel(flat, self.shape)


def tensor_at(moment: Moment, node: int, aspect: Aspect, script: Script) -> Tensor:
    """An aspect that the node has, as far as it is known at the moment.

    The value of a parameter is the one that the pass used, also after its update.
    """
    graph = moment.graph
    if aspect is Aspect.GRADIENT:
        name = gradient_name(graph, node, script)
        return gradient_tensor(moment, node, name)
    name = node_name(graph, node, script)
    values = np.asarray(moment.recorded.values[node], dtype=np.float64)
    there = moment.value(node) is not None
    if aspect is not Aspect.VALUE:
        there = moment.updated(node)
        after = np.asarray(moment.iteration.after[graph.nodes[node].name])
        with np.errstate(all="ignore"):
            values = after if aspect is Aspect.NEW else np.asarray(after - values)
        name = f"change of {name}" if aspect is Aspect.CHANGE else f"new {name}"
    elif graph.nodes[node].kind is Kind.PARAMETER and moment.updated(node):
        name += " before the update"
    known = np.broadcast_to(np.bool_(there), values.shape)
    return Tensor(node, aspect, name, values, known, "" if there else NOT_YET)


def gradient_tensor(moment: Moment, node: int, name: str) -> Tensor:
    """A gradient as far as it has come."""
    state = moment.gradient(node)
    values, known = state.window()
    known = np.broadcast_to(known, values.shape)
    if state.status in (Status.PENDING, Status.NONE):
        return Tensor(node, Aspect.GRADIENT, name, values, known, str(state.status.value))
    note = partial_note(state, moment.term_of(node)).strip().removeprefix("(").removesuffix(")")
    return Tensor(node, Aspect.GRADIENT, name, values, known, note)

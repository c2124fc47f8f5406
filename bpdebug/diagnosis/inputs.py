"""The data that reaches a network's first weights: its columns and their sizes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from bpdebug.diagnosis.network import Network
from bpdebug.diagnosis.probe import Probe
from bpdebug.graph import Kind
from bpdebug.ops import Array


class Columns(NamedTuple):
    """Data as the first weights take it."""

    node: int
    """The operand of a dense computation, data or computed from data alone."""
    name: str
    """The input that it is a rearrangement of; empty where it is computed."""
    rows: Array
    """Shape (rows, columns); a single column where the columns cannot be told."""
    axis: int | None
    """The axis of the operand along which its columns lie."""

    @property
    def sizes(self) -> Array:
        """Of each column, the root mean square."""
        return np.asarray(np.sqrt(np.mean(np.square(self.rows), axis=0)))

    @property
    def spreads(self) -> Array:
        """Of each column, the standard deviation."""
        return np.asarray(np.std(self.rows, axis=0))


def first_columns(network: Network, probe: Probe) -> Iterator[Columns]:
    """The data that is multiplied by weights, without what is picked or gated first."""
    nodes, seen = network.nodes, set[int]()
    for product, weights in network.weighted.items():
        layout, operands = nodes[product].layout, nodes[product].operands
        for position, at in enumerate(operands[:2]):
            if at == weights or at in seen or not from_data(network, at) or layout is None:
                continue
            seen.add(at)
            moved = layout.maps[position]
            shape = nodes[at].shape
            summed = [a for a in range(len(shape)) if moved and moved.carried(a) is None]
            axis = summed[0] if len(summed) == 1 and len(shape) > 1 else None
            values = probe.value(at).astype(float)
            rows = (
                values.reshape(-1, 1)
                if axis is None
                else np.moveaxis(values, axis, -1).reshape(-1, values.shape[axis])
            )
            leaf = nodes[network.leaf(at)]
            yield Columns(at, leaf.name if leaf.kind is Kind.INPUT else "", rows, axis)


def from_data(network: Network, at: int) -> bool:
    """Whether a node is data, or computed from data and constants alone."""
    kinds = {network.nodes[i].kind for i in network.below(at, set())}
    return Kind.INPUT in kinds and Kind.PARAMETER not in kinds


def standardised(columns: Columns, data: Array) -> Array | None:
    """The input with each column at mean 0 and deviation 1; None where that is not simple."""
    for given in (data, data.T):
        if columns.axis is not None and given.ndim == 2:
            flat = np.moveaxis(given, columns.axis, -1)
            if flat.shape == columns.rows.shape and np.array_equal(flat, columns.rows):
                spread = np.where(columns.spreads > 0, columns.spreads, 1.0)
                scaled = np.moveaxis((flat - flat.mean(axis=0)) / spread, -1, columns.axis)
                return np.asarray(scaled if given is data else scaled.T, dtype=data.dtype)
    if columns.axis is None and data.size == columns.rows.size:
        scale = float(np.std(data)) or 1.0
        return np.asarray((data - data.mean()) / scale, dtype=data.dtype)
    return None

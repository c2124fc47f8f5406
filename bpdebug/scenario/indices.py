"""Checking the numbers of index operands, of all rows, before a run begins.

A batch may hold any rows in any order. Which numbers can come to stand in an index operand is found
by moving the places of the inputs' cells to where their numbers go.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.expression import quoted
from bpdebug.graph import Graph, Node
from bpdebug.graph.indices import moved_values, sources
from bpdebug.ops import Array, Flat
from bpdebug.ops.families.picking import bad_index
from bpdebug.ops.maps.index_map import unravel
from bpdebug.scenario.entries import Recipe


def check_indices(recipe: Recipe, graph: Graph) -> None:
    """An error for a number among the data that is no index where it is used as one."""
    for node in graph.nodes:
        if node.op is None or node.op.indices_from is None or node.layout is None:
            continue
        picked, picks = graph.nodes[node.operands[0]], node.layout.maps[0]
        assert picks is not None
        for number, index in enumerate(node.operands[node.op.indices_from :]):
            axis = picks.picked_along(number)
            of = f"axis {axis} of {shown(picked)}"
            for leaf, values, cells in numbers_of(recipe, graph, index):
                found = bad_index(values.reshape(-1)[cells], picked.shape[axis], of)
                if found is not None:
                    (at,), problem = found
                    cell = ",".join(map(str, unravel(int(cells[at]), values.shape)))
                    where = f"{shown(leaf)}[{cell}]" if cell else shown(leaf)
                    key = recipe.key_of(graph.names, node.index)
                    raise BpdebugError(f"{where} {problem}", key=key)


def shown(node: Node) -> str:
    """A node as it is typed, in one line and without its control characters."""
    return quoted(node.label)[1:-1]


def numbers_of(recipe: Recipe, graph: Graph, index: int) -> Iterator[tuple[Node, Array, Flat]]:
    """The inputs and constants of an index operand, each with all its values, and the flat
    positions of those that can come to stand in the operand, in any batch."""
    data = {leaf.name: leaf.values for leaf in recipe.leaves}
    places, start = {}, 0
    starts: dict[int, int] = {}
    for at in sources(graph.nodes, index):
        node = graph.nodes[at]
        if node.op is not None:
            continue
        # A batch has any rows: what counts is the place in a row.
        own = node.shape[1:] if is_cut(recipe, node, data) else node.shape
        inside = start + np.arange(prod(own), dtype=np.float64).reshape(own)
        places[at] = np.broadcast_to(inside, node.shape)
        starts[at], start = start, start + prod(own)
    found = np.unique(moved_values(graph.nodes, index, places)).astype(np.int64)
    for at, first in starts.items():
        node = graph.nodes[at]
        values = np.asarray(data[node.name] if node.value is None else node.value)
        cut = is_cut(recipe, node, data)
        size = prod(node.shape[1:] if cut else node.shape)
        cells = found[(found >= first) & (found < first + size)] - first
        if cut:
            cells = (np.arange(len(values))[:, None] * size + cells).reshape(-1)
        yield node, values, cells


def is_cut(recipe: Recipe, node: Node, data: dict[str, Array]) -> bool:
    """True for an input that has fewer rows in this graph than there are."""
    return node.name in recipe.batched and node.shape != data[node.name].shape

"""Building a scenario's graphs once, so that every mistake shows when it is opened, not later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.expression import counted
from bpdebug.graph import Graph, Kind, Node
from bpdebug.graph.no_gradient import from_comparison
from bpdebug.ops import Array
from bpdebug.scenario.entries import Recipe
from bpdebug.scenario.indices import check_indices

NEUTRAL = 0.5
"""Stands for a prediction that is not computed: a probability, and a score."""


def check_graphs(recipe: Recipe, batch_size: int | None) -> dict[int | None, Graph]:
    """The graphs by number of rows, that of the first iteration first.

    Every size of batch must fit, and all data be usable.
    """
    leaves = {leaf.name: leaf.values for leaf in recipe.leaves}
    total = min((len(leaves[name]) for name in recipe.batched), default=0)
    rows = batch_size if batch_size is not None and batch_size < total else None
    graph = build_for(recipe, rows)
    built = {rows: graph}
    check_edges(recipe, graph)
    check_indices(recipe, graph)
    first = {n: v[:rows] if n in recipe.batched else v for n, v in leaves.items()}
    check_data(recipe, graph, first)
    if rows is not None:
        check_targets(recipe, graph, leaves, rows, total)
        if total % rows:
            built[total % rows] = build_for(recipe, total % rows)
            check_indices(recipe, built[total % rows])
    return built


def build_for(recipe: Recipe, rows: int | None) -> Graph:
    """The graph of a batch, or of all data; an error says for how many rows a batch is."""
    try:
        return recipe.build(rows)
    except BpdebugError as error:
        if rows is not None:
            error.problem = f"with a batch of {counted(rows, 'row')}: {error.problem}"
        raise


def check_edges(recipe: Recipe, graph: Graph) -> None:
    """An error when there is nothing to step through."""
    if not graph.edges and from_comparison(graph, graph.loss):
        raise BpdebugError(
            f"the loss '{recipe.loss}' depends on parameters only through comparisons, and no "
            "gradient goes through a comparison, so there is nothing to differentiate",
            key=recipe.key_of(graph.names, graph.loss),
        )
    if not graph.edges:
        raise BpdebugError(
            f"the loss '{recipe.loss}' depends on no parameter and on no input with "
            "gradient = true, so there is nothing to differentiate",
            key=recipe.key_of(graph.names, graph.loss),
        )


def check_data(recipe: Recipe, graph: Graph, leaves: Mapping[str, Array]) -> None:
    """Ask every op that can tell whether it is given data that it cannot use, labels above all.

    Only what leads to such data is computed: labels need no predictions.
    """
    needed, asked = needed_for(graph)
    if not asked:
        return
    values: list[Any] = [
        np.broadcast_to(NEUTRAL, node.shape) if node.value is None else node.value
        for node in graph.nodes
    ]
    for name, value in leaves.items():
        values[graph.names[name]] = value
    with np.errstate(all="ignore"):
        for index in graph.forward_order:
            node = graph.nodes[index]
            if node.op is None or not (index in needed or index in asked):
                continue
            operands = [values[i] for i in node.operands]
            validate(recipe, graph, node, operands)
            if index in needed:
                values[index] = node.op.forward(*operands, **node.options)


def needed_for(graph: Graph) -> tuple[set[int], set[int]]:
    """The results whose numbers ops need to tell whether they can use them, and these ops."""
    asked = {node.index for node in graph.nodes if node.op is not None and node.op.validate}
    needed: set[int] = set()
    for node in reversed(graph.nodes):
        if node.op is None:
            continue
        if node.index in needed:
            needed.update(node.operands)
        elif node.index in asked:
            needed.update(node.op.validated(node.operands))
    return needed, asked


def check_targets(
    recipe: Recipe, graph: Graph, leaves: Mapping[str, Array], batch_size: int, total: int
) -> None:
    """Ask the same of the rows that come in later batches, without computing predictions."""
    for node in graph.nodes:
        if node.op is None or node.op.validate is None:
            continue
        operands = []
        for i in node.operands:
            operand = graph.nodes[i]
            if operand.kind in (Kind.INPUT, Kind.PARAMETER):
                operands.append(leaves[operand.name])
                continue
            rows = (total,) if operand.shape[:1] == (batch_size,) else operand.shape[:1]
            operands.append(np.broadcast_to(NEUTRAL, (*rows, *operand.shape[1:])))
        if graph.nodes[node.operands[node.op.validates]].name in recipe.batched:
            validate(recipe, graph, node, operands)


def validate(recipe: Recipe, graph: Graph, node: Node, operands: list[Any]) -> None:
    """An error with the entry's key when an op cannot use these operands."""
    if node.op is not None and node.op.validate is not None:
        problem = node.op.validate(*operands, **node.options)
        if problem:
            key = recipe.key_of(graph.names, node.index)
            raise BpdebugError(f"{node.op.name}: {problem}", key=key)

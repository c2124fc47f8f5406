"""Graphs to write formulas of, and the formulas of a whole graph."""

from __future__ import annotations

from bpdebug.graph import Graph, GraphBuilder, Kind
from bpdebug.ops import REGISTRY
from bpdebug.wording import Script, edge_formula
from tests.op_cases import Case, weighted


def listing(graph: Graph, **how: bool) -> list[str]:
    """The formula of every edge, in the order of the backward pass."""
    return [edge_formula(graph, edge, Script(**how)).text for edge in graph.edges]


def built(*steps: tuple[str, str, tuple[str, ...]], **options: object) -> Graph:
    """A graph of scalars a, b, c and the named results of these ops; an empty name is anonymous."""
    builder = GraphBuilder()
    at = {name: builder.leaf(name, Kind.PARAMETER, (), gradient=True) for name in "abc"}
    for key, op, operands in steps:
        indices = tuple(at[o] if o in at else builder.constant(float(o), o) for o in operands)
        at[key] = builder.apply(REGISTRY[op], indices, options, name="" if key[0] == "_" else key)
    return builder.finish(at[steps[-1][0]])


def case(op: str, *shapes: tuple[int, ...], **options: object) -> Graph:
    """A graph of one op on operands of these shapes, summed to a loss with weights."""
    return weighted(Case(op, shapes, options))[0]

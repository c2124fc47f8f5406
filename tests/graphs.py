"""Graphs that several tests build: networks of any size, chains, joins, and random ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.graph import Engine, Graph, GraphBuilder, Kind, RecordedPass
from bpdebug.ops import REGISTRY, Array
from bpdebug.optimizer import RULES
from bpdebug.run import Problem
from bpdebug.ticks import Timeline

Built = tuple[Graph, dict[int, Array]]

MAZUR = {
    "W1": [[0.15, 0.20], [0.25, 0.30]],
    "b1": [0.35, 0.35],
    "W2": [[0.40, 0.45], [0.50, 0.55]],
    "b2": [0.60, 0.60],
}


def network(
    sizes: Sequence[int],
    batch: int | None = None,
    *,
    activation: str = "sigmoid",
    loss: str = "half_squared_error",
) -> Graph:
    """Dense layers W1, b1, z1, h1, …, y_hat and the loss L; `batch` None is one vector."""
    builder = GraphBuilder()
    rows = () if batch is None else (batch,)
    h = builder.leaf("x", Kind.INPUT, (*rows, sizes[0]))
    y = builder.leaf("y", Kind.INPUT, (*rows, sizes[-1]))
    leaves = [
        (
            builder.leaf(f"W{k}", Kind.PARAMETER, (units, inputs), gradient=True),
            builder.leaf(f"b{k}", Kind.PARAMETER, (units,), gradient=True),
        )
        for k, (inputs, units) in enumerate(pairwise(sizes), 1)
    ]
    for k, (weights, bias) in enumerate(leaves, 1):
        z = builder.apply(REGISTRY["affine"], (weights, h, bias), name=f"z{k}")
        name = "y_hat" if k == len(leaves) else f"h{k}"
        h = builder.apply(REGISTRY[activation], (z,), name=name)
    return builder.finish(builder.apply(REGISTRY[loss], (h, y), name="L"))


def drawn(graph: Graph, seed: int = 0) -> dict[int, Array]:
    """A value for every leaf that has none of its own."""
    rng = np.random.default_rng(seed)
    return {
        node.index: np.asarray(rng.normal(0.0, 1.0 / max(1, *node.shape, 1) ** 0.5, node.shape))
        for node in graph.nodes
        if node.kind in (Kind.INPUT, Kind.PARAMETER)
    }


def two_layer() -> Built:
    """The published 2-2-2 example with its numbers."""
    graph = network((2, 2, 2))
    known = {"x": [0.05, 0.10], "y": [0.01, 0.99], **MAZUR}
    return graph, {graph.names[name]: np.array(value) for name, value in known.items()}


def two_layer_problem(iterations: int = 3, **changes: object) -> Problem:
    """The published 2-2-2 example as a run with sgd."""
    graph, leaves = two_layer()
    values = {graph.nodes[i].name: value for i, value in leaves.items()}
    given: dict[str, object] = {
        "title": "two layers",
        "build": lambda rows: graph,
        "data": {name: values[name] for name in ("x", "y")},
        "parameters": {name: values[name] for name in MAZUR},
        "rule": RULES["sgd"],
        "settings": {"learning_rate": 0.5},
        "iterations": iterations,
    }
    return Problem(**{**given, **changes})  # type: ignore[arg-type]


def chain(length: int) -> Built:
    """x → tanh → sin → tanh → … of `length` ops."""
    builder = GraphBuilder()
    x = at = builder.leaf("x", Kind.PARAMETER, (), gradient=True)
    for k in range(length):
        op = REGISTRY["sin" if k % 2 else "tanh"]
        at = builder.apply(op, (at,), name=f"c{k}")
    return builder.finish(at), {x: np.asarray(0.5)}


def residual(joins: int) -> Built:
    """h ← h + tanh(w·h), `joins` times: the paths double with every join."""
    builder = GraphBuilder()
    w = builder.leaf("w", Kind.PARAMETER, (), gradient=True)
    x = h = builder.leaf("x", Kind.PARAMETER, (2,), gradient=True)
    for k in range(joins):
        scaled = builder.apply(REGISTRY["multiply"], (w, h))
        bent = builder.apply(REGISTRY["tanh"], (scaled,))
        h = builder.apply(REGISTRY["add"], (h, bent), name=f"h{k}")
    loss = builder.apply(REGISTRY["sum"], (h,), name="L")
    return builder.finish(loss), {w: np.asarray(0.3), x: np.array([0.2, -0.4])}


SHAPED = ("transpose", "reshape", "slice", "concat", "softmax", "row_sum", "max")


def random_graph(
    choices: Sequence[tuple[int, int, int]], seed: int = 0, groups: Sequence[str] = ()
) -> Built:
    """A graph of matrices and vectors that any list of (what, first, second) numbers describes.

    With `groups`, the choices stand in these in turn; an empty name is outside of all groups.
    """
    builder = GraphBuilder()
    sizes = [(2, 3), (3,), (), (2, 3)]
    pool = [
        builder.leaf(f"p{k}", Kind.PARAMETER, shape, gradient=k != 3)
        for k, shape in enumerate(sizes)
    ]
    leaves = list(pool)
    for k, (what, first, second) in enumerate(choices):
        a, b = pool[first % len(pool)], pool[second % len(pool)]
        with builder.inside(groups[k % len(groups)] if groups else ""):
            pool.append(joined(builder, what, a, b, f"n{k}" if k % 2 else ""))
    total = builder.apply(REGISTRY["sum"], (pool[-1],))
    for other in pool[4:-1:2]:
        part = builder.apply(REGISTRY["mean"], (other,))
        total = builder.apply(REGISTRY["add"], (total, part))
    graph = builder.finish(builder.apply(REGISTRY["identity"], (total,), name="L"))
    rng = np.random.default_rng(seed)
    return graph, {i: np.asarray(rng.uniform(0.2, 1.2, builder.nodes[i].shape)) for i in leaves}


def joined(builder: GraphBuilder, what: int, a: int, b: int, name: str) -> int:
    """One more node from the operands a and b; falls back to tanh(a) where the shapes forbid."""
    shape = builder.nodes[a].shape
    kinds = ("add", "multiply", "matmul", "tanh", "subtract", *SHAPED)
    kind = kinds[what % len(kinds)]
    options: Mapping[str, object] = {}
    operands: tuple[int, ...] = (a,)
    if kind in ("add", "multiply", "subtract"):
        operands = (a, b)
    elif kind == "matmul" and len(shape) == 2:
        operands = (builder.apply(REGISTRY["transpose"], (a,)), a)
    elif kind == "reshape":
        options = {"shape": (-1,)}
    elif kind == "slice" and shape:
        kind, options = "index", {"key": (slice(None, None, -2),)}
    elif kind == "concat" and shape:
        operands = (a, a)
    elif kind == "row_sum" and shape:
        kind, options = "sum", {"axis": 0, "keepdims": bool(b % 2)}
    elif kind not in ("transpose", "max") and not (kind == "softmax" and shape):
        kind = "tanh"
    try:
        return builder.apply(REGISTRY[kind], operands, options, name=name)
    except BpdebugError:
        return builder.apply(REGISTRY["tanh"], (a,), name=name)


def recorded(built: Built, updates: int = 0) -> tuple[RecordedPass, Timeline]:
    """One pass over a graph with its values, and its timeline."""
    graph, leaves = built
    return Engine(graph).run(leaves), Timeline(graph, updates)

"""Operands for every op of the registry: shapes that share no size unless the op demands it.

A size that two axes share hides a transposed factor; so every axis has a size of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bpdebug.graph import Engine, Graph, GraphBuilder, Kind
from bpdebug.ops import INDEX_ARRAY, REGISTRY, Array, Op, Shape


@dataclass(frozen=True)
class Case:
    """One op at concrete shapes; operand values are drawn between `low` and `high`."""

    op: str
    shapes: tuple[Shape, ...]
    options: dict[str, Any] = field(default_factory=dict)
    low: float = -2.0
    high: float = 2.0
    labels: int = 0
    """Above 0: the last operand holds whole numbers below it; of an op that has index operands, all
    of these do, and as many below 0."""
    choice: bool = False
    """True where the first operand holds 1 and 0."""

    def __str__(self) -> str:
        shapes = " ".join("x".join(map(str, shape)) or "scalar" for shape in self.shapes)
        return f"{self.op} {shapes} {self.options or ''}".strip()

    def operands(self, seed: int = 0) -> list[Array]:
        rng = np.random.default_rng(seed)
        drawn = [rng.uniform(self.low, self.high, shape) for shape in self.shapes]
        indices = self.declaration.indices_from
        if indices is not None:
            for at in range(indices, len(drawn)):
                drawn[at] = rng.integers(-self.labels, self.labels, self.shapes[at]).astype(float)
        elif self.labels:
            drawn[-1] = rng.integers(0, self.labels, self.shapes[-1]).astype(float)
        if self.choice:
            drawn[0] = rng.integers(0, 2, self.shapes[0]).astype(float)
        return drawn

    @property
    def declaration(self) -> Op:
        return REGISTRY[self.op]

    @property
    def differentiable(self) -> list[int]:
        """The operands that have a derivative here."""
        filled = {**self.declaration.options, **self.options}
        maps = self.declaration.layout(self.shapes, filled).maps
        return [at for at, found in enumerate(maps) if found is not None]


def binary(op: str, low: float = -2.0, high: float = 2.0) -> list[Case]:
    """Equal shapes, a scalar on either side, a missing axis, and stretched axes on both sides."""
    pairs = [((), ()), ((2, 3), (2, 3)), ((), (3,)), ((2, 3), ()), ((3,), (2, 3))]
    pairs += [((2, 1), (1, 3)), ((4, 2, 3), (2, 1)), ((1, 3), (4, 2, 3)), ((1,), (1, 1))]
    return [Case(op, pair, low=low, high=high) for pair in pairs]


def unary(op: str, low: float = -2.0, high: float = 2.0, **options: Any) -> list[Case]:
    return [Case(op, (shape,), options, low, high) for shape in ((), (3,), (2, 3), (2, 3, 4))]


def reduction(op: str) -> list[Case]:
    cases = [Case(op, (shape,)) for shape in ((), (3,), (2, 3))]
    for axis in (0, -1, 1, (0, 2), (2, 0, 1), None):
        cases += [
            Case(op, ((2, 3, 4),), {"axis": axis, "keepdims": keep}) for keep in (False, True)
        ]
    return cases


def loss(op: str, low: float = -2.0, high: float = 2.0) -> list[Case]:
    cases = [
        Case(op, (shape, shape), {"reduction": how}, low, high)
        for shape in ((), (3,), (2, 3))
        for how in ("mean", "sum")
        if shape or op not in ("cross_entropy", "negative_log_likelihood")
    ]
    if "axis" in REGISTRY[op].options:
        cases += [Case(op, ((2, 3), (2, 3)), {"axis": axis}, low, high) for axis in (0, -2, 1)]
    return cases


def labelled(op: str, low: float = -2.0, high: float = 2.0) -> list[Case]:
    cases = [
        Case(op, (shape, shape[:-1]), {"reduction": how}, low, high, labels=3)
        for shape in ((3,), (4, 3))
        for how in ("mean", "sum")
    ]
    return [*cases, Case(op, ((3, 4), (4,)), {"axis": 0}, low, high, labels=3)]


def picking() -> list[Case]:
    """Rows, pairs, and arrays beside slices, numbers and new axes; of few rows some come twice."""
    at, every = INDEX_ARRAY, slice(None)
    cases = [
        (((5,), (4,)), (at,), 5),
        (((5, 2), ()), (at,), 5),
        (((3, 2), (4, 5)), (at,), 3),
        (((4, 3), (5,), (5,)), (at, at), 3),
        (((4, 3), (5, 1), (2,)), (at, at), 3),
        (((2, 3, 4), (5,)), (every, at), 3),
        (((4, 3, 2), (5,)), (at, every, 0), 4),
        (((4, 3, 2), (5,)), (1, every, at), 2),
        (((4, 3, 2), (5,), (5,)), (at, slice(2, 0, -1), at), 2),
        (((2, 4, 3), (5, 6), (6,)), (every, at, at), 3),
        (((4, 3), (5,)), (None, at, None, every), 4),
    ]
    return [Case("pick", shapes, {"key": key}, labels=labels) for shapes, key, labels in cases]


STACKS: list[tuple[Shape, Shape]] = [
    ((5, 2, 3), (5, 3, 4)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((1, 2, 3), (5, 3, 4)),
    ((6, 1, 2, 3), (5, 3, 4)),
    ((5, 1, 2, 3), (1, 6, 3, 4)),
    ((1, 2, 3), (1, 3, 4)),
    ((5, 6, 2, 3), (3,)),
    ((3,), (5, 6, 3, 4)),
]
"""Stacks of matrices on both sides or one, stretched on both sides or one, and vectors."""
EINSUMS: list[tuple[str, tuple[Shape, ...]]] = [
    ("ij,jk->ik", ((2, 3), (3, 4))),
    ("ij, jk", ((2, 3), (3, 4))),
    ("bqd,bkd->bqk", ((5, 2, 3), (5, 4, 3))),
    ("...qd,...kd->...qk", ((5, 2, 3), (4, 3))),
    ("...qd,...kd->...qk", ((1, 2, 3), (5, 4, 3))),
    ("...i,...i,...->...i", ((1, 3), (1, 3), (4,))),
    ("i...,j...->ij...", ((2, 5, 4), (3, 4))),
    ("Ij,jK->IK", ((2, 3), (3, 4))),
    ("ij,jk,kl->il", ((2, 3), (3, 4), (4, 5))),
    ("bn,anm,bm->ba", ((2, 3), (5, 3, 4), (2, 4))),
    ("ij,jk->i", ((2, 3), (3, 4))),
    ("ij,jk->", ((2, 3), (3, 4))),
    ("ij,ij->ij", ((2, 3), (2, 3))),
    (",i,j->ji", ((), (2,), (3,))),
    ("ij->ji", ((2, 3),)),
    ("ijk->ik", ((2, 3, 4),)),
    ("...i->", ((2, 3, 4),)),
]
"""Products of one to three operands, over all that letters can say."""

CASES: list[Case] = [
    *binary("add"),
    *binary("subtract"),
    *binary("multiply"),
    *binary("divide", 0.5, 2.0),
    *binary("power", 0.3, 2.0),
    *binary("maximum"),
    *binary("minimum"),
    *(
        case
        for op in ("greater", "greater_equal", "less", "less_equal", "equal", "not_equal")
        for case in binary(op)
    ),
    *(
        Case("where", shapes, choice=True)
        for shapes in (
            ((), (), ()),
            ((2, 3), (2, 3), (2, 3)),
            ((2, 3), (), (3,)),
            ((3,), (2, 3), (2, 1)),
            ((4, 2, 1), (1, 3), (2, 3)),
        )
    ),
    *unary("negate"),
    *unary("exp"),
    *unary("log", 0.3, 3.0),
    *unary("sqrt", 0.3, 3.0),
    *unary("square"),
    *unary("abs"),
    *unary("sin"),
    *unary("cos"),
    *unary("log1p", -0.7, 3.0),
    *unary("expm1"),
    *unary("reciprocal", 0.3, 3.0),
    *unary("rsqrt", 0.3, 3.0),
    *unary("erf"),
    *unary("sign"),
    *unary("floor"),
    *unary("clip"),
    *unary("clip", low=-0.5, high=1.25),
    *unary("clip", high=0.5),
    *unary("identity"),
    *unary("sigmoid"),
    *unary("tanh"),
    *unary("relu"),
    *unary("leaky_relu"),
    *unary("leaky_relu", slope=0.3),
    *unary("elu"),
    *unary("elu", alpha=0.4),
    *unary("gelu"),
    *unary("silu"),
    *unary("gelu", exact=True),
    *unary("softplus"),
    *unary("relu6", -4.0, 9.0),
    *unary("hardtanh"),
    *unary("hardsigmoid", -5.0, 5.0),
    *unary("hardswish", -5.0, 5.0),
    *unary("selu"),
    *unary("celu"),
    *unary("celu", alpha=0.4),
    *unary("softsign"),
    *unary("logsigmoid"),
    *unary("mish"),
    *(Case("matmul", s) for s in (((2, 3), (3, 4)), ((2, 3), (3,)), ((3,), (3, 4)), ((3,), (3,)))),
    *(Case("matmul", shapes) for shapes in STACKS),
    *(Case("affine", ((2, 3), x, (2,))) for x in ((3,), (4, 3), (5, 4, 3), (6, 5, 4, 3))),
    *(Case("dot", s) for s in (((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 3), (3, 4)))),
    *(Case("dot", s) for s in (((5, 2, 3), (3,)), ((3,), (6, 3, 4)), ((5, 2, 3), (3, 4)))),
    Case("outer", ((2,), (3,))),
    Case("conv1d", ((2, 3, 7), (4, 3, 2), (4,))),
    Case("conv1d", ((3, 8), (4, 3, 3)), {"stride": 2, "padding": (1,), "dilation": 2}),
    Case("conv1d", ((2, 4, 7), (6, 2, 3)), {"groups": 2}),
    Case("conv2d", ((2, 3, 6, 5), (4, 3, 3, 2), (4,))),
    Case("conv2d", ((2, 3, 6, 5), (4, 3, 3, 2), (4,)), {"stride": 2, "padding": 1}),
    Case("conv2d", ((3, 7, 6), (4, 3, 2, 3), (4,)), {"stride": (2, 1), "padding": (0, 2)}),
    Case("conv2d", ((2, 4, 6, 7), (6, 2, 2, 3)), {"groups": 2, "dilation": (2, 1)}),
    Case("conv2d", ((2, 3, 4, 5), (6, 1, 3, 2), (6,)), {"groups": 3, "padding": 1}),
    Case("conv2d", ((1, 2, 9, 8), (3, 2, 2, 3)), {"stride": (4, 6), "dilation": (6, 3)}),
    Case("conv2d", ((1, 1, 1, 1), (2, 1, 3, 3), (2,)), {"padding": (2, 1)}),
    Case("max_pool1d", ((2, 3, 7),), {"size": 3, "stride": 2}),
    Case("max_pool1d", ((3, 8),), {"size": 3, "stride": 4, "padding": 1}),
    Case("max_pool2d", ((2, 3, 6, 5),)),
    Case("max_pool2d", ((3, 6, 5),), {"size": (3, 2), "stride": 1}),
    Case("max_pool2d", ((2, 3, 5, 6),), {"size": (2, 3), "stride": (3, 2), "padding": 1}),
    Case("avg_pool1d", ((2, 3, 7),), {"size": 3, "stride": 2, "padding": 1}),
    Case("avg_pool1d", ((3, 8),), {"size": 3}),
    Case("avg_pool2d", ((2, 3, 6, 5),)),
    Case("avg_pool2d", ((3, 6, 5),), {"size": (3, 2), "stride": 1, "padding": (1, 0)}),
    *(Case("einsum", shapes, {"letters": letters}) for letters, shapes in EINSUMS),
    Case("dropout", ((2, 3), (2, 3)), low=0.0, high=1.0),
    Case("dropout", ((2, 3), (4, 1, 3)), {"rate": 0.2}),
    *reduction("sum"),
    *reduction("mean"),
    *reduction("max"),
    *reduction("min"),
    *reduction("norm"),
    *reduction("prod"),
    *reduction("logsumexp"),
    *(
        Case("cumsum", (shape,), {"axis": axis})
        for shape, axis in (((3,), -1), ((2, 3), -1), ((2, 3), 0), ((2, 3, 4), 1))
    ),
    *(
        Case(op, (shape,), {"axis": axis})
        for op in ("softmax", "log_softmax")
        for shape, axis in (((3,), -1), ((2, 3), -1), ((2, 3), 0), ((2, 3, 4), 1))
    ),
    *(Case("transpose", (shape,)) for shape in ((), (3,), (2, 3), (2, 3, 4))),
    Case("reshape", ((2, 3, 4),), {"shape": (4, -1)}),
    Case("reshape", ((6,),), {"shape": (3, 2)}),
    Case("reshape", ((2, 3),), {"shape": -1}),
    Case("reshape", ((),), {"shape": (1, 1)}),
    Case("reshape", ((1, 1),), {"shape": ()}),
    Case("concat", ((3,),)),
    Case("concat", ((2,), (3,), (4,))),
    Case("concat", ((2, 3), (2, 4)), {"axis": 1}),
    Case("concat", ((2, 3, 4), (2, 5, 4)), {"axis": -2}),
    Case("expand_dims", ((),), {"axis": (0,)}),
    Case("expand_dims", ((5,),), {"axis": (1,)}),
    Case("expand_dims", ((5,),), {"axis": -2}),
    Case("expand_dims", ((4, 5),), {"axis": (0, 2)}),
    Case("stack", ((2, 3),)),
    Case("stack", ((), ())),
    Case("stack", ((2, 3), (2, 3), (2, 3), (2, 3)), {"axis": 1}),
    Case("stack", ((2, 3), (2, 3)), {"axis": -1}),
    Case("permute", ((),)),
    Case("permute", ((3,),), {"axes": 0}),
    *(
        Case("permute", ((2, 3, 4),), {"axes": axes})
        for axes in ((0, 2, 1), (2, 0, 1), (-1, 0, -2))
    ),
    Case("swapaxes", ((2, 3, 4),)),
    Case("swapaxes", ((2, 3, 4, 5),), {"axis1": 0, "axis2": -2}),
    Case("swapaxes", ((2, 3),), {"axis1": 1, "axis2": 1}),
    *(Case("squeeze", ((1, 3, 1),), {"axis": axis}) for axis in (None, 0, -1, (0, 2))),
    *(Case("squeeze", (shape,)) for shape in ((), (2, 3))),
    Case("broadcast_to", ((),)),
    Case("broadcast_to", ((),), {"shape": 5}),
    Case("broadcast_to", ((3,),), {"shape": (2, 3)}),
    Case("broadcast_to", ((1, 3, 1),), {"shape": (2, 5, -1, 4)}),
    Case("flip", ((),)),
    *(Case("flip", ((2, 3, 4),), {"axis": axis}) for axis in (None, -2, (0, 2))),
    Case("index", ((),), {"key": ()}),
    Case("index", ((5,),), {"key": (-2,)}),
    Case("index", ((5,),), {"key": (slice(None, None, -2),)}),
    Case("index", ((4, 5),), {"key": (1,)}),
    Case("index", ((4, 5),), {"key": (slice(None), 3)}),
    Case("index", ((4, 5, 6),), {"key": (slice(3, 0, -1), -1, slice(1, 6, 3))}),
    *picking(),
    *loss("squared_error"),
    *loss("half_squared_error"),
    *loss("mean_squared_error"),
    *loss("binary_cross_entropy", 0.1, 0.9),
    *loss("cross_entropy", 0.1, 2.0),
    *labelled("cross_entropy"),
    *loss("negative_log_likelihood", 0.1, 0.9),
    *labelled("negative_log_likelihood", 0.1, 0.9),
]


def weighted(case: Case, seed: int = 1) -> tuple[Graph, Array]:
    """A graph whose loss is Σ weight·op(…), so that every output has an upstream of its own."""
    builder = GraphBuilder()
    wanted = case.differentiable
    leaves = tuple(
        builder.leaf(
            f"p{at}", Kind.PARAMETER if at in wanted else Kind.INPUT, shape, gradient=at in wanted
        )
        for at, shape in enumerate(case.shapes)
    )
    y = builder.apply(case.declaration, leaves, case.options, name="y")
    weight = np.random.default_rng(seed).uniform(0.5, 1.5, builder.nodes[y].shape)
    scaled = builder.apply(REGISTRY["multiply"], (y, builder.constant(weight)))
    total = builder.apply(REGISTRY["sum"], (scaled,), name="L")
    return builder.finish(total), weight


def loss_at(engine: Engine, operands: list[Array]) -> float:
    """The loss for these values of the leaves, which stand first in the graph."""
    return float(engine.forward(dict(enumerate(operands)))[engine.graph.loss])


def central(engine: Engine, operands: list[Array], at: int, h: float = 1e-5) -> Array:
    """Central differences with one step of Richardson extrapolation, cell by cell."""
    slope = np.zeros(np.shape(operands[at]))
    for cell in np.ndindex(slope.shape):

        def moved(by: float, cell: tuple[int, ...] = cell) -> float:
            values = [np.array(value, dtype=float) for value in operands]
            values[at][cell] += by
            return loss_at(engine, values)

        near = (moved(h) - moved(-h)) / (2 * h)
        far = (moved(2 * h) - moved(-2 * h)) / (4 * h)
        slope[cell] = (4 * near - far) / 3
    return slope

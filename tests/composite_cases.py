"""Operands for every composite: sizes that all differ unless the composite demands it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bpdebug.expression import build
from bpdebug.graph import Graph, GraphBuilder, Kind
from bpdebug.ops import COMPOSITES, Array, Shape


@dataclass(frozen=True)
class CompositeCase:
    """A composite at concrete shapes; operands are drawn between `low` and `high`."""

    composite: str
    shapes: tuple[Shape, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    low: float = -2.0
    high: float = 2.0
    given: Mapping[int, Any] = field(default_factory=dict)
    """Operands with certain values, by position."""
    data: tuple[int, ...] = ()
    """Operands without a gradient, by position."""

    def __str__(self) -> str:
        shapes = " ".join("x".join(map(str, shape)) or "scalar" for shape in self.shapes)
        return f"{self.composite} {shapes} {self.options or ''}".strip()

    @property
    def names(self) -> tuple[str, ...]:
        """The operands that are given."""
        return COMPOSITES[self.composite].operands[: len(self.shapes)]

    @property
    def text(self) -> str:
        """The call, with every operand under its own name."""
        return f"{self.composite}({', '.join([*self.names, *option_texts(self.options)])})"

    def operands(self, seed: int = 0) -> dict[str, Array]:
        """The operands by name."""
        rng = np.random.default_rng(seed)
        drawn = {
            name: np.asarray(rng.uniform(self.low, self.high, shape))
            for name, shape in zip(self.names, self.shapes, strict=True)
        }
        return drawn | {self.names[at]: np.asarray(v, float) for at, v in self.given.items()}

    def graph(self, weights: Array) -> Graph:
        """A graph whose loss is the sum of the result `y` times an array of weights."""
        builder = GraphBuilder()
        for at, (name, shape) in enumerate(zip(self.names, self.shapes, strict=True)):
            gradient = at not in self.data
            kind = Kind.PARAMETER if gradient else Kind.INPUT
            builder.leaf(name, kind, shape, gradient=gradient)
        y = build(self.text, builder, "y")
        weighed = builder.constant(np.broadcast_to(weights, builder.nodes[y].shape), name="weighed")
        assert builder.nodes[weighed].name in builder.names
        return builder.finish(build("sum(weighed * y)", builder, "L"))


def option_texts(options: Mapping[str, Any]) -> list[str]:
    """Options as they are typed."""
    return [f'{name}="{v}"' if isinstance(v, str) else f"{name}={v}" for name, v in options.items()]


def losses(name: str, low: float = -2.0, high: float = 2.0, **options: Any) -> list[CompositeCase]:
    """A loss of a number, a vector, a matrix and a stack, with every reduction."""
    shapes = ((), (3,), (2, 3), (2, 3, 4))
    return [
        CompositeCase(name, (shape, shape), {"reduction": how, **options}, low, high)
        for shape, how in zip(shapes, ("mean", "sum", "none", "mean"), strict=True)
    ]


def cell(name: str, gates: int, states: int, steps: Shape = ()) -> list[CompositeCase]:
    """A recurrent cell, or a network of its steps, without and with a batch."""
    rows = 2 * gates
    weights = ((rows, 3), (rows, 2), (rows,), (rows,))
    return [
        CompositeCase(name, ((*steps, *batch, 3), *((*batch, 2),) * states, *weights))
        for batch in ((), (4,))
    ]


ATTENTION = "scaled_dot_product_attention"
HEADS = "multi_head_attention"
PROJECTIONS = ((12, 4), (12,), (4, 4), (4,))

CASES: list[CompositeCase] = [
    *(
        CompositeCase(name, (shape,), options)
        for name in ("var", "std")
        for shape, options in (
            ((3,), {}),
            ((2, 3), {"correction": 1}),
            ((2, 3, 4), {"axis": 1}),
            ((2, 3, 4), {"axis": (0, -1), "keepdims": True, "correction": 2}),
        )
    ),
    CompositeCase("layer_norm", ((3,), (3,), (3,))),
    CompositeCase("layer_norm", ((2, 3), (3,), (3,)), {"eps": 0.1}),
    CompositeCase("layer_norm", ((2, 3, 4), (3, 4), (3, 4))),
    CompositeCase("rms_norm", ((2, 3), (3,))),
    CompositeCase("rms_norm", ((2, 3, 4), (3, 4)), {"eps": 0.1}),
    CompositeCase("batch_norm", ((4, 3), (3,), (3,)), {"eps": 0.1}),
    CompositeCase("batch_norm", ((4, 3, 2), (3,), (3,))),
    CompositeCase("batch_norm", ((2, 3, 4, 5), (3,), (3,))),
    CompositeCase("batch_norm", ((2, 3, 1, 4, 5), (3,), (3,))),
    CompositeCase("group_norm", ((2, 6, 5), (6,), (6,)), {"groups": 3}),
    CompositeCase("group_norm", ((2, 4, 3, 5), (4,), (4,)), {"groups": 4, "eps": 0.1}),
    CompositeCase("normalize", ((3,),)),
    CompositeCase("normalize", ((2, 3, 4),), {"axis": 1}),
    CompositeCase("normalize", ((2, 3),), {"eps": 10.0}),
    CompositeCase("cosine_similarity", ((3,), (3,))),
    CompositeCase("cosine_similarity", ((2, 3, 4), (3, 4)), {"axis": 1}),
    CompositeCase("cosine_similarity", ((2, 3), (2, 3)), {"eps": 10.0}),
    *losses("l1"),
    *losses("huber"),
    *losses("huber", delta=0.4),
    *losses("smooth_l1", beta=0.4),
    *losses("smooth_l1", beta=0.0),
    *losses("binary_cross_entropy_with_logits"),
    *losses("kl_divergence", 0.1, 0.9),
    *losses("kl_divergence", log_target=True),
    CompositeCase("kl_divergence", ((2, 3), (2, 3)), {"reduction": "batchmean"}, 0.1, 0.9),
    CompositeCase(ATTENTION, ((3, 2), (4, 2), (4, 5))),
    CompositeCase(ATTENTION, ((3, 2), (4, 2), (4, 5), (3, 4)), {"causal": True}),
    CompositeCase(ATTENTION, ((6, 1, 3, 2), (5, 4, 2), (5, 4, 7), (4,))),
    CompositeCase(
        ATTENTION,
        ((3, 2), (4, 2), (4, 5), (3, 4)),
        given={3: [[0, -np.inf, 0, 0], [-np.inf] * 4, [-np.inf, -np.inf, 0, 1]]},
        data=(3,),
    ),
    CompositeCase(HEADS, ((3, 4), (5, 4), (5, 4), *PROJECTIONS)),
    CompositeCase(HEADS, ((2, 3, 4), (2, 3, 4), (2, 3, 4), *PROJECTIONS), {"heads": 2}),
    CompositeCase(
        HEADS,
        ((2, 3, 4), (2, 5, 4), (2, 5, 4), *PROJECTIONS, (3, 5)),
        {"heads": 4, "causal": True},
    ),
    *cell("rnn_cell", 1, 1),
    CompositeCase("rnn_cell", ((3,), (2,), (2, 3), (2, 2), (2,), (2,)), {"nonlinearity": "relu"}),
    *cell("lstm_cell", 4, 2),
    *cell("gru_cell", 3, 1),
    *cell("rnn", 1, 1, (5,)),
    *cell("lstm", 4, 2, (5,)),
    CompositeCase("lstm", ((2, 3), (2,), (2,), (8, 3), (8, 2), (8,), (8,)), {"cell": True}),
    *cell("gru", 3, 1, (5,)),
]

"""Activations: functions of a pre-activation. The gradient at their operand is a layer's δ."""

from __future__ import annotations

from math import pi, sqrt

import numpy as np

from bpdebug.ops.convention import Convention
from bpdebug.ops.declaration import Scores
from bpdebug.ops.error_function import erfc
from bpdebug.ops.families.cellwise import ONE, activation
from bpdebug.ops.maps.index_map import Array
from bpdebug.ops.spelling import Spelling

GELU_SCALE = sqrt(2.0 / pi)
GELU_CUBIC = 0.044715
GELU_STILL = 100.0
"""From here on the gate of gelu is exactly 0 or 1, for float64 and float32."""


def logistic(x: Array) -> Array:
    """σ(x) = 1/(1 + e⁻ˣ). Where e⁻ˣ overflows to infinity the quotient is 0, as it should be."""
    return 1.0 / (1.0 + np.exp(-x))


def relu_forward(x: Array) -> Array:
    return np.maximum(x, 0.0)


def relu_slope(y: Array, x: Array) -> Array:
    return np.heaviside(x, 0.0)


def leaky_forward(x: Array, *, slope: float) -> Array:
    return np.where(np.asarray(x) > 0, x, slope * np.asarray(x))


def leaky_slope(y: Array, x: Array, *, slope: float) -> Array:
    x = np.asarray(x)
    return np.where(np.isnan(x), x, np.where(x > 0, 1.0, slope))


def elu_forward(x: Array, *, alpha: float) -> Array:
    return np.where(np.asarray(x) > 0, x, alpha * np.expm1(np.minimum(x, 0.0)))


def elu_slope(y: Array, x: Array, *, alpha: float) -> Array:
    return np.where(np.asarray(x) > 0, 1.0, alpha * np.exp(np.minimum(x, 0.0)))


def gelu_gate(x: Array, *, exact: bool = False) -> Array:
    """½(1 + tanh u) written as σ(2u), which keeps its digits where tanh u is nearly −1; for the
    exact gelu Φ(x)."""
    x = np.asarray(x)
    return normal_share(x) if exact else logistic(2.0 * GELU_SCALE * x * (1.0 + GELU_CUBIC * x * x))


def gelu_forward(x: Array, *, exact: bool, shared: Array | None = None) -> Array:
    return np.asarray(x) * (gelu_gate(x, exact=exact) if shared is None else shared)


def normal_share(x: Array) -> Array:
    """Φ(x) = ½·erfc(−x/√2), the share of a normal distribution below x."""
    return np.asarray(0.5 * erfc(-np.asarray(x) / sqrt(2.0)))


def gelu_slope(y: Array, x: Array, *, exact: bool, shared: Array | None = None) -> Array:
    x = np.asarray(x)
    gate = gelu_gate(x, exact=exact) if shared is None else shared
    if exact:
        density = np.exp(-0.5 * np.square(x)) / sqrt(2.0 * pi)
        return gate + np.where(density == 0.0, 0.0, x * density)
    # Far out the gate is 0 or 1 and does not move; x is cut there, so that nothing overflows.
    x = np.clip(x, -GELU_STILL, GELU_STILL)
    # gate + x·2s(1 + 3c·x²)·gate·(1 − gate), in a single array.
    slope: Array = 3.0 * GELU_CUBIC * x
    slope *= x
    slope += 1.0
    slope *= 2.0 * GELU_SCALE
    slope *= x
    slope *= gate
    slope *= 1.0 - gate
    slope += gate
    return slope


def silu_forward(x: Array, *, shared: Array | None = None) -> Array:
    return np.asarray(x) * (logistic(x) if shared is None else shared)


def silu_slope(y: Array, x: Array, *, shared: Array | None = None) -> Array:
    s = logistic(x) if shared is None else shared
    return s * (1.0 + np.asarray(x) * (1.0 - s))


def softplus_forward(x: Array) -> Array:
    """ln(1 + eˣ), written so that neither end overflows."""
    return np.logaddexp(0.0, x)


identity = activation(
    "identity",
    "id",
    np.positive,
    lambda y, x: ONE,
    "the identity passes {x} on as it is: its slope is 1 everywhere",
    "y = x.",
    written="x",
    gives=Scores.LOGITS,
    keeps_scale=True,
)
sigmoid = activation(
    "sigmoid",
    "σ",
    logistic,
    lambda y, x: y * (1.0 - y),
    "the slope of σ at {x} is {y}·(1 − {y}); it is 1/4 at most",
    "y = 1/(1 + e^−x); derivative y·(1 − y).",
    latex=r"\sigma",
    also=("sigma",),
    spelled=(
        ("divide", 1.0, ("add", 1.0, ("exp", ("negate", "x")))),
        ("divide", 1.0, ("add", ("exp", ("negate", "x")), 1.0)),
        ("divide", ("exp", "x"), ("add", 1.0, ("exp", "x"))),
        ("divide", ("exp", "x"), ("add", ("exp", "x"), 1.0)),
    ),
    steepest=0.25,
    gives=Scores.PROBABILITIES,
    between=(0.0, 1.0),
)
tanh = activation(
    "tanh",
    "tanh",
    np.tanh,
    lambda y, x: 1.0 - y * y,
    "the slope of tanh at {x} is 1 − {y}²; it is 1 at most",
    "Derivative 1 − y².",
    latex=r"\tanh",
    spelled=(
        (
            "divide",
            ("subtract", ("exp", "x"), ("exp", ("negate", "x"))),
            ("add", ("exp", "x"), ("exp", ("negate", "x"))),
        ),
    ),
    steepest=1.0,
    between=(-1.0, 1.0),
)
POSITIVE: tuple[Spelling, ...] = (("greater", "x", 0.0), ("less", 0.0, "x"))
RECTIFIED: tuple[Spelling, ...] = (
    *(
        spelling
        for both in (("add", "x", ("abs", "x")), ("add", ("abs", "x"), "x"))
        for spelling in (("multiply", 0.5, both), ("multiply", both, 0.5), ("divide", both, 2.0))
    ),
    ("negate", ("minimum", 0.0, ("negate", "x"))),
    ("negate", ("minimum", ("negate", "x"), 0.0)),
    *(
        spelling
        for mask in POSITIVE
        for spelling in (
            ("multiply", "x", mask),
            ("multiply", mask, "x"),
            ("where", mask, "x", 0.0),
        )
    ),
)
"""relu without `maximum`, from `(x + |x|) / 2` to `x * (x > 0)` and `where(x > 0, x, 0)`."""
relu = activation(
    "relu",
    "relu",
    relu_forward,
    relu_slope,
    "relu lets the gradient through where {x} > 0 and stops it elsewhere",
    "y = max(x, 0).",
    side=np.sign,
    kink=lambda x: np.asarray(x) == 0,
    conventions=(Convention("at 0 the slope is taken as 0", (0.0,), 0.0, (0.0,)),),
    spelled=RECTIFIED,
    rectifies=0,
    between=(0.0, np.inf),
)
leaky_relu = activation(
    "leaky_relu",
    "lrelu",
    leaky_forward,
    leaky_slope,
    "the slope is 1 where {x} > 0, and the small one of the negative side elsewhere",
    "y = x for x > 0, slope·x elsewhere.",
    side=lambda x, slope: np.sign(x),
    kink=lambda x, slope: (np.asarray(x) == 0) & (slope != 1.0),
    conventions=(
        Convention("at 0 the slope is taken as that of the negative side", (0.0,), 0.0, (0.01,)),
        Convention("`slope` is 0.01 unless given", (-1.0,), -0.01, (0.01,)),
    ),
    options={"slope": 0.01},
)
elu = activation(
    "elu",
    "elu",
    elu_forward,
    elu_slope,
    "the slope is 1 where {x} > 0, and alpha·e^x elsewhere",
    "y = x for x > 0, alpha·(e^x − 1) elsewhere.",
    side=lambda x, alpha: np.sign(x) * (alpha != 1.0),
    kink=lambda x, alpha: (np.asarray(x) == 0) & (alpha != 1.0),
    conventions=(
        Convention(
            "at 0 the slope is taken as that of the negative side, alpha",
            (0.0,),
            0.0,
            (0.5,),
            {"alpha": 0.5},
        ),
        Convention("`alpha` is 1 unless given", (-np.inf,), -1.0, (0.0,)),
    ),
    options={"alpha": 1.0},
)
gelu = activation(
    "gelu",
    "gelu",
    gelu_forward,
    gelu_slope,
    "the slope of gelu at {x} is the gate itself, plus {x} times the slope of the gate",
    "y = ½x(1 + tanh(√(2/π)(x + 0.044715x³))), or ½x(1 + erf(x/√2)) with `exact=True`.",
    conventions=(
        Convention(
            "this is the tanh approximation; the exact gelu gives 0.841345 at 1, not 0.841192",
            (1.0,),
            0.8411919906082768,
        ),
        Convention(
            "`exact=True` is the exact one, as PyTorch's gelu without `approximate`",
            (1.0,),
            0.8413447460685429,
            (1.0833154705876864,),
            {"exact": True},
        ),
    ),
    options={"exact": False},
    shared=gelu_gate,
    elsewhere={"approximate": "leave it out: gelu is the approximation by tanh, unless exact=True"},
)
silu = activation(
    "silu",
    "silu",
    silu_forward,
    silu_slope,
    "the slope of x·σ(x) at {x} is σ(x)·(1 + x·(1 − σ(x)))",
    "y = x·σ(x), also called swish.",
    shared=logistic,
)
softplus = activation(
    "softplus",
    "softplus",
    softplus_forward,
    lambda y, x: logistic(x),
    "the slope of ln(1 + e^x) at {x} is σ(x)",
    "y = ln(1 + e^x).",
    between=(0.0, np.inf),
    by_result=lambda y: -np.expm1(-y),
)

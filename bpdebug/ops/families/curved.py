"""More activations made of exponentials: selu, celu, mish and their kin."""

from __future__ import annotations

import numpy as np

from bpdebug.ops.convention import Convention
from bpdebug.ops.families.activations import logistic, softplus_forward
from bpdebug.ops.families.cellwise import activation
from bpdebug.ops.limit import NOT_ZERO
from bpdebug.ops.maps.index_map import Array

SELU_SCALE = 1.0507009873554804934193349852946
SELU_ALPHA = 1.6732632423543772848170429916717
"""Both as in the paper of Klambauer et al., 2017."""


def selu_forward(x: Array) -> Array:
    x = np.asarray(x)
    return SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(np.minimum(x, 0.0)))


def selu_slope(y: Array, x: Array) -> Array:
    x = np.asarray(x)
    return SELU_SCALE * np.where(x > 0, 1.0, SELU_ALPHA * np.exp(np.minimum(x, 0.0)))


def celu_forward(x: Array, *, alpha: float) -> Array:
    x = np.asarray(x)
    return np.maximum(x, 0.0) + alpha * np.expm1(np.minimum(x, 0.0) / alpha)


def softsign_forward(x: Array) -> Array:
    x = np.asarray(x)
    return np.where(np.isinf(x), np.sign(x), x / (1.0 + np.abs(x)))


def mish_slope(y: Array, x: Array) -> Array:
    """t + x·(1 − t²)·σ(x), where t = tanh(ln(1 + eˣ)); far out 1 − t² is 0 and only t is left."""
    x = np.asarray(x)
    t = np.tanh(softplus_forward(x))
    rest = 1.0 - t * t
    return t + np.where(rest == 0.0, 0.0, x * rest * logistic(x))


selu = activation(
    "selu",
    "selu",
    selu_forward,
    selu_slope,
    "the slope is 1.0507 where {x} > 0, and 1.7581·e^x elsewhere",
    "y = 1.0507·x for x > 0, 1.7581·(e^x − 1) elsewhere.",
    side=np.sign,
    kink=lambda x: np.asarray(x) == 0,
    conventions=(
        Convention(
            "at 0 the slope is taken as that of the negative side, 1.7581",
            (0.0,),
            0.0,
            (SELU_SCALE * SELU_ALPHA,),
        ),
    ),
)
celu = activation(
    "celu",
    "celu",
    celu_forward,
    lambda y, x, *, alpha: np.exp(np.minimum(x, 0.0) / alpha),
    "the slope is 1 where {x} > 0, and e^(x/alpha) elsewhere",
    "y = x for x > 0, alpha·(e^(x/alpha) − 1) elsewhere.",
    conventions=(Convention("`alpha` is 1 unless given", (-np.inf,), -1.0, (0.0,)),),
    options={"alpha": 1.0},
    limits={"alpha": NOT_ZERO},
)
softsign = activation(
    "softsign",
    "softsign",
    softsign_forward,
    lambda y, x: np.square(1.0 / (1.0 + np.abs(x))),
    "the slope of x/(1 + |x|) at {x} is 1/(1 + |x|)²; it is 1 at most",
    "y = x/(1 + |x|).",
    between=(-1.0, 1.0),
)
logsigmoid = activation(
    "logsigmoid",
    "logsigmoid",
    lambda x: -softplus_forward(np.negative(x)),
    lambda y, x: logistic(np.negative(x)),
    "the slope of ln σ(x) at {x} is 1 − σ(x)",
    "y = ln σ(x).",
    between=(-np.inf, 0.0),
)
mish = activation(
    "mish",
    "mish",
    lambda x: np.asarray(x) * np.tanh(softplus_forward(x)),
    mish_slope,
    "the slope of mish at {x} is the gate tanh(ln(1 + e^x)), plus {x} times the slope of the gate",
    "y = x·tanh(ln(1 + e^x)).",
)

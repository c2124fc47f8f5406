"""Activations, with all of their options."""

from __future__ import annotations

from typing import Any

from torch.nn import functional

from bpdebug.recording.formula import formula, picked
from bpdebug.recording.from_torch.functions.elementary import by_formula
from bpdebug.recording.from_torch.functions.shape import reshaped
from bpdebug.recording.from_torch.functions.table import of, refuse
from bpdebug.recording.from_torch.functions.tensors import check_dtype, spread, whole
from bpdebug.recording.written import RefusedError, Written

FORMULAS = {
    "relu(input)": ("relu",),
    "relu6(input)": ("relu6",),
    "silu(input)": ("silu",),
    "mish(input)": ("mish",),
    "softsign(input)": ("softsign",),
    "hardsigmoid(input)": ("hardsigmoid",),
    "hardswish(input)": ("hardswish",),
    "logsigmoid(input)": ("logsigmoid",),
    "selu(input)": ("selu",),
    "input - tanh(input)": ("tanhshrink",),
}
for text, functions in FORMULAS.items():
    of(*functions)(by_formula(text))


@of("leaky_relu")
def leaky_relu(input: Any, negative_slope: float = 0.01, inplace: bool = False) -> Written:
    """input, and a small slope below 0"""
    return formula("leaky_relu(input, slope=slope)", input=input, slope=float(negative_slope))


@of("elu")
def elu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Written:
    """input, and alpha·(eˣ − 1) below 0"""
    return formula("elu(input, alpha=alpha)", input=input, alpha=float(alpha))


@of("celu")
def celu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Written:
    """input, and alpha·(e^(x/alpha) − 1) below 0"""
    return formula("celu(input, alpha=alpha)", input=input, alpha=float(alpha))


@of("gelu")
def gelu(input: Any, approximate: str = "none") -> Written:
    """x·Φ(x), exact or by tanh"""
    return formula("gelu(input, exact=exact)", input=input, exact=approximate == "none")


@of("softplus")
def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Written:
    """ln(1 + e^(beta·x))/beta, and x itself past a threshold"""
    scaled = "input" if beta == 1 else "beta * input"
    curve = f"softplus({scaled})" + ("" if beta == 1 else " / beta")
    if bool((input * beta > threshold).any()):
        curve = f"where({scaled} > threshold, input, {curve})"
    return formula(curve, input=input, beta=beta, threshold=threshold)


@of("hardtanh")
def hardtanh(
    input: Any, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Written:
    """input, cut at two bounds, at which the slope is 0"""
    if (min_val, max_val) == (-1, 1):
        return formula("hardtanh(input)", input=input)
    inside = "where(input >= high, high, input)"
    return formula(f"where(input <= low, low, {inside})", input=input, low=min_val, high=max_val)


@of("softshrink")
def softshrink(input: Any, lambd: float = 0.5) -> Written:
    """What input has beyond ±lambd"""
    return formula("input - clip(input, low=low, high=high)", input=input, low=-lambd, high=lambd)


@of("hardshrink")
def hardshrink(input: Any, lambd: float = 0.5) -> Written:
    """input beyond ±lambd, and 0 between"""
    return formula("where(abs(input) > bound, input, 0)", input=input, bound=lambd)


@of("threshold")
def threshold(input: Any, threshold: float, value: float, inplace: bool = False) -> Written:
    """input above a threshold, and value elsewhere"""
    return formula("where(input > bound, input, value)", input=input, bound=threshold, value=value)


@of("prelu")
def prelu(input: Any, weight: Any) -> Written:
    """input, and a learned slope below 0, one for all or for each channel"""
    slope = reshaped(weight, ()) if weight.numel() == 1 else spread(weight, input.ndim)
    return formula("where(input > 0, input, slope * input)", input=input, slope=slope)


@of("rrelu")
def rrelu(
    input: Any,
    lower: float = 1 / 8,
    upper: float = 1 / 3,
    training: bool = False,
    inplace: bool = False,
) -> Written:
    """input, and the mean of two slopes below 0"""
    if training:
        raise RefusedError("rrelu draws slopes in training, which has no op; write leaky_relu")
    return leaky_relu(input, (lower + upper) / 2)


@of("glu")
def glu(input: Any, dim: int = -1) -> Written:
    """The first half along an axis, times the sigmoid of the second"""
    half = input.shape[dim] // 2
    before = whole(input, dim)
    return formula(
        "a * sigmoid(b)",
        a=picked(input, (*before, slice(None, half))),
        b=picked(input, (*before, slice(half, None))),
    )


def axis_given(name: str, input: Any, dim: int | None) -> int:
    """The axis of a softmax; RefusedError where none is given, which PyTorch only guesses."""
    if dim is None:
        raise RefusedError(f"{name} without dim has no op; write dim=-1, or the axis that is meant")
    if input.ndim == 0:
        raise RefusedError(f"{name} of a single number has no op; it is 1 whatever the number is")
    return -1 if dim % input.ndim == input.ndim - 1 else dim


@of("softmax")
def softmax(input: Any, dim: Any = None, _stacklevel: int = 3, dtype: Any = None) -> Written:
    """Shares that sum to 1 along an axis"""
    check_dtype("softmax", dtype, input)
    axis = axis_given("softmax", input, dim)
    return formula("softmax(input, axis=axis)", input=input, axis=axis)


@of("log_softmax")
def log_softmax(input: Any, dim: Any = None, _stacklevel: int = 3, dtype: Any = None) -> Written:
    """The logarithms of shares that sum to 1 along an axis"""
    check_dtype("log_softmax", dtype, input)
    axis = axis_given("log_softmax", input, dim)
    return formula("log_softmax(input, axis=axis)", input=input, axis=axis)


@of("softmin")
def softmin(input: Any, dim: Any = None, _stacklevel: int = 3, dtype: Any = None) -> Written:
    """softmax of −input"""
    check_dtype("softmin", dtype, input)
    axis = axis_given("softmin", input, dim)
    return formula("softmax(-input, axis=axis)", input=input, axis=axis)


refuse(
    "gumbel_softmax draws noise, which has no op; draw it as data before the block, and write "
    "softmax((logits + noise) / tau)",
    functional.gumbel_softmax,
)

"""Sums, products, powers, and what is between two numbers."""

from __future__ import annotations

from typing import Any

import torch

from bpdebug.recording.formula import formula
from bpdebug.recording.from_torch.functions.table import of, refuse
from bpdebug.recording.from_torch.functions.tensors import array_of, single
from bpdebug.recording.texts import negative
from bpdebug.recording.written import RefusedError, Written, alike, written

Tensor = torch.Tensor


def truths(*operands: Any) -> bool:
    """Whether all operands are tensors of truth values, of which `+` is "or"."""
    return all(isinstance(one, Tensor) and one.dtype == torch.bool for one in operands)


@of("add", "__add__", "__radd__")
def add(input: Any, other: Any, alpha: Any = 1) -> Written:
    """input + alpha·other"""
    if truths(input, other):
        return formula("maximum(input, other)", input=input, other=other)
    if alpha != 1:
        return formula("input + alpha * other", input=input, other=other, alpha=alpha)
    return formula("input + other", input=input, other=other)


@of("sub", "subtract", "__sub__")
def subtract(input: Any, other: Any, alpha: Any = 1) -> Written:
    """input − alpha·other"""
    if alpha != 1:
        return formula("input - alpha * other", input=input, other=other, alpha=alpha)
    return formula("input - other", input=input, other=other)


@of("rsub", "__rsub__")
def reversed_subtract(input: Any, other: Any, alpha: Any = 1) -> Written:
    """other − alpha·input"""
    return subtract(other, input, alpha)


@of("mul", "multiply", "__mul__", "__rmul__")
def multiply(input: Any, other: Any) -> Written:
    """input·other"""
    return formula("input * other", input=input, other=other)


@of("div", "divide", "true_divide", "__truediv__", "__div__")
def divide(input: Any, other: Any, rounding_mode: str | None = None) -> Written:
    """input/other"""
    if rounding_mode is not None:
        raise RefusedError(
            f'div with rounding_mode="{rounding_mode}" has no op; write torch.floor(a / b)'
        )
    return formula("input / other", input=input, other=other)


@of("__rdiv__", "__rtruediv__")
def reversed_divide(input: Any, other: Any) -> Written:
    """other/input"""
    return divide(other, input)


@of("remainder", "__mod__")
def remainder(input: Any, other: Any) -> Written:
    """What is left of input when other is taken off as often as can be."""
    return formula("input - floor(input / other) * other", input=input, other=other)


@of("pow", "__pow__")
def power(input: Any, exponent: Any) -> Written:
    """input to the power of exponent"""
    return formula("input ** exponent", input=input, exponent=exponent)


@of("__rpow__")
def reversed_power(input: Any, other: Any) -> Written:
    """other to the power of input"""
    return power(other, input)


@of("neg", "negative", "__neg__")
def negate(input: Any) -> Written:
    """−input"""
    return written(negative, input)


of("positive", "__pos__")(lambda input: alike(input))


@of("maximum")
def maximum(input: Any, other: Any) -> Written:
    """The larger of two, cell by cell."""
    return formula("maximum(input, other)", input=array_of(input), other=array_of(other))


@of("minimum")
def minimum(input: Any, other: Any) -> Written:
    """The smaller of two, cell by cell."""
    return formula("minimum(input, other)", input=array_of(input), other=array_of(other))


@of("clamp", "clip")
def clamp(input: Any, min: Any = None, max: Any = None) -> Written:
    """input, cut at bounds that are numbers or tensors"""
    if not isinstance(min, Tensor) and not isinstance(max, Tensor):
        infinity = float("inf")
        low, high = -infinity if min is None else min, infinity if max is None else max
        return formula("clip(input, low=low, high=high)", input=input, low=low, high=high)
    made = alike(input)
    if min is not None:
        made = formula("where(input < low, low, input)", input=input, low=min)
    if max is None:
        return made
    inner = input if min is None else made
    return formula(
        """
        raised = inner
        where(raised > high, high, raised)
        """,
        inner=inner,
        high=max,
    )


@of("clamp_min")
def clamp_min(input: Any, min: Any) -> Written:
    """input, cut at a lower bound"""
    return clamp(input, min)


@of("clamp_max")
def clamp_max(input: Any, max: Any) -> Written:
    """input, cut at an upper bound"""
    return clamp(input, None, max)


@of("addcmul")
def addcmul(input: Any, tensor1: Any, tensor2: Any, value: Any = 1) -> Written:
    """input + value·tensor1·tensor2"""
    scaled = "tensor1 * tensor2" if single(value, 1) else "value * tensor1 * tensor2"
    return formula(f"input + {scaled}", input=input, tensor1=tensor1, tensor2=tensor2, value=value)


@of("addcdiv")
def addcdiv(input: Any, tensor1: Any, tensor2: Any, value: Any = 1) -> Written:
    """input + value·tensor1/tensor2"""
    scaled = "tensor1 / tensor2" if single(value, 1) else "value * tensor1 / tensor2"
    return formula(f"input + {scaled}", input=input, tensor1=tensor1, tensor2=tensor2, value=value)


@of("lerp")
def lerp(input: Any, end: Any, weight: Any) -> Written:
    """A share of the way from input to end"""
    return formula("input + weight * (end - input)", input=input, end=end, weight=weight)


@of("hypot")
def hypot(input: Any, other: Any) -> Written:
    """√(input² + other²)"""
    return formula("sqrt(square(input) + square(other))", input=input, other=other)


@of("logaddexp")
def logaddexp(input: Any, other: Any) -> Written:
    """ln(e^input + e^other)"""
    if bool((torch.maximum(input, other) == -float("inf")).any()):
        raise RefusedError("logaddexp of −∞ and −∞ has no op; write torch.logsumexp of a stack")
    return formula(
        "maximum(input, other) + softplus(-abs(input - other))",
        input=array_of(input),
        other=array_of(other),
    )


@of("xlogy")
def xlogy(input: Any, other: Any) -> Written:
    """input·ln(other), and 0 where input is 0"""
    if not isinstance(input, Tensor) or bool((input != 0).all()):
        return formula("input * log(other)", input=input, other=other)
    if input.requires_grad:
        raise RefusedError("xlogy of a learned 0 has no op; write torch.where")
    return formula("where(input == 0, 0, input * log(other))", input=input, other=other)


refuse("fmod has no op; write torch.remainder, or a - torch.trunc(a / b) * b", "fmod")
refuse("fmax and fmin have no op; write torch.maximum and torch.minimum", "fmax", "fmin")
refuse("float_power has no op; write a ** b", "float_power")
refuse("nan_to_num has no op; keep NaN out, as by torch.where", "nan_to_num")
refuse("cumprod has no op; write torch.exp of the cumsum of the logarithms", "cumprod")

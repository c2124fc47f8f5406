"""Copies and conversions: most return what they are given, as another tensor or kind of number."""

from __future__ import annotations

from typing import Any

import torch

from bpdebug.recording.formula import formula
from bpdebug.recording.from_torch.functions.table import of
from bpdebug.recording.written import DATA, RefusedError, Written, alike

Tensor = torch.Tensor


def converted(input: Any, dtype: torch.dtype) -> Written:
    """A tensor in another kind of numbers: truths as 1 and 0, whole numbers as data."""
    if dtype == torch.bool and input.dtype != torch.bool:
        return formula("input != 0", input=input)
    if not dtype.is_floating_point and dtype != torch.bool:
        return DATA
    if input.is_floating_point() and input.dtype != dtype:
        raise RefusedError(
            f"{input.dtype} to {dtype} has no op, since a recording has one kind of numbers; "
            "convert the model and the data before the block"
        )
    return alike(input)


@of("to")
def to(input: Any, *given: Any, dtype: Any = None, other: Any = None, **more: Any) -> Written:
    """A tensor on another device, or in another kind of numbers"""
    for one in (dtype, other, *given):
        if isinstance(one, (Tensor, torch.dtype)):
            return converted(input, one.dtype if isinstance(one, Tensor) else one)
    return alike(input)


@of("type_as")
def type_as(input: Any, other: Any) -> Written:
    """A tensor in the kind of numbers that another has"""
    return converted(input, other.dtype)


def to_dtype(dtype: torch.dtype) -> Any:
    """The translation of `.double()` and the like."""
    return lambda input, memory_format=None: converted(input, dtype)


for name in ("float", "double", "half", "bfloat16", "bool", "int", "long"):
    of(getattr(Tensor, name))(to_dtype(getattr(torch, name)))


of(Tensor.type)(lambda input, dtype: converted(input, dtype))


@of("clone", "contiguous", "conj", "resolve_conj", "resolve_neg")
@of(Tensor.pin_memory, Tensor.cpu, Tensor.cuda, Tensor.requires_grad_)
def copied(input: Any, *given: Any, **more: Any) -> Written:
    """A tensor as it is"""
    return alike(input)

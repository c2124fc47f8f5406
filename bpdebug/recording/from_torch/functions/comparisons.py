"""Comparisons, which give 1 and 0, logic, and choices by them."""

from __future__ import annotations

from typing import Any

import torch

from bpdebug.recording.formula import formula
from bpdebug.recording.from_torch.functions.table import of
from bpdebug.recording.from_torch.functions.tensors import constant
from bpdebug.recording.written import DATA, Result, Written

SIGNS = {
    ">": ("gt", "greater", "__gt__"),
    ">=": ("ge", "greater_equal", "__ge__"),
    "<": ("lt", "less", "__lt__"),
    "<=": ("le", "less_equal", "__le__"),
    "==": ("eq", "__eq__"),
    "!=": ("ne", "not_equal", "__ne__"),
}


def compared(sign: str) -> Any:
    """The translation of a comparison."""

    def translation(input: Any, other: Any) -> Written:
        return formula(f"input {sign} other", input=input, other=other)

    return translation


for sign, functions in SIGNS.items():
    of(*functions)(compared(sign))


def logic(text: str) -> Any:
    """The translation of a function of truth values; of other numbers it is data."""

    def translation(*operands: Any) -> Written:
        if any(getattr(one, "dtype", None) != torch.bool for one in operands):
            return DATA
        return formula(text, **dict(zip("ab", operands, strict=False)))

    return translation


of("logical_and", "bitwise_and", "__and__", "__rand__")(logic("a * b"))
of("logical_or", "bitwise_or", "__or__", "__ror__")(logic("maximum(a, b)"))
of("logical_xor", "bitwise_xor", "__xor__", "__rxor__")(logic("a != b"))
of("logical_not", "bitwise_not", "__invert__")(logic("1 - a"))
of("isnan")(lambda input: formula("input != input", input=input))


@of("where")
def where(condition: Any, input: Any = None, other: Any = None) -> Result:
    """input where the condition holds, other elsewhere; the places, where only that is given"""
    if input is None:
        return tuple(DATA for _ in range(condition.ndim))
    made: Written = formula(
        "where(condition, input, other)", condition=condition, input=input, other=other
    )
    return made


@of(torch.Tensor.where)
def kept_where(input: Any, condition: Any, other: Any) -> Result:
    """input where the condition holds, other elsewhere; a tensor's method has this order"""
    return where(condition, input, other)


@of("masked_fill")
def masked_fill(input: Any, mask: Any, value: Any) -> Written:
    """value where the mask holds, input elsewhere"""
    return formula("where(mask, value, input)", input=input, mask=mask, value=value)


@of("tril")
def lower(input: Any, diagonal: int = 0) -> Written:
    """A matrix, or a stack of them, with zeros above a diagonal"""
    kept = torch.ones(input.shape[-2:], dtype=torch.bool).tril(diagonal)
    return formula("where(lower, input, 0)", lower=constant(kept, "lower"), input=input)


@of("triu")
def upper(input: Any, diagonal: int = 0) -> Written:
    """A matrix, or a stack of them, with zeros below a diagonal"""
    kept = torch.ones(input.shape[-2:], dtype=torch.bool).triu(diagonal)
    return formula("where(upper, input, 0)", upper=constant(kept, "upper"), input=input)

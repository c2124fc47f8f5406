"""The largest and smallest entries, and entries in their order; which they are is data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from bpdebug.recording.formula import formula, picked
from bpdebug.recording.from_torch.functions.arithmetic import maximum, minimum
from bpdebug.recording.from_torch.functions.indexing import gather
from bpdebug.recording.from_torch.functions.reductions import over
from bpdebug.recording.from_torch.functions.table import of, refuse
from bpdebug.recording.from_torch.functions.tensors import constant
from bpdebug.recording.written import DATA, Result, Written, alike


def extreme(op: str, between: Callable[..., Written]) -> Callable[..., Result]:
    """The translation of max or min: of all entries, along an axis, or of two tensors."""

    def translation(
        input: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None
    ) -> Result:
        other = dim if isinstance(dim, torch.Tensor) else other
        if other is not None:
            return between(input, other)
        reduced = over(op)
        if dim is None:
            return reduced(input)
        if input.ndim == 0:
            return alike(input), DATA
        value, at = getattr(input, op)(dim, keepdim=True)
        if bool(((input == value).sum(dim) > 1).any()):
            return along(input, dim, at, keepdim), DATA
        return reduced(input, dim, keepdim), DATA

    return translation


of("max")(extreme("max", maximum))
of("min")(extreme("min", minimum))


def along(input: Any, dim: int, index: torch.Tensor, keepdim: bool) -> Written:
    """The entry of every line along an axis that an index with this axis of size 1 names."""
    made = gather(input, dim, index)
    if keepdim:
        return made
    return formula("squeeze(made, axis=axis)", made=made, axis=int(dim))


@of("aminmax")
def aminmax(input: Any, *, dim: Any = None, keepdim: bool = False) -> Result:
    """The smallest and the largest"""
    return over("min")(input, dim, keepdim), over("max")(input, dim, keepdim)


def middle(method: str) -> Any:
    """The translation of median, over all entries or along an axis."""

    def translation(input: Any, dim: Any = None, keepdim: bool = False) -> Result:
        find = getattr(torch, method)
        if input.ndim == 0:
            return alike(input) if dim is None else (alike(input), DATA)
        if dim is not None:
            return along(input, dim, find(input, dim, keepdim=True)[1], keepdim), DATA
        at = (input == find(input)).nonzero(as_tuple=True)
        return formula("mean(cells)", cells=cells(input, at))

    return translation


of("median")(middle("median"))
of("nanmedian")(middle("nanmedian"))


def cells(input: Any, at: tuple[torch.Tensor, ...]) -> Written:
    """The cells of a tensor at these places along every axis."""
    return picked(input, tuple(constant(one, "cells") for one in at))


@of("sort")
def sort(
    input: Any, dim: Any = -1, descending: bool = False, *, stable: bool | None = None
) -> Result:
    """The entries along an axis in their order"""
    at = torch.sort(input, dim=dim, descending=descending, stable=bool(stable))[1]
    return gather(input, dim, at), DATA


@of("topk")
def topk(input: Any, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Result:
    """The largest entries along an axis"""
    at = torch.topk(input, k, dim, largest, sorted)[1]
    return gather(input, dim, at), DATA


of("msort")(lambda input: gather(input, 0, torch.sort(input, dim=0, stable=True)[1]))


def running(method: str) -> Any:
    """The translation of the largest or smallest entry up to each along an axis."""

    def translation(input: Any, dim: int) -> Result:
        return gather(input, dim, getattr(torch, method)(input, dim)[1]), DATA

    return translation


of("cummax")(running("cummax"))
of("cummin")(running("cummin"))
refuse("quantile has no op; write torch.sort, and pick the entries", "quantile", "nanquantile")


@of("kthvalue")
def kthvalue(input: Any, k: int, dim: int = -1, keepdim: bool = False) -> Result:
    """The k-th smallest entry along an axis"""
    if input.ndim == 0:
        return alike(input), DATA
    at = torch.kthvalue(input, k, dim, keepdim=True)[1]
    return along(input, dim, at, keepdim), DATA

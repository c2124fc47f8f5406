"""Sums, means, products, variances and norms, over all axes or some."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from bpdebug.recording.formula import formula
from bpdebug.recording.from_torch.functions.table import of
from bpdebug.recording.from_torch.functions.tensors import axis_of, check_dtype, constant
from bpdebug.recording.written import DATA, RefusedError, Result, Written, alike


def reduced(text: str, input: Any, dim: Any, keepdim: bool, **given: Any) -> Written:
    """A formula over an axis: `sum(input, axis=axis, keepdims=keepdim)`."""
    axis = axis_of(input, dim)
    return formula(text, input=input, axis=axis, keepdim=bool(keepdim), **given)


def over(op: str) -> Callable[..., Written]:
    """The translation of a reduction that is a single op."""

    def translation(
        input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
    ) -> Written:
        check_dtype(op, dtype, input)
        if input.dtype != torch.bool and not input.is_floating_point():
            return DATA
        return reduced(f"{op}(input, axis=axis, keepdims=keepdim)", input, dim, keepdim)

    return translation


of("sum")(over("sum"))
of("mean")(over("mean"))
of("prod")(over("prod"))
of("amax")(over("max"))
of("amin")(over("min"))
of("logsumexp")(over("logsumexp"))


@of("cumsum")
def cumsum(input: Any, dim: int, dtype: Any = None) -> Written:
    """Running sums along an axis"""
    check_dtype("cumsum", dtype, input)
    if input.ndim == 0:
        return alike(input)
    axis = -1 if dim % max(input.ndim, 1) == input.ndim - 1 else dim
    return formula("cumsum(input, axis=axis)", input=input, axis=axis)


def spread_of(op: str) -> Any:
    """The translation of var or std, whose second argument may be `dim` or `unbiased`."""

    def translation(
        input: Any,
        dim: Any = None,
        unbiased: bool = True,
        keepdim: bool = False,
        *,
        correction: Any = None,
    ) -> Written:
        if isinstance(dim, bool):
            dim, unbiased = None, dim
        taken = int(unbiased) if correction is None else correction
        if int(taken) != taken:
            raise RefusedError(f"{op} with correction={taken} has no op; write a whole number")
        return reduced(
            f"{op}(input, axis=axis, keepdims=keepdim, correction=taken)",
            *(input, dim, keepdim),
            taken=int(taken),
        )

    return translation


var, std = spread_of("var"), spread_of("std")
of("var")(var)
of("std")(std)


@of("var_mean")
def var_mean(input: Any, dim: Any = None, *args: Any, **kwargs: Any) -> Result:
    """Variance and mean"""
    keepdim = kwargs.get("keepdim", args[1] if len(args) > 1 else False)
    axes = None if isinstance(dim, bool) else dim
    return var(input, dim, *args, **kwargs), over("mean")(input, axes, keepdim)


@of("std_mean")
def std_mean(input: Any, dim: Any = None, *args: Any, **kwargs: Any) -> Result:
    """Standard deviation and mean"""
    keepdim = kwargs.get("keepdim", args[1] if len(args) > 1 else False)
    axes = None if isinstance(dim, bool) else dim
    return std(input, dim, *args, **kwargs), over("mean")(input, axes, keepdim)


def norm_of(value: Any, axis: Any, keepdim: bool, p: Any) -> Written:
    """The p-norm of a value, along an axis or several, or over all."""
    p = 2 if p is None else float(p)
    if p == 0:
        return DATA
    options = "axis=axis, keepdims=keepdim"
    if p == 2:
        text = f"norm(value, {options})"
    elif p == 1:
        text = f"sum(abs(value), {options})"
    elif p in (float("inf"), -float("inf")):
        text = f"{'max' if p > 0 else 'min'}(abs(value), {options})"
    else:
        if isinstance(value, torch.Tensor) and bool((value == 0).any()):
            raise RefusedError(f"norm with p={p:g} of a 0 has no op; use p=2 or p=1")
        text = f"sum(abs(value) ** p, {options}) ** ({1 / p!r})"
    return formula(text, value=value, axis=axis, keepdim=bool(keepdim), p=p)


@of(torch.norm, torch.Tensor.norm)
def norm(
    input: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None
) -> Written:
    """The p-norm; "fro" is the Euclidean one"""
    check_dtype("norm", dtype, input)
    if p == "nuc":
        raise RefusedError('norm with p="nuc" has no op')
    return norm_of(input, axis_of(input, dim), keepdim, 2 if p in ("fro", None) else p)


@of(torch.linalg.vector_norm)
def vector_norm(
    input: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False, dtype: Any = None
) -> Written:
    """The norm of vectors"""
    return norm(input, ord, dim, keepdim, dtype)


@of(torch.linalg.norm, torch.linalg.matrix_norm)
def linalg_norm(
    input: Any, ord: Any = None, dim: Any = None, keepdim: bool = False, dtype: Any = None
) -> Written:
    """The norm of vectors, or the Frobenius norm of matrices"""
    matrix = isinstance(dim, (tuple, list)) or (dim is None and input.ndim == 2)
    if matrix and ord not in (None, "fro"):
        raise RefusedError(f"linalg.norm of a matrix with ord={ord!r} has no op; flatten it")
    return norm(input, "fro" if ord is None else ord, dim, keepdim, dtype)


@of("pairwise_distance")
def pairwise_distance(
    x1: Any, x2: Any, p: Any = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Written:
    """The length of the difference of vectors along the last axis"""
    apart = formula("x1 - x2 + eps", x1=x1, x2=x2, eps=eps)
    return norm_of(apart, -1, keepdim, p)


@of("dist")
def dist(input: Any, other: Any, p: Any = 2) -> Written:
    """The length of a difference"""
    return norm_of(formula("input - other", input=input, other=other), None, False, p)


@of(torch.nn.functional.pdist)
def pdist(input: Any, p: Any = 2.0) -> Written:
    """The distance of every vector from every later one"""
    first, second = torch.triu_indices(len(input), len(input), 1)
    apart = formula(
        "input[first] - input[second]",
        input=input,
        first=constant(first, "first"),
        second=constant(second, "second"),
    )
    return norm_of(apart, -1, False, p)


@of("cdist")
def cdist(x1: Any, x2: Any, p: Any = 2.0, compute_mode: Any = None) -> Written:
    """The distance of every vector of x1 from every vector of x2"""
    rows = (*(slice(None),) * (x1.ndim - 1), None)
    columns = (*(slice(None),) * (x2.ndim - 2), None)
    apart = formula("x1[rows] - x2[columns]", x1=x1, x2=x2, rows=rows, columns=columns)
    return norm_of(apart, -1, False, p)

"""Cells by their places: numbers and slices, arrays of places, masks. Places are data."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.nn import functional

from bpdebug.recording.formula import formula, picked
from bpdebug.recording.from_torch.functions.shape import moved_axes, permuted, reshaped
from bpdebug.recording.from_torch.functions.table import of, refuse
from bpdebug.recording.from_torch.functions.tensors import constant, whole
from bpdebug.recording.written import RefusedError, Written, alike, data

Tensor = torch.Tensor


@of("__getitem__")
def getitem(input: Any, key: Any) -> Written:
    """What stands in brackets behind a tensor"""
    plain, arrays = keys_of(input, key)
    made = picked(input, plain) if any(one != slice(None) for one in plain) else alike(input)
    return picked(made, arrays) if arrays else made


def keys_of(input: Any, key: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """The numbers, slices and None of an index, and the arrays in it.

    PyTorch takes the first before it picks by the arrays, of which there may be none.
    """
    parts = spelled_out(input, list(key) if isinstance(key, tuple) else [key])
    plain, arrays = [], []
    for part in parts:
        if isinstance(part, Tensor):
            plain.append(slice(None))
            arrays.append(part)
        else:
            plain.append(part)
            arrays += [] if isinstance(part, int) else [slice(None)]
    while plain and plain[-1] == slice(None):
        plain.pop()
    while arrays and isinstance(arrays[-1], slice):
        arrays.pop()
    return tuple(plain), tuple(arrays)


def spelled_out(input: Any, parts: list[Any]) -> list[Any]:
    """The parts of an index, with `:` for an ellipsis and places for a mask."""
    parts = [part_of(one) for one in parts]
    named = sum(
        one.ndim if isinstance(one, Tensor) and one.dtype == torch.bool else 1
        for one in parts
        if one is not None and one is not ...
    )
    found: list[Any] = []
    for one in parts:
        if one is ...:
            found += [slice(None)] * (input.ndim - named)
        elif isinstance(one, Tensor) and one.dtype == torch.bool:
            found += one.nonzero(as_tuple=True)
        else:
            found.append(one)
    return found


def part_of(part: Any) -> Any:
    """A part of an index: a number, a slice of numbers, None, `...`, or a tensor."""
    if isinstance(part, bool):
        raise RefusedError("an index True or False has no op; write None for a new axis")
    if isinstance(part, slice):
        ends = (part.start, part.stop, part.step)
        return slice(*(None if end is None else int(end) for end in ends))
    if isinstance(part, (list, tuple, range, np.ndarray)):
        part = torch.as_tensor(np.asarray(part))
    if isinstance(part, Tensor):
        return int(part) if part.ndim == 0 and part.dtype != torch.bool else part
    return part if part is None or part is ... else int(part)


@of("__setitem__")
def setitem(input: Any, key: Any, value: Any) -> Written:
    """The tensor that is there when cells have been given other values"""
    places = torch.arange(input.numel()).reshape(input.shape)
    chosen = places[key]
    mask = torch.zeros(input.numel(), dtype=torch.bool)
    mask[chosen.reshape(-1)] = True
    given = constant(mask.reshape(input.shape), "given")
    if not isinstance(value, Tensor) or value.numel() == 1:
        number = value if not isinstance(value, Tensor) else reshaped(value, ())
        return formula("where(given, number, input)", given=given, number=number, input=input)
    spread = torch.arange(value.numel()).reshape(value.shape).expand(chosen.shape)
    source = torch.zeros(input.numel(), dtype=torch.long)
    source[chosen.reshape(-1)] = spread.reshape(-1)
    return formula(
        "where(given, cells[source], input)",
        given=given,
        cells=reshaped(value, (-1,)),
        source=constant(source.reshape(input.shape), "source"),
        input=input,
    )


@of("gather")
def gather(input: Any, dim: int, index: Any, sparse_grad: bool = False) -> Written:
    """Entries along an axis, of every line those that the index names"""
    if input.ndim == 0:
        return alike(input)
    axis, key = dim % input.ndim, []
    for at, count in enumerate(index.shape):
        places = np.arange(count).reshape([-1 if n == at else 1 for n in range(index.ndim)])
        key.append(constant(index, "chosen") if at == axis else data(places, f"along_{at}"))
    return picked(input, tuple(key))


@of("take_along_dim")
def take_along_dim(input: Any, indices: Any, dim: int | None = None) -> Written:
    """Entries along an axis, of every line those that the index names"""
    if dim is None:
        return picked(reshaped(input, (-1,)), (constant(indices.reshape(-1), "chosen"),))
    shape = list(torch.broadcast_shapes(without(input.shape, dim), without(indices.shape, dim)))
    axis = dim % input.ndim
    if list(without(input.shape, dim)) != shape:
        raise RefusedError(
            "take_along_dim of a tensor that is broadcast has no op; expand it first"
        )
    shape.insert(axis, indices.shape[axis])
    return gather(input, axis, indices.expand(shape))


def without(shape: Any, dim: int) -> tuple[int, ...]:
    """The sizes of all axes but one."""
    axis = dim % len(shape)
    return (*shape[:axis], *shape[axis + 1 :])


@of("index_select")
def index_select(input: Any, dim: int, index: Any) -> Written:
    """Entries along an axis"""
    if input.ndim == 0:
        return alike(input)
    return picked(input, (*whole(input, dim), index.reshape(-1) if index.ndim == 0 else index))


@of(Tensor.unfold)
def unfold(input: Any, dimension: int, size: int, step: int) -> Written:
    """Windows along an axis, whose cells stand along a new last axis"""
    if input.ndim == 0:
        return reshaped(input, (1,))
    axis = dimension % input.ndim
    starts = torch.arange(0, input.shape[axis] - size + 1, step)
    places = constant(starts[:, None] + torch.arange(size), "places")
    windows = picked(input, (*whole(input, axis), places))
    order = (*range(axis + 1), *range(axis + 2, input.ndim + 1), axis + 1)
    if axis == input.ndim - 1:
        return windows
    return formula("permute(windows, axes=order)", windows=windows, order=order)


@of("take")
def take(input: Any, index: Any) -> Written:
    """Cells by their number, row by row"""
    return picked(reshaped(input, (-1,)), (index,))


@of("masked_select")
def masked_select(input: Any, mask: Any) -> Written:
    """The cells at which a mask holds"""
    if input.shape != mask.shape:
        raise RefusedError("masked_select of shapes that differ has no op; expand the mask first")
    return getitem(input, mask)


@of(functional.embedding)
def embedding(
    input: Any,
    weight: Any,
    padding_idx: int | None = None,
    max_norm: Any = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Written:
    """Rows of a matrix; that of the padding gets no gradient"""
    if max_norm is not None or scale_grad_by_freq:
        raise RefusedError(
            "embedding with max_norm or scale_grad_by_freq has no op; leave these options out"
        )
    rows = picked(weight, (input,))
    if padding_idx is None:
        return rows
    padding = padding_idx % len(weight)
    kept = input != padding
    if bool(kept.all()):
        return rows
    row = weight.detach()[padding]
    return formula(
        "where(kept, rows, padding)",
        kept=constant(kept[..., None], "kept"),
        rows=rows,
        padding=constant(row, "padding") if bool(row.any()) else 0,
    )


refuse("embedding_bag has no op; write the sum or mean of F.embedding", functional.embedding_bag)


@of("diagonal")
def diagonal_of(input: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Written:
    """The cells of a diagonal, along the last axis"""
    order = moved_axes(input.ndim, (dim1, dim2), (-2, -1))
    rows, columns = (input.shape[axis] for axis in (dim1, dim2))
    down = np.arange(max(min(rows + min(offset, 0), columns - max(offset, 0)), 0))
    if not len(down):
        raise RefusedError("an empty diagonal has no op")
    key = (down - min(offset, 0), down + max(offset, 0))
    places = (data(key[0], "rows"), data(key[1], "columns"))
    before = (slice(None),) * (input.ndim - 2)
    return picked(permuted(input, order), (*before, *places))


@of("diag")
def diag(input: Any, diagonal: int = 0) -> Written:
    """The diagonal of a matrix, or a matrix with a diagonal"""
    offset = diagonal
    return diagonal_of(input, offset) if input.ndim == 2 else diag_embed(input, offset)


@of("diag_embed")
def diag_embed(input: Any, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Written:
    """Matrices with given diagonals"""
    if offset or (dim1, dim2) != (-2, -1):
        raise RefusedError("diag_embed beside the main diagonal has no op; multiply by a mask")
    eye = data(np.eye(input.shape[-1]), "eye")
    key = (*(slice(None),) * input.ndim, None)
    return formula("input[key] * eye", input=input, key=key, eye=eye)


@of("trace")
def trace(input: Any) -> Written:
    """The sum of a matrix' diagonal"""
    return formula("sum(diagonal)", diagonal=diagonal_of(input))


def added(input: Any, dim: int, index: Any, source: Any, alpha: Any = 1) -> Written:
    """Rows of a source added to the rows that an index names, by a matrix of 0 and 1."""
    if not 0 < input.ndim <= 2 or dim % input.ndim or source.ndim != input.ndim:
        raise RefusedError(
            "index_add and scatter_add have an op along dim 0 of a vector or matrix; for others "
            "multiply by a matrix of 0 and 1"
        )
    chosen = (torch.arange(len(input))[:, None] == index.cpu()[None]).double() * alpha
    return formula(
        "input + chosen @ source", input=input, chosen=constant(chosen, "chosen"), source=source
    )


of("index_add")(lambda input, dim, index, source, alpha=1: added(input, dim, index, source, alpha))


@of("scatter_add")
def scatter_add(input: Any, dim: int, index: Any, src: Any) -> Written:
    """Cells of a source added to those that an index names"""
    if index.ndim == 0:
        raise RefusedError("scatter_add to a single number has no op; write a sum")
    rows = index if index.ndim == 1 else index[:, 0]
    if index.ndim > 2 or (
        index.ndim == 2 and not torch.equal(index, rows[:, None].expand_as(index))
    ):
        raise RefusedError("scatter_add has an op where whole rows are added; write index_add")
    if index.ndim == 2 and index.shape[1] != input.shape[1]:
        raise RefusedError("scatter_add to some columns has no op; write index_add")
    source = src if len(src) == len(rows) else picked(src, (slice(None, len(rows)),))
    return added(input, dim, rows, source)


refuse(
    "scatter has no op; write torch.where, or index_add",
    *("scatter", "scatter_reduce", "index_copy", "index_fill", "index_put", "masked_scatter"),
)

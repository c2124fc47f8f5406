"""Several tensors as one, one as several, and cells repeated, turned around or moved along."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import torch
from torch.nn import functional

from bpdebug.recording.formula import formula, picked
from bpdebug.recording.from_torch.functions.shape import reshaped
from bpdebug.recording.from_torch.functions.table import of, refuse
from bpdebug.recording.from_torch.functions.tensors import constant, sizes, whole
from bpdebug.recording.written import RefusedError, Result, Written, alike, data

Tensor = torch.Tensor


def joined(tensors: Any, axis: int) -> Written:
    """Values side by side along an axis."""
    if len(tensors) == 1:
        return alike(tensors[0])
    return formula("concat(*tensors, axis=axis)", tensors=tuple(tensors), axis=axis)


@of("cat", "concat", "concatenate")
def cat(tensors: Any, dim: int = 0) -> Written:
    """Tensors side by side along an axis"""
    there = [one for one in tensors if one.numel()]
    return joined(there, dim)


@of("stack")
def stack(tensors: Any, dim: int = 0) -> Written:
    """Tensors side by side along a new axis"""
    return formula("stack(*tensors, axis=axis)", tensors=tuple(tensors), axis=dim)


@of("hstack")
def hstack(tensors: Any) -> Written:
    """Tensors beside each other"""
    return cat(tensors, 0 if tensors[0].ndim == 1 else 1)


@of("vstack", "row_stack")
def vstack(tensors: Any) -> Written:
    """Tensors below each other"""
    return stack(tensors) if tensors[0].ndim == 1 else cat(tensors)


@of("dstack")
def dstack(tensors: Any) -> Written:
    """Matrices behind each other, along a third axis"""
    if any(one.ndim < 2 for one in tensors):
        raise RefusedError("dstack of vectors has no op; write torch.stack")
    return stack(tensors, 2) if tensors[0].ndim == 2 else cat(tensors, 2)


@of("column_stack")
def column_stack(tensors: Any) -> Written:
    """Vectors as columns beside each other, and the columns of matrices"""
    if all(one.ndim == 1 for one in tensors):
        return stack(tensors, 1)
    columns = [formula("vector[:, None]", vector=one) if one.ndim == 1 else one for one in tensors]
    return joined(columns, 1)


@of("diff")
def diff(input: Any, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> Written:
    """The differences of neighbours along an axis"""
    if n != 1 or prepend is not None or append is not None:
        raise RefusedError("diff has an op with n=1, and nothing in front or behind; write x[1:]")
    before = whole(input, dim)
    return formula(
        "behind - front",
        behind=picked(input, (*before, slice(1, None))),
        front=picked(input, (*before, slice(None, -1))),
    )


@of(torch._C._nn.pad_sequence)
def pad_sequence(
    sequences: Any,
    batch_first: bool = False,
    padding_value: float = 0.0,
    padding_side: str = "right",
) -> Written:
    """Sequences of several lengths side by side, padded to that of the longest"""
    longest = max(len(one) for one in sequences)
    padded = []
    for one in sequences:
        missing = longest - len(one)
        ends = (0, missing) if padding_side == "right" else (missing, 0)
        padded.append(pad(one, (*(0, 0) * (one.ndim - 1), *ends), value=padding_value))
    return formula("stack(*padded, axis=axis)", padded=padded, axis=0 if batch_first else 1)


def cut(method: Any) -> Callable[..., Result]:
    """The translation of a function that cuts a tensor; it is tried on the places there."""

    def translation(input: Any, sizes: Any, dim: int = 0) -> Result:
        parts = method(torch.arange(input.shape[dim]), sizes)
        return tuple(
            picked(input, (*whole(input, dim), slice(int(part[0]), int(part[-1]) + 1)))
            if len(part)
            else None
            for part in parts
        )

    return translation


split = cut(torch.split)
of("split", "split_with_sizes")(split)
of(Tensor.split)(lambda input, split_size, dim=0: split(input, split_size, dim))
for function in (torch.split, torch.functional.split):
    of(function)(
        lambda tensor, split_size_or_sections, dim=0: split(tensor, split_size_or_sections, dim)
    )
of("chunk")(lambda input, chunks, dim=0: cut(torch.chunk)(input, chunks, dim))


def halves(axis: int) -> Any:
    """The translation of hsplit and vsplit: cuts along an axis."""

    def translation(input: Any, indices_or_sections: Any) -> Result:
        along = 0 if input.ndim == 1 else axis
        return cut(torch.tensor_split)(input, indices_or_sections, along)

    return translation


of("hsplit")(halves(1))
of("vsplit")(halves(0))


@of("tensor_split")
def tensor_split(
    input: Any,
    indices_or_sections: Any = None,
    dim: int = 0,
    *,
    indices: Any = None,
    sections: Any = None,
) -> Result:
    """A tensor in parts along an axis"""
    where = next(one for one in (indices_or_sections, indices, sections) if one is not None)
    return cut(torch.tensor_split)(input, where, dim)


@of("unbind")
def unbind(input: Any, dim: int = 0) -> Result:
    """A tensor in parts of one entry along an axis"""
    before = whole(input, dim)
    return tuple(picked(input, (*before, at)) for at in range(input.shape[dim]))


@of("narrow")
def narrow(input: Any, dim: int, start: Any, length: int) -> Written:
    """Neighbours along an axis"""
    first = int(start) % input.shape[dim] if int(start) < 0 else int(start)
    return picked(input, (*whole(input, dim), slice(first, first + int(length))))


@of("select")
def select(input: Any, dim: int, index: Any) -> Written:
    """One entry along an axis"""
    return picked(input, (*whole(input, dim), int(index)))


def repeated(input: Any, times: tuple[int, ...]) -> Written:
    """A tensor several times along its axes; of more numbers the first are those of new axes."""
    shape = (*(1,) * (len(times) - input.ndim), *input.shape)
    pairs = tuple(zip(times, shape, strict=True))
    apart = [n for count, size in pairs for n in ((1, size) if count > 1 else (size,))]
    wide = [n for count, size in pairs for n in ((count, size) if count > 1 else (size,))]
    full = tuple(count * size for count, size in pairs)
    if full == tuple(input.shape):
        return alike(input)
    if prod(full) == 0:
        raise RefusedError("repeat with 0 has no op; leave the empty tensor out")
    return formula(
        "reshape(broadcast_to(apart, shape=wide), shape=full)",
        apart=reshaped(input, tuple(apart)),
        wide=tuple(wide),
        full=full,
    )


of(Tensor.repeat)(lambda input, *repeats: repeated(input, sizes(repeats)))


@of("tile")
def tile(input: Any, *dims: Any) -> Written:
    """A tensor several times along its last axes"""
    times = sizes(dims)
    return repeated(input, ((1,) * (input.ndim - len(times)) + times))


@of("repeat_interleave")
def repeat_interleave(
    input: Any, repeats: Any, dim: int | None = None, output_size: Any = None
) -> Written:
    """Every entry along an axis several times"""
    value = input if dim is not None else reshaped(input, (-1,))
    axis, count = (0, input.numel()) if dim is None else (dim, input.shape[dim])
    places = torch.arange(count).repeat_interleave(torch.as_tensor(repeats).cpu())
    before = () if dim is None else whole(input, axis)
    return picked(value, (*before, constant(places, "places")))


@of("flip")
def flip(input: Any, *dims: Any) -> Written:
    """The cells along some axes in reverse order"""
    axes = sizes(dims)
    axis = axes[0] if len(axes) == 1 else axes
    return formula("flip(input, axis=axis)", input=input, axis=axis) if axes else alike(input)


of("fliplr")(lambda input: flip(input, 1))
of("flipud")(lambda input: flip(input, 0))


@of("roll")
def roll(input: Any, shifts: Any, dims: Any = None) -> Written:
    """The cells moved along some axes; those that leave at one end enter at the other"""
    axes = sizes(() if dims is None else (dims,))
    made = input if axes else reshaped(input, (-1,))
    for shift, axis in zip(sizes((shifts,)), axes or (0,), strict=True):
        count = input.shape[axis] if axes else input.numel()
        before = whole(input, axis) if axes else ()
        if shift % count:
            at = count - shift % count
            parts = [(*before, slice(at, None)), (*before, slice(None, at))]
            made = joined([picked(made, part) for part in parts], axis)
    if not isinstance(made, Written):
        return alike(made)
    shape = tuple(input.shape)
    return made if axes else formula("reshape(made, shape=shape)", made=made, shape=shape)


@of("pad", functional.pad)
def pad(input: Any, pad: Any, mode: str = "constant", value: float | None = None) -> Written:
    """With more cells, or fewer, at the ends of the last axes"""
    shape, made = list(input.shape), alike(input)
    ends = [(int(pad[at]), int(pad[at + 1])) for at in range(0, len(pad), 2)]
    for axis, (first, last) in zip(range(input.ndim - 1, -1, -1), ends, strict=False):
        if (first, last) != (0, 0):
            widen = with_edges if mode == "constant" else with_places
            made = widen(made, shape, axis, first, last, mode, value or 0.0)
            shape[axis] += first + last
    return made


def with_edges(
    made: Written, shape: list[int], axis: int, first: int, last: int, mode: str, value: float
) -> Written:
    """A value of this shape with cells of one number at the ends of an axis, or cut there."""
    before = (slice(None),) * axis
    if first < 0 or last < 0:
        kept = slice(max(-first, 0), shape[axis] + min(last, 0))
        made = picked(made, (*before, kept))
    edges = [
        data(
            torch.full((*shape[:axis], n, *shape[axis + 1 :]), value, dtype=torch.float64).numpy(),
            "edge",
        )
        if n > 0
        else None
        for n in (first, last)
    ]
    return joined([one for one in (edges[0], made, edges[1]) if one is not None], axis)


def with_places(
    made: Written, shape: list[int], axis: int, first: int, last: int, mode: str, value: float
) -> Written:
    """A value of this shape with cells of its own at the ends of an axis."""
    places = torch.arange(shape[axis], dtype=torch.float64)[None, None]
    found = functional.pad(places, (first, last), mode=mode)[0, 0].long()
    return picked(made, (*(slice(None),) * axis, constant(found, "places")))


refuse("rot90 has no op; write transpose and flip", "rot90")

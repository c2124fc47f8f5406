"""The same cells in another shape, or their axes in another order."""

from __future__ import annotations

from typing import Any

import torch

from bpdebug.recording.formula import formula, picked
from bpdebug.recording.from_torch.functions.table import of
from bpdebug.recording.from_torch.functions.tensors import sizes
from bpdebug.recording.texts import transposed
from bpdebug.recording.written import RefusedError, Result, Written, alike, swapped, written

Tensor = torch.Tensor


def reshaped(input: Any, shape: tuple[int, ...]) -> Written:
    """The cells in a shape, in which one size may be −1."""
    if shape == tuple(input.shape):
        return alike(input)
    return formula("reshape(input, shape=shape)", input=input, shape=shape)


@of("reshape", Tensor.view)
def reshape(input: Any, *shape: Any) -> Written:
    """The cells in another shape"""
    if shape and isinstance(shape[0], torch.dtype):
        raise RefusedError("view as another dtype has no op")
    return reshaped(input, sizes(shape))


of(torch.reshape)(lambda input, shape: reshaped(input, sizes((shape,))))
of("reshape_as", "view_as")(lambda input, other: reshaped(input, tuple(other.shape)))


@of("flatten", "ravel")
def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Written:
    """Several axes as one"""
    if input.ndim == 0:
        return reshaped(input, (1,))
    start, end = start_dim % input.ndim, end_dim % input.ndim
    return reshaped(input, (*input.shape[:start], -1, *input.shape[end + 1 :]))


@of("unflatten")
def unflatten(input: Any, dim: int, sizes: Any) -> Written:
    """One axis as several"""
    axis = dim % input.ndim
    return reshaped(input, (*input.shape[:axis], *map(int, sizes), *input.shape[axis + 1 :]))


@of("transpose", "swapaxes", "swapdims")
def transpose(input: Any, dim0: int, dim1: int) -> Written:
    """Two axes change places"""
    axes = sorted({dim0 % max(input.ndim, 1), dim1 % max(input.ndim, 1)})
    if len(axes) < 2:
        return alike(input)
    return turned(input, *axes)


def turned(input: Any, first: int, second: int, axes: int | None = None) -> Written:
    """Two axes, counted from 0, in each other's place; `input` has so many axes."""
    axes = input.ndim if axes is None else axes
    return written(transposed if axes == 2 else swapped(first, second, axes), input)


of(torch.swapaxes, Tensor.swapaxes)(lambda input, axis0, axis1: transpose(input, axis0, axis1))


@of("t")
def t(input: Any) -> Written:
    """A matrix with its axes in each other's place"""
    return alike(input) if input.ndim < 2 else written(transposed, input)


@of(Tensor.T.__get__)
def reverse(input: Any) -> Written:
    """All axes in reverse order"""
    return alike(input) if input.ndim < 2 else written(transposed, input)


@of(Tensor.mT.__get__, Tensor.mH.__get__, Tensor.H.__get__, "adjoint")
def matrices(input: Any) -> Written:
    """The last two axes in each other's place"""
    return turned(input, input.ndim - 2, input.ndim - 1)


def permuted(input: Any, axes: tuple[int, ...]) -> Written:
    """The axes in another order."""
    order = tuple(axis % input.ndim for axis in axes)
    if order == tuple(range(input.ndim)):
        return alike(input)
    moved = [at for at, axis in enumerate(order) if at != axis]
    if len(moved) == 2:
        return turned(input, *moved)
    return formula("permute(input, axes=axes)", input=input, axes=order)


of(Tensor.permute)(lambda input, *dims: permuted(input, sizes(dims)))
of(torch.permute)(lambda input, dims: permuted(input, sizes((dims,))))


@of("movedim", "moveaxis")
def movedim(input: Any, source: Any, destination: Any) -> Written:
    """Axes at other places, the others in their order"""
    return permuted(input, moved_axes(input.ndim, source, destination))


def moved_axes(axes: int, source: Any, destination: Any) -> tuple[int, ...]:
    """The order of axes in which those of `source` stand at `destination`."""
    places = dict(zip(sizes((destination,)), sizes((source,)), strict=True))
    given = {at % axes: axis % axes for at, axis in places.items()}
    rest = iter(axis for axis in range(axes) if axis not in given.values())
    return tuple(given[at] if at in given else next(rest) for at in range(axes))


@of("squeeze")
def squeeze(input: Any, *dim: Any) -> Written:
    """Without axes of size 1"""
    wanted = sizes(dim) if dim and dim[0] is not None else tuple(range(input.ndim))
    gone = tuple(axis for axis in wanted if input.ndim and input.shape[axis] == 1)
    if not gone:
        return alike(input)
    axis = gone[0] if len(gone) == 1 else gone
    return formula("squeeze(input, axis=axis)", input=input, axis=axis)


@of("unsqueeze")
def unsqueeze(input: Any, dim: int) -> Written:
    """With a new axis of size 1"""
    return picked(input, (*(slice(None),) * (dim % (input.ndim + 1)), None))


@of(Tensor.expand)
def expand(input: Any, *size: Any, implicit: bool = False) -> Written:
    """Repeated along new axes and along those of size 1"""
    shape = sizes(size)
    lead = len(shape) - input.ndim
    full = tuple(input.shape[at - lead] if n == -1 else n for at, n in enumerate(shape))
    if full == tuple(input.shape):
        return alike(input)
    return formula("broadcast_to(input, shape=shape)", input=input, shape=full)


of("broadcast_to")(lambda input, *size: expand(input, *size))
of("expand_as")(lambda input, other: expand(input, tuple(other.shape)))


@of("broadcast_tensors")
def broadcast_tensors(*tensors: Any) -> tuple[Written, ...]:
    """All tensors at the shape that they have together"""
    given = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    shape = tuple(torch.broadcast_shapes(*(one.shape for one in given)))
    return tuple(expand(one, shape) for one in given)


def at_least(axes: int) -> Any:
    """The translation of atleast_1d and the like: axes of size 1 around those that are there."""

    def one(tensor: Any) -> Written:
        shape = {
            (1, 0): (1,),
            (2, 0): (1, 1),
            (2, 1): (1, *tensor.shape),
            (3, 0): (1, 1, 1),
            (3, 1): (1, *tensor.shape, 1),
            (3, 2): (*tensor.shape, 1),
        }.get((axes, tensor.ndim), tuple(tensor.shape))
        return reshaped(tensor, shape)

    def translation(*tensors: Any) -> Result:
        if len(tensors) == 1 and isinstance(tensors[0], Tensor):
            return one(tensors[0])
        given = tensors if isinstance(tensors[0], Tensor) else tensors[0]
        return tuple(map(one, given))

    return translation


for axes in (1, 2, 3):
    of(f"atleast_{axes}d")(at_least(axes))


@of("channel_shuffle")
def channel_shuffle(input: Any, groups: int) -> Written:
    """The channels of all groups by turns"""
    apart = (input.shape[0], int(groups), -1, *input.shape[2:])
    return formula(
        "reshape(swapaxes(reshape(input, shape=apart), axis1=1, axis2=2), shape=shape)",
        input=input,
        apart=apart,
        shape=tuple(input.shape),
    )


@of("pixel_shuffle")
def pixel_shuffle(input: Any, upscale_factor: int) -> Written:
    """Channels as finer cells of space"""
    *lead, channels, height, width = input.shape
    r, n = upscale_factor, len(lead)
    return formula(
        """
        cut = reshape(input, shape=cut_shape)
        reshape(permute(cut, axes=axes), shape=shape)
        """,
        input=input,
        cut_shape=(*lead, channels // r**2, r, r, height, width),
        axes=(*range(n), n, n + 3, n + 1, n + 4, n + 2),
        shape=(*lead, channels // r**2, height * r, width * r),
    )


@of("pixel_unshuffle")
def pixel_unshuffle(input: Any, downscale_factor: int) -> Written:
    """Finer cells of space as channels"""
    *lead, channels, height, width = input.shape
    r, n = downscale_factor, len(lead)
    return formula(
        """
        cut = reshape(input, shape=cut_shape)
        reshape(permute(cut, axes=axes), shape=shape)
        """,
        input=input,
        cut_shape=(*lead, channels, height // r, r, width // r, r),
        axes=(*range(n), n, n + 2, n + 4, n + 1, n + 3),
        shape=(*lead, channels * r**2, height // r, width // r),
    )

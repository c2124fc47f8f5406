"""Convolutions, and transposed ones as convolutions of cells with zeros between them."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpdebug.recording.formula import formula, picked
from bpdebug.recording.from_torch.functions.joining import joined, pad
from bpdebug.recording.from_torch.functions.table import of, refuse
from bpdebug.recording.from_torch.functions.tensors import pair, per_axis
from bpdebug.recording.written import Written, alike, data


def convolved(axes: int) -> Any:
    """The translation of a convolution over so many axes of space."""

    def translation(
        input: Any,
        weight: Any,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
    ) -> Written:
        value, around = input, padding
        if isinstance(padding, str):
            value, around = kept_size(input, weight, dilation, axes, same=padding == "same")
        return formula(
            f"conv{axes}d(*operands, stride=stride, padding=padding, dilation=dilation, "
            "groups=groups)",
            operands=(value, weight) if bias is None else (value, weight, bias),
            stride=per_axis(stride, axes),
            padding=per_axis(around, axes),
            dilation=per_axis(dilation, axes),
            groups=int(groups),
        )

    return translation


def kept_size(input: Any, weight: Any, dilation: Any, axes: int, *, same: bool) -> tuple[Any, Any]:
    """The input and the padding of "same" or "valid".

    Where "same" has to pad one end more than the other, the input is padded before.
    """
    if not same:
        return input, 0
    both = [n * (k - 1) for n, k in zip(pair(dilation, axes), weight.shape[2:], strict=True)]
    if all(n % 2 == 0 for n in both):
        return input, tuple(n // 2 for n in both)
    ends = [end for n in reversed(both) for end in (n // 2, n - n // 2)]
    return pad(input, ends), 0


for axes in (1, 2):
    of(f"conv{axes}d")(convolved(axes))


def transposed(axes: int) -> Any:
    """The translation of a transposed convolution over so many axes of space."""

    def translation(
        input: Any,
        weight: Any,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        dilation: Any = 1,
    ) -> Written:
        given = (stride, padding, output_padding, dilation)
        options = zip(*(pair(one, axes) for one in given), weight.shape[2:], strict=True)
        apart, shape = alike(input), list(input.shape)
        for axis, (step, cut, more, wide, size) in enumerate(options, start=input.ndim - axes):
            around = wide * (size - 1) - cut
            apart = spread_out(apart, shape, axis, step, around, more)
        kernel = turned_kernel(weight, axes, int(groups))
        return formula(
            f"conv{axes}d(*operands, dilation=dilation, groups=groups)",
            operands=(apart, kernel) if bias is None else (apart, kernel, bias),
            dilation=per_axis(dilation, axes),
            groups=int(groups),
        )

    return translation


def spread_out(
    made: Written, shape: list[int], axis: int, step: int, around: int, more: int
) -> Written:
    """Cells along an axis, with zeros between them and at both ends; `shape` is changed."""
    count = shape[axis]
    places = np.full((count - 1) * step + 1 + 2 * around + more, count)
    for cell in range(count):
        at = around + cell * step
        if 0 <= at < len(places):
            places[at] = cell
    if step == 1 and not around and not more:
        return made
    zero = data(np.zeros((*shape[:axis], 1, *shape[axis + 1 :])), "zero")
    shape[axis] = len(places)
    return picked(joined([made, zero], axis), (*(slice(None),) * axis, data(places, "places")))


def turned_kernel(weight: Any, axes: int, groups: int) -> Written:
    """The kernel of a transposed convolution as one of a convolution: turned around, and with the
    channels of its outputs first."""
    space = tuple(range(-axes, 0))
    inputs, outputs, *size = weight.shape
    if groups == 1:
        return formula(
            "swapaxes(flip(weight, axis=space), axis1=0, axis2=1)", weight=weight, space=space
        )
    return formula(
        """
        by_group = reshape(flip(weight, axis=space), shape=apart)
        reshape(swapaxes(by_group, axis1=1, axis2=2), shape=together)
        """,
        weight=weight,
        space=space,
        apart=(groups, inputs // groups, outputs, *size),
        together=(groups * outputs, inputs // groups, *size),
    )


for axes in (1, 2):
    of(f"conv_transpose{axes}d")(transposed(axes))
refuse(
    "convolutions over three axes of space have no op; use conv2d on slices",
    *("conv3d", "conv_transpose3d"),
)

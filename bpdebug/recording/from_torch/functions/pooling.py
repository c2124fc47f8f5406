"""Pooling: the largest or the mean of windows; and other sizes of an image."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.nn import functional

from bpdebug.recording.formula import formula, picked
from bpdebug.recording.from_torch.functions.table import of, refuse
from bpdebug.recording.from_torch.functions.tensors import constant, pair, per_axis
from bpdebug.recording.written import RefusedError, Written, alike, data


def windows(
    name: str, input: Any, axes: int, size: Any, stride: Any, padding: Any, ceil_mode: bool
) -> dict[str, Any]:
    """The options of a pooling; RefusedError where ceil_mode makes more windows."""
    stride = stride or size
    if ceil_mode:
        given = (pair(one, axes) for one in (size, stride, padding))
        for n, k, s, p in zip(input.shape[-axes:], *given, strict=True):
            rest = (n + 2 * p - k) % s
            if rest and (n + 2 * p - k) // s * s + s < n + p:
                raise RefusedError(
                    f"{name} with ceil_mode=True has no op where a window reaches past the end; "
                    "pad the input with F.pad"
                )
    same = pair(size, axes) == pair(stride, axes)
    return {
        "size": per_axis(size, axes),
        "stride": None if same else per_axis(stride, axes),
        "padding": per_axis(padding, axes),
    }


def max_pool(axes: int) -> Any:
    """The translation of the largest of every window."""
    name = f"max_pool{axes}d"

    def translation(
        input: Any,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        ceil_mode: bool = False,
        return_indices: bool = False,
    ) -> Written:
        if return_indices:
            raise RefusedError(f"{name} with return_indices=True has no op; leave it out")
        if set(pair(dilation, axes)) != {1}:
            raise RefusedError(f"{name} with dilation has no op; pool x[..., ::2] instead")
        given = windows(name, input, axes, kernel_size, stride, padding, ceil_mode)
        text = f"{name}(input, size=size, stride=stride, padding=padding)"
        return formula(text, input=input, **given)

    return translation


def avg_pool(axes: int) -> Any:
    """The translation of the mean of every window."""
    name = f"avg_pool{axes}d"

    def translation(
        input: Any,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> Written:
        given = windows(name, input, axes, kernel_size, stride, padding, ceil_mode)
        text = f"{name}(input, size=size, stride=stride, padding=padding)"
        if divisor_override:
            cells = int(np.prod(pair(kernel_size, axes)))
            text += f" * {cells} / {int(divisor_override)}"
        elif not count_include_pad and set(pair(padding, axes)) != {0}:
            ones = torch.ones((1, 1, *input.shape[-axes:]), dtype=torch.float64)
            pool = getattr(functional, name)
            share = pool(ones, kernel_size, stride, padding)
            lead = share[0, 0] if input.ndim == axes + 1 else share
            return formula(f"{text} / share", input=input, share=constant(lead, "share"), **given)
        return formula(text, input=input, **given)

    return translation


for axes in (1, 2):
    of(f"max_pool{axes}d")(max_pool(axes))
    of(f"avg_pool{axes}d")(avg_pool(axes))
refuse(
    "max_pool with return_indices=True has no op; leave it out",
    functional.max_pool1d_with_indices,
    functional.max_pool2d_with_indices,
)


def wanted_sizes(input: Any, output_size: Any, axes: int) -> tuple[int, ...]:
    """The sizes of an adaptive pooling; None keeps one."""
    given = output_size if isinstance(output_size, (tuple, list)) else (output_size,) * axes
    return tuple(
        int(n) if one is None else int(one)
        for n, one in zip(input.shape[-axes:], given, strict=True)
    )


def fitting(input: Any, wanted: tuple[int, ...]) -> tuple[int, ...] | None:
    """The windows that cut the axes of space evenly into so many; None where none do."""
    space = input.shape[-len(wanted) :]
    if any(n % m for n, m in zip(space, wanted, strict=True)):
        return None
    return tuple(n // m for n, m in zip(space, wanted, strict=True))


def adaptive_avg(axes: int) -> Any:
    """The translation of means of windows of which there are so many."""

    def translation(input: Any, output_size: Any) -> Written:
        wanted = wanted_sizes(input, output_size, axes)
        if set(wanted) == {1}:
            axis = -1 if axes == 1 else tuple(range(-axes, 0))
            return formula("mean(input, axis=axis, keepdims=True)", input=input, axis=axis)
        size = fitting(input, wanted)
        if size is not None:
            return avg_pool(axes)(input, size)  # type: ignore[no-any-return]
        pool = functional.adaptive_avg_pool1d
        return mapped(input, axes, [lambda rows, n=n: pool(rows, n) for n in wanted])

    return translation


def mapped(input: Any, axes: int, maps: list[Any]) -> Written:
    """A linear map along each of the last axes, as a product with a matrix that is data."""
    found = []
    for at, one in enumerate(maps):
        unit = torch.eye(input.shape[at - axes], dtype=torch.float64)
        found.append(one(unit[None])[0])
    columns = constant(found[-1], "columns")
    if axes == 1:
        return formula("input @ columns", input=input, columns=columns)
    rows = constant(found[0].T, "rows")
    return formula("rows @ input @ columns", input=input, rows=rows, columns=columns)


def adaptive_max(axes: int) -> Any:
    """The translation of the largest of windows of which there are so many."""

    def translation(input: Any, output_size: Any, return_indices: bool = False) -> Written:
        size = fitting(input, wanted_sizes(input, output_size, axes))
        if return_indices or size is None:
            raise RefusedError(
                "adaptive_max_pool has an op where it cuts the axes evenly, without indices; "
                "write max_pool"
            )
        return max_pool(axes)(input, size)  # type: ignore[no-any-return]

    return translation


for axes in (1, 2):
    of(f"adaptive_avg_pool{axes}d")(adaptive_avg(axes))
    of(f"adaptive_max_pool{axes}d")(adaptive_max(axes))


@of(functional.interpolate)
def interpolate(
    input: Any,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Written:
    """An image, or a row, with more or fewer cells"""
    axes = input.ndim - 2
    line = {"bilinear": "linear"}.get(mode, mode)
    if axes > 2 or antialias or line not in ("linear", "nearest", "nearest-exact"):
        raise RefusedError(f'interpolate with mode="{mode}" has no op; use "nearest" or "bilinear"')

    def along(at: int) -> Any:
        options: dict[str, Any] = {"mode": line, "align_corners": align_corners}
        if size is not None:
            options["size"] = pair(size, axes)[at]
        else:
            factors = scale_factor if isinstance(scale_factor, (tuple, list)) else (scale_factor,)
            options["scale_factor"] = float(factors[at % len(factors)])
            options["recompute_scale_factor"] = recompute_scale_factor
        return lambda rows: functional.interpolate(rows, **options)

    if line == "linear":
        return mapped(input, axes, [along(at) for at in range(axes)])
    made = alike(input)
    for at in range(axes):
        cells = torch.arange(input.shape[2 + at], dtype=torch.float64)
        places = along(at)(cells[None, None])[0, 0].numpy().astype(np.int64)
        made = picked(made, (*(slice(None),) * (2 + at), data(places, "places")))
    return made


refuse("upsampling by a functional of its own has no op; write F.interpolate", functional.upsample)
refuse("lp_pool has no op; write avg_pool of a power", functional.lp_pool1d, functional.lp_pool2d)
refuse("pooling over three axes of space has no op", functional.max_pool3d, functional.avg_pool3d)
refuse("fractional_max_pool2d has no op; write max_pool2d", functional.fractional_max_pool2d)
refuse(
    "unfold and fold have no op; write a convolution, or x[:, places]",
    functional.unfold,
    functional.fold,
)

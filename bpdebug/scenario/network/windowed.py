"""Layers whose window lies on images: convolution and pooling."""

from __future__ import annotations

from typing import Any

from bpdebug.errors import BpdebugError
from bpdebug.expression.limits import ELEMENTS
from bpdebug.ops import REGISTRY, Op, Shape
from bpdebug.printable import counted
from bpdebug.scenario.arrays import check_elements
from bpdebug.scenario.leaves import Wanted
from bpdebug.scenario.network.kind import LayerKind
from bpdebug.scenario.network.layer import IMAGES, Layer
from bpdebug.scenario.network.options import written
from bpdebug.scenario.table import kind as kind_of

FARTHEST = 100_000
"""The largest size, stride, padding or dilation of a window."""
LEAST = {"padding": 0}
"""The smallest numbers of a window's keys, where that is not 1."""


def channels_of(layer: Layer) -> int:
    """The channels of the images that arrive; BpdebugError where no images do."""
    if len(layer.shape) != IMAGES:
        layer.fail(
            f"{layer.arrives} arrives, but this layer takes images (batch, channels, height, "
            "width); give x so, and put flatten and dense layers behind this one"
        )
    return layer.shape[1]


def read_window(layer: Layer, key: str) -> int | tuple[int, ...]:
    """A number for height and width, or a pair of them."""
    value, low = layer.table.get(key), LEAST.get(key, 1)
    if not isinstance(value, list):
        return layer.table.whole(key, low=low, high=FARTHEST)
    if len(value) != 2:
        layer.fail(f"has {counted(len(value), 'number')}; give one, or a pair (height, width)", key)
    for one in value:
        if isinstance(one, bool) or not isinstance(one, int):
            layer.fail(f"must be a pair of whole numbers, not {kind_of(one)}", key)
        if not low <= one <= FARTHEST:
            layer.fail(f"must be from {low} to {FARTHEST:,}", key)
    return tuple(value)


def read_windows(layer: Layer, *keys: str) -> dict[str, Any]:
    """Those of the keys that the layer gives."""
    return {key: read_window(layer, key) for key in keys if key in layer.table}


def shape_over(
    layer: Layer, name: str, shapes: tuple[Shape, ...], options: dict[str, Any], key: str
) -> Shape:
    """The shape of the result of an op; BpdebugError where its operands do not fit.

    It stands at the option without which they would fit, or else at a key.
    """
    op = REGISTRY[name]
    try:
        shape = op.layout(shapes, {**op.options, **options}).shape
    except BpdebugError as error:
        wrong = (one for one in options if one != key and fits_without(one, op, shapes, options))
        layer.fail(error.problem.partition("\n")[0], next(wrong, key))
    check_elements(shape, layer.table.where(key))
    return shape


def fits_without(option: str, op: Op, shapes: tuple[Shape, ...], options: dict[str, Any]) -> bool:
    """True where an op takes these operands, with an option as it is unless given."""
    try:
        op.layout(shapes, {**op.options, **options, option: op.options[option]})
    except BpdebugError:
        return False
    return True


def write_conv2d(layer: Layer) -> None:
    """The kernels and the bias, the pre-activation z, and h."""
    before, table = channels_of(layer), layer.table
    channels = table.whole("channels", low=1, high=ELEMENTS)
    kernel = read_window(layer, "kernel")
    options = read_windows(layer, "stride", "padding", "dilation")
    if "groups" in table:
        groups = options["groups"] = table.whole("groups", low=1, high=ELEMENTS)
        for count, whose in ((before, "that arrive"), (channels, "of this layer")):
            if count % groups:
                layer.fail(f"{groups} does not divide the {count} channels {whose}", "groups")
    sizes = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    shape = (channels, before // options.get("groups", 1), *sizes)
    result = shape_over(layer, CONV2D.name, (layer.shape, shape), options, "kernel")
    axes = "(channels, input channels / groups, kernel height, kernel width)"
    weights = layer.parameter("W", "weights", Wanted(shape, axes), weights=True)
    bias = layer.bias(channels, "(channels)")
    operands = ", ".join(filter(None, (layer.before, weights, bias)))
    text = f"{CONV2D.name}({operands}{written(options)})"
    layer.finish("z", text, result, pre_activation=True)


CONV2D = LayerKind(
    "conv2d",
    {
        "channels": "how many channels it gives",
        "kernel": "the size of its kernels, a number or a pair (height, width)",
        "stride": "a number or a pair; 1 without it",
        "padding": "zeros around the image, a number or a pair; 0 without it",
        "dilation": "how far apart the cells under a kernel are; 1 without it",
        "groups": "into how many groups the channels are divided; 1 without it",
        "weights": "(channels, input channels / groups, kernel height, kernel width), as PyTorch "
        "stores them",
        "bias": "(channels); zeros without it; false = none",
    },
    write_conv2d,
    "Kernels that lie on images, moved along.",
    numbered=True,
    learns=True,
    ends=True,
)


def write_pool(layer: Layer) -> None:
    """The result of the op that is called as the kind is."""
    channels_of(layer)
    name = layer.table.text("kind")
    options = read_windows(layer, "size", "stride", "padding")
    if "size" not in options:
        layer.fail("the key 'size' is missing; size = 2 halves height and width")
    shape = shape_over(layer, name, (layer.shape,), options, "size")
    layer.finish("pool", f"{name}({layer.before}{written(options)})", shape)


POOLS = [
    LayerKind(
        name,
        {
            "size": "the size of its windows, a number or a pair (height, width)",
            "stride": "a number or a pair; the size without it",
            "padding": "cells around the image, a number or a pair; 0 without it",
        },
        write_pool,
        note,
    )
    for name, note in (
        ("max_pool2d", "The largest cell of each window of images."),
        ("avg_pool2d", "The mean of each window of images."),
    )
]

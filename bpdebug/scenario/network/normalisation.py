"""Layers that normalise: values less their mean, over their standard deviation."""

from __future__ import annotations

from bpdebug.ops import Shape
from bpdebug.scenario.leaves import Wanted
from bpdebug.scenario.network.kind import LayerKind
from bpdebug.scenario.network.layer import IMAGES, ONES, ZEROS, Layer

KEYS = {
    "gamma": "what scales it; ones without it",
    "beta": "what moves it; zeros without it",
    "eps": "what is added to the variance",
}


def write_layer_norm(layer: Layer) -> None:
    """Each example by itself, over its last axes."""
    many = len(layer.shape)
    usual = IMAGES - 1 if many == IMAGES else 1
    most = max(many - 1, 1)
    axes = layer.table.whole("axes", usual, low=1, high=most)
    write_norm(layer, LAYER_NORM, layer.shape[many - axes :], "the last axes of what arrives")


def write_norm(layer: Layer, kind: LayerKind, shape: Shape, axes: str) -> None:
    """The scale γ, the shift β, and the call of the op that has the kind's name."""
    wanted = Wanted(shape, axes)
    gamma = layer.parameter("gamma", "gamma", wanted, ONES)
    beta = layer.parameter("beta", "beta", wanted, ZEROS)
    text = f"{kind.name}({layer.before}, {gamma}, {beta}"
    if "eps" in layer.table:
        text += f", eps={layer.table.number('eps', above=0.0)!r}"
    layer.finish("normed", f"{text})", layer.shape)


LAYER_NORM = LayerKind(
    "layer_norm",
    {**KEYS, "axes": "over how many of the last axes; 1, and for images all but the batch"},
    write_layer_norm,
    "Normalises each example by itself.",
    learns=True,
    ends=True,
)


def write_batch_norm(layer: Layer) -> None:
    """Each channel by itself, over all rows of the batch."""
    if len(layer.shape) < 2:
        layer.fail(
            f"{layer.arrives} is a single example, but a batch norm needs rows; "
            "give x as [[…], […]], or use a layer norm"
        )
    write_norm(layer, BATCH_NORM, layer.shape[1:2], "the channels, axis 1 of what arrives")


BATCH_NORM = LayerKind(
    "batch_norm",
    KEYS,
    write_batch_norm,
    "Normalises each channel over the rows of a batch, with the batch's own mean and variance.",
    learns=True,
    ends=True,
)

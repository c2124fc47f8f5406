"""Layers without parameters that work cell by cell or only rearrange: flatten and activation."""

from __future__ import annotations

from math import prod

from bpdebug.scenario.network.kind import LayerKind
from bpdebug.scenario.network.layer import Layer


def write_flatten(layer: Layer) -> None:
    """A row of features for every example."""
    rows, *rest = layer.shape
    if not rest:
        layer.fail(f"{layer.arrives} is a single row of features already; leave this layer out")
    features, activation = prod(rest), layer.draft.activation
    text = f"reshape({layer.before}, shape=(-1, {features}))"
    layer.finish("flat", text, (rows, features))
    layer.draft.activation = activation


FLATTEN = LayerKind(
    "flatten",
    {},
    write_flatten,
    "The cells of each example in a row, so that a dense layer can follow images or sequences.",
)


def write_activation(layer: Layer) -> None:
    """An activation, after a residual join if there is one."""
    if "activation" not in layer.table:
        layer.fail("the key 'activation' is missing; name one, as in activation = \"relu\"")
    layer.write(layer.ending(layer.shape), layer.shape)


ACTIVATION = LayerKind(
    "activation",
    {},
    write_activation,
    "An activation by itself, as behind a normalisation.",
    ends=True,
)

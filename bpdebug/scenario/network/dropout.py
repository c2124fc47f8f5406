"""Dropout: cells are set to 0 by a mask, and the others are scaled up."""

from __future__ import annotations

import numpy as np

from bpdebug.ops import show_shape
from bpdebug.scenario.leaves import Leaf
from bpdebug.scenario.network.kind import LayerKind
from bpdebug.scenario.network.layer import Layer


def write_dropout(layer: Layer) -> None:
    """The mask, unless it is given, and the result."""
    rate = layer.table.number("rate")
    if not 0 <= rate < 1:
        layer.fail(f"must be at least 0 and below 1, not {rate:g}", "rate")
    mask = given_mask(layer) if "mask" in layer.table else drawn_mask(layer, rate)
    text = f"{DROPOUT.name}({layer.before}, {mask}, rate={rate!r})"
    layer.finish("dropped", text, layer.shape)


def given_mask(layer: Layer) -> str:
    """The input that `mask` names; BpdebugError where there is none, or of another shape."""
    if "seed" in layer.table:
        layer.fail("has no effect beside a mask that is given; leave one of the two out", "seed")
    name = layer.earlier("mask")
    if name not in layer.draft.inputs:
        layer.fail(f"{name} is no data; give a mask of 0 and 1 in [inputs]", "mask")
    shape = layer.draft.shapes[name]
    if shape != layer.shape:
        layer.fail(
            f"{name} has shape {show_shape(shape)}, but {layer.arrives} arrives; a mask has a 0 or "
            "1 for every cell",
            "mask",
        )
    return name


def drawn_mask(layer: Layer, rate: float) -> str:
    """A new input with the mask: drawn once, for all rows of the data.

    An example therefore has the same mask in every epoch, and each pass can be replayed.
    """
    draft, table = layer.draft, layer.table
    name = draft.fresh("mask")
    draft.context.budget.take(layer.shape, table.key)
    if "seed" in table:
        rng = np.random.default_rng(table.whole("seed", low=0, high=2**63 - 1))
    else:
        rng = np.random.default_rng([draft.context.seed, *name.encode()])
    mask = (rng.random(layer.shape) >= rate).astype(np.float64)
    draft.drawn.append(Leaf(name, mask, batch=draft.inputs["x"].batch))
    return name


DROPOUT = LayerKind(
    "dropout",
    {
        "rate": "the share that is dropped, from 0 to below 1; what stays is divided by 1 − rate",
        "seed": "of the mask, which is drawn once for all rows of the data; without it the run's "
        "seed and the mask's name decide",
        "mask": "an entry of [inputs] with a 0 or 1 for every cell, instead of a drawn one",
    },
    write_dropout,
    "Sets cells to 0, by a mask that stays the same in all iterations.",
)

"""The embedding: a row of a table for every token."""

from __future__ import annotations

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.expression.limits import ELEMENTS
from bpdebug.ops.maps.index_map import unravel
from bpdebug.scenario.leaves import Wanted
from bpdebug.scenario.network.kind import LayerKind
from bpdebug.scenario.network.layer import Layer


def write_embedding(layer: Layer) -> None:
    """The table E, and its rows e at the tokens."""
    rows = layer.table.whole("vocabulary", low=1, high=ELEMENTS)
    width = layer.table.whole("width", low=1, high=ELEMENTS)
    check_tokens(layer, rows)
    wanted = Wanted((rows, width), "(vocabulary, width)")
    weights = layer.parameter("E", "weights", wanted, weights=True)
    layer.finish("e", f"{weights}[{layer.before}]", (*layer.shape, width))


def check_tokens(layer: Layer, rows: int) -> None:
    """BpdebugError where what arrives is no data, or not the number of a row everywhere."""
    draft, name = layer.draft, layer.before
    if name not in draft.inputs:
        layer.fail(
            f"{layer.arrives} arrives, but an embedding takes whole numbers from [inputs]; make it "
            'the first layer, or name them, as in input = "tokens"'
        )
    tokens = draft.inputs[name].values
    wrong = np.flatnonzero((tokens != np.floor(tokens)) | (tokens < 0) | (tokens >= rows))
    if wrong.size:
        at = int(wrong[0])
        where = f" at {list(unravel(at, tokens.shape))}" if tokens.ndim else ""
        raise BpdebugError(
            f"holds {tokens.ravel()[at]:g}{where}, but an embedding takes the numbers of its rows, "
            f"whole numbers from 0 to {rows - 1}",
            key=f"inputs.{name}",
        )
    if draft.inputs[name].gradient:
        raise BpdebugError(
            "tokens have no gradient; leave gradient = true out", key=f"inputs.{name}"
        )


EMBEDDING = LayerKind(
    "embedding",
    {
        "vocabulary": "how many rows its table has: tokens are whole numbers from 0, below it",
        "width": "how many numbers a token becomes",
        "weights": "(vocabulary, width)",
    },
    write_embedding,
    "A row of a table for every token; a token that is repeated adds to the gradient of its row.",
    learns=True,
    ends=True,
)

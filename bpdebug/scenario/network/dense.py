"""The dense layer: every unit weighs all its inputs."""

from __future__ import annotations

import numpy as np

from bpdebug.expression.limits import ELEMENTS
from bpdebug.ops import Array
from bpdebug.run.problem import Note
from bpdebug.scenario.leaves import Wanted
from bpdebug.scenario.network.kind import LayerKind
from bpdebug.scenario.network.layer import DEFAULT_KIND, Layer

UNITS_INPUTS = "units_inputs"
"""The axes of a layer's weights, as in torch.nn.Linear."""
INPUTS_UNITS = "inputs_units"
"""The axes of a layer's weights, as in Keras and in most NumPy code."""
LAYOUTS = {UNITS_INPUTS: "(units, inputs)", INPUTS_UNITS: "(inputs, units)"}
MOST_AXES = 3
"""Of what arrives: rows of sequences of features."""
MOST_LISTED = 4
"""So many names stand in a note."""


def write_dense(layer: Layer) -> None:
    """Weights and bias, the pre-activation z, and h."""
    units = layer.table.whole("units", low=1, high=ELEMENTS)
    if len(layer.shape) > MOST_AXES:
        layer.fail(
            f"a dense layer takes rows of features, but {layer.arrives} arrives; "
            'put a layer of kind = "flatten" before it'
        )
    turned, x = layer.draft.turned, layer.before
    shape, axes = (units, layer.shape[-1]), LAYOUTS[UNITS_INPUTS]
    if turned:
        shape, axes = (layer.shape[-1], units), LAYOUTS[INPUTS_UNITS]
    other = UNITS_INPUTS if turned else INPUTS_UNITS
    fits = f'; layout = "{other}" in [network] reads them the other way round'
    wanted = Wanted(shape, axes, turned=turned, transposed=fits)
    weights = layer.parameter("W", "weights", wanted, weights=True)
    vector = len(layer.shape) == 1 and not turned
    product = f"{weights} @ {x}" if vector else f"{x} @ {weights}{'' if turned else '.T'}"
    bias = layer.bias(units)
    product += f" + {bias}" * bool(bias)
    layer.finish("z", product, (*layer.shape[:-1], units), pre_activation=True)


DENSE = LayerKind(
    DEFAULT_KIND,
    {
        "units": "how many units it has",
        "weights": "(units, inputs), or (inputs, units) where `layout` says so",
        "bias": "(units); zeros without it; false = none",
    },
    write_dense,
    "Every unit weighs all its inputs; the kind of a layer that does not say its kind.",
    numbered=True,
    learns=True,
    ends=True,
)


def note_layout(layers: list[Layer]) -> None:
    """Note the weights that are given cell by cell and would fit the other way round as well."""
    alike = [
        layer
        for layer in layers
        if layer.table.text("kind", DENSE.name) == DENSE.name
        and may_be_turned(layer.own[0].values)
        and not drawn(layer.table.get("weights"))
    ]
    if not alike:
        return
    names = listed([layer.own[0].name for layer in alike])
    are, them = ("is", "it") if len(alike) == 1 else ("are", "them")
    note = Note(
        alike[0].table.where("weights"),
        f"{names} {are} square: a row is taken for the weights of a unit, as in torch.nn.Linear",
        f"transpose {them} if a row belongs to an input, or write layout = "
        f'"{INPUTS_UNITS}" in [network]; layout = "{UNITS_INPUTS}" says that a row belongs to a '
        "unit, and ends this note",
    )
    alike[0].draft.context.notes.append(note)


def may_be_turned(weights: Array) -> bool:
    """True for a square matrix that differs from its transpose."""
    rows, columns = weights.shape
    return rows == columns and not np.array_equal(weights, weights.T)


def drawn(weights: object) -> bool:
    """True for weights that an `init` makes, which has no layout to mistake."""
    return isinstance(weights, dict) and "init" in weights


def listed(names: list[str]) -> str:
    """`W1`, `W1 and W2`, `W1, W2 and 5 more`."""
    if len(names) > MOST_LISTED:
        rest = len(names) - MOST_LISTED + 1
        return f"{', '.join(names[: MOST_LISTED - 1])} and {rest} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)

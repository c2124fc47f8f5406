"""[network] to parameters and entries of the graph."""

from __future__ import annotations

from bpdebug.errors import BpdebugError
from bpdebug.expression.written import BARE
from bpdebug.ops import show_shape
from bpdebug.scenario.context import LoadContext
from bpdebug.scenario.entries import GraphEntry
from bpdebug.scenario.form import Form
from bpdebug.scenario.leaves import Leaf
from bpdebug.scenario.network.dense import DENSE, INPUTS_UNITS, LAYOUTS, note_layout
from bpdebug.scenario.network.kind import LayerKind
from bpdebug.scenario.network.kinds import ENDING, EVERY, KINDS, LEARNING
from bpdebug.scenario.network.layer import TARGET, Draft, Layer
from bpdebug.scenario.network.loss import loss_text
from bpdebug.scenario.network.options import ACTIVATIONS, option_names
from bpdebug.scenario.network.penalty import DATA_LOSS, PENALTY, penalty_entries
from bpdebug.scenario.table import TomlTable

LAYERS = 2_000
"""More would pass the limit of nodes."""
AXES = (1, 2, 4)
"""How many axes x may have."""
LOSS = "L"


def expand(table: TomlTable, inputs: dict[str, Leaf], context: LoadContext) -> Form:
    """The parameters Wk, bk and the entries zk, hk, y_hat, L of a [network], and the like."""
    table.only("loss", "reduction", "layers", "layout", "penalty")
    turned = "layout" in table and layout_of(table) == INPUTS_UNITS
    check_inputs(inputs)
    layers = table.tables("layers")
    if not layers:
        table.fail("a network needs at least one layer; add [[network.layers]]", "layers")
    if len(layers) > LAYERS:
        table.fail(f"has {len(layers):,} layers, more than {LAYERS:,}", "layers")
    draft = Draft(inputs, context, turned=turned)
    kinds = [KINDS[layer.choice("kind", KINDS, DENSE.name)] for layer in layers]
    made = []
    for layer, kind, following in zip(layers, kinds, [*layers[1:], None], strict=True):
        check_keys(layer, kind)
        draft.number += kind.numbered
        made.append(Layer(layer, draft, following))
        kind.write(made[-1])
    loss = loss_text(table, made[-1])
    entries = draft.entries
    if PENALTY in table:
        entries.append(GraphEntry(draft.own(DATA_LOSS), loss, table.where("loss")))
        entries += penalty_entries(table.table(PENALTY), draft)
        loss = f"{DATA_LOSS} + {PENALTY}"
    entries.append(GraphEntry(draft.own(LOSS), loss, table.where("loss")))
    if "layout" not in table:
        note_layout(made)
    return Form(tuple(draft.parameters), tuple(entries), LOSS, tuple(draft.drawn))


def layout_of(table: TomlTable) -> str:
    """The entry `layout`."""
    layout = table.text("layout")
    if layout not in LAYOUTS:
        rows, columns = LAYOUTS
        table.fail(
            f'must be "{rows}", where weights have a row for each unit, or "{columns}", where they '
            "have a row for each input; transpose those that are stored otherwise",
            "layout",
        )
    return layout


def check_inputs(inputs: dict[str, Leaf]) -> None:
    """BpdebugError where x or y is missing, or x is not what a network takes."""
    for name in ("x", TARGET):
        if name not in inputs:
            raise BpdebugError(
                f"the network form needs the input '{name}'; add {name} = … to [inputs]",
                key="inputs",
            )
    x = inputs["x"].values
    if x.ndim not in AXES:
        problem = (
            "a network takes (features), (batch, features), tokens (batch, length) or images "
            "(batch, channels, height, width)"
        )
        raise BpdebugError(f"x has shape {show_shape(x.shape)}; {problem}", key="inputs.x")


def check_keys(layer: TomlTable, kind: LayerKind) -> None:
    """BpdebugError for a key that its kind of layer does not have."""
    known = [*kind.keys, *EVERY]
    if kind.learns:
        known += LEARNING
    if kind.ends:
        activation = layer.choice("activation", ACTIVATIONS, BARE.name)
        known += [*ENDING, *option_names(ACTIVATIONS[activation].options)]
    layer.only(*known)

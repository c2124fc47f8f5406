"""The network form: layers expand into the parameters and expressions of a textbook."""

from __future__ import annotations

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.expression.limits import ELEMENTS
from bpdebug.expression.written import BARE
from bpdebug.ops import REGISTRY, Array, Op, Scores, show_shape
from bpdebug.ops.targets import REDUCTIONS
from bpdebug.run.problem import Note
from bpdebug.scenario.context import LoadContext
from bpdebug.scenario.entries import GraphEntry
from bpdebug.scenario.leaves import Leaf, read_parameter
from bpdebug.scenario.table import TomlTable

LOSSES = {name: op for name, op in REGISTRY.items() if op.loss}
TAKING = {op.takes: op for op in LOSSES.values()}
"""The loss to take for what an activation gives."""
ACTIVATIONS = {
    name: op for name, op in REGISTRY.items() if op.activation and op.gives in {None, *TAKING}
}
"""All but those that give what no loss takes, such as logarithms of probabilities."""
GIVING = {op.gives: op for op in reversed(ACTIVATIONS.values())}
"""The activation to take for what a loss wants."""
LAYERS = 2_000
"""More would pass the limit of nodes."""
LAYOUT = "units_inputs"
"""The axes of a layer's weights, as in torch.nn.Linear."""
MOST_LISTED = 4
"""So many names stand in a note."""


def expand(
    table: TomlTable, inputs: dict[str, Leaf], context: LoadContext
) -> tuple[list[Leaf], list[GraphEntry]]:
    """The parameters Wk, bk and the entries zk, hk, y_hat, L of a [network]."""
    table.only("loss", "reduction", "layers", "layout")
    if "layout" in table and table.text("layout") != LAYOUT:
        table.fail(
            f'must be "{LAYOUT}": weights have a row for each unit; transpose those that do not',
            "layout",
        )
    for name in ("x", "y"):
        if name not in inputs:
            raise BpdebugError(
                f"the network form needs the input '{name}'; add {name} = … to [inputs]",
                key="inputs",
            )
    for name in inputs:
        if name not in ("x", "y"):
            raise BpdebugError(
                "a network has only the inputs x and y; use the expression form for more",
                key=f"inputs.{name}",
            )
    rank = inputs["x"].values.ndim
    if rank not in (1, 2):
        raise BpdebugError(
            f"x has shape {show_shape(inputs['x'].values.shape)}; a network takes (features) or "
            "(batch, features)",
            key="inputs.x",
        )
    layers = table.tables("layers")
    if not layers:
        table.fail("a network needs at least one layer; add [[network.layers]]", "layers")
    if len(layers) > LAYERS:
        table.fail(f"has {len(layers):,} layers, more than {LAYERS:,}", "layers")
    parameters: list[Leaf] = []
    entries: list[GraphEntry] = []
    before, width = "x", inputs["x"].values.shape[-1]
    for k, layer in enumerate(layers, 1):
        after = "y_hat" if k == len(layers) else f"h{k}"
        width = expand_layer(layer, k, before, after, rank, width, parameters, entries, context)
        before = after
    entries.append(loss_entry(table, layers[-1]))
    if "layout" not in table:
        note_layout(layers, parameters, context)
    return parameters, entries


def note_layout(layers: list[TomlTable], parameters: list[Leaf], context: LoadContext) -> None:
    """Note the weights that are given cell by cell and would fit the other way round as well."""
    found = {leaf.name: leaf.values for leaf in parameters}
    alike = [
        (k, layer)
        for k, layer in enumerate(layers, 1)
        if may_be_turned(found[f"W{k}"]) and not drawn(layer.get("weights"))
    ]
    if not alike:
        return
    first = alike[0][1]
    names = listed([f"W{k}" for k, _ in alike])
    one = len(alike) == 1
    text = (
        f"{names} {'is' if one else 'are'} square: a row is taken for the weights of a unit, "
        "as in torch.nn.Linear"
    )
    remedy = (
        f"transpose {'it' if one else 'them'} if a row belongs to an input; "
        f'layout = "{LAYOUT}" in [network] says that a row belongs to a unit, and ends this note'
    )
    context.notes.append(Note(first.where("weights"), text, remedy))


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


def expand_layer(
    layer: TomlTable,
    k: int,
    before: str,
    after: str,
    rank: int,
    width: int,
    parameters: list[Leaf],
    entries: list[GraphEntry],
    context: LoadContext,
) -> int:
    """Add a layer's parameters and entries; returns its number of units."""
    activation = layer.choice("activation", ACTIVATIONS, BARE.name)
    options = {
        key: layer.number(key)
        for key in ("slope", "alpha")
        if key in layer and key in ACTIVATIONS[activation].options
    }
    extra = tuple(key for key in ACTIVATIONS[activation].options if key != "axis")
    layer.only("units", "activation", "weights", "bias", *extra)
    units = layer.whole("units", low=1, high=ELEMENTS)
    if "weights" not in layer:
        layer.fail('the key \'weights\' is missing; give numbers, { init = "…" } or { file = "…" }')
    weights = layer.get("weights")
    shape = (units, width)
    parameters.append(read_parameter(f"W{k}", weights, layer.where("weights"), context, shape))
    product = f"W{k} @ {before}" if rank == 1 else f"{before} @ W{k}.T"
    bias = layer.get("bias", {"init": "zeros"})
    if bias is not False:
        parameters.append(read_parameter(f"b{k}", bias, layer.where("bias"), context, (units,)))
        product += f" + b{k}"
    entries.append(GraphEntry(f"z{k}", product, layer.key))
    given = "".join(f", {key}={value!r}" for key, value in options.items())
    entries.append(GraphEntry(after, f"{activation}(z{k}{given})", layer.key))
    return units


def loss_entry(table: TomlTable, last: TomlTable) -> GraphEntry:
    """L, once the last activation suits the loss."""
    loss = table.choice("loss", LOSSES)
    usual = LOSSES[loss].options["reduction"]
    reduction = table.text("reduction", usual)
    if reduction not in REDUCTIONS:
        known = " or ".join(f'"{one}"' for one in REDUCTIONS)
        table.fail(f"must be {known}", "reduction")
    activation = last.text("activation", BARE.name)
    problem = mismatch(LOSSES[loss], ACTIVATIONS[activation])
    if problem:
        last.fail(problem, "activation")
    option = "" if reduction == usual else f', reduction="{reduction}"'
    return GraphEntry("L", f"{loss}(y_hat, y{option})", "network.loss")


def mismatch(loss: Op, activation: Op) -> str:
    """What is wrong where an activation gives what a loss does not take; empty where it suits."""
    if loss.takes is None:
        return ""
    remedy = f'make the last activation "{GIVING[loss.takes].name}"'
    if loss.takes is Scores.LOGITS:
        if activation.gives is not Scores.SHARES:
            return ""
        other = TAKING[Scores.SHARES].name
        return f'{loss.name} does the {activation.name} itself; {remedy}, or the loss "{other}"'
    if activation.gives in (loss.takes, Scores.SHARES):
        return ""
    if loss.takes is Scores.SHARES:
        remedy += f', or the loss "{TAKING[Scores.LOGITS].name}"'
    return f"{loss.name} takes probabilities; {remedy}"

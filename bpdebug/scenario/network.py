"""The network form: layers expand into the parameters and expressions of a textbook."""

from __future__ import annotations

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.expression.limits import ELEMENTS
from bpdebug.expression.written import BARE
from bpdebug.ops import REGISTRY, Array, Op, Scores, Shape, show_shape
from bpdebug.ops.families.targets import REDUCTIONS
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
    x = inputs["x"].values
    if x.ndim not in (1, 2):
        problem = "a network takes (features) or (batch, features)"
        raise BpdebugError(f"x has shape {show_shape(x.shape)}; {problem}", key="inputs.x")
    layers = table.tables("layers")
    if not layers:
        table.fail("a network needs at least one layer; add [[network.layers]]", "layers")
    if len(layers) > LAYERS:
        table.fail(f"has {len(layers):,} layers, more than {LAYERS:,}", "layers")
    expansion = Expansion(x, context)
    for k, layer in enumerate(layers, 1):
        expansion.add(layer, k, "y_hat" if k == len(layers) else f"h{k}")
    loss = loss_entry(table, layers[-1])
    if "layout" not in table:
        note_layout(layers, expansion.parameters, context)
    return expansion.parameters, [*expansion.entries, loss]


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
    names = listed([f"W{k}" for k, _ in alike])
    are, them = ("is", "it") if len(alike) == 1 else ("are", "them")
    note = Note(
        alike[0][1].where("weights"),
        f"{names} {are} square: a row is taken for the weights of a unit, as in torch.nn.Linear",
        f"transpose {them} if a row belongs to an input; "
        f'layout = "{LAYOUT}" in [network] says that a row belongs to a unit, and ends this note',
    )
    context.notes.append(note)


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


class Expansion:
    """The parameters and entries of a network's layers, added one after another."""

    def __init__(self, x: Array, context: LoadContext) -> None:
        self.context = context
        self.rows = x.ndim == 2
        self.before, self.width = "x", x.shape[-1]
        self.parameters: list[Leaf] = []
        self.entries: list[GraphEntry] = []

    def add(self, layer: TomlTable, k: int, after: str) -> None:
        """Add layer k, whose result has the name `after`."""
        activation = layer.choice("activation", ACTIVATIONS, BARE.name)
        extra = [key for key in ACTIVATIONS[activation].options if key != "axis"]
        usual = ACTIVATIONS[activation].options
        options = {
            key: layer.flag(key, False) if isinstance(usual[key], bool) else layer.number(key)
            for key in extra
            if key in layer
        }
        layer.only("units", "activation", "weights", "bias", *extra)
        units = layer.whole("units", low=1, high=ELEMENTS)
        if "weights" not in layer:
            remedy = 'give numbers, { init = "…" } or { file = "…" }'
            layer.fail(f"the key 'weights' is missing; {remedy}")
        self.parameter(f"W{k}", layer.get("weights"), layer.where("weights"), (units, self.width))
        product = f"{self.before} @ W{k}.T" if self.rows else f"W{k} @ {self.before}"
        bias = layer.get("bias", {"init": "zeros"})
        if bias is not False:
            self.parameter(f"b{k}", bias, layer.where("bias"), (units,))
            product += f" + b{k}"
        given = "".join(f", {key}={value!r}" for key, value in options.items())
        self.entries.append(GraphEntry(f"z{k}", product, layer.key))
        self.entries.append(GraphEntry(after, f"{activation}(z{k}{given})", layer.key))
        self.before, self.width = after, units

    def parameter(self, name: str, value: object, key: str, shape: Shape) -> None:
        """Add a parameter, which must have this shape."""
        self.parameters.append(read_parameter(name, value, key, self.context, shape))


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

"""The loss of a network: any of the registry, with its options, if the last activation suits it."""

from __future__ import annotations

from bpdebug.expression.written import BARE
from bpdebug.ops import Composite, Op, Scores
from bpdebug.ops.families.targets import REDUCTIONS
from bpdebug.scenario.network.layer import OUTPUT, TARGET, Layer
from bpdebug.scenario.network.options import (
    GIVING,
    LOSSES,
    TAKING,
    read_options,
    written,
)
from bpdebug.scenario.table import TomlTable

REDUCTION = "reduction"
LINKED = {Scores.LOGITS: Scores.SHARES, Scores.LOG_ODDS: Scores.PROBABILITIES}
"""What a loss makes of such scores itself."""


def loss_text(table: TomlTable, last: Layer) -> str:
    """The loss as an expression over y_hat and y, once the last activation suits it."""
    place, key = table, "loss"
    if isinstance(table.get(key, None), dict):
        place, key = table.table(key), "name"
    loss = LOSSES[place.choice(key, LOSSES)]
    if key == "name":
        place.only(key, *loss.options)
    options = read_options(place, loss.options) if key == "name" else {}
    if REDUCTION in table:
        if REDUCTION in options:
            table.fail("is given in the loss, too; leave one of the two out", REDUCTION)
        if REDUCTION not in loss.options:
            table.fail(f"{loss.name} has no reduction; leave it out", REDUCTION)
        options = {REDUCTION: table.text(REDUCTION), **options}
    # A composite may know further reductions, and says itself what is none.
    if isinstance(loss, Op) and options.get(REDUCTION, REDUCTIONS[0]) not in REDUCTIONS:
        known = " or ".join(f'"{one}"' for one in REDUCTIONS)
        (table if REDUCTION in table else place).fail(f"must be {known}", REDUCTION)
    if options.get(REDUCTION) == loss.options.get(REDUCTION):
        options.pop(REDUCTION, None)
    problem = mismatch(loss, last.draft.activation)
    if problem:
        last.fail(problem, "activation")
    return f"{loss.name}({OUTPUT}, {TARGET}{written(options)})"


def mismatch(loss: Op | Composite, activation: Op) -> str:
    """What is wrong where an activation gives what a loss does not take; empty where it suits."""
    if loss.takes is None:
        return ""
    remedy = f'make the last activation "{GIVING.get(loss.takes, BARE).name}"'
    if loss.takes in LINKED:
        made = LINKED[loss.takes]
        if activation.gives is not made:
            return ""
        other = TAKING[made].name
        return f'{loss.name} does the {activation.name} itself; {remedy}, or the loss "{other}"'
    if activation.gives is loss.takes:
        return ""
    if loss.takes is Scores.LOG_SHARES:
        return f"{loss.name} takes logarithms of probabilities; {remedy}"
    if activation.gives is Scores.SHARES:
        return ""
    if loss.takes is Scores.SHARES:
        remedy += f', or the loss "{TAKING[Scores.LOGITS].name}"'
    return f"{loss.name} takes probabilities; {remedy}"

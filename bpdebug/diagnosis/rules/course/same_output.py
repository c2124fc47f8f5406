"""A network whose output is the same for every example, though the targets differ."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import FEWEST, Case
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When, follow, percent
from bpdebug.diagnosis.survey import by_unit
from bpdebug.graph import Kind, Layer

SAME = 0.01
"""The outputs of all examples lie within this part of the targets' range."""
MOST = 1_000_000
"""Numbers of data that a straight line is fitted to, at the most."""


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield at most one finding, about the output."""
    enough = case.run.iterations >= max(FEWEST, case.run.per_epoch)
    layer = case.network.output
    if layer is None or not case.last_epoch or not enough or case.learned or not case.trained:
        return
    samples = [sample.layers[layer.at] for sample in case.last_epoch]
    rows = sum(sample.rows for sample in samples)
    low = np.min([sample.low for sample in samples], axis=0)
    high = np.max([sample.high for sample in samples], axis=0)
    targets = case.network.targets
    if rows < 2 or not targets or not low.size:
        return
    name, least, most = max(targets, key=lambda target: target[2] - target[1])
    apart = min(most - least, 1.0) if case.network.other_shape(name) else most - least
    if not np.max(high - low) < SAME * apart:
        return
    node = layer.pre_activation if layer.activation is None else layer.activation
    output, last = case.label(node), case.last_epoch[-1].number
    spread = float(np.max(high - low))
    # Where all units hardly differ, which differs most is rounding.
    widest = int(np.argmax(high - low)) if spread >= case.rounding else 0
    middle = float(low[widest] + high[widest]) / 2
    near = case.n(middle if abs(middle) >= case.rounding else 0.0)
    by = case.difference(spread) if spread < case.rounding else f"no more than {case.n(spread)}"
    yield Finding(
        output,
        f"in {'the last epoch' if case.batched else f'iteration {last}'} {output} differs by "
        f"{by} from one of {rows:,} examples to "
        f"another{f' (unit {widest}, near {near})' if low.size > 1 else f' (near {near})'}, where "
        f"{case.name(name)} goes from {case.n(least)} to {case.n(most)}",
        remedy(case, layer, name),
        *case.at_value(node, last),
        node=node,
    )


def remedy(case: Case, layer: Layer, target: str) -> str:
    """What helps; a network without hidden activations may not be able to do better."""
    if not case.network.linear:
        return (
            "see what reaches the first layers: the gradients, the units, the size of the weights"
        )
    share = linear_share(case, layer, target)
    if share is not None and share < SAME:
        return (
            "add a hidden layer with an activation: the best weighted sum of the inputs explains "
            f"{case.n(100 * max(share, 0.0))} % of {case.name(target)}"
        )
    return "take a larger learning rate, or more iterations"


def linear_share(case: Case, layer: Layer, target: str) -> float | None:
    """The part of a target's variance that a straight line through the inputs explains.

    None where that is not computed: for another shape, no inputs or several, or too much data.
    """
    nodes = case.graph.nodes
    reached = case.network.below(layer.pre_activation, set())
    inputs = [nodes[index].name for index in reached if nodes[index].kind is Kind.INPUT]
    if len(inputs) != 1 or case.network.other_shape(target):
        return None
    x, y = np.asarray(case.run.problem.data[inputs[0]]), case.network.rows_of(target)
    if x.ndim != 2 or x.size > MOST:
        return None
    rows = by_unit(x, layer.units_axis)
    if len(rows) != len(y):
        return None
    rows = np.column_stack([rows, np.ones(len(rows))])
    left = y - rows @ np.linalg.lstsq(rows, y, rcond=None)[0]
    return round(1 - float(np.sum(left**2) / np.sum((y - y.mean(axis=0)) ** 2)), 6)


RULE = Rule(
    "same-output",
    "the same output for every example",
    When.END,
    f"after at least {FEWEST} iterations, the outputs for all examples lie within {percent(SAME)} "
    "of the range of the targets, and the loss does not end well below that of a constant answer",
    find_faults,
    cause=False,
    explains=follow("loss-stands-still"),
)

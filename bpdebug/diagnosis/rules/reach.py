"""An output that cannot reach its targets: they lie where its activation never comes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Finding, Kind
from bpdebug.diagnosis.rules.rule import Rule
from bpdebug.ops import Passes

RANGES: dict[str, tuple[float, float]] = {
    "sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "relu": (0.0, np.inf),
    "softplus": (0.0, np.inf),
}
"""Between what the results of an activation lie."""
KEEPS = ("minimum", "maximum", "identity")
"""Ops between an output and its target that give it no other scale."""


def look(case: Case) -> Iterator[Finding]:
    """At most one finding, about the output."""
    layer = case.network.output
    if layer is None or layer.activation is None:
        return
    op = layer.function
    low, high = RANGES.get(op.name if op is not None else "", (-np.inf, np.inf))
    for name in met(case, layer.activation):
        rows = np.asarray(case.run.problem.data[name])
        outside = int(np.sum((rows < low) | (rows > high)))
        if not outside:
            continue
        output = case.label(layer.activation)
        lies = f"never below {low:g}" + ("" if high == np.inf else f" or above {high:g}")
        yield Finding(
            Kind.REACH,
            output,
            f"{output} is {lies}, and {outside:,} of "
            f"{rows.size:,} numbers of {case.name(name)} are: they go from "
            f"{case.n(float(rows.min()))} to {case.n(float(rows.max()))}",
            "take no activation on the output (identity), or targets in its range",
            *case.at_value(layer.activation),
            node=layer.pre_activation,
        )


def met(case: Case, output: int) -> list[str]:
    """The data of the output's shape that it is subtracted from or meets in a loss, as it is."""
    nodes, network = case.graph.nodes, case.network
    found: list[str] = []
    pending, seen = [output], {output}
    while pending:
        at = pending.pop()
        for edge in case.graph.into.get(at, ()):
            user = nodes[edge.output]
            assert user.op is not None
            if user.op.loss or user.op.passes is Passes.SUBTRACTS:
                names = [nodes[network.leaf(o)].name for o in user.operands if o != at]
                found += [name for name in names if name in case.run.problem.data]
            if user.op.name in KEEPS and user.index not in seen:
                seen.add(user.index)
                pending.append(user.index)
    return [name for name in dict.fromkeys(found) if not network.other_shape(name)]


RULE = Rule(
    Kind.REACH,
    "the output's activation is bounded, it is subtracted from a target of the same shape or "
    "meets it in a loss, and a number of the target lies outside",
    look,
)

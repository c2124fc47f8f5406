"""An output that cannot reach its targets: they lie where its activation never comes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Fault, Finding, HarmlessFinding
from bpdebug.diagnosis.rules.rule import FaultRule, percent
from bpdebug.ops import Carries

FEW = 0.05
"""A smaller part of targets out of reach does a run no harm that learns."""


def find_faults(case: Case) -> Iterator[Finding | HarmlessFinding]:
    """Yield a finding about the output; a harmless one where few targets are out of reach."""
    layer = case.network.output
    if layer is None or layer.activation is None:
        return
    if layer.function is None or layer.function.between is None:
        return
    low, high = layer.function.between
    for name in compared_data(case, layer.activation):
        rows = np.asarray(case.run.problem.data[name])
        outside = int(np.sum((rows < low) | (rows > high)))
        if not outside:
            continue
        output = case.label(layer.activation)
        sides = [f"below {low:g}"] * (low > -np.inf) + [f"above {high:g}"] * (high < np.inf)
        evidence = (
            f"{output} is never {' or '.join(sides)}, and {outside:,} of {rows.size:,} numbers of "
            f"{case.name(name)} are: they go from {case.n(float(rows.min()))} to "
            f"{case.n(float(rows.max()))}"
        )
        if case.learned and outside < FEW * rows.size:
            yield HarmlessFinding(Fault.REACH, output, evidence)
            continue
        yield Finding(
            Fault.REACH,
            output,
            evidence,
            "take no activation on the output (identity), or targets in its range",
            *case.at_value(layer.activation),
            node=layer.pre_activation,
        )


def compared_data(case: Case, output: int) -> list[str]:
    """The data that the output is compared with: subtracted, or in a loss, in its own scale."""
    nodes, network = case.graph.nodes, case.network
    compared: list[str] = []
    pending, seen = [output], {output}
    while pending:
        at = pending.pop()
        for edge in case.graph.into.get(at, ()):
            user = nodes[edge.output]
            assert user.op is not None
            if user.op.loss or user.op.carries is Carries.SUBTRACTS:
                names = [nodes[network.leaf(o)].name for o in user.operands if o != at]
                compared += [name for name in names if name in case.run.problem.data]
            if user.op.keeps_scale and user.index not in seen:
                seen.add(user.index)
                pending.append(user.index)
    return [name for name in dict.fromkeys(compared) if not network.other_shape(name)]


RULE = FaultRule(
    Fault.REACH,
    "the output's activation is bounded, the output is compared with a target of the same shape "
    "(in a difference or a loss), and a number of the target is out of reach; in a run that "
    f"learns, at least {percent(FEW)} of the numbers",
    find_faults,
)

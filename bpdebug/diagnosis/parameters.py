"""Rules about parameters: never moving, moving too far, and starting all alike."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Finding, Kind
from bpdebug.diagnosis.survey import length

TOO_FAR = 0.1
"""An update larger than its weight is a fault in at least this part of the iterations …"""
FEWEST = 3
"""… and in no fewer of them."""


AT_REST = 1e-12
"""Gradients below this, as a part of 1 or of their parameter, are what rounding leaves."""


def at_rest(case: Case) -> bool:
    """True where the run starts at a minimum: gradients are there, and are rounding alone."""
    if not case.finite:
        return False
    found = [s for name, s in case.finite[0].parameters.items() if name in trained(case)]
    slopes = [one.gradient / max(one.before, 1.0) for one in found]
    return any(slopes) and max(slopes) < AT_REST


def trained(case: Case) -> list[str]:
    """The parameters that an optimizer should move."""
    problem = case.run.problem
    return [
        name
        for name in problem.parameters
        if name not in problem.frozen and problem.rule_of(name) is not None
    ]


def moves(case: Case) -> Iterator[Finding]:
    """Parameters whose value is the same in every iteration that was looked at."""
    for name in trained(case):
        found = [s.parameters[name] for s in case.finite]
        if not found or any(one.change for one in found) or at_rest(case):
            continue
        node = case.graph.names[name]
        if not case.graph.has_gradient(node):
            why, remedy = "it does not reach the loss", "use it in the graph, or take it out"
        elif not any(one.gradient for one in found):
            why, remedy = "its gradient is 0", "look at what its gradient is multiplied by"
        else:
            why = "its updates are too small to change it in float64"
            remedy = "take a larger learning rate"
        times = len(found)
        looked = "the one iteration" if times == 1 else f"all {times:,} iterations"
        yield Finding(
            Kind.NEVER_MOVES,
            case.name(name),
            f"{case.name(name)} did not change in {looked} looked at: {why}",
            remedy,
            *case.at_gradient(name, case.finite[0].number),
        )


def steps(case: Case) -> Iterator[Finding]:
    """Parameters whose update is often larger than they are, and than they were at the start.

    One that starts at 0 must grow, and one whose best value is 0 becomes as small as its steps.
    """
    for name in trained(case):
        start = length(np.asarray(case.run.problem.parameters[name]))
        if not start:
            continue
        far = [
            s
            for s in case.finite
            if s.parameters[name].change > max(s.parameters[name].before, start)
        ]
        if len(far) >= max(FEWEST, TOO_FAR * len(case.finite)):
            worst = max(far, key=lambda s: s.parameters[name].change / s.parameters[name].before)
            moved = worst.parameters[name]
            norm = "‖{}‖" if case.unicode else "|{}|"
            change = norm.format(("Δ" if case.unicode else "change of ") + case.name(name))
            yield Finding(
                Kind.LARGE_UPDATE,
                case.name(name),
                f"in iteration {worst.number} {change} is {case.n(moved.change)} where "
                f"{norm.format(case.name(name))} is {case.n(moved.before)}; so in {len(far):,} "
                f"of {len(case.finite):,} iterations looked at",
                "take a smaller learning rate",
                *case.at_end(worst.number),
            )


def start(case: Case) -> Iterator[Finding]:
    """Units that start alike and stay alike, since they all get the same gradient."""
    if not case.finite:
        return
    first, last = case.finite[0], case.finite[-1]
    for layer in case.layers[:-1]:
        if not (first.layers[layer.at].alike and last.layers[layer.at].alike):
            continue
        zero = [name for name in read_by(case, layer.pre_activation) if is_zero(case, name)]
        kind = Kind.ZERO if zero else Kind.SYMMETRIC
        width = case.units(layer)
        cause = f"{case.name(zero[0])} is all 0" if zero else "their weights are equal"
        still = (
            f"still in iteration {last.number}"
            if last is not first
            else "nothing in the pass tells them apart"
        )
        yield Finding(
            kind,
            f"layer {layer.number}",
            f"all {width} units start alike ({cause}) and get the same gradient, {still}",
            "start the weights at random: init = 'xavier_uniform' or 'he_normal'",
            *case.at_delta(layer, first.number),
        )


def read_by(case: Case, node: int) -> list[str]:
    """The matrices among the parameters that a result reads without another name between."""
    found: list[str] = []
    pending, seen = [node], {node}
    while pending:
        for operand in case.graph.nodes[pending.pop()].operands:
            entry = case.graph.nodes[operand]
            if operand in seen:
                continue
            seen.add(operand)
            if entry.name in case.run.problem.parameters and len(entry.shape) > 1:
                found.append(entry.name)
            elif not entry.name:
                pending.append(operand)
    return found


def is_zero(case: Case, name: str) -> bool:
    """True for a parameter that starts with every cell 0."""
    return not np.any(case.run.problem.parameters[name])

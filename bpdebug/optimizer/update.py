"""Updating all parameters of an iteration, with a record of every line or, for replays, without."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np

from bpdebug.ops import FLOAT64, Array, DType
from bpdebug.optimizer.kind import rule_of_kind
from bpdebug.optimizer.rule import Rule, UpdateLine, Values, apply_rule, run_lines, run_rule
from bpdebug.records import record

Parameters = dict[str, Array]
States = dict[str, dict[str, Array]]


@record
class ParameterGroup:
    """Parameters that are updated by one rule together, as PyTorch's parameter groups."""

    rule: Rule
    settings: Values
    members: tuple[tuple[str, int, Rule], ...]
    """Name and node of each parameter, and its rule, which depends on whether states are given."""
    timed: bool
    """Whether the lines read more than settings: the iteration's number, or shared lines."""
    number: Callable[[float], Any] = np.float64
    """Makes settings and `t` of plain numbers, so that they do not widen a parameter."""

    @classmethod
    def of(
        cls,
        rule: Rule,
        settings: Mapping[str, float],
        members: Mapping[str, int],
        given: Collection[str] = (),
        dtype: DType = FLOAT64,
    ) -> ParameterGroup:
        """A group of parameters, by name and node; `given` are those with states of before."""
        # A Python number takes on the kind of the array beside it; numpy's own would widen it.
        number: Callable[[float], Any] = np.float64 if dtype == FLOAT64 else float
        numbers = {name: number(value) for name, value in settings.items()}
        rule = rule_of_kind(rule, dtype)
        timed = bool(rule.shared) or any("{t}" in line.text for line in rule.lines)
        rules = (rule.going_on() if name in given else rule for name in members)
        named = zip(members, members.values(), rules, strict=True)
        return cls(rule, numbers, tuple(named), timed, number)

    def common(self, gradients: Sequence[Array | None], t: int) -> Values:
        """What a parameter's lines may read beside its own values."""
        values = self.readable(gradients, t)
        for line in self.rule.shared:
            values[line.target] = line.compute(values)
        return values

    @property
    def ticks(self) -> int:
        """How many lines an iteration executes: shared lines once, the others per parameter."""
        return len(self.rule.shared) + len(self.rule.lines) * len(self.members)

    def readable(self, gradients: Sequence[Array | None], t: int) -> dict[str, Any]:
        """What the shared lines may read: settings, the iteration, and each gradient's square."""
        values: dict[str, Any] = {**self.settings, "t": self.number(t)}
        if self.rule.shared and any(line.target == "norm" for line in self.rule.shared):
            values["squares"] = np.array(
                [np.sum(np.square(np.asarray(gradients[node]))) for _, node, _ in self.members]
            )
        return values


class Updater:
    """Updates the trained parameters of a graph, group by group."""

    def __init__(self, groups: Sequence[ParameterGroup], taken: int = 0) -> None:
        self.taken = taken
        """Steps taken before the first iteration."""
        self.groups = tuple(group for group in groups if group.members)
        self.ticks = sum(group.ticks for group in self.groups)
        """How many lines an iteration executes."""

    def record(
        self,
        parameters: Parameters,
        gradients: Sequence[Array | None],
        states: States,
        t: int,
    ) -> tuple[tuple[UpdateLine, ...], Parameters, States]:
        """All executed lines of iteration `t`, with the new parameters and states."""
        after, states = dict(parameters), dict(states)
        lines: list[UpdateLine] = []
        for group in self.groups:
            with np.errstate(all="ignore"):
                values = group.readable(gradients, t + self.taken)
                shared = group.rule.shared
                lines += run_lines(group.rule, group.members[0][1], shared, 0, values)
            for name, node, rule in group.members:
                gradient = np.asarray(gradients[node])
                done, states[name] = run_rule(
                    rule, node, parameters[name], gradient, values, states[name]
                )
                lines += done
                after[name] = done[-1].after
        return tuple(lines), after, states

    def advance(
        self,
        parameters: Parameters,
        gradients: Sequence[Array | None],
        states: States,
        t: int,
    ) -> tuple[Parameters, States]:
        """Update all parameters in iteration `t`, unrecorded: the new parameters and states."""
        after, states = dict(parameters), dict(states)
        with np.errstate(all="ignore"):
            for group in self.groups:
                # Most rules need no more than their settings.
                values = group.common(gradients, t + self.taken) if group.timed else group.settings
                for name, node, rule in group.members:
                    gradient: Any = gradients[node]
                    after[name], states[name] = apply_rule(
                        rule, parameters[name], gradient, values, states[name]
                    )
        return after, states


def rate_at(rule: Rule, settings: Mapping[str, float], t: int) -> float:
    """The learning rate of iteration `t`, after its schedule."""
    values: dict[str, Any] = {name: np.float64(value) for name, value in settings.items()}
    values["t"] = np.float64(t)
    with np.errstate(all="ignore"):
        for line in rule.shared:
            if line.target == "learning_rate":
                values["learning_rate"] = line.compute(values)
    return float(values["learning_rate"])

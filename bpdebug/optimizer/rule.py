"""What an update rule is: named lines, each with its formula, run one after another.

Declared like an op: the debugger steps the lines and shows every intermediate, because each line
is data with a name, a text and a function of the names above it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field

import numpy as np

from bpdebug.ops import Array
from bpdebug.records import record, replace

Values = Mapping[str, Array]


@record
class RuleLine:
    """One line of an update rule: `target ← text`.

    In `text`, `latex` and `why`, braces name what the line reads: `{theta}` the parameter, `{g}`
    its gradient, `{t}` the number of the iteration, and settings and states by their own names.
    """

    target: str
    text: str
    latex: str
    why: str
    compute: Callable[[Values], Array]


@record
class Rule:
    """An optimizer with its settings chosen: their values, its states, its lines.

    A line that a setting switches off is not there. The last line's target is `theta`, the
    parameter's new value.
    """

    name: str
    settings: Mapping[str, float]
    """What the lines read, with the values that were chosen."""
    lines: tuple[RuleLine, ...]
    """Run for every parameter."""
    symbols: Mapping[str, str] = field(default_factory=dict)
    """How settings and states are written in formulas."""
    states: Mapping[str, float] = field(default_factory=dict)
    """What a parameter keeps between iterations, with its first value."""
    shared: tuple[RuleLine, ...] = ()
    """Run once an iteration, before the lines of the first parameter. They read settings, `t` and
    `squares`, the sum of squares of each parameter's gradient, and make scalars."""
    latex: Mapping[str, str] = field(default_factory=dict)
    """The symbols in LaTeX."""
    first_symbols: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Text and LaTeX of names until a line has written them: α₀ before its schedule."""
    continued: tuple[RuleLine, ...] = ()
    """Run instead of `lines` for a parameter whose states were given; empty where `lines` serve."""
    note: str = ""
    """Which variant this is with these settings, where published texts differ."""
    flags: tuple[str, ...] = ()
    """The names of the true-or-false settings that are true."""

    @property
    def steps(self) -> tuple[RuleLine, ...]:
        """Shared lines, then those of a parameter, in the order in which they run."""
        return (*self.shared, *self.lines)

    def going_on(self) -> Rule:
        """The rule of a parameter whose states were given, from earlier steps."""
        return replace(self, lines=self.continued) if self.continued else self


@record
class UpdateLine:
    """An executed line for a parameter: a tick of the update phase."""

    parameter: int
    """The node that is updated; for a shared line, the first of all that are."""
    line: RuleLine
    number: int
    """Which of the rule's steps, from 0."""
    reads: Mapping[str, Array]
    """The values that the line could read, by name."""
    before: Array | None
    """The target's value before the line; None for an intermediate made here."""
    after: Array
    rule: Rule

    @property
    def shared(self) -> bool:
        """Whether the line is for all parameters."""
        return self.number < len(self.rule.shared)

    def written(self, name: str) -> bool:
        """Whether a line of the rule above this one gave the name its value."""
        return any(line.target == name for line in self.rule.steps[: self.number])


def run_lines(
    rule: Rule, parameter: int, lines: tuple[RuleLine, ...], first: int, values: dict[str, Array]
) -> list[UpdateLine]:
    """Execute lines, the first of which is step `first`; what they make goes into `values`."""
    done = []
    for number, line in enumerate(lines, first):
        before = values.get(line.target)
        after = line.compute(values)
        done.append(UpdateLine(parameter, line, number, dict(values), before, after, rule))
        values[line.target] = after
    return done


def run_rule(
    rule: Rule,
    parameter: int,
    theta: Array,
    gradient: Array,
    settings: Values,
    states: Mapping[str, Array],
) -> tuple[tuple[UpdateLine, ...], dict[str, Array]]:
    """Execute a rule for one parameter; returns its executed lines and the new states.

    `settings` has `t` and what the shared lines made as well, where the lines read them.
    """
    values: dict[str, Array] = {**settings, **states, "theta": theta, "g": gradient}
    with np.errstate(all="ignore"):
        done = run_lines(rule, parameter, rule.lines, len(rule.shared), values)
    return tuple(done), {name: values[name] for name in rule.states}


def apply_rule(
    rule: Rule, theta: Array, gradient: Array, settings: Values, states: Mapping[str, Array]
) -> tuple[Array, dict[str, Array]]:
    """Execute a rule for one parameter; returns the new parameter and states, but no lines.

    Replays use it: `run_rule` records every line as well.
    """
    values: dict[str, Array] = {**settings, **states, "theta": theta, "g": gradient}
    for line in rule.lines:
        values[line.target] = line.compute(values)
    if not states:  # the commonest rule, and the quickest
        return values["theta"], {}
    return values["theta"], {name: values[name] for name in rule.states}

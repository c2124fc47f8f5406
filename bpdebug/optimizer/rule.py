"""What an update rule is: named lines, each with its formula, run one after another.

Declared like an op: the debugger steps the lines and shows every intermediate, because each line
is data with a name, a text and a function of the names above it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from bpdebug.ops import Array

Values = Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an update rule: `target ← text`.

    In `text`, `latex` and `why`, braces name what the line reads: `{theta}` the parameter, `{g}`
    its gradient, and settings and states by their own names.
    """

    target: str
    text: str
    latex: str
    why: str
    compute: Callable[[Values], Array]


@dataclass(frozen=True, slots=True)
class Rule:
    """An optimizer: its settings with defaults, its states with first values, its lines.

    The last line's target is `theta`, the parameter's new value.
    """

    name: str
    settings: Mapping[str, float]
    lines: tuple[Line, ...]
    symbols: Mapping[str, str] = field(default_factory=dict)
    """How settings and states are written in formulas."""
    states: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UpdateLine:
    """One executed line for one parameter: a tick of the update phase."""

    parameter: int
    """The node it updates."""
    line: Line
    number: int
    """Which of the rule's lines, from 0."""
    reads: Mapping[str, Array]
    """What the line had to work with, by name."""
    before: Array | None
    """What the target held; None for an intermediate made here."""
    after: Array


def run_rule(
    rule: Rule,
    parameter: int,
    theta: Array,
    gradient: Array,
    settings: Values,
    states: Mapping[str, Array],
) -> tuple[tuple[UpdateLine, ...], dict[str, Array]]:
    """Execute a rule for one parameter; returns its executed lines and the new states."""
    values: dict[str, Array] = {**settings, **states, "theta": theta, "g": gradient}
    done = []
    with np.errstate(all="ignore"):
        for number, line in enumerate(rule.lines):
            before = values.get(line.target)
            after = line.compute(values)
            done.append(UpdateLine(parameter, line, number, dict(values), before, after))
            values[line.target] = after
    return tuple(done), {name: values[name] for name in rule.states}


def apply_rule(
    rule: Rule, theta: Array, gradient: Array, settings: Values, states: Mapping[str, Array]
) -> tuple[Array, dict[str, Array]]:
    """The same without a record of its lines, for replays: the new parameter and states."""
    values: dict[str, Array] = {**settings, **states, "theta": theta, "g": gradient}
    for line in rule.lines:
        values[line.target] = line.compute(values)
    return values["theta"], {name: values[name] for name in rule.states}

"""The states of a parameter's optimizer, and the intermediates of its lines: `state(W, m)`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.expression import Known, NotComputed, quoted
from bpdebug.optimizer import Rule
from bpdebug.run.run import Iteration


def state_of(
    iteration: Iteration, rules: Mapping[str, Rule], parameter: str, name: str, position: int
) -> Known:
    """A state of a parameter's optimizer, or an intermediate of its lines, at a position.

    A state has its old value until its line has run. NotComputed for an intermediate before its
    line; BpdebugError when there is no such parameter or name.
    """
    name = name_of_state(rules, parameter, name)
    timeline, updates = iteration.timeline, iteration.updates
    node = iteration.recorded.graph.names[parameter]
    own = [at for at, line in enumerate(updates) if line.parameter == node and not line.shared]
    if not own:
        raise BpdebugError(f"{quoted(parameter)} does not reach the loss and is never updated")
    first = updates[own[0]]
    shared = first.rule.shared
    common = [at for at, line in enumerate(updates) if line.shared and line.rule.shared is shared]
    value = first.reads.get(name) if name in first.rule.states else None
    for at in (*common, *own):
        if updates[at].line.target == name and timeline.update_tick(at) <= position:
            value = updates[at].after
    if value is None:
        raise NotComputed(f"state({parameter}, {name})")
    return Known(np.asarray(value))


def name_of_state(rules: Mapping[str, Rule], parameter: str, name: str) -> str:
    """The full name of a state or intermediate; BpdebugError when the parameter has none such.

    `rules` has the update rule of every parameter that is updated.
    """
    if parameter not in rules:
        trained = ", ".join(list(rules)[:8])
        raise BpdebugError(
            f"{quoted(parameter)} has no optimizer"
            + (did_you_mean(parameter, rules) or (f"; updated are {trained}" if trained else ""))
        )
    rule = rules[parameter]
    names = list(dict.fromkeys([*rule.states, *(line.target for line in rule.steps)]))
    names.remove("theta")
    for full in names:
        if name in (full, rule.symbols.get(full)):
            return full
    choices = f"; there are {', '.join(names)}" if names else "; its rule has no names of its own"
    raise BpdebugError(
        f"the optimizer of {quoted(parameter)} has no {quoted(name)}"
        + (did_you_mean(name, names) or choices)
    )

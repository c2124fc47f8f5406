"""A problem to run: a graph, data, parameters and their update rules. No files, no TOML."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Protocol

import numpy as np

from bpdebug.graph import Graph
from bpdebug.ops import FLOAT64, Array, DType, Shape, of_dtype
from bpdebug.optimizer import ParameterGroup, Rule, Updater, rate_at
from bpdebug.records import record, replace

Build = Callable[[int | None], Graph]
Reshape = Callable[[Mapping[str, Shape]], Build]


@record
class Expectation:
    """A number, or an array, that a scenario must reproduce to the precision that is printed."""

    iteration: int
    value: str
    """An expression, evaluated at the end of the iteration."""
    printed: str
    """A number as it is printed, or `nan`, `inf`, `-inf`; for an array all of it, in brackets."""
    source: str = ""
    shape: Shape | None = None
    """The shape of an array; None for a number."""
    cells: tuple[str, ...] = ()
    """The cells of an array as they are printed, in C order."""


@record
class BackwardLine:
    """A line of a backward pass that the scenario's author wrote: a node's gradient by hand."""

    name: str
    """The node as the program shows it."""
    node: int
    """Its index, which is the same for batches of every size."""
    text: str
    """An expression over forward values and the gradients of lines above."""
    key: str
    """Where it stands in the scenario."""


@record
class Note:
    """What the user should know of a problem, which runs as it stands.

    The author may have meant it otherwise, or it says how a recording came to be.
    """

    key: str
    """Where it stands in the scenario; empty where it is about all of it."""
    text: str
    remedy: str
    """What to write, for each of the meanings; empty where there is nothing to mend."""

    @property
    def sentence(self) -> str:
        """All of it on a line: `run.batch_size: cuts x into …; give the data …`."""
        where = f"{self.key}: " if self.key else ""
        return f"{where}{self.text}{f'; {self.remedy}' if self.remedy else ''}"


class Variant(Protocol):
    """Makes the problem of a scenario with changed settings."""

    def __call__(self, changes: Sequence[str], iterations: int | None = None) -> Problem:
        """The problem with the changes, each as `learning_rate=0.1`.

        `iterations`, where no change is about them; None for as many as the unchanged problem has.
        BpdebugError for a change that cannot be made.
        """


@record
class Problem:
    """Everything that decides a run. A problem gives the same bytes every time it is run."""

    title: str
    build: Build
    """Makes the graph for a batch of as many rows as given; None means all data as it stands."""
    data: Mapping[str, Array]
    parameters: Mapping[str, Array]
    """First values, in the order in which they are updated."""
    description: str = ""
    file: str = ""
    batched: frozenset[str] = frozenset()
    """Inputs whose rows are examples; batches take the same rows of all of them."""
    frozen: frozenset[str] = frozenset()
    """Parameters that show a gradient and are never updated."""
    rule: Rule | None = None
    settings: Mapping[str, float] = field(default_factory=dict)
    own_rules: Mapping[str, Rule] = field(default_factory=dict)
    """The update rules of parameters that have an optimizer of their own."""
    own_states: Mapping[str, Mapping[str, Array]] = field(default_factory=dict)
    """Optimizer states of earlier steps, by parameter and state; all others begin anew."""
    steps_taken: int = 0
    """Steps before the first iteration, where training goes on from there."""
    iterations: int = 1
    batch_size: int | None = None
    seed: int = 0
    dtype: DType = FLOAT64
    """The kind of all numbers of the run; data, parameters and states are of it (`of_kind`)."""
    expectations: tuple[Expectation, ...] = ()
    backward: tuple[BackwardLine, ...] = ()
    """The backward pass that the author wrote by hand, in the order of its lines."""
    drawn: frozenset[str] = frozenset()
    """Inputs that the file does not have, because the problem draws them: the masks of dropout."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Further names of parameters, as a model elsewhere has them, and their names here."""
    notes: tuple[Note, ...] = ()
    """Shown when the problem is opened; never part of an export."""
    reshape: Reshape | None = None
    """Makes another `build`, for inputs and parameters of other shapes by name; those that it does
    not name stay as they are. None where the graph is for these shapes alone."""
    changes: tuple[str, ...] = ()
    """The settings in which it differs from its scenario, each as `learning_rate = 0.1`."""
    variant: Variant | None = None
    """Makes the problem of the same scenario with changed settings; None without a scenario."""

    def of_kind(self, dtype: DType) -> Problem:
        """The problem with data, parameters and states rounded once to a kind of numbers."""
        states = {
            name: {state: of_dtype(at, dtype) for state, at in own.items()}
            for name, own in self.own_states.items()
        }
        return replace(
            self,
            data={name: of_dtype(values, dtype) for name, values in self.data.items()},
            parameters={name: of_dtype(values, dtype) for name, values in self.parameters.items()},
            own_states=states,
            dtype=dtype,
        )

    def rule_of(self, parameter: str) -> Rule | None:
        """The rule that updates a parameter; None for a parameter that is not updated."""
        if parameter in self.frozen:
            return None
        return self.own_rules.get(parameter, self.rule)

    @property
    def rules(self) -> dict[str, Rule]:
        """The update rule of every parameter that is updated, by its name."""
        rules = {name: self.rule_of(name) for name in self.parameters}
        return {name: rule for name, rule in rules.items() if rule is not None}

    def rate(self, iteration: int) -> float | None:
        """The learning rate of an iteration, after its schedule; None without an optimizer."""
        if self.rule is None or "learning_rate" not in self.settings:
            return None
        return rate_at(self.rule, self.settings, iteration + self.steps_taken)

    def first_states(self) -> dict[str, dict[str, Array]]:
        """The states that each parameter's optimizer begins with, by parameter and state."""
        states = {}
        for name, rule in self.rules.items():
            new = {s: np.full_like(self.parameters[name], at) for s, at in rule.states.items()}
            states[name] = new | dict(self.own_states.get(name, {}))
        return states

    def updater(self, graph: Graph) -> Updater:
        """The updater of a graph: parameters with their own rule alone, the rest together."""
        trained = {
            name: graph.names[name] for name in self.rules if graph.has_gradient(graph.names[name])
        }
        common = {name: node for name, node in trained.items() if name not in self.own_rules}
        given = {name for name, states in self.own_states.items() if states}
        groups = []
        if self.rule is not None:
            groups.append(ParameterGroup.of(self.rule, self.settings, common, given, self.dtype))
        groups += [
            ParameterGroup.of(rule, rule.settings, {name: trained[name]}, given, self.dtype)
            for name, rule in self.own_rules.items()
            if name in trained
        ]
        return Updater(groups, self.steps_taken)

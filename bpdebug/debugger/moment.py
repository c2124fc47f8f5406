"""A moment: everything that a pane needs to draw the cursor's place in time, and nothing to change.

It is made anew at every stop and is a pure function of the recorded iteration and the position.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from bpdebug.debugger.breakpoints.breakpoint import Breakpoint
from bpdebug.debugger.breakpoints.search import stretches
from bpdebug.graph import Edge, Graph, Kind, Layer, Pass
from bpdebug.ops import Array
from bpdebug.optimizer import UpdateLine
from bpdebug.run import Iteration, Problem, Promise, Run, promises
from bpdebug.trace import GradientState, Phase, Term, Tick, Timeline, gradient_at, term_at
from bpdebug.wording import Script

GLANCE = 1_000_000
"""Multiplications that a pane may cost at a glance: about a millisecond."""


@dataclass(frozen=True)
class Moment:
    """Where the cursor stands: a position of an iteration of a run."""

    source: Run
    iteration: Iteration
    position: int
    breakpoints: tuple[Breakpoint, ...] = ()
    watches: tuple[tuple[int, str], ...] = ()
    """Number and expression."""
    marks: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Name to iteration and position."""
    message: str = ""
    """What the last command had to say."""
    previous: tuple[int, int] | None = None
    """Iteration and position before the step that led here, to highlight what changed; None after
    a jump and in another iteration."""

    @cached_property
    def before(self) -> Moment | None:
        """Where the step to here began, to compare with; None where a jump led here."""
        if self.previous is None:
            return None
        return Moment(self.source, self.iteration, self.previous[1])

    @property
    def problem(self) -> Problem:
        return self.source.problem

    @property
    def recorded(self) -> Pass:
        return self.iteration.recorded

    @property
    def graph(self) -> Graph:
        return self.iteration.recorded.graph

    @property
    def timeline(self) -> Timeline:
        return self.iteration.timeline

    @property
    def layers(self) -> tuple[Layer, ...]:
        return self.timeline.layers

    @cached_property
    def tick(self) -> Tick:
        """What happened last."""
        return self.timeline.decode(self.position)

    @property
    def phase(self) -> Phase:
        return self.tick.phase

    @cached_property
    def edge(self) -> Edge | None:
        """The edge one stands on, in the backward phase."""
        return self.graph.edges[self.tick.index] if self.phase is Phase.BACKWARD else None

    @cached_property
    def term(self) -> Term | None:
        """The multiplication one stands on, in the backward phase."""
        if self.edge is None:
            return None
        return term_at(self.recorded, self.timeline, self.edge, self.tick.term)

    def term_of(self, node: int) -> Term | None:
        """The multiplication one stands on where it belongs to the node's gradient; else None."""
        return self.term if self.edge is not None and self.edge.operand == node else None

    @cached_property
    def update(self) -> UpdateLine | None:
        """The update line one stands on, in the update phase."""
        return self.iteration.updates[self.tick.index] if self.phase is Phase.UPDATE else None

    @cached_property
    def node(self) -> int:
        """The node that the tick writes: a value, a gradient or a parameter."""
        if self.phase is Phase.FORWARD:
            return self.tick.index
        if self.edge is not None:
            return self.edge.operand
        return self.update.parameter if self.update is not None else self.graph.loss

    @cached_property
    def _gradients(self) -> dict[int, GradientState]:
        return {}

    def gradient(self, node: int) -> GradientState:
        """The node's gradient as far as it has come."""
        if node not in self._gradients:
            self._gradients[node] = gradient_at(self.recorded, self.timeline, node, self.position)
        return self._gradients[node]

    def value(self, node: int) -> Array | None:
        """The node's value now; None while the forward pass has not computed it.

        A parameter changes when its last update line has run.
        """
        kind = self.graph.nodes[node].kind
        if kind is Kind.PARAMETER and self.updated(node):
            return np.asarray(self.iteration.after[self.graph.nodes[node].name])
        if self.position < self.timeline.forward_tick(node):
            return None
        return np.asarray(self.recorded.values[node])

    def updated(self, node: int) -> bool:
        """True when the last update line of a parameter has run."""
        lines = self.update_lines(node)
        return bool(lines) and self.position >= self.timeline.update_tick(lines[-1])

    def update_lines(self, node: int) -> tuple[int, ...]:
        """The numbers of a parameter's update lines in this iteration."""
        return self._lines_by_parameter.get(node, ())

    @cached_property
    def told(self) -> dict[tuple[str, Script], str]:
        """Expressions that were evaluated here, with the answers in each script."""
        return {}

    @cached_property
    def promises(self) -> tuple[Promise, ...]:
        """What each update of this iteration promised and brought; empty for a large network.

        It takes a forward pass for each parameter; `promise` computes it for a network of any size.
        """
        passes = len(self.problem.parameters) + 1
        return promises(self.source, self.iteration) if self._cost * passes < GLANCE else ()

    @property
    def _cost(self) -> int:
        """Multiplications of the backward pass; the forward pass has about half as many."""
        return self.timeline.backward_end - self.timeline.forward

    @cached_property
    def standing(self) -> Mapping[int, tuple[int, ...]]:
        """The ticks of this iteration on which each breakpoint stands, by its number.

        A bare condition stands nowhere until it is true.
        """
        standing: dict[int, tuple[int, ...]] = {}
        for point in self.breakpoints:
            rows = stretches(point, self.timeline, lambda: self.iteration) if point.node else ()
            standing[point.number] = tuple(ticks[0] for ticks in rows)
        return standing

    @cached_property
    def _lines_by_parameter(self) -> dict[int, tuple[int, ...]]:
        lines: dict[int, tuple[int, ...]] = {}
        for number, line in enumerate(self.iteration.updates):
            lines[line.parameter] = (*lines.get(line.parameter, ()), number)
        return lines

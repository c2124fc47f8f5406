"""A moment: everything that a pane needs to draw the run where the cursor stands; it is frozen.

It is made anew after every motion, as a pure function of the recorded iteration and the position.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from bpdebug.debugger.breakpoints.breakpoint import Breakpoint, Target
from bpdebug.debugger.breakpoints.search import write_ticks
from bpdebug.debugger.comparison import Comparison
from bpdebug.debugger.second_run import SecondRun
from bpdebug.graph import Edge, Graph, Kind, Layer, RecordedPass
from bpdebug.graph.groups import Origin
from bpdebug.ops import Array
from bpdebug.optimizer import UpdateLine
from bpdebug.run import Iteration, Problem, Promise, Run, promises
from bpdebug.ticks import GradientState, Phase, Span, Term, Tick, Timeline, gradient_at, term_at
from bpdebug.wording import Script

DRAWING_BUDGET = 1_000_000
"""Multiplications that drawing a pane may cost: about a millisecond."""


@dataclass(frozen=True)
class Moment:
    """The state of a run at a position of an iteration, with what the user has set."""

    run: Run
    iteration: Iteration
    position: int
    breakpoints: tuple[Breakpoint, ...] = ()
    watches: tuple[tuple[int, str], ...] = ()
    """Number and expression."""
    marks: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Name to iteration and position."""
    previous: tuple[int, int] | None = None
    """Iteration and position before the last step, to highlight what changed; None after a jump
    and in another iteration."""
    comparison: Comparison | None = None
    """Somebody's numbers beside the right ones; None where there are none."""
    folded: frozenset[str] = frozenset()
    """The names of the folded groups."""
    second: SecondRun | None = None
    """A run whose curves stand beside the run's; None where there is none."""

    @cached_property
    def before(self) -> Moment | None:
        """The moment before the last step, to compare with; None after a jump."""
        if self.previous is None:
            return None
        return Moment(self.run, self.iteration, self.previous[1])

    @property
    def problem(self) -> Problem:
        return self.run.problem

    @property
    def recorded(self) -> RecordedPass:
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
        """The last tick before the position."""
        return self.timeline.decode(self.position)

    @property
    def phase(self) -> Phase:
        return self.tick.phase

    @cached_property
    def edge(self) -> Edge | None:
        """The edge under the cursor; None outside the backward phase."""
        return self.graph.edges[self.tick.index] if self.phase is Phase.BACKWARD else None

    @cached_property
    def term(self) -> Term | None:
        """The multiplication under the cursor; None outside the backward phase."""
        if self.edge is None:
            return None
        return term_at(self.recorded, self.timeline, self.edge, self.tick.term)

    def term_of(self, node: int) -> Term | None:
        """The multiplication under the cursor; None where it adds to no gradient of `node`."""
        return self.term if self.edge is not None and self.edge.operand == node else None

    @cached_property
    def update(self) -> UpdateLine | None:
        """The update line under the cursor; None outside the update phase."""
        return self.iteration.updates[self.tick.index] if self.phase is Phase.UPDATE else None

    @cached_property
    def node(self) -> int:
        """The node whose value, gradient or new value the tick writes."""
        if self.phase is Phase.FORWARD:
            return self.tick.index
        if self.edge is not None:
            return self.edge.operand
        return self.update.parameter if self.update is not None else self.graph.loss

    @cached_property
    def groups(self) -> tuple[Span, ...]:
        """The groups that the tick belongs to, the outermost first, without layers of a network.

        Of a closed group that the cursor has just passed, only those around it.
        """
        found = []
        for span in self.timeline.spans.at(self.position):
            if span is self.passed:
                break
            if span.group.origin is not Origin.LAYER:
                found.append(span)
        return tuple(found)

    @cached_property
    def passed(self) -> Span | None:
        """The folded group at whose end the cursor stands, and whose whole pass lies behind it."""
        spans = self.timeline.spans
        return spans.outermost_closed(spans.at(self.position), self.folded, self.position)

    @cached_property
    def entering(self) -> Span | None:
        """The folded group whose first tick comes next; None where there is none."""
        spans = self.timeline.spans
        ahead = spans.at(self.position + 1)
        begun = (span for span in ahead if span.start == self.position)
        return spans.outermost_closed(begun, self.folded, self.position)

    @cached_property
    def closed(self) -> tuple[Span, ...]:
        """The folded groups of the backward pass, each a line of the program: the outermost."""
        spans = self.timeline.spans
        return tuple(spans.shut(self.folded, self.position, backward=True))

    @cached_property
    def closed_groups(self) -> frozenset[str]:
        """The names of the folded groups without those that the cursor is in: they are open."""
        inside = self.timeline.spans.inside(self.position)
        return self.folded - {span.group.name for span in inside}

    @cached_property
    def _gradients(self) -> dict[int, GradientState]:
        return {}

    def gradient(self, node: int) -> GradientState:
        """The node's gradient as far as it is accumulated."""
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
        return tuple(self._lines_by_parameter.get(node, ()))

    @cached_property
    def expression_texts(self) -> dict[tuple[str, Script], str]:
        """A cache for `expression_text`: by expression and script."""
        return {}

    @cached_property
    def promises(self) -> tuple[Promise, ...]:
        """What each update of this iteration promised and did; empty for a large network.

        It takes a forward pass for each parameter; the command `promise` has no such limit.
        """
        passes = len(self.problem.parameters) + 1
        # The forward pass has about half as many multiplications as the backward pass.
        cost = passes * (self.timeline.backward_end - self.timeline.forward)
        return promises(self.run, self.iteration) if cost < DRAWING_BUDGET else ()

    @cached_property
    def breakpoint_ticks(self) -> Mapping[int, tuple[int, ...]]:
        """By breakpoint number: the ticks of this iteration that its location stops at.

        Empty for a condition without a location.
        """

        def first_ticks(point: Breakpoint) -> Iterator[int]:
            if point.node:
                for ticks in write_ticks(point, self.timeline, lambda: self.iteration):
                    yield ticks[0]

        return {point.number: tuple(first_ticks(point)) for point in self.breakpoints}

    @cached_property
    def breakpoint_lines(self) -> Mapping[int, tuple[int, ...]]:
        """By breakpoint number: a tick of each line of the program that the breakpoint is on.

        A breakpoint on a group stops before the group's line; any other, in its own line.
        """
        return {
            point.number: tuple(
                tick + (point.target is Target.GROUP)
                for tick in self.breakpoint_ticks[point.number]
            )
            for point in self.breakpoints
        }

    @cached_property
    def _lines_by_parameter(self) -> dict[int, list[int]]:
        lines = defaultdict(list)
        for number, line in enumerate(self.iteration.updates):
            lines[line.parameter].append(number)
        return dict(lines)

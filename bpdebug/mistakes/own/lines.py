"""The numbers of a backward pass that is written line by line as expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.expression import Allow, Expression, Known, NotComputed, evaluate, parse
from bpdebug.expression.named import inside, no_update, pre_activation
from bpdebug.expression.tree import Aspect, NodeAspect
from bpdebug.expression.words import words_of
from bpdebug.ops import Array
from bpdebug.run import BackwardLine, Run
from bpdebug.run.iteration_end import IterationEnd

Evaluated = Array | BpdebugError
"""What a line gives: an array of any shape, or why it cannot be computed."""


def expression_of(line: BackwardLine, run: Run) -> Expression:
    """The line as it was parsed when the scenario was read."""
    return parse(line.text, allow=Allow.WATCH, words=words_of(run.graph(1)))


def evaluate_lines(
    run: Run, lines: Sequence[BackwardLine], expressions: Mapping[int, Expression] | None = None
) -> dict[int, Evaluated]:
    """What each line gives in the first iteration, by node; later lines use those above.

    `expressions` are read in place of some lines' own, by node.
    """
    environment = WithOwnGradients(run)
    found: dict[int, Evaluated] = {}
    for line in lines:
        expression = (expressions or {}).get(line.node) or expression_of(line, run)
        found[line.node] = value_of(expression, environment)
        environment.add(line.node, found[line.node])
    return found


def evaluate_alone(run: Run, expression: Expression) -> Evaluated:
    """What a line gives by itself: where all gradients that it uses are the right ones."""
    return value_of(expression, WithOwnGradients(run))


def value_of(expression: Expression, environment: WithOwnGradients) -> Evaluated:
    """The value of a line, as numbers; the error where its shapes do not fit one another."""
    try:
        found = evaluate(expression, environment)
    except BpdebugError as error:
        return error
    return np.asarray(found, dtype=np.float64)


class WithOwnGradients(IterationEnd):
    """What a line can read: forward values, and the gradients and updates of the lines above.

    The gradient of a node without a line is what the right backward pass makes of the lines above:
    the right gradient, where these are right.
    """

    def __init__(self, run: Run) -> None:
        super().__init__(run, run.iteration(1))
        self._recorded = self._iteration.recorded
        self._compiled = run.compiled(1)
        self._own: dict[int, Array] = {}
        self._all: list[Array | None] | None = self._recorded.gradients

    def add(self, node: int, found: Evaluated) -> None:
        """Take a line's gradient for those below; a line that gives none counts as right."""
        if isinstance(found, BpdebugError):
            return
        self._own[node] = found
        self._all = None

    def previous(self) -> None:
        """None: a line reads a single iteration."""

    def value(self, name: str) -> Known:
        """A value as the forward pass made it; a parameter as it was used there."""
        return Known(np.asarray(self._recorded.values[self._graph.names[name]]))

    def part(self, part: NodeAspect) -> tuple[Known, tuple[Any, ...] | None]:
        """The gradient, the new value or the value used by the pass of a node."""
        named = inside(self._graph, part)
        if part.aspect is Aspect.GRADIENT:
            return Known(self.gradient(named.node)), named.key
        node = self._graph.nodes[named.node]
        if part.aspect is Aspect.NEW:
            return Known(self.updated(node.name)), named.key
        return Known(np.asarray(self._recorded.values[named.node])), named.key

    def delta(self, number: int) -> Known:
        """The gradient at the pre-activation of layer `number`."""
        return Known(self.gradient(pre_activation(self._graph, number)))

    def state(self, parameter: str, name: str) -> Known:
        """Raise NotComputed: the optimizer comes after the backward pass."""
        raise NotComputed(f"state({parameter}, {name})")

    def gradient(self, node: int) -> Array:
        """A node's gradient by its line, or what the right pass makes of the lines above."""
        return self._own[node] if node in self._own else np.asarray(self.gradients()[node])

    def updated(self, name: str) -> Array:
        """A parameter after the update with these gradients."""
        problem, before = self._run.problem, dict(self._iteration.before)
        updater = self._compiled.updater
        after, _ = updater.advance(before, self.gradients(), problem.first_states(), 1)
        if not any(member == name for group in updater.groups for member, _, _ in group.members):
            raise no_update(name)
        return np.asarray(after[name])

    def gradients(self) -> list[Array | None]:
        """All gradients by node, with those of the lines that have the right shape."""
        if self._all is None:
            self._all = self._pass()
        return self._all

    def _pass(self) -> list[Array | None]:
        """Run the backward pass, in which a line's gradient takes the place of the right one."""
        graph, engine = self._graph, self._compiled.engine
        values = self._recorded.values
        found: list[Array | None] = [None] * len(graph.nodes)
        found[graph.loss] = np.asarray(self._recorded.gradients[graph.loss])
        fixed = {
            node: own
            for node, own in self._own.items()
            if own.shape == graph.nodes[node].shape and np.isfinite(own).all()
        }
        for node, own in fixed.items():
            found[node] = own
        with np.errstate(all="ignore"):
            for edge in graph.edges:
                if edge.operand in fixed:
                    continue
                operands = self._recorded.operands(edge.output)
                vjp = engine.vjp(edge)
                part = np.asarray(vjp(found[edge.output], values[edge.output], *operands))
                before = found[edge.operand]
                found[edge.operand] = part if before is None else np.asarray(before + part)
        return found

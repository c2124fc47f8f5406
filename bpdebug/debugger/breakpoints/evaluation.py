"""Expressions at a moment: what watches, conditions and `print` may know, and what they answer."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from bpdebug.debugger.breakpoints.partial import partial_note
from bpdebug.debugger.moment import Moment
from bpdebug.debugger.text.values import NOT_YET, known_text, named
from bpdebug.errors import BpdebugError
from bpdebug.expression import (
    Environment,
    Expression,
    Known,
    NotComputed,
    evaluate_partly,
    truth,
)
from bpdebug.expression.evaluate import read
from bpdebug.expression.places import inside, no_update, pre_activation
from bpdebug.expression.tree import Aspect, Compare, NodeAspect
from bpdebug.expression.words import Words, words_of
from bpdebug.run.birth import birth_of
from bpdebug.run.iteration_end import IterationEnd
from bpdebug.run.optimizer_states import state_of
from bpdebug.trace import Status
from bpdebug.wording import Script, node_name, safe


class Knowledge:
    """What expressions may read at a moment. A look-up of what is not there yet says so."""

    def __init__(self, moment: Moment) -> None:
        self._moment = moment

    @property
    def words(self) -> Words:
        """What a text may name."""
        return words_of(self._moment.graph)

    @property
    def names(self) -> Collection[str]:
        """The names of the graph."""
        return self._moment.graph.names.keys()

    @property
    def loss(self) -> Known:
        """The loss of this iteration, once the forward pass has come to it."""
        return self._value(self._moment.graph.loss, "loss")

    @property
    def iteration(self) -> int:
        """The number of this iteration, from 1."""
        return self._moment.iteration.number

    @property
    def first_nan(self) -> bool:
        """Whether anything has become NaN or infinite so far; until the end it still may."""
        birth, position = birth_of(self._moment.iteration), self._moment.position
        if birth is not None and birth.position <= position:
            return True
        if position < self._moment.timeline.total:
            raise NotComputed("first_nan")
        return False

    def previous(self) -> Environment | None:
        """The end of the iteration before; None in the first."""
        number = self._moment.iteration.number - 1
        return (
            IterationEnd(self._moment.source, self._moment.source.iteration(number))
            if number
            else None
        )

    def value(self, name: str) -> Known:
        """The value of a node with this name."""
        return self._value(self._moment.graph.names[name], name)

    def part(self, part: NodeAspect) -> tuple[Known, tuple[Any, ...] | None]:
        """The gradient, the change, the new value or the value used by the pass of a node."""
        moment = self._moment
        named = inside(moment.graph, part)
        if part.aspect is Aspect.GRADIENT:
            return self._gradient(named.node, f"grad({part.of.text})"), named.key
        label = moment.graph.nodes[named.node].label
        if part.aspect is Aspect.VALUE:
            if moment.value(named.node) is None:
                raise NotComputed(label)
            return Known(np.asarray(moment.recorded.values[named.node])), named.key
        if not moment.update_lines(named.node):
            raise no_update(label)
        if not moment.updated(named.node):
            raise NotComputed(f"the update of {label}")
        after = np.asarray(moment.iteration.after[label])
        before = np.asarray(moment.recorded.values[named.node])
        return Known(after if part.aspect is Aspect.NEW else np.asarray(after - before)), named.key

    def delta(self, number: int) -> Known:
        """The gradient at the pre-activation of layer `number`."""
        return self._gradient(pre_activation(self._moment.graph, number), f"delta({number})")

    def state(self, parameter: str, name: str) -> Known:
        """What the optimizer of a parameter keeps or makes under a name, as it is here."""
        moment = self._moment
        return state_of(moment.iteration, moment.problem.rules, parameter, name, moment.position)

    def _value(self, node: int, what: str) -> Known:
        value = self._moment.value(node)
        if value is None:
            raise NotComputed(what)
        return Known(value, what=what)

    def _gradient(self, node: int, what: str) -> Known:
        state = self._moment.gradient(node)
        if state.status is Status.PENDING:
            raise NotComputed(what)
        if state.status is Status.WHOLE and state.current is None and len(state.whole) == 1:
            return Known(np.asarray(state.whole[0]), what=what)
        values, there = state.window()
        final = state.final()
        if np.all(final):
            return Known(values, what=what)
        return Known(values, final, there & ~final, what)


class Supposed(Knowledge):
    """What a moment knows, with the first iteration standing in for the one before it.

    `previous(…)` therefore has a kind in the first iteration too, so that a condition such as
    `previous(W1)` is refused as soon as it is entered.
    """

    def previous(self) -> Environment:
        """The end of the iteration before; in the first, what is known of the first itself."""
        return super().previous() or self


def shown(moment: Moment, expression: str, script: Script) -> str:
    """`EXPRESSION = value`; what is not computed yet is an answer of its own.

    The moment keeps it: whoever draws it again does not compute it again.
    """
    key = (expression, script)
    if key not in moment.told:
        moment.told[key] = told(moment, expression, script)
    return moment.told[key]


def told(moment: Moment, source: str, script: Script) -> str:
    """Evaluate an expression at a moment: `EXPRESSION = value`, or what it still waits for."""
    text = script.safe(" ".join(source.split()))
    knowledge = Knowledge(moment)
    expression = read(source, knowledge)
    try:
        found = evaluate_partly(expression, knowledge, running=True)
    except NotComputed as missing:
        waits = "" if missing.what == text else f" (it waits for {missing.what})"
        return f"{text}: {NOT_YET}{waits}"
    note = "" if found.whole else partial_note(moment, expression, found)
    if not note and found.whole:
        note = updated_note(moment, expression, script)
        if found.values.dtype == np.bool_ and (compared := nan_compared(moment, expression)):
            note += f"  ({compared})"
    return named(text, known_text(found, script, note=note))


def updated_note(moment: Moment, expression: Expression, script: Script) -> str:
    """Which parameters an expression reads as they are after their update; nothing without one.

    Everything else at the moment, gradients too, is of the pass, which used the values before.
    """
    new = [
        name
        for name in expression.names()
        if name in moment.graph.names and moment.updated(moment.graph.names[name])
    ]
    if not new:
        return ""
    shown = [node_name(moment.graph, moment.graph.names[name], script) for name in new]
    listed = shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
    their = "its update" if len(new) == 1 else "their updates"
    return f"  ({listed} after {their}; value({new[0]}) is what the pass used)"


def nan_compared(moment: Moment, source: str | Expression) -> str:
    """What an expression compares that is NaN at a moment; nothing where nothing is."""
    knowledge = Knowledge(moment)
    try:
        expression = read(source, knowledge)
        for node in expression.nodes:
            for operand in node.operands if isinstance(node, Compare) else ():
                compared = expression.source(operand)
                found = evaluate_partly(compared, knowledge)
                values = np.asarray(found.values, dtype=np.float64)
                if np.any(np.isnan(values) & found.settled()):
                    return (
                        f"{safe(compared)} is NaN, which is neither below, above nor equal to "
                        "any number; isnan asks for it"
                    )
    except (BpdebugError, NotComputed):
        return ""
    return ""


def is_true(moment: Moment, condition: str) -> bool | None:
    """Whether a condition holds; None while that is not computed yet."""
    return truth(condition, Knowledge(moment))


def check_condition(moment: Moment, condition: str) -> None:
    """BpdebugError unless the condition is one; the moment should be late, so that all is known."""
    truth(condition, Supposed(moment))

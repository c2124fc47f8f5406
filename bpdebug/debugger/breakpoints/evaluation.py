"""Expressions at a moment: what watches, conditions and `print` can read, and their values."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from bpdebug.debugger.breakpoints.partial_note import expression_partial_note
from bpdebug.debugger.moment import Moment
from bpdebug.debugger.text.values import NOT_YET, name_value, value_text
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
from bpdebug.expression.named import inside, no_update, pre_activation
from bpdebug.expression.tree import Aspect, Compare, NodeAspect
from bpdebug.expression.words import Words, nodes_called, words_of
from bpdebug.ops import DType
from bpdebug.run.birth import birth_of
from bpdebug.run.iteration_end import IterationEnd
from bpdebug.run.optimizer_states import state_of
from bpdebug.ticks import Status
from bpdebug.wording import Script, node_name, safe


class MomentEnvironment:
    """What expressions read at a moment; `NotComputed` for what the cursor has not reached."""

    def __init__(self, moment: Moment) -> None:
        self._moment = moment

    @property
    def words(self) -> Words:
        """The vocabulary of the graph, for hints on misspelt names."""
        return words_of(self._moment.graph)

    @property
    def dtype(self) -> DType:
        """The kind of the run's numbers, in which expressions are computed."""
        return self._moment.problem.dtype

    @property
    def names(self) -> Collection[str]:
        """The names of the graph and of its groups."""
        return nodes_called(self._moment.graph).keys()

    @property
    def loss(self) -> Known:
        """The loss of this iteration; `NotComputed` before the end of the forward pass."""
        return self._value(self._moment.graph.loss, "loss")

    @property
    def iteration(self) -> int:
        """The number of this iteration, from 1."""
        return self._moment.iteration.number

    @property
    def first_nan(self) -> bool:
        """Whether a NaN or infinity was born up to here; `NotComputed` while it still may be."""
        birth, position = birth_of(self._moment.iteration), self._moment.position
        if birth is not None and birth.position <= position:
            return True
        if position < self._moment.timeline.total:
            raise NotComputed("first_nan")
        return False

    def previous(self) -> Environment | None:
        """What the end of the previous iteration holds; None in the first iteration."""
        run, number = self._moment.run, self.iteration - 1
        return IterationEnd(run, run.iteration(number)) if number else None

    def value(self, name: str) -> Known:
        """The value of a node or a group by name; `NotComputed` before the pass computes it."""
        return self._value(nodes_called(self._moment.graph)[name], name)

    def part(self, part: NodeAspect) -> tuple[Known, tuple[Any, ...] | None]:
        """An aspect of a node, and the index that the text has behind it; None without an index."""
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
        """A state or an intermediate result of a parameter's optimizer, by its name in the rule."""
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
        values, begun = state.window()
        final = state.final()
        if np.all(final):
            return Known(values, what=what)
        return Known(values, final, begun & ~final, what)


class CheckingEnvironment(MomentEnvironment):
    """An environment to check conditions in: `previous(…)` has a value in the first iteration.

    The first iteration stands in for its missing predecessor, so that a condition of the wrong
    kind, such as `previous(W1)`, is refused as soon as it is entered.
    """

    def previous(self) -> Environment:
        """What the end of the previous iteration holds; in the first iteration, `self`."""
        return super().previous() or self


def expression_text(moment: Moment, source: str, script: Script) -> str:
    """`EXPRESSION = value`, or `EXPRESSION: not computed yet` with what it waits for.

    The moment caches the text, since panes draw it again and again. BpdebugError when the source
    is no expression.
    """
    key, cache = (source, script), moment.expression_texts
    if key not in cache:
        cache[key] = _expression_text(moment, source, script)
    return cache[key]


def _expression_text(moment: Moment, source: str, script: Script) -> str:
    text = script.safe(" ".join(source.split()))
    environment = MomentEnvironment(moment)
    expression = read(source, environment)
    try:
        value = evaluate_partly(expression, environment, running=True)
    except NotComputed as missing:
        waits = "" if missing.what == text else f" (it waits for {missing.what})"
        return f"{text}: {NOT_YET}{waits}"
    if not value.whole:
        note = expression_partial_note(moment, expression, value)
    else:
        note = updated_note(moment, expression, script)
        if value.values.dtype == np.bool_ and (compared := nan_compared(moment, expression)):
            note += f"  ({compared})"
    return name_value(text, value_text(value, script, note=note))


def updated_note(moment: Moment, expression: Expression, script: Script) -> str:
    """Which parameters an expression reads after their update; empty where there are none.

    All other values and the gradients are of the pass, which used the old parameters.
    """
    new = [
        name
        for name in expression.names()
        if name in moment.graph.names and moment.updated(moment.graph.names[name])
    ]
    if not new:
        return ""
    names = [node_name(moment.graph, moment.graph.names[name], script) for name in new]
    listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    their = "its update" if len(new) == 1 else "their updates"
    return f"  ({listed} after {their}; value({new[0]}) is what the pass used)"


def nan_compared(moment: Moment, source: str | Expression) -> str:
    """Which NaN an expression compares at a moment, as a clause; empty where it compares none."""
    environment = MomentEnvironment(moment)
    try:
        expression = read(source, environment)
        for node in expression.nodes:
            for operand in node.operands if isinstance(node, Compare) else ():
                compared = expression.source(operand)
                operand_value = evaluate_partly(compared, environment)
                values = np.asarray(operand_value.values, dtype=np.float64)
                if np.any(np.isnan(values) & operand_value.settled()):
                    return (
                        f"{safe(compared)} is NaN, which is neither below, above nor equal to "
                        "any number; isnan asks for it"
                    )
    except (BpdebugError, NotComputed):
        pass  # what has no value here compares nothing
    return ""


def is_true(moment: Moment, condition: str) -> bool | None:
    """Whether a condition holds at a moment; None while that is not computed yet."""
    return truth(condition, MomentEnvironment(moment))


def check_condition(moment: Moment, condition: str) -> None:
    """Raise BpdebugError unless a text is a condition; at the moment all should be computed."""
    truth(condition, CheckingEnvironment(moment))

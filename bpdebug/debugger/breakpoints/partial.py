"""What is still to come of a gradient that `print` shows before it is whole."""

from __future__ import annotations

from math import prod

import numpy as np

from bpdebug.debugger.moment import Moment
from bpdebug.debugger.text.values import progress
from bpdebug.expression import Expression, Known
from bpdebug.expression.evaluate import MOVING
from bpdebug.expression.places import inside, pre_activation
from bpdebug.expression.tree import Aspect, Call, Delta, NodeAspect
from bpdebug.ops import REGISTRY, Array
from bpdebug.record import replace
from bpdebug.trace import GradientState


def partial_note(moment: Moment, expression: Expression, found: Known) -> str:
    """What cells of a gradient wait for; empty for any other expression.

    `found` is what is known of the expression.
    """
    node = gradient_moved(moment, expression)
    if node is None:
        return ""
    state = moment.gradient(node)
    term = moment.term_of(node)
    if len(expression.nodes) == 1:
        return progress(state, term)
    parts = []
    if found.values.size > 1 and state.current is not None:
        parts.append(f"{np.count_nonzero(found.settled())} of {found.values.size} cells")
    if term is not None and np.any(moved(expression, summed_now(state))):
        terms = f"{term.summand + 1} of {term.summands} terms"
        parts.append(terms if found.values.size == 1 else f"{terms} of a cell")
    if state.expected > 1:
        counts = moved(expression, arrived(state))
        least, most = int(np.min(counts)), int(np.max(counts))
        many = str(least) if least == most else f"{least} or {most}"
        parts.append(f"{many} of {state.expected} contributions")
    return f"  (partial: {', '.join(parts)})"


def gradient_moved(moment: Moment, expression: Expression) -> int | None:
    """The node whose gradient an expression shows, as a whole or cells of it: grad(W)[0].T."""
    leaf, *moves = expression.nodes
    if not all(isinstance(one, Call) and one.function in MOVING for one in moves):
        return None
    if any(isinstance(one, Call) and len(one.operands) != 1 for one in moves):
        return None
    if isinstance(leaf, NodeAspect) and leaf.aspect is Aspect.GRADIENT:
        found = inside(moment.graph, leaf)
        return found.node if found.key is None else None
    return pre_activation(moment.graph, leaf.number) if isinstance(leaf, Delta) else None


def moved(expression: Expression, cells: Array) -> Array:
    """What the expression would show if the gradient were `cells`."""
    for move in expression.nodes[1:]:
        assert isinstance(move, Call)
        op = REGISTRY[move.function]
        cells = np.asarray(op.forward(cells, **{**op.options, **move.options}))
    return cells


def arrived(state: GradientState) -> Array:
    """By cell: how many contributions it has in full."""
    _, done = replace(state, whole=(), running=None).window()
    return np.asarray(state.arrived + done, dtype=np.float64)


def summed_now(state: GradientState) -> Array:
    """1 at the cell that has some but not all of its products."""
    cells = np.zeros(prod(state.shape))
    if state.running is not None:
        cells[state.running[0]] = 1.0
    return cells.reshape(state.shape)

"""The note behind a gradient that `print` shows before it is whole: what it still waits for."""

from __future__ import annotations

from math import prod

import numpy as np

from bpdebug.debugger.moment import Moment
from bpdebug.debugger.text.values import partial_note
from bpdebug.expression import Expression, Known
from bpdebug.expression.evaluate import MOVING
from bpdebug.expression.named import inside, pre_activation
from bpdebug.expression.tree import Aspect, Call, Delta, NodeAspect
from bpdebug.ops import REGISTRY, Array
from bpdebug.records import replace
from bpdebug.ticks import GradientState


def expression_partial_note(moment: Moment, expression: Expression, value: Known) -> str:
    """What the cells of a gradient wait for, as a note; empty for any other expression.

    `value` is what is known of the expression's value.
    """
    node = gradient_in(moment, expression)
    if node is None:
        return ""
    state = moment.gradient(node)
    term = moment.term_of(node)
    if len(expression.nodes) == 1:
        return partial_note(state, term)
    parts = []
    if value.values.size > 1 and state.current is not None:
        parts.append(f"{np.count_nonzero(value.settled())} of {value.values.size} cells")
    if term is not None and np.any(apply_moves(expression, running_cell(state))):
        terms = f"{term.summand + 1} of {term.summands} terms"
        parts.append(terms if value.values.size == 1 else f"{terms} of a cell")
    if state.expected > 1:
        counts = apply_moves(expression, contributions_by_cell(state))
        least, most = int(np.min(counts)), int(np.max(counts))
        many = str(least) if least == most else f"{least} or {most}"
        parts.append(f"{many} of {state.expected} contributions")
    return f"  (partial: {', '.join(parts)})"


def gradient_in(moment: Moment, expression: Expression) -> int | None:
    """The node whose gradient, or cells of it, an expression is: grad(W)[0].T; None for others."""
    leaf, *moves = expression.nodes
    for move in moves:
        if not (isinstance(move, Call) and move.function in MOVING and len(move.operands) == 1):
            return None
    if isinstance(leaf, NodeAspect) and leaf.aspect is Aspect.GRADIENT:
        named = inside(moment.graph, leaf)
        return named.node if named.key is None else None
    return pre_activation(moment.graph, leaf.number) if isinstance(leaf, Delta) else None


def apply_moves(expression: Expression, cells: Array) -> Array:
    """The expression's value if `cells` were the gradient in it."""
    for move in expression.nodes[1:]:
        assert isinstance(move, Call)
        op = REGISTRY[move.function]
        cells = np.asarray(op.forward(cells, **{**op.options, **move.options}))
    return cells


def contributions_by_cell(state: GradientState) -> Array:
    """How many whole contributions each cell has, in the gradient's shape."""
    _, done = replace(state, whole=(), running=None).window()
    return np.asarray(state.arrived + done, dtype=np.float64)


def running_cell(state: GradientState) -> Array:
    """1 at the cell that has some but not all of its products, 0 elsewhere."""
    cells = np.zeros(prod(state.shape))
    if state.running is not None:
        cells[state.running[0]] = 1.0
    return cells.reshape(state.shape)

"""Conditions on `loss` and `iteration` alone, evaluated for many iterations at once.

This is only a prefilter: where a condition is false there is no hit, elsewhere the search goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bpdebug.expression import Expression
from bpdebug.expression.comparisons import compared
from bpdebug.expression.functions import CONSTANTS, WATCHING
from bpdebug.expression.tree import Call, Compare, Logic, Name, Number, Previous
from bpdebug.ops import REGISTRY, of_dtype


def is_elementwise(expression: Expression) -> bool:
    """True where every function in an expression works entry by entry."""
    for node in expression.leaves():
        if isinstance(node, Call) and function_of_each(node) is None:
            op = REGISTRY.get(node.function)
            if op is None or op.signature is None or node.options:
                return False
            shapes = ((2,),) * len(node.operands)
            if not op.fits(shapes):
                return False
            layout = op.layout(shapes, dict(op.options))
            if layout.signature is None or not layout.signature.cellwise:
                return False
        elif not isinstance(node, Call | Number | Name | Previous | Compare | Logic):
            return False
    return True


def function_of_each(node: Call) -> Callable[[NDArray[np.float64]], Any] | None:
    """The function of watches that a node applies to each cell; None for any other."""
    return WATCHING[node.function].of_each if node.function in WATCHING else None


def evaluate_series(
    expression: Expression, numbers: NDArray[np.float64], losses: NDArray[np.float64]
) -> NDArray[Any]:
    """The value of an expression by iteration; `previous` reads the entry before, first NaN.

    It is computed in the losses' kind of numbers, as a watch is.
    """
    dtype = losses.dtype
    values: list[Any] = []
    for node in expression.nodes:
        if isinstance(node, Number):
            values.append(np.full(len(numbers), node.value, dtype))
        elif isinstance(node, Name) and node.name in CONSTANTS:
            values.append(np.full(len(numbers), CONSTANTS[node.name], dtype))
        elif isinstance(node, Name):
            values.append(losses if node.name == "loss" else of_dtype(numbers, dtype))
        elif isinstance(node, Previous):
            inner = evaluate_series(node.of, numbers, losses).astype(dtype)
            values.append(np.concatenate([[np.nan], inner[:-1]], dtype=dtype))
        elif isinstance(node, Call | Compare | Logic):
            found = combine(node, [values[at] for at in node.operands])
            values.append(found if found.dtype == np.bool_ else of_dtype(found, dtype))
    return np.asarray(values[-1])


def combine(node: Call | Compare | Logic, operands: list[Any]) -> Any:
    """The value of a comparison, an `and`, `or`, `not` or an op, from its operands' values."""
    if isinstance(node, Compare):
        return compared(node, operands)
    if isinstance(node, Logic):
        parts = [np.asarray(operand, dtype=bool) for operand in operands]
        if node.word == "not":
            return ~parts[0]
        return (np.logical_and if node.word == "and" else np.logical_or).reduce(parts)
    of_each = function_of_each(node)
    if of_each is not None:
        return of_each(operands[0])
    op = REGISTRY[node.function]
    return op.forward(*[np.asarray(one, np.float64) for one in operands], **op.options)

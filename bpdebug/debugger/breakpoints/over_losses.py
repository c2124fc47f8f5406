"""Conditions on `loss` and `iteration` alone, over many iterations at once.

Only a quick look: where the answer is no, there is no hit; where it is yes, the exact look follows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bpdebug.expression import Expression
from bpdebug.expression.evaluate import CLASSIFYING, compared
from bpdebug.expression.functions import CONSTANTS
from bpdebug.expression.tree import Call, Compare, Logic, Name, Number, Previous
from bpdebug.ops import REGISTRY


def can_run(expression: Expression) -> bool:
    """True where every function in an expression treats each entry alone."""
    for node in expression.leaves():
        if isinstance(node, Call) and node.function not in CLASSIFYING:
            op = REGISTRY.get(node.function)
            if op is None or op.signature is None or node.options:
                return False
            layout = op.layout(((2,),) * len(node.operands), dict(op.options))
            if layout.signature is None or not layout.signature.cellwise:
                return False
        elif not isinstance(node, Call | Number | Name | Previous | Compare | Logic):
            return False
    return True


def run(
    expression: Expression, numbers: NDArray[np.float64], losses: NDArray[np.float64]
) -> NDArray[Any]:
    """The value of an expression by iteration; `previous` looks one entry back.

    The first entries, which have none before them, get NaN there.
    """
    found: list[Any] = []
    for node in expression.nodes:
        if isinstance(node, Number):
            found.append(np.full(len(numbers), node.value))
        elif isinstance(node, Name) and node.name in CONSTANTS:
            found.append(np.full(len(numbers), CONSTANTS[node.name]))
        elif isinstance(node, Name):
            found.append(losses if node.name == "loss" else numbers)
        elif isinstance(node, Previous):
            inner = run(node.of, numbers, losses).astype(np.float64)
            found.append(np.concatenate([[np.nan], inner[:-1]]))
        elif isinstance(node, Call | Compare | Logic):
            found.append(combined(node, [found[at] for at in node.operands]))
    return np.asarray(found[-1])


def combined(node: Call | Compare | Logic, operands: list[Any]) -> Any:
    """One comparison, one `and`, `or`, `not`, or one op."""
    if isinstance(node, Compare):
        return compared(node, operands)
    if isinstance(node, Logic):
        parts = [np.asarray(one, dtype=bool) for one in operands]
        if node.word == "not":
            return ~parts[0]
        return (np.logical_and if node.word == "and" else np.logical_or).reduce(parts)
    if node.function in CLASSIFYING:
        return CLASSIFYING[node.function](operands[0])
    op = REGISTRY[node.function]
    return op.forward(*operands, **op.options)

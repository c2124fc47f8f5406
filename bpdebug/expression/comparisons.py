"""Comparisons, and what `any`, `all` and the like say while not every cell is settled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.expression.known import Evaluated, Known, Mask, Pending, running_cells, waiting
from bpdebug.expression.limits import ELEMENTS
from bpdebug.expression.tree import Compare
from bpdebug.ops import Array, show_shape

COMPARING: dict[str, Callable[[Array, Array], Mask]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


def compare(node: Compare, operands: list[Known]) -> Known:
    """A chain of comparisons, cell by cell: all must hold, so the first that fails decides."""
    shapes = [np.shape(one.values) for one in operands]
    try:
        shape = np.broadcast_shapes(*shapes)
    except ValueError:
        both = " and ".join(show_shape(one) for one in shapes)
        raise BpdebugError(f"shapes {both} cannot be compared: sizes must be equal or 1") from None
    if prod(shape) > ELEMENTS:
        raise BpdebugError(f"comparing {prod(shape):,} elements is past the limit of {ELEMENTS:,}")
    if all(one.whole for one in operands):
        return Known(compared(node, [np.asarray(one.values) for one in operands]))
    true, false = np.full(shape, True), np.full(shape, False)
    for symbol, left, right in zip(node.symbols, operands[:-1], operands[1:], strict=True):
        holds = COMPARING[symbol](np.asarray(left.values), np.asarray(right.values))
        settled = left.settled() & right.settled()
        true &= holds & settled
        false |= ~holds & settled
    return Known(true, true | false, None, waiting(operands).what)


def compared(node: Compare, operands: Sequence[Any]) -> Mask:
    """Where all comparisons of a chain hold."""
    pairs = zip(node.symbols, operands, operands[1:], strict=False)
    parts = [COMPARING[sign](a, b) for sign, a, b in pairs]
    return np.asarray(np.logical_and.reduce(np.broadcast_arrays(*parts)))


def some_or_every(some: bool, operand: Known) -> Evaluated:
    """`any` is true as soon as a settled cell is true, `all` false as soon as one is false."""
    holds, settled = np.asarray(operand.values, dtype=bool), operand.settled()
    if np.any(settled & (holds if some else ~holds)):
        return Known(np.asarray(some))
    return Known(np.asarray(not some)) if operand.whole else Pending(operand.what)


def classify(holds: Callable[[Array], Mask], operand: Known, *, stays: bool) -> Known:
    """Whether something holds of each cell: it is NaN, or it is finite.

    A running sum settles it early where the answer is `stays`, which nothing added can change: NaN
    stays NaN, and what is infinite or NaN never becomes finite again.
    """
    values = np.asarray(operand.values, dtype=np.float64)
    found = holds(values)
    if operand.whole:
        return Known(found)
    stuck = running_cells(operand) & (found if stays else ~found)
    return Known(found, operand.settled() | stuck, None, operand.what)

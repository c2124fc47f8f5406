"""What a number in a line stands for where a batch has another size.

A person writes `/ 4` for a batch of four. On a batch of six that number is a six, or a four still:
which of them it was is not written down, so that each reading is tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from bpdebug.expression import Expression
from bpdebug.expression.tree import Number

MOST = 6
"""So many numbers of a line are read in both ways; the others stay as they are."""


def readings(expression: Expression, rows: int | None, now: int | None) -> Iterator[Expression]:
    """A line as it stands, then with some of its numbers made of the batch's new size."""
    yield expression
    if rows is None or now is None or rows == now or rows < 2:
        return
    made: dict[int, Number] = {}
    for at, node in enumerate(expression.nodes):
        value = of_size(node.value, rows, now) if isinstance(node, Number) else None
        if value is not None and len(made) < MOST:
            made[at] = Number(node.span, value)
    for count in range(len(made), 0, -1):
        for chosen in combinations(made, count):
            nodes = tuple(made[at] if at in chosen else n for at, n in enumerate(expression.nodes))
            yield Expression(expression.text, nodes)


def of_size(value: float, rows: int, now: int) -> float | None:
    """What a number becomes that is a multiple of the batch's size, or of one over it; else None.

    The size goes from `rows` to `now`.
    """
    if abs(value) >= 1 and value % rows == 0:
        return value / rows * now
    share = value * rows
    if 0 < abs(value) < 1 and abs(share - round(share)) < 1e-12:
        return share / now
    return None

"""Ops written out in terms of others: expressions as nested tuples, and how they are found."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from operator import eq
from typing import Any, NamedTuple

from bpdebug.records import record

Spelling = str | float | tuple[Any, ...]
"""An expression as nested tuples: `("divide", 1.0, "x")` is 1/x, for an op whose operand is x."""
ReadAt = Callable[[int], tuple[str, tuple[int, ...]] | float | None]
"""Reads an expression at an index: an op's name with the indices of its operands, or a number."""


@record
class Fusion:
    """Several ops in an expression that an op replaces in the graph, where the shapes fit."""

    spelling: tuple[Any, ...]
    ranks: tuple[Collection[int], ...]
    """How many axes each operand may have."""
    named: tuple[str, ...] = ()
    """Operands that are names, and no expressions of their own."""

    def fits(self, ranks: Sequence[int]) -> bool:
        """True for operands with these numbers of axes."""
        return all(rank in wanted for wanted, rank in zip(self.ranks, ranks, strict=True))


class Match(NamedTuple):
    """Where a spelling was found."""

    operands: dict[str, int]
    """By operand of the op that is written out: its index."""
    inside: list[int]
    """The indices of the ops that it is written with, without the last of them."""


def matched(
    spelling: Spelling, last: int, read_at: ReadAt, same: Callable[[int, int], bool] = eq
) -> Match | None:
    """The match of a spelling whose last op is at the index `last`; None where it does not match.

    `same` says of two indices whether both may be the same operand.
    """
    operands: dict[str, int] = {}
    calls: list[int] = []
    pending: list[tuple[int, Spelling]] = [(last, spelling)]
    while pending:
        at, wanted = pending.pop()
        if isinstance(wanted, str):
            if not same(operands.setdefault(wanted, at), at):
                return None
            continue
        found = read_at(at)
        if not isinstance(wanted, tuple):
            if found != wanted:
                return None
            continue
        function, *parts = wanted
        if not isinstance(found, tuple) or found[0] != function or len(found[1]) != len(parts):
            return None
        calls.append(at)
        pending.extend(zip(found[1], parts, strict=True))
    return Match(operands, calls[1:])

"""Ops written out in terms of others: expressions as nested tuples, and how they are found."""

from __future__ import annotations

from collections.abc import Callable
from operator import eq
from typing import Any, NamedTuple

from bpdebug.record import record

Spelling = str | float | tuple[Any, ...]
"""An expression as nested tuples: `("divide", 1.0, "x")` is 1/x, for an op whose operand is x."""
LookUp = Callable[[int], tuple[str, tuple[int, ...]] | float | None]
"""What stands at a place: an op by its name with the places of its operands, or a number."""


@record
class Fusion:
    """Several ops in an expression whose place an op takes in the graph, where the shapes fit."""

    spelling: tuple[Any, ...]
    ranks: tuple[int, ...]
    """How many axes each operand has."""
    named: tuple[str, ...] = ()
    """Operands that are names, and no expressions of their own."""


class Match(NamedTuple):
    """Where a spelling was found."""

    operands: dict[str, int]
    """By operand of the op that is written out: its place."""
    inside: list[int]
    """The places of the ops that it is written with, but for the last of them."""


def matched(
    spelling: Spelling, last: int, look: LookUp, same: Callable[[int, int], bool] = eq
) -> Match | None:
    """Where a spelling stands that ends at a place; None where something else does.

    `same` says of two places whether both may hold the one operand.
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
        found = look(at)
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

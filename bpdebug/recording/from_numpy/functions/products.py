"""NumPy's products of arrays."""

from __future__ import annotations

from string import ascii_lowercase
from typing import Any

import numpy as np

from bpdebug.recording.from_numpy.functions.tables import derived, named
from bpdebug.recording.texts import call
from bpdebug.recording.written import RefusedError, Written, written


@derived(np.dot)
def dot(a: Any, b: Any) -> Any:
    """np.dot: a product with a number, a matrix product, or the product of stacks."""
    first, second = np.ndim(a), np.ndim(b)
    if not first or not second:
        return np.multiply(a, b)
    if first == second == 1:
        return recorded(written(call("dot"), a, b), np.dot)
    if second <= 2:
        return np.matmul(a, b)
    rows, stack = ascii_lowercase[: first - 1], ascii_lowercase[first - 1 : first + second - 3]
    last = ascii_lowercase[first + second - 3]
    return np.einsum(f"{rows}y,{stack}y{last}->{rows}{stack}{last}", a, b)


@derived(np.vdot)
def vdot(a: Any, b: Any) -> Any:
    """np.vdot: the inner product of the flat arrays."""
    return np.dot(np.ravel(a), np.ravel(b))


@derived(np.inner)
def inner(a: Any, b: Any) -> Any:
    """np.inner: sums over the last axes."""
    first, second = np.ndim(a), np.ndim(b)
    if not first or not second:
        return np.multiply(a, b)
    if first == second == 1:
        return np.dot(a, b)
    if second <= 2:
        return np.matmul(a, np.transpose(b))
    rows, others = ascii_lowercase[: first - 1], ascii_lowercase[first - 1 : first + second - 2]
    return np.einsum(f"{rows}y,{others}y->{rows}{others}", a, b)


@derived(*named(np, "outer"), *named(np.linalg, "outer"))
def outer(a: Any, b: Any) -> Any:
    """np.outer: every product of a cell of one with a cell of the other."""
    first = np.ravel(a) if np.ndim(a) != 1 else a
    second = np.ravel(b) if np.ndim(b) != 1 else b
    return recorded(written(call("outer"), first, second), np.outer)


@derived(np.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """np.tensordot, as the sum over letters that it is."""
    if isinstance(axes, (int, np.integer)):
        count = int(axes)
        first, second = list(range(np.ndim(a) - count, np.ndim(a))), list(range(count))
    else:
        first, second = (np.atleast_1d(one).tolist() for one in axes)
    letters = iter(ascii_lowercase)
    of_a = [next(letters) for _ in range(np.ndim(a))]
    of_b = [next(letters) for _ in range(np.ndim(b))]
    for one, other in zip(first, second, strict=True):
        of_b[other] = of_a[one]
    summed = {of_a[one] for one in first}
    kept = [letter for letter in [*of_a, *of_b] if letter not in summed]
    return np.einsum(f"{''.join(of_a)},{''.join(of_b)}->{''.join(kept)}", a, b)


@derived(np.einsum)
def einsum(subscripts: Any, *operands: Any, optimize: Any = False, **more: Any) -> Any:
    """np.einsum with letters; `ii` is the diagonal."""
    if not isinstance(subscripts, str):
        raise RefusedError('np.einsum has an op for letters alone, as in np.einsum("ij,jk->ik", …)')
    letters, arrow, result = "".join(subscripts.split()).partition("->")
    parts = letters.split(",")
    if not arrow and any(repeats(part) for part in parts):
        once = sorted(one for one in set(letters) - {","} if letters.count(one) == 1)
        arrow, result = "->", "".join(once)
    found = list(operands)
    for at, part in enumerate(parts):
        if repeats(part) and len(part) == 2:
            parts[at], found[at] = part[0], np.diagonal(operands[at])
        elif repeats(part):
            raise RefusedError(
                f'np.einsum("{subscripts}") has a letter twice in one operand, which no op has; '
                "take a diagonal first"
            )
    letters = f"{','.join(parts)}{arrow}{result}"
    return recorded(written(call("einsum", letters), *found), lambda *on: np.einsum(letters, *on))


def repeats(letters: str) -> bool:
    """Whether a letter stands twice."""
    named = letters.replace(".", "")
    return len(set(named)) != len(named)


def recorded(made: Written, function: Any) -> Any:
    """An op that one of NumPy's functions computes, recorded."""
    found = next(one for one in made.operands if hasattr(one, "tracer"))
    return found.tracer.record(made, function(*(plain(one) for one in made.operands)))


def plain(operand: Any) -> Any:
    """The numbers of an operand."""
    return operand.array if hasattr(operand, "tracer") else np.asarray(operand)

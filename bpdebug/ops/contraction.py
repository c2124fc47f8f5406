"""Products of any number of factors, summed over index letters, by matrix products."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from math import prod

import numpy as np

from bpdebug.ops.maps.index_map import Array

Term = tuple[str, Array]
"""A factor, with a letter for each of its axes."""


def summed_product(terms: Sequence[Term], output: str) -> Array:
    """The product of some factors, with the letters of the output; all others are summed over.

    It takes matrix products wherever two factors share a summed letter.
    """
    product, *rest = terms
    sizes = {n: size for names, a in terms for n, size in zip(names, a.shape, strict=True)}
    for at, wanted in steps([names for names, _ in terms], output, sizes):
        product = paired(product, rest.pop(at), wanted)
    letters, array = summed_over(*product, output)
    return np.transpose(array, [letters.index(n) for n in output])


def steps(words: Sequence[str], output: str, sizes: Mapping[str, int]) -> Iterator[tuple[int, str]]:
    """In which order factors join the first: the number of each among those that are left, and
    the letters that their product keeps. The next is the factor with the smallest product."""
    product, *rest = words
    while rest:
        kept = []
        for at, word in enumerate(rest):
            wanted = set(output).union(*without(rest, at))
            kept.append("".join(n for n in dict.fromkeys(product + word) if n in wanted))
        at = min(range(len(rest)), key=lambda k: cells(kept[k], sizes))
        product = kept[at]
        rest.pop(at)
        yield at, product


def cells(letters: Iterable[str], sizes: Mapping[str, int]) -> int:
    """How many cells an array with these letters has."""
    return prod(sizes[n] for n in letters)


def paired(left: Term, right: Term, wanted: Collection[str]) -> Term:
    """The product of two factors, summed over what is not wanted."""
    a_letters, a = summed_over(*left, {*wanted, *right[0]})
    b_letters, b = summed_over(*right, {*wanted, *left[0]})
    both = [n for n in a_letters if n in b_letters]
    stack, joint = [n for n in both if n in wanted], [n for n in both if n not in wanted]
    rows = [n for n in a_letters if n not in both]
    columns = [n for n in b_letters if n not in both]
    size = dict(zip(a_letters + b_letters, a.shape + b.shape, strict=True))

    def arranged(array: Array, letters: str, *groups: list[str]) -> Array:
        order = [letters.index(n) for group in groups for n in group]
        extents = [prod(size[n] for n in group) for group in groups]
        kept = extents[1:] if not stack else extents
        return np.transpose(array, order).reshape(kept)

    first, second = (
        arranged(a, a_letters, stack, rows, joint),
        arranged(b, b_letters, stack, joint, columns),
    )
    product = first @ second if joint else first * second
    letters = [*stack, *rows, *columns]
    return "".join(letters), product.reshape([size[n] for n in letters])


def summed_over(letters: str, array: Array, wanted: Collection[str]) -> Term:
    """A factor without the axes whose letters are not wanted."""
    gone = tuple(at for at, n in enumerate(letters) if n not in wanted)
    if not gone:
        return letters, array
    return "".join(n for n in letters if n in wanted), np.add.reduce(array, axis=gone)


def without(parts: Sequence[str], position: int) -> list[str]:
    """All but the part at a position."""
    return [part for at, part in enumerate(parts) if at != position]

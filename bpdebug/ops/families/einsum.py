"""Einstein's sums: products of any number of operands, summed over the letters that the result
lacks. They are the only op whose index letters the user writes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.ops.contraction import cells, steps, summed_product, without
from bpdebug.ops.declaration import MOST_AXES, EdgeText, LocalText, Op, Partial, Product
from bpdebug.ops.families.cellwise import ONE
from bpdebug.ops.letters import ELLIPSIS, LEADING, Layout, Options, Signature, spread
from bpdebug.ops.maps.index_map import Array, Shape
from bpdebug.ops.registry import register
from bpdebug.printable import quoted

MOST_LETTERS = 16
"""So many different letters may stand in the text; those of `...` are added to them."""
WHY = (
    "{{a}} is multiplied by {factor} on its way to {{y}}: move it by 1, and {{y}} moves by {factor}"
)
MOST_CELLS = 50_000_000
"""Cells of a local derivative, and of a product of some of the operands."""
EXAMPLE = 'as in einsum("ij,jk->ik", a, b)'
PART = re.compile(r"[a-zA-Z]*(?:\.\.\.[a-zA-Z]*)?")


@lru_cache(maxsize=1024)
def words(typed: str) -> tuple[tuple[str, ...], str]:
    """The letters of each operand and of the result; BpdebugError where the text has a mistake.

    Without an arrow, the result has the letters that stand once, in the order of the alphabet.
    """
    text = typed.replace(" ", "")
    if not text:
        raise BpdebugError(f"einsum: its letters are missing; they come first, {EXAMPLE}")
    left, arrow, right = text.partition("->")
    operands = left.split(",")
    for word in (*operands, right):
        if not PART.fullmatch(word):
            raise BpdebugError(
                f"einsum: {quoted(word)} in {quoted(typed)} has something else than letters and "
                f"one '...', {EXAMPLE}"
            )
        twice = [n for n, times in Counter(word.replace(".", "")).items() if times > 1]
        if twice and word in operands:
            raise BpdebugError(
                f"einsum: '{twice[0]}' stands twice in '{word}'; a diagonal is not taken, multiply "
                "by a matrix of 0 and 1 that is given as data"
            )
        if twice:
            raise BpdebugError(f"einsum: '{twice[0]}' stands twice behind ->; each stands once")
    known = Counter(left.replace(".", "").replace(",", ""))
    if len(known) > MOST_LETTERS:
        raise BpdebugError(
            f"einsum: {len(known)} different letters are too many; at most {MOST_LETTERS}"
        )
    if not arrow:
        right = ELLIPSIS * (ELLIPSIS in left) + "".join(sorted(n for n in known if known[n] == 1))
    missing = [n for n in right if n not in left]
    if missing:
        raise BpdebugError(f"einsum: '{missing[0]}' stands behind -> and in no operand's letters")
    # In signatures an upper-case letter is an axis of size 1.
    free = (n for n in LEADING if n not in known)
    small = str.maketrans({n: next(free) for n in known if n.isupper()})
    return tuple(word.translate(small) for word in operands), right.translate(small)


def einsum_signature(shapes: tuple[Shape, ...], options: Options) -> Signature:
    """The letters as typed, with letters of their own for the axes of `...`."""
    operands, output = words(options["letters"])
    if len(operands) != len(shapes):
        raise BpdebugError(
            f"einsum: '{options['letters']}' has letters for {len(operands)} operand"
            f"{'s' * (len(operands) != 1)}, not {len(shapes)}"
        )
    if len(output) > MOST_AXES:
        raise BpdebugError(f"einsum: {len(output)} axes are too many; at most {MOST_AXES}")
    return spread_letters(options["letters"], shapes)


@lru_cache(maxsize=1024)
def spread_letters(typed: str, shapes: tuple[Shape, ...]) -> Signature:
    """The signature at these shapes, with a letter for every axis."""
    operands, output = words(typed)
    names = tuple(f"operand {n + 1}" for n in range(len(shapes)))
    plain = Signature(f"{','.join(operands)}->{output}", *("" for _ in operands), typed=True)
    found = spread("einsum", names, plain, shapes)
    local = [local_letters(found, at) for at in range(len(operands))]
    if max(len(found.output), *map(len, local)) > MOST_AXES:
        raise BpdebugError(
            f"einsum: '{typed}' has a result or a local derivative of more than {MOST_AXES} axes; "
            "write it in several steps"
        )
    check_sizes(found, local, shapes)
    return Signature(found.letters, *local, typed=True)


def check_sizes(signature: Signature, local: Sequence[str], shapes: tuple[Shape, ...]) -> None:
    """BpdebugError where a local derivative, or a product on the way, has too many cells."""
    words = signature.operands
    pairs = (
        pair
        for names, shape in zip(words, shapes, strict=True)
        for pair in zip(names, shape, strict=True)
    )
    sizes = dict(pairs)
    made = [*local, *(product for _, product in steps(words, signature.output, sizes))]
    for at, own in enumerate(words):
        others = [signature.output, *without(words, at)]
        made += [product for _, product in steps(others, own, sizes)]
    most = max(cells(letters, sizes) for letters in made)
    if most > MOST_CELLS:
        raise BpdebugError(
            f"einsum: on the way {most:,} cells are computed at a time, more than {MOST_CELLS:,}; "
            "write it in several steps"
        )


def local_letters(signature: Signature, operand: int) -> str:
    """The letters of ∂(result)/∂(operand): of the other operands, but for those that only they
    have, over which their product is summed. An axis of size 1, in upper case, stays."""
    here = signature.operands[operand] + signature.output
    others = "".join(without(signature.operands, operand))
    return "".join(dict.fromkeys(n for n in others if n in here or n.isupper()))


def shapes_of(arrays: Sequence[Array]) -> tuple[Shape, ...]:
    """The shape of each array."""
    return tuple(np.shape(array) for array in arrays)


def einsum_forward(*arrays: Array, letters: str) -> Array:
    """What numpy.einsum gives, by matrix products."""
    signature = spread_letters(letters, shapes_of(arrays))
    return summed_product(list(zip(signature.operands, arrays, strict=True)), signature.output)


def einsum_local(y: Array, *arrays: Array, letters: str, operand: int) -> Array:
    """The product of the other operands; an only other one is taken as it is where it can be."""
    signature = spread_letters(letters, shapes_of(arrays))
    terms = list(zip(signature.operands, arrays, strict=True))
    del terms[operand]
    output = signature.partials[operand] or ""
    if not terms:
        return np.asarray(ONE)
    return terms[0][1] if [output] == [n for n, _ in terms] else summed_product(terms, output)


def einsum_vjp(g: Array, y: Array, *arrays: Array, letters: str, operand: int) -> Array:
    """The operand's letters in the product of g and the other operands."""
    signature = spread_letters(letters, shapes_of(arrays))
    terms = list(zip(signature.operands, arrays, strict=True))
    own, array = terms[operand]
    terms[operand] = signature.output, g
    there = {n for names, _ in terms for n in names}
    found = summed_product(terms, "".join(n for n in own if n in there))
    if there.issuperset(own):
        return found
    # A letter that stands nowhere else was summed over alone: the gradient spreads along it.
    extents = [n if letter in there else 1 for letter, n in zip(own, array.shape, strict=True)]
    return np.array(np.broadcast_to(found.reshape(extents), array.shape))


def einsum_edge(layout: Layout, operand: int) -> EdgeText:
    """The einsum that gives an operand's gradient; nothing where that is the upstream gradient."""
    signature = layout.signature
    assert signature is not None
    own, local = signature.operands[operand], signature.partials[operand] or ""
    factors = [signature.output, *([local] if len(signature.operands) > 1 else [])]
    into = "".join(n for n in own if any(n in names for names in factors))
    if factors == [into]:
        return EdgeText()
    return EdgeText(function="einsum", first=f"{','.join(factors)}->{into}")


def einsum_local_text(layout: Layout, operand: int) -> LocalText:
    """The other operand, or the einsum of the other operands; in cells their product."""
    signature = layout.signature
    assert signature is not None
    local = signature.partials[operand] or ""
    others = [at for at in range(len(signature.operands)) if at != operand]
    words = [signature.operands[at] for at in others]
    if not others:
        return LocalText("1", "1", "1")
    names = [f"{{{at}}}" for at in others]
    summed = "".join(dict.fromkeys(n for word in words for n in word if n not in local))
    product = "·".join(names)
    if len(names) > 1 and not summed:
        product = f"({product})"
    why = "" if summed else WHY.format(factor=product)
    if words == [local]:
        return LocalText(names[0], names[0], product, why=why)
    given = f"{','.join(words)}->{local}"
    return LocalText(
        f'einsum("{given}", {", ".join(names)})',
        rf"\mathrm{{{{einsum}}}}(\mathrm{{{{{arrow(given)}}}}}, {', '.join(names)})",
        product,
        summed,
        why,
    )


def arrow(letters: str) -> str:
    """Letters in LaTeX."""
    return letters.replace("->", r" \to ")


einsum = register(
    Op(
        "einsum",
        ("a",),
        forward=einsum_forward,
        signature=einsum_signature,
        vjps={0: einsum_vjp},
        text="einsum({a})",
        latex=r"\mathrm{{einsum}}({a})",
        family="linear",
        product=Product.SUMS,
        variadic=True,
        text_first="letters",
        options={"letters": ""},
        edge_text=einsum_edge,
        note='Products summed over letters, as in NumPy and PyTorch: `einsum("ij,jk->ik", a, b)`. '
        "Each operand has a letter for each axis, and `...` for any number of axes; the result has "
        "those behind the arrow, and without an arrow those that stand once. A letter twice in one "
        "operand, a diagonal, is not taken.",
        partials=(
            Partial(
                einsum_local,
                "the product of the other operands",
                r"\textstyle\prod",
                "{a} is a factor of some summands of {y}: move it by 1, and {y} moves by the "
                "product of the other factors there",
                formed=einsum_local_text,
            ),
        ),
    )
)

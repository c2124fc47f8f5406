"""Index letters: what an op reads and writes, axis by axis, bound to the shapes of its operands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.ops.maps.index_map import IndexMap, Shape
from bpdebug.ops.maps.letter_map import LetterMap
from bpdebug.records import record

Options = Mapping[str, Any]
ELLIPSIS = "..."
LEADING = "ijklmnopabcdefghqrstuvwxyz"
"""Letters for the axes of a `...`, but for those that the signature has itself."""


@record
class Signature:
    """Index letters: `Signature("ij,jk->ik", "jk", "ij")` is the matrix product.

    The first text is the op as `numpy.einsum` would write it. The others are the letters of the
    local derivative for each operand; None where the op has no derivative. `...` stands for axes
    of any number, broadcast as numpy does: alone for all axes of an op that goes cell by cell, and
    beside letters for those of a stack, `Signature("...ij,...jk->...ik", "...jk", "...ij")`.

    `repeats` has pairs of letters with one extent: in softmax, `ab->ak` with `("k", "b")`, each of
    the results along k depends on all entries along b. `sizes` has the extents of letters that
    only the result has.
    """

    letters: str
    partials: tuple[str | None, ...]
    repeats: tuple[tuple[str, str], ...]
    cellwise: bool
    """True where every cell of the result depends only on operand cells at its own index."""
    sizes: tuple[tuple[str, int], ...]
    typed: bool
    """True where the user chose the letters, which are then shown as they are."""

    def __init__(
        self,
        letters: str,
        *partials: str | None,
        repeats: tuple[tuple[str, str], ...] = (),
        cellwise: bool | None = None,
        sizes: tuple[tuple[str, int], ...] = (),
        typed: bool = False,
    ) -> None:
        alone = "..." in letters and not set(letters) - set(".,->")
        object.__setattr__(self, "letters", letters)
        object.__setattr__(self, "partials", partials)
        object.__setattr__(self, "repeats", repeats)
        object.__setattr__(self, "cellwise", alone if cellwise is None else cellwise)
        object.__setattr__(self, "sizes", sizes)
        object.__setattr__(self, "typed", typed)

    @property
    def operands(self) -> tuple[str, ...]:
        """The letters of each operand."""
        return tuple(self.letters.split("->")[0].split(","))

    @property
    def output(self) -> str:
        """The letters of the result."""
        return self.letters.split("->")[1]


@record
class Layout:
    """An op at concrete shapes. `maps[i]` is None where operand i has no derivative."""

    shape: Shape
    maps: tuple[IndexMap | None, ...]
    signature: Signature | None
    """The signature with a letter for every axis; None for an op without letters."""


def letters(text: str, *partials: str | None) -> Callable[[tuple[Shape, ...], Options], Signature]:
    """The signature of an op that has a single signature."""
    one = Signature(text, *partials)
    return lambda shapes, options: one


def by_rank(*signatures: Signature) -> Callable[[tuple[Shape, ...], Options], Signature]:
    """The first of several signatures that fits the operands' numbers of axes."""

    def choose(shapes: tuple[Shape, ...], options: Options) -> Signature:
        for signature in signatures:
            if all(map(has_axes, signature.operands, shapes)):
                return signature
        known = " or ".join(f"'{s.letters}'" for s in signatures)
        got = " and ".join(show_shape(shape) for shape in shapes)
        raise BpdebugError(f"the shapes {got} fit no form of it; it takes {known}")

    return choose


def has_axes(names: str, shape: Shape) -> bool:
    """True when a shape has as many axes as an operand's letters."""
    if ELLIPSIS in names:
        return len(shape) >= len(names) - len(ELLIPSIS)
    return len(shape) == len(names)


@lru_cache(maxsize=1024)
def lay_out(
    op: str, operands: tuple[str, ...], signature: Signature, shapes: tuple[Shape, ...]
) -> Layout:
    """Bind letters to extents, and make one `LetterMap` per operand that has a derivative.

    The names of the op and of its operands are for its errors.
    """
    return _Binding(op, operands, signature, shapes).layout()


def spread(
    op: str, operands: tuple[str, ...], signature: Signature, shapes: tuple[Shape, ...]
) -> Signature:
    """The signature with a letter for every axis of its `...`; errors as of `lay_out`."""
    return _Binding(op, operands, signature, shapes).spread()


class _Binding:
    """The letters of one signature at concrete shapes."""

    def __init__(
        self, op: str, operands: tuple[str, ...], signature: Signature, shapes: tuple[Shape, ...]
    ) -> None:
        self.op = op
        self.operands = operands
        self.signature = signature
        self.shapes = shapes
        self.extents: dict[str, int] = {}
        self.owner: dict[str, int] = {}
        """By letter: the first operand that has it."""

    def layout(self) -> Layout:
        """The shape of the result, the maps, and the signature with a letter for every axis."""
        self.signature = self.spread()
        self.bind()
        signature, extents = self.signature, self.extents
        maps = tuple(
            None if partial is None else letter_map(names, signature.output, partial, extents)
            for names, partial in zip(signature.operands, signature.partials, strict=True)
        )
        return Layout(tuple(extents[letter] for letter in signature.output), maps, signature)

    def spread(self) -> Signature:
        """The signature with a letter for every axis; BpdebugError where an operand has too few
        axes, or too many."""
        for position, (names, shape) in enumerate(
            zip(self.signature.operands, self.shapes, strict=True)
        ):
            if not has_axes(names, shape):
                raise self.wrong_rank(position)
        return self.spread_out() if ELLIPSIS in self.signature.letters else self.signature

    def bind(self) -> None:
        """Give every letter its extent; BpdebugError where it would have two."""
        for position, names in enumerate(self.signature.operands):
            for letter, extent in zip(names, self.shapes[position], strict=True):
                if self.extents.setdefault(letter, extent) != extent:
                    raise self.clash((self.owner[letter], letter), (position, letter))
                self.owner.setdefault(letter, position)
        for letter in self.signature.output:
            if letter.isupper():
                self.extents.setdefault(letter, 1)  # an axis that is kept with size 1
        self.extents.update(self.signature.sizes)
        for letter, twin in self.signature.repeats:
            if self.extents.setdefault(letter, self.extents[twin]) != self.extents[twin]:
                raise self.clash((self.owner[twin], twin), (self.owner[letter], letter))

    def spread_out(self) -> Signature:
        """The signature with letters for its `...`.

        As numpy broadcasts, axes are counted from the last. One that an operand does not have is
        missing among its letters; one of size 1 that is stretched is a letter of its own there, in
        upper case. So neither has the letter of the result, which is summed over on the way back.
        """
        leads = []
        for names, shape in zip(self.signature.operands, self.shapes, strict=True):
            before, dots, after = names.partition(ELLIPSIS)
            leads.append(shape[len(before) : len(shape) - len(after)] if dots else ())
        try:
            whole = np.broadcast_shapes(*leads)
        except ValueError:
            raise self.broadcast_clash(leads) from None
        every = self.leading(len(whole))

        def filled(names: str, lead: Shape) -> str:
            first = len(whole) - len(lead)
            axes = zip(every[first:], lead, whole[first:], strict=True)
            own = [n.upper() if extent == 1 != stretched else n for n, extent, stretched in axes]
            return names.replace(ELLIPSIS, "".join(own))

        operands = ",".join(map(filled, self.signature.operands, leads))
        return Signature(
            f"{operands}->{self.signature.output.replace(ELLIPSIS, every)}",
            *(names and names.replace(ELLIPSIS, every) for names in self.signature.partials),
            repeats=self.signature.repeats,
            cellwise=self.signature.cellwise,
            sizes=self.signature.sizes,
            typed=self.signature.typed,
        )

    def leading(self, count: int) -> str:
        """As many letters as a `...` has axes."""
        used = set(self.signature.letters.lower())
        return "".join(n for n in LEADING if n not in used)[:count]

    def wrong_rank(self, position: int) -> BpdebugError:
        """The error for an operand with more or fewer axes than letters."""
        names = self.signature.operands[position]
        wanted = len(names.replace(ELLIPSIS, ""))
        least = "at least " * (ELLIPSIS in names)
        return BpdebugError(
            f"{self.op}: {self.operands[position]} has shape {show_shape(self.shapes[position])}, "
            f"but '{self.signature.letters}' wants {least}{wanted} "
            f"ax{'is' if wanted == 1 else 'es'} there"
        )

    def clash(self, first: tuple[int, str], second: tuple[int, str]) -> BpdebugError:
        """The shape error that names a letter of two operands whose extents differ."""
        at = f"{self.op} ({self.signature.letters})"
        if first == second:
            position, letter = first
            return BpdebugError(
                f"{at}: {self.operands[position]} of shape {show_shape(self.shapes[position])} "
                f"must have equal sizes at {letter}"
            )
        extents = (
            dict(zip(self.signature.operands[position], self.shapes[position], strict=True))[letter]
            for position, letter in (first, second)
        )
        one, other = map(self.extent_text, *zip(first, second, strict=True), extents)
        return BpdebugError(f"{at}: {one}, but {other}; the two must be equal")

    def extent_text(self, position: int, letter: str, extent: int) -> str:
        """`a of shape (2, 3) has j = 3`."""
        shape = show_shape(self.shapes[position])
        return f"{self.operands[position]} of shape {shape} has {letter} = {extent}"

    def broadcast_clash(self, leads: Sequence[Shape]) -> BpdebugError:
        """The broadcasting error, with the shapes and the letter of the axis whose sizes differ.

        Where all axes are broadcast, the axis is counted from the end, as numpy does.
        """
        longest = max(len(lead) for lead in leads)
        letter, back = "", 0
        sizes: dict[int, int] = {}
        while len(set(sizes.values())) < 2:
            back += 1
            letter = self.leading(longest)[-back]
            having = [(at, lead[-back]) for at, lead in enumerate(leads) if len(lead) >= back]
            sizes = {at: size for at, size in having if size != 1}
        if self.signature.cellwise:
            a, b = sorted(set(sizes.values()))[:2]
            shapes = " and ".join(show_shape(shape) for shape in self.shapes)
            return BpdebugError(
                f"{self.op}: shapes {shapes} do not fit together: along axis -{back} ({letter}) "
                f"one has {a} and the other {b}; sizes must be equal or 1"
            )
        first = min(sizes)
        second = next(at for at, size in sizes.items() if size != sizes[first])
        one, other = (self.extent_text(at, letter, sizes[at]) for at in (first, second))
        spread = self.signature.letters.replace(ELLIPSIS, self.leading(longest))
        return BpdebugError(f"{self.op} ({spread}): {one}, but {other}; sizes must be equal or 1")


def letter_map(cell: str, output: str, partial: str, extents: dict[str, int]) -> LetterMap:
    """The loop of one edge: the operand's letters outside, every other letter summed inside."""
    summed = "".join(dict.fromkeys(n for n in output + partial if n not in cell))
    loop = cell + summed
    return LetterMap(
        cell_shape=tuple(extents[n] for n in cell),
        sum_shape=tuple(extents[n] for n in summed),
        upstream_axes=tuple(loop.index(n) for n in output),
        local_axes=tuple(loop.index(n) for n in partial),
        sum_letters=summed,
    )


def show_shape(shape: Shape) -> str:
    """A shape in words: `scalar`, `(3)`, `(2, 3)`."""
    return f"({', '.join(str(n) for n in shape)})" if shape else "scalar"

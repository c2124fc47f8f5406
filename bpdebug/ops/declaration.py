"""What an op is: one declaration, from which everything else about it follows.

A declaration names the op's operands, an index signature, the forward function, and for each
operand the local derivative with its letters. The vector-Jacobian product, the number of scalar
multiplications and their cells, the formulas, the shape errors, the gradient check and the row in
the documentation are all derived from it. To add an op, add one declaration to one file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from enum import Enum
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.ops.convention import Convention
from bpdebug.ops.index_map import Array, IndexMap, LetterMap, Shape
from bpdebug.record import record

MOST_AXES = 8

Options = Mapping[str, Any]
Forward = Callable[..., Array]


@record
class Signature:
    """Index letters: `Signature("ij,jk->ik", "jk", "ij")` is the matrix product.

    The first text is the op as `numpy.einsum` would write it. The others are the letters of the
    local derivative for each operand; None where the op has no derivative. `...` stands for all
    axes of an elementwise op, broadcast as numpy does.
    """

    letters: str
    partials: tuple[str | None, ...]

    def __init__(self, letters: str, *partials: str | None) -> None:
        object.__setattr__(self, "letters", letters)
        object.__setattr__(self, "partials", partials)

    @property
    def operands(self) -> tuple[str, ...]:
        """The letters of each operand."""
        return tuple(self.letters.split("->")[0].split(","))

    @property
    def output(self) -> str:
        """The letters of the result."""
        return self.letters.split("->")[1]


@record
class Partial:
    """The local derivative for one operand: ∂(output)/∂(operand) at the current values.

    `value(y, *operands, **options)` gives it as an array with the signature's letters (anything
    that broadcasts to them). In `text`, `latex` and `why`, braces name an operand or `{y}`, the
    output; they are filled with whole names or with single cells, as the reader needs them.
    `{n}` is the number of entries averaged over; `{per}` is "1/n·" and `{per2}` "2/n·" in lowest
    terms, or nothing where that is 1.
    """

    value: Callable[..., Array]
    text: str
    latex: str
    why: str
    row: Callable[..., Array] | None = None
    """`row(cell, y, *operands, **options)`: the factors of one cell, where the whole is too big."""
    cell_text: Callable[[Sequence[str]], str] | None = None
    """`cell_text(index)`: a template for the factor of one cell, where putting an index on every
    name would be wrong. `{p*}` is the whole of operand p."""
    symmetric: bool = False
    """True for a full Jacobian that is the same transposed; it then prints without the mark."""


Validate = Callable[..., str | None]

Spelling = str | float | tuple[Any, ...]
"""An expression as nested tuples: `("divide", 1.0, "x")` is 1/x, for an op whose operand is x."""


@record
class Fusion:
    """Several ops in an expression whose place an op takes in the graph, where the shapes fit."""

    spelling: tuple[Any, ...]
    ranks: tuple[int, ...]
    """How many axes each operand has."""
    named: tuple[str, ...] = ()
    """Operands that are names, and no expressions of their own."""


class Product(Enum):
    """What an op that multiplies two operands makes of the products."""

    NONE = "none"
    CELLS = "cells"
    """Every product is a cell of the result: with a scalar parameter, the neuron `w·x`."""
    SUMS = "sums"
    """Products are summed: with a parameter among its operands it is a dense layer's."""


class Passes(Enum):
    """How a value goes through an op that applies no activation to it."""

    NONE = "none"
    ADDS = "adds"
    SUBTRACTS = "subtracts"
    SCALES = "scales"
    MOVES = "moves"
    REDUCES = "reduces"


class Scores(Enum):
    """What the numbers are that an activation gives and a loss takes, one for each class."""

    LOGITS = "logits"
    """Any numbers."""
    PROBABILITIES = "probabilities"
    """Each from 0 to 1, by itself."""
    SHARES = "shares"
    """Probabilities of one thing each: along an axis their sum is 1."""
    LOG_SHARES = "log_shares"
    """The logarithms of such shares."""


@record
class EdgeText:
    """How the formula of an edge is put together that no index letters describe.

    `left[into] = function(upstream[taken])`, with the local derivative as a second factor, or as a
    second argument of the function, where it is not 1 throughout. Empty parts are left out.
    """

    into: str = ""
    taken: str = ""
    function: str = ""


@record
class Op:
    """One operation of the registry. Use `signature` or, for ops that move cells, `select`."""

    name: str
    operands: tuple[str, ...]
    forward: Forward
    partials: tuple[Partial | None, ...]
    text: str
    latex: str
    signature: Callable[[tuple[Shape, ...], Options], Signature] | None = None
    select: Callable[[tuple[Shape, ...], Options], tuple[Shape, tuple[IndexMap, ...]]] | None = None
    vjps: Mapping[int, Callable[..., Array]] = field(default_factory=dict)
    """Fast vector-Jacobian products by operand: `vjp(upstream, y, *operands, **options)`."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Keyword options with their defaults; the default's type is the option's type."""
    family: str = ""
    precedence: int = 9
    """How tightly `text` binds: 1 sums, 2 products, 3 minus, 4 powers, 9 calls and names."""
    activation: bool = False
    loss: bool = False
    product: Product = Product.NONE
    """Whether it multiplies its operands, and whether it sums: what a layer's weights do."""
    passes: Passes = Passes.NONE
    """How a pre-activation goes through it unbent, on its way from the weights."""
    spelled: tuple[Spelling, ...] = ()
    """How else it is written in terms of other ops; an activation that is written so is found."""
    fuses: tuple[Fusion, ...] = ()
    """What it takes the place of in a graph; of several that fit an expression, the first."""
    written: str = ""
    """How an expression writes it without a call: `a + b`, `-a`, `a.T`, `a[0]`; a bare name is
    written as the op that gives it a node of its own."""
    no_call: str = ""
    """What a user reads who calls it, for an op that is only `written`; empty for all others."""
    dotted: Callable[[Sequence[int], bool], bool] | None = None
    """`dotted(ranks, turned)`: True where the sign `·` of a formula means it, by the numbers of
    axes of its two operands; `turned` where the second is written transposed."""
    prefix: str = ""
    """The sign that formulas set in front of its operand: `√`."""
    also: tuple[str, ...] = ()
    """Other names by which a watch may call it."""
    instead: tuple[Callable[[Sequence[int]], bool], str] | None = None
    """`(fits(ranks), text)`: what to write for operands whose numbers of axes fit."""
    steepest: float | None = None
    """The largest slope of an activation whose slope goes to 0 at both ends."""
    between: tuple[float, float] | None = None
    """Between what all results of an activation lie; None where they may be any number."""
    gives: Scores | None = None
    """What the results of an activation are; None where they may be anything."""
    takes: Scores | None = None
    """What a loss wants as its prediction; None where that may be anything."""
    keeps_scale: bool = False
    """True where each number of the result is one of an operand's: maximum, identity."""
    variadic: bool = False
    """True where the last operand may repeat (concat)."""
    side: Callable[..., Array] | None = None
    """`side(*operands, **options)`: which smooth piece each entry is on, as whole numbers; an
    entry that changes side between two points has a kink between them."""
    kink: Callable[..., Any] | None = None
    """`kink(*operands, **options)`: True where an operand stands exactly on a kink."""
    conventions: tuple[Convention, ...] = ()
    """What it gives where its formula leaves a choice; of an op with a kink, first what the
    derivative is taken to be there."""
    rectifies: int | None = None
    """The operand that is let through where it is above 0, and gives 0 and no gradient elsewhere:
    what relu does. None for an op that does not."""
    with_numbers: Callable[[Op, tuple[float | None, ...]], Op] | None = None
    """`with_numbers(op, operands)`: the form of the op for operands of which some are numbers
    written out in the expression; the others are None."""
    axes: Mapping[int, str] = field(default_factory=dict)
    """What the axes of an operand are, by its position, where they may be mistaken."""
    edge_text: Callable[[Layout, int], EdgeText] | None = None
    """`edge_text(layout, operand)`: the formula of an edge of an op that has no index letters."""
    key: Callable[[Layout], tuple[str, ...]] | None = None
    """`key(layout)`: for an op that is written `a[0,:]`, what stands for each axis of a."""
    averaged: Callable[[tuple[Shape, ...], Options], int] | None = None
    """Over how many rows or entries the op averages: `{n}`, `{per}`, `{per2}` in the templates."""
    validate: Validate | None = None
    """`validate(*operands, **options)`: what is wrong with data the letters cannot check."""
    note: str = ""
    """One sentence of documentation: what it computes, source of the formula."""

    @property
    def shares(self) -> bool:
        """True where the results along `axis` are shares of 1, or the logarithms of such shares."""
        return self.gives in (Scores.SHARES, Scores.LOG_SHARES)

    @property
    def at_kink(self) -> str:
        """What the derivative is taken to be on a kink: `at 0 the slope is taken as 0`; empty for
        an op that has none."""
        return self.conventions[0].says if self.kink is not None else ""

    @property
    def about(self) -> str:
        """The note and the conventions, in sentences."""
        return " ".join(filter(None, [self.note, *(c.sentence for c in self.conventions)]))

    def layout(self, shapes: tuple[Shape, ...], options: Options) -> Layout:
        """Output shape and index maps for these operand shapes.

        Raises BpdebugError with the shapes and the letter that clashes.
        """
        count = len(shapes)
        if count != len(self.operands) and not (self.variadic and count >= 1):
            raise BpdebugError(
                f"{self.name} takes {len(self.operands)} operand"
                f"{'s' * (len(self.operands) != 1)} ({', '.join(self.operands)}), not {count}"
            )
        longest = max(len(shape) for shape in shapes)
        if longest > MOST_AXES:
            raise BpdebugError(f"{self.name}: {longest} axes are too many; at most {MOST_AXES}")
        if self.select is not None:
            shape, maps = self.select(shapes, options)
            return Layout(shape, maps, None)
        assert self.signature is not None
        return lay_out(self, self.signature(shapes, options), shapes)

    def partial(self, operand: int) -> Partial | None:
        """The local derivative for the operand at this position."""
        return self.partials[min(operand, len(self.partials) - 1)]

    def local(self, operand: int, y: Array, operands: tuple[Array, ...], options: Options) -> Array:
        """The local derivative as an array, shaped as the edge's index map says or smaller."""
        partial = self.partial(operand)
        assert partial is not None
        if self.variadic:
            return np.asarray(partial.value(y))
        return np.asarray(partial.value(y, *operands, **options))


@record
class Layout:
    """An op at concrete shapes. `maps[i]` is None where operand i has no derivative."""

    shape: Shape
    maps: tuple[IndexMap | None, ...]
    signature: Signature | None


def letters(text: str, *partials: str | None) -> Callable[[tuple[Shape, ...], Options], Signature]:
    """The signature of an op that has only one."""
    one = Signature(text, *partials)
    return lambda shapes, options: one


def by_rank(*signatures: Signature) -> Callable[[tuple[Shape, ...], Options], Signature]:
    """The first of several signatures whose operand ranks fit."""

    def choose(shapes: tuple[Shape, ...], options: Options) -> Signature:
        ranks = [len(shape) for shape in shapes]
        for signature in signatures:
            if [len(part) for part in signature.operands] == ranks:
                return signature
        known = " or ".join(f"'{s.letters}'" for s in signatures)
        got = " and ".join(show_shape(shape) for shape in shapes)
        raise BpdebugError(f"the shapes {got} fit no form of it; it takes {known}")

    return choose


def lay_out(op: Op, signature: Signature, shapes: tuple[Shape, ...]) -> Layout:
    """Bind letters to extents, and make one `LetterMap` per operand that has a derivative."""
    if "..." in signature.letters:
        return elementwise_layout(op, signature, shapes)
    extents: dict[str, int] = {}
    owner: dict[str, int] = {}
    for position, (names, shape) in enumerate(zip(signature.operands, shapes, strict=True)):
        if len(names) != len(shape):
            raise BpdebugError(
                f"{op.name}: {op.operands[position]} has shape {show_shape(shape)}, "
                f"but '{signature.letters}' wants {len(names)} "
                f"ax{'is' if len(names) == 1 else 'es'} there"
            )
        for letter, extent in zip(names, shape, strict=True):
            if extents.setdefault(letter, extent) != extent:
                raise clash(op, signature, shapes, letter, owner[letter], position)
            owner.setdefault(letter, position)
    for at, letter in enumerate(signature.output):
        if letter not in extents:
            # Upper case: an axis kept with size 1. Else it repeats an axis (softmax's k is its j).
            extents[letter] = 1 if letter.isupper() else extents[signature.operands[0][at]]
    maps = tuple(
        None if partial is None else letter_map(names, signature.output, partial, extents)
        for names, partial in zip(signature.operands, signature.partials, strict=True)
    )
    return Layout(tuple(extents[letter] for letter in signature.output), maps, signature)


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


def elementwise_layout(op: Op, signature: Signature, shapes: tuple[Shape, ...]) -> Layout:
    """Broadcast as numpy does; an axis that is stretched becomes a summed letter."""
    try:
        shape = tuple(np.broadcast_shapes(*shapes))
    except ValueError:
        raise broadcast_clash(op, shapes) from None
    names = "ijklmnop"[: len(shape)]
    maps: list[IndexMap | None] = []
    for operand, partial in zip(shapes, signature.partials, strict=True):
        if partial is None:
            maps.append(None)
            continue
        lead = len(shape) - len(operand)
        summed = [
            axis
            for axis in range(len(shape))
            if axis < lead or (operand[axis - lead] == 1 and shape[axis] != 1)
        ]
        at = [
            len(operand) + summed.index(axis) if axis in summed else axis - lead
            for axis in range(len(shape))
        ]
        maps.append(
            LetterMap(
                cell_shape=operand,
                sum_shape=tuple(shape[axis] for axis in summed),
                upstream_axes=tuple(at),
                local_axes=tuple(at),
                sum_letters="".join(names[axis] for axis in summed),
            )
        )
    return Layout(shape, tuple(maps), signature)


def show_shape(shape: Shape) -> str:
    """A shape as a person writes it: `scalar`, `(3)`, `(2, 3)`."""
    return f"({', '.join(str(n) for n in shape)})" if shape else "scalar"


def clash(
    op: Op, signature: Signature, shapes: tuple[Shape, ...], letter: str, first: int, second: int
) -> BpdebugError:
    """The shape error that names the letter whose extents differ."""

    def told(position: int) -> str:
        extent = shapes[position][signature.operands[position].index(letter)]
        shape = show_shape(shapes[position])
        return f"{op.operands[position]} of shape {shape} has {letter} = {extent}"

    if first == second:
        return BpdebugError(
            f"{op.name} ({signature.letters}): {op.operands[first]} of shape "
            f"{show_shape(shapes[first])} must have equal sizes at {letter}"
        )
    return BpdebugError(
        f"{op.name} ({signature.letters}): {told(first)}, but {told(second)}; the two must be equal"
    )


def broadcast_clash(op: Op, shapes: tuple[Shape, ...]) -> BpdebugError:
    """The broadcasting error, with both shapes and the axis, counted from the end as numpy does."""
    longest = max(len(shape) for shape in shapes)
    for back in range(1, longest + 1):
        sizes = {shape[-back] for shape in shapes if len(shape) >= back} - {1}
        if len(sizes) > 1:
            a, b = sorted(sizes)[:2]
            letter = "ijklmnop"[min(longest - back, 7)]
            told = " and ".join(show_shape(shape) for shape in shapes)
            return BpdebugError(
                f"{op.name}: shapes {told} do not fit together: along axis -{back} ({letter}) "
                f"one has {a} and the other {b}; sizes must be equal or 1"
            )
    raise AssertionError("shapes that broadcast have no clash")

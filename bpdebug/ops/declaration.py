"""What an op is: a declaration, from which everything else about it follows.

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
from bpdebug.ops.letters import Layout, Options, Signature, lay_out
from bpdebug.ops.limit import Limit
from bpdebug.ops.maps.index_map import Array, IndexMap, Shape
from bpdebug.ops.spelling import Fusion, Spelling
from bpdebug.records import record

MOST_AXES = 8

Forward = Callable[..., Array]


@record
class LocalText:
    """Templates of a local derivative in which `{0}`, `{1}`, … are operands by their position."""

    text: str
    latex: str
    cell: str
    """The factor of a single multiplication."""
    summed: str = ""
    """The letters over which that factor is a sum."""
    why: str = ""
    """The sentence that names the factor; empty where that of the partial will do."""


@record
class Partial:
    """The local derivative for one operand: ∂(output)/∂(operand) at the current values.

    `value(y, *operands, **options)` gives it as an array with the signature's letters (anything
    that broadcasts to them). In `text`, `latex` and `why`, braces name an operand or `{y}`, the
    output; the formulas put whole names or single cells in their place.
    `{n}` is the number of entries averaged over; `{per}` is "1/n·" and `{per2}` "2/n·" in lowest
    terms, or nothing where that is 1.
    """

    value: Callable[..., Array]
    text: str
    latex: str
    why: str
    row: Callable[..., Array] | None = None
    """`row(cell, y, *operands, **options)`: the local factors of one cell's terms, in their order,
    for an op whose whole local derivative is too large to build."""
    cell_text: Callable[[Sequence[str]], str] | None = None
    """`cell_text(index)`: a template for the factor of one cell, for an op where an index on every
    name would be wrong. `{p*}` is the whole of operand p."""
    formed: Callable[[Layout, int], LocalText] | None = None
    """`formed(layout, operand)`: the templates at these letters, for an op of any number of
    operands."""
    symmetric: bool = False
    """True for a Jacobian that equals its transpose; formulas then leave out the ᵀ."""


Validate = Callable[..., str | None]
Selected = tuple[Shape, tuple[IndexMap | None, ...]]


class Product(Enum):
    """What an op does with the products of its two operands, if it multiplies them at all."""

    NONE = "none"
    CELLS = "cells"
    """Every product is a cell of the result: with a scalar parameter, the neuron `w·x`."""
    SUMS = "sums"
    """Products are summed: with a parameter as operand, the op computes a dense layer."""


class Carries(Enum):
    """What an op that bends nothing does to the value that it carries on: it is linear in it."""

    NONE = "none"
    ADDS = "adds"
    SUBTRACTS = "subtracts"
    SCALES = "scales"
    MOVES = "moves"
    REDUCES = "reduces"


class Scores(Enum):
    """What an activation returns, or a loss takes as its prediction: one number per class."""

    LOGITS = "logits"
    """Any numbers."""
    LOG_ODDS = "log_odds"
    """Any numbers, each the logarithm of the odds p/(1 − p) of a probability by itself."""
    PROBABILITIES = "probabilities"
    """Each from 0 to 1, by itself."""
    SHARES = "shares"
    """Probabilities of classes that exclude each other: along an axis their sum is 1."""
    LOG_SHARES = "log_shares"
    """The logarithms of such shares."""


@record
class EdgeText:
    """The parts of an edge's formula, for an op without index letters.

    `left[into] = function(first, upstream[taken], options)`, with the local derivative as a second
    factor, or behind the upstream gradient in the function, where it is not 1 throughout. Empty
    parts are left out. In `into`, `{1}` is the operand at that position. An op with index letters
    has such a text where a product would not say what is done.
    """

    into: str = ""
    taken: str = ""
    function: str = ""
    adds: bool = False
    """True where a cell may get several products, so that also the first contribution is a sum."""
    first: str = ""
    """A text in front of the arguments, without its quotes."""
    options: str = ""


@record
class Op:
    """An op of the registry, with a `signature` or, where letters cannot say it, a `select`."""

    name: str
    operands: tuple[str, ...]
    forward: Forward
    partials: tuple[Partial | None, ...]
    text: str
    latex: str
    signature: Callable[[tuple[Shape, ...], Options], Signature] | None = None
    select: Callable[[tuple[Shape, ...], Options], Selected] | None = None
    """`select(shapes, options)`: the result's shape, and an index map for each operand. For every
    op that index letters cannot say: slices by `SelectMap`, convolutions by a map of their own.
    None for an operand without a derivative."""
    vjps: Mapping[int, Callable[..., Array]] = field(default_factory=dict)
    """Fast vector-Jacobian products by operand: `vjp(upstream, y, *operands, **options)`."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Keyword options with their defaults; the default's type is the option's type."""
    limits: Mapping[str, Limit] = field(default_factory=dict)
    """What a number of an option may be."""
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    """Options that the function has in other tools, and what to write here."""
    family: str = ""
    precedence: int = 9
    """How tightly `text` binds: 1 sums, 2 products, 3 minus, 4 powers, 9 calls and names."""
    activation: bool = False
    loss: bool = False
    product: Product = Product.NONE
    """Whether it multiplies its operands and sums the products, as a dense layer does."""
    carries: Carries = Carries.NONE
    """How it carries a pre-activation on unbent, on the path from the weights."""
    spelled: tuple[Spelling, ...] = ()
    """How else expressions write it, in terms of other ops. An activation that is written out so
    counts as the activation in layers; any other op is the same form in a search."""
    fuses: tuple[Fusion, ...] = ()
    """Ops that it replaces in a graph; where several fit an expression, the first counts."""
    written: str = ""
    """How an expression writes it without a call: `a + b`, `-a`, `a.T`, `a[0]`; a bare name is
    written as the op that gives it a node of its own."""
    no_call: str = ""
    """The error for a call of it, for an op that is only `written`; empty for all others."""
    dotted: Callable[[Sequence[int], bool], bool] | None = None
    """`dotted(ranks, turned)`: True where the sign `·` of a formula means it, by the numbers of
    axes of its two operands; `turned` where the second is written transposed."""
    prefix: str = ""
    """The sign that formulas set in front of its operand: `√`."""
    bars: tuple[str, ...] = ()
    """The sign that formulas set on both sides of its operand, `‖`, and other ways to type it."""
    sign: str = ""
    """The sign that formulas set between its operands, where other ops have that sign too: `·`."""
    also: tuple[str, ...] = ()
    """Other names by which a watch may call it; that of its formula is among them: `σ`, `CE`."""
    operator: str = ""
    """The sign in `latex` that carries the options as its subscript: `\\sum`. Empty for an op that
    is written as a word, which carries them itself, and for an op without options."""
    mean_or_sum: str = ""
    """The option that says whether it averages, where `{per}` in its formula shows that already."""
    rows: str = ""
    """The letter of its signature that counts the rows of a batch, where the result has them."""
    instead: tuple[Callable[[Sequence[int]], bool], str] | None = None
    """A test of the operands' numbers of axes, and what to write instead where it holds."""
    steepest: float | None = None
    """The largest slope of an activation whose slope goes to 0 at both ends."""
    between: tuple[float, float] | None = None
    """Lowest and highest result of an activation; None where a result may be any number."""
    gives: Scores | None = None
    """What the results of an activation are; None where they may be anything."""
    takes: Scores | None = None
    """What a loss takes as its prediction; None where that may be anything."""
    keeps_scale: bool = False
    """True where every number of the result is copied from an operand: maximum, identity."""
    chooses: bool = False
    """True where each cell of the result is taken from one operand, and what the other operands
    hold there is not read: where."""
    indices_from: int | None = None
    """The position from which on its operands are indices: whole numbers, known before a pass, that
    say which cells of the first operand it picks. None for an op without any."""
    variadic: bool = False
    """True where the last operand may repeat (concat). The rules of the operand are then told by
    the option `operand` which of them is meant."""
    least: int | None = None
    """The fewest operands that it takes, where the last of them may be left out; else None.
    Templates leave out what is not there: `conv(x, w)` for `conv({x}, {w}, {b})`."""
    per_axis: tuple[str, ...] = ()
    """Options that are one whole number, or a tuple with a number for each axis."""
    shared: Callable[..., Array] | None = None
    """`shared(*operands, **options)`: what forward and vector-Jacobian products both need, or the
    local derivative of an op that treats each cell alone. A pass computes it once, hands it to them
    by the name `shared`, and drops it at its end."""
    text_first: str = ""
    """The option that a text in front of the operands is: the letters of `einsum("ij->ji", a)`."""
    side: Callable[..., Array] | None = None
    """`side(*operands, **options)`: which smooth piece each entry is on, as whole numbers; an
    entry that changes side between two points has a kink between them."""
    kink: Callable[..., Any] | None = None
    """`kink(*operands, **options)`: True where an operand stands exactly on a kink."""
    conventions: tuple[Convention, ...] = ()
    """The values it uses where its formula leaves a choice; for an op with a kink, the first is the
    derivative at the kink."""
    by_result: Callable[[Array], Array] | None = None
    """The derivative of a function of one operand by its value, where `partials` have it by the
    operand: 1 − e⁻ʸ of softplus."""
    rectifies: int | None = None
    """The operand that is cut to 0, without a gradient, where it is not above 0, and passes above,
    as in relu, or in relu6 up to 6. None for any other op."""
    with_numbers: Callable[[Op, tuple[float | None, ...]], Op] | None = None
    """`with_numbers(op, operands)`: the form of the op for operands of which some are numbers
    written out in the expression; the others are None."""
    axes: Mapping[int, str] = field(default_factory=dict)
    """What the axes of an operand are, by its position, where they may be mistaken."""
    edge_text: Callable[[Layout, int], EdgeText] | None = None
    """`edge_text(layout, operand)`: the formula of an edge, where index letters do not give it."""
    key: Callable[[Layout], tuple[str, ...]] | None = None
    """`key(layout)`: for an op that is written `a[0,:]`, what stands for each axis of a; `{1}` for
    the operand at that position."""
    averaged: Callable[[tuple[Shape, ...], Options], int] | None = None
    """Over how many rows or entries the op averages: `{n}`, `{per}`, `{per2}` in the templates."""
    validate: Validate | None = None
    """`validate(*operands, **options)`: what is wrong with data the letters cannot check."""
    validates: int = -1
    """The operand that `validate` is about: a loss's target, what `where` chooses by."""
    validates_all: bool = False
    """True where `validate` reads the numbers of all operands. Else it reads those of the operand
    that it is about and of index operands, and of the others only their shapes."""
    note: str = ""
    """A sentence of documentation: what the op computes, and the source of its formula."""

    def validated(self, operands: Sequence[int]) -> Sequence[int]:
        """Of the op's operands, or what stands for them, those whose numbers `validate` reads."""
        if self.validate is None:
            return ()
        if self.validates_all:
            return operands
        if self.indices_from is not None:
            return operands[self.indices_from :]
        return (operands[self.validates],)

    def factors(self, operands: Sequence[int]) -> Sequence[int]:
        """Of a product's operands, or what stands for them, those that are multiplied: the first
        two, behind which a bias may stand, or all of them where there may be any number."""
        return operands if self.variadic else operands[:2]

    @property
    def shares(self) -> bool:
        """True where the results along `axis` are shares of 1, or the logarithms of such shares."""
        return self.gives in (Scores.SHARES, Scores.LOG_SHARES)

    @property
    def constant(self) -> bool:
        """True where no operand has a derivative, so that no gradient goes through: `a > b`."""
        return not any(self.partials)

    @property
    def at_kink(self) -> str:
        """The derivative at a kink, in words: `at 0 the slope is taken as 0`; empty for an op
        without a kink."""
        return self.conventions[0].says if self.kink is not None else ""

    @property
    def about(self) -> str:
        """The note and the conventions as sentences, for help and tables."""
        return " ".join(filter(None, [self.note, *(c.sentence for c in self.conventions)]))

    def layout(self, shapes: tuple[Shape, ...], options: Options) -> Layout:
        """Output shape and index maps for these operand shapes.

        Raises BpdebugError with the shapes and the letter that clashes.
        """
        count = len(shapes)
        most = len(self.operands)
        least = most if self.least is None else self.least
        if not least <= count <= most and not (self.variadic and count >= 1):
            fewer = f"{least} or " if least == most - 1 else f"{least} to " * (least < most)
            raise BpdebugError(
                f"{self.name} takes {fewer}{most} operand{'s' * (most != 1)} "
                f"({', '.join(self.operands)}), not {count}"
            )
        longest = max(len(shape) for shape in shapes)
        if longest > MOST_AXES:
            raise BpdebugError(f"{self.name}: {longest} axes are too many; at most {MOST_AXES}")
        if self.select is not None:
            shape, maps = self.select(shapes, options)
            return Layout(shape, maps, None)
        assert self.signature is not None
        names = tuple(f"operand {n + 1}" for n in range(count)) if self.variadic else self.operands
        return lay_out(self.name, names, self.signature(shapes, options), shapes)

    def fits(self, shapes: tuple[Shape, ...]) -> bool:
        """True when it takes operands of these shapes, with its default options."""
        try:
            self.layout(shapes, self.options)
        except BpdebugError:
            return False
        return True

    def partial(self, operand: int) -> Partial | None:
        """The local derivative for the operand at this position; None where it has none."""
        return self.partials[min(operand, len(self.partials) - 1)]

    def local(self, operand: int, y: Array, operands: tuple[Array, ...], options: Options) -> Array:
        """The local derivative as an array, shaped as the edge's index map says or smaller.

        Its numbers are of the kind of y's, float64 or float32.
        """
        partial = self.partial(operand)
        assert partial is not None
        found = partial.value(y, *operands, **self.for_rules(operand, options))
        return np.asarray(found, dtype=y.dtype)

    def vjp(self, operand: int) -> Callable[..., Array] | None:
        """The fast vector-Jacobian product for an operand; None where there is none."""
        return self.vjps.get(0 if self.variadic else operand)

    def for_rules(self, operand: int, options: Options) -> Options:
        """What the rules of an operand take by name: the options, and which operand it is where
        an op has any number of them."""
        return {**options, "operand": operand} if self.variadic else options

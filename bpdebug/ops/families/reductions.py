"""Sums, means, maxima and norms, over all axes or some."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.ops.convention import Convention
from bpdebug.ops.declaration import Carries, Op, Partial
from bpdebug.ops.families.cellwise import ONE
from bpdebug.ops.letters import Options, Signature, show_shape
from bpdebug.ops.maps.index_map import Array, Shape
from bpdebug.ops.registry import register

LETTERS = "abcdefgh"


def normal_axes(name: str, axis: Any, shape: Shape) -> tuple[int, ...]:
    """The reduced axes, counted from 0; `None` means all. BpdebugError for an axis out of range."""
    rank = len(shape)
    axes = range(rank) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    found = []
    for one in axes:
        if not -rank <= one < rank:
            raise BpdebugError(
                f"{name}: axis {one} is out of range for shape {show_shape(shape)}; "
                + (f"it has axes 0 to {rank - 1}" if rank else "a scalar has no axis")
            )
        found.append(one % rank)
    if len(set(found)) != len(found):
        raise BpdebugError(f"{name}: an axis is named twice in {axis}")
    return tuple(found)


def reducing(name: str, full: bool) -> Callable[[tuple[Shape, ...], Options], Signature]:
    """The signature of a reduction. `full`: the partial has every letter, else it is a number.

    With keepdims a reduced axis stays in the output as a letter of its own, of extent 1; since
    signatures bind letters to extents by operand, that case is written with upper-case letters.
    """

    def signature(shapes: tuple[Shape, ...], options: Options) -> Signature:
        (shape,) = shapes
        gone = normal_axes(name, options.get("axis"), shape)
        cell = LETTERS[: len(shape)]
        kept = "".join(
            (n.upper() if options.get("keepdims") else "") if axis in gone else n
            for axis, n in enumerate(cell)
        )
        return Signature(f"{cell}->{kept}", cell if full else "")

    return signature


def spread(y: Array, a: Array, axis: Any, keepdims: bool) -> Array:
    """The reduced result with its axes put back, so that it broadcasts against the operand."""
    if keepdims or axis is None:
        return np.asarray(y)
    return np.expand_dims(y, normal_axes("axis", axis, np.shape(a)))


def extreme_share(y: Array, a: Array, axis: Any, keepdims: bool) -> Array:
    """1 at the maximum or minimum, shared evenly where several entries tie, 0 elsewhere."""
    hit = (np.asarray(a) == spread(y, a, axis, keepdims)).astype(np.asarray(a).dtype)
    share: Array = hit / hit.sum(axis=axis, keepdims=True)
    return share


def norm_slope(y: Array, a: Array, axis: Any, keepdims: bool) -> Array:
    """a/‖a‖; 0 where the norm is 0, as in PyTorch."""
    length = spread(y, a, axis, keepdims)
    return np.asarray(a) / np.where(length == 0, np.inf, length)


def norm_forward(a: Array, *, axis: Any, keepdims: bool) -> Array:
    """√Σa², scaled by the largest entry so that squares neither overflow nor vanish."""
    top = np.max(np.abs(a), axis=axis, keepdims=True)
    top = np.where((top == 0) | ~np.isfinite(top), np.ones_like(top), top)
    scaled: Array = np.sqrt(np.sum(np.square(a / top), axis=axis, keepdims=True)) * top
    return scaled if keepdims else np.squeeze(scaled, axis=axis)


OPTIONS: dict[str, Any] = {"axis": None, "keepdims": False}


def count(y: Array, a: Array) -> float:
    """How many entries each entry of the result is made of."""
    return float(np.size(a) / max(np.size(y), 1))


def mean_forward(a: Array, *, axis: Any, keepdims: Any) -> Array:
    """np.mean, bit for bit and without what it checks on each call."""
    total = np.add.reduce(a, axis=axis, keepdims=keepdims)
    return np.asarray(total / count(total, a))


def averaged(shapes: tuple[Shape, ...], options: Options) -> int:
    """The n of "1/n": the extents of the reduced axes multiplied."""
    axes = normal_axes("mean", options["axis"], shapes[0])
    return prod(shapes[0][axis] for axis in axes)


sum_ = register(
    Op(
        "sum",
        ("a",),
        forward=np.sum,
        signature=reducing("sum", full=False),
        text="sum({a})",
        latex=r"\sum {a}",
        operator=r"\sum",
        family="reduction",
        carries=Carries.REDUCES,
        options=OPTIONS,
        prefix="Σ",
        note="Over all axes, or those of `axis`; `keepdims` leaves them with size 1.",
        partials=(
            Partial(
                lambda y, a, axis, keepdims: ONE,
                "1",
                "1",
                "{a} is one of the summands of {y}: move it by 1, and {y} moves by 1",
            ),
        ),
    )
)

mean = register(
    Op(
        "mean",
        ("a",),
        forward=mean_forward,
        signature=reducing("mean", full=False),
        text="mean({a})",
        latex=r"\mathrm{{mean}}({a})",
        family="reduction",
        carries=Carries.REDUCES,
        options=OPTIONS,
        averaged=averaged,
        note="Over all axes, or those of `axis`.",
        partials=(
            Partial(
                lambda y, a, axis, keepdims: np.asarray(1.0 / count(y, a)),
                "1/{n}",
                r"\tfrac{{1}}{{{n}}}",
                "{a} is one of {n} entries averaged in {y}: move it by 1, and {y} moves by 1/{n}",
            ),
        ),
    )
)


def extreme(name: str, forward: Any, word: str, largest: str, larger: str) -> Op:
    """Declare max or min, whose derivative goes to the entry that is the result."""
    loser = 4.0 - forward((1.0, 3.0))

    def at(a: Array, axis: Any, keepdims: bool) -> Any:
        return np.asarray(a) == forward(a, axis=axis, keepdims=True)

    return register(
        Op(
            name,
            ("a",),
            forward=forward,
            signature=reducing(name, full=True),
            text=f"{name}({{a}})",
            latex=rf"\{name} {{a}}",
            operator=rf"\{name}",
            family="reduction",
            options=OPTIONS,
            side=lambda a, axis, keepdims: at(a, axis, keepdims).astype(int),
            kink=lambda a, axis, keepdims: (
                np.sum(at(a, axis, keepdims), axis=axis, keepdims=keepdims) > 1
            ),
            conventions=(
                Convention(
                    f"entries that tie for the {word} share the gradient evenly",
                    ((2.0, loser, 2.0),),
                    2.0,
                    ((0.5, 0.0, 0.5),),
                ),
                Convention(f"a NaN among them is the {word}", ((1.0, np.nan),), np.nan),
            ),
            instead=(
                lambda ranks: len(ranks) == 2,
                f"the {larger} of two is `{word}(a, b)`",
            ),
            note=f"Over all axes, or those of `axis`, as PyTorch's a{name}.",
            partials=(
                Partial(
                    extreme_share,
                    "[{a} = {y}]",
                    "[{a} = {y}]",
                    f"only the {largest} entry reaches {{y}}; the others could move without {{y}} "
                    "noticing",
                ),
            ),
        )
    )


max_ = extreme("max", np.max, "maximum", "largest", "larger")
min_ = extreme("min", np.min, "minimum", "smallest", "smaller")

norm = register(
    Op(
        "norm",
        ("a",),
        forward=norm_forward,
        signature=reducing("norm", full=True),
        text="‖{a}‖",
        bars=("‖", "||"),
        latex=r"\lVert {a} \rVert",
        family="reduction",
        options=OPTIONS,
        elsewhere=dict.fromkeys(
            ("ord", "p"), "leave it out: norm is the root of the sum of squares"
        ),
        kink=lambda a, axis, keepdims: norm_forward(a, axis=axis, keepdims=keepdims) == 0,
        conventions=(
            Convention(
                "where the norm is 0 its derivative is taken as 0",
                ((0.0, 0.0),),
                0.0,
                ((0.0, 0.0),),
            ),
            Convention(
                "with an infinite entry it is infinite, and has no derivative there",
                ((1.0, -np.inf),),
                np.inf,
                ((0.0, np.nan),),
            ),
        ),
        note="The Euclidean length √Σa².",
        partials=(
            Partial(
                norm_slope,
                "{a}/{y}",
                r"\frac{{{a}}}{{{y}}}",
                "the length {y} grows along {a}, in proportion to its share {a}/{y}",
            ),
        ),
    )
)

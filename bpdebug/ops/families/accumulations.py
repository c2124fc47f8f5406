"""Products, sums of exponentials and running sums of many entries."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpdebug.ops.convention import Convention
from bpdebug.ops.declaration import Op, Partial
from bpdebug.ops.families.reductions import LETTERS, OPTIONS, normal_axes, reducing, spread
from bpdebug.ops.letters import Options, Signature
from bpdebug.ops.maps.index_map import Array, Index, Shape
from bpdebug.ops.registry import register


def product_of_others(y: Array, a: Array, *, axis: Any, keepdims: bool) -> Array:
    """For each entry the product of all others of its sum: of those before and those behind it.

    Nothing is divided, so that it is right also where entries are 0 or infinite.
    """
    a = np.asarray(a)
    gone = normal_axes("prod", axis, a.shape)
    kept = tuple(at for at in range(a.ndim) if at not in gone)
    order = (*kept, *gone)
    lines = a.transpose(order).reshape(*(a.shape[at] for at in kept), -1)
    ones = np.ones_like(lines[..., :1])
    before = np.cumprod(np.concatenate([ones, lines[..., :-1]], axis=-1), axis=-1)
    behind = np.cumprod(np.concatenate([ones, lines[..., :0:-1]], axis=-1), axis=-1)
    others = (before * behind[..., ::-1]).reshape(tuple(a.shape[at] for at in order))
    return np.asarray(others.transpose(np.argsort(order)))


prod = register(
    Op(
        "prod",
        ("a",),
        forward=np.prod,
        signature=reducing("prod", full=True),
        text="prod({a})",
        latex=r"\prod {a}",
        operator=r"\prod",
        family="reduction",
        options=OPTIONS,
        note="The product over all axes, or those of `axis`.",
        conventions=(
            Convention(
                "nothing is divided by an entry, so an entry of 0 gets the product of the others",
                ((0.0, 2.0, 5.0),),
                0.0,
                ((10.0, 0.0, 0.0),),
            ),
        ),
        partials=(
            Partial(
                product_of_others,
                "prod′({a})",
                r"\mathrm{{prod}}'({a})",
                "{a} is one of the factors of {y}: move it by 1, and {y} moves by the product of "
                "all others",
                cell_text=lambda index: f"prod′({{a*}})[{','.join(index)}]",
            ),
        ),
    )
)


def logsumexp_forward(a: Array, *, axis: Any, keepdims: bool) -> Array:
    """ln Σeᵃ, with the largest entry taken off first so that nothing overflows."""
    top = np.max(a, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    total: Array = np.log(np.sum(np.exp(a - top), axis=axis, keepdims=True)) + top
    return total if keepdims else np.squeeze(total, axis=axis)


logsumexp = register(
    Op(
        "logsumexp",
        ("a",),
        forward=logsumexp_forward,
        signature=reducing("logsumexp", full=True),
        text="logsumexp({a})",
        latex=r"\mathrm{{logsumexp}}({a})",
        family="reduction",
        options=OPTIONS,
        note="ln Σeᵃ over all axes, or those of `axis`; its derivative is softmax.",
        conventions=(
            Convention(
                "an entry of −∞ adds nothing, and its slope is 0",
                ((-np.inf, 0.0),),
                0.0,
                ((0.0, 1.0),),
            ),
            Convention(
                "a row with only −∞ is −∞, and has no derivative",
                ((-np.inf, -np.inf),),
                -np.inf,
                ((np.nan, np.nan),),
            ),
            Convention(
                "with an entry of ∞ it is ∞, and has no derivative there",
                ((0.0, np.inf),),
                np.inf,
                ((0.0, np.nan),),
            ),
        ),
        partials=(
            Partial(
                lambda y, a, axis, keepdims: np.exp(a - spread(y, a, axis, keepdims)),
                "exp({a} − {y})",
                r"e^{{{a} - {y}}}",
                "{y} moves by the share that exp({a}) has in the sum of all exponentials",
            ),
        ),
    )
)


def running(shapes: tuple[Shape, ...], options: Options) -> Signature:
    """`ab->ak` with partial `bk`: which of the results along k an entry along b is added into."""
    (shape,) = shapes
    (axis,) = normal_axes("cumsum", int(options["axis"]), shape)
    cell = LETTERS[: len(shape)]
    output = cell[:axis] + "k" + cell[axis + 1 :]
    return Signature(f"{cell}->{output}", cell[axis] + "k", repeats=(("k", cell[axis]),))


def cumsum_row(cell: Index, y: Array, a: Array, *, axis: int) -> Array:
    """[j ≤ k] for one j and every k."""
    return np.asarray(np.arange(np.shape(a)[axis]) >= cell[axis], dtype=np.float64)


cumsum = register(
    Op(
        "cumsum",
        ("a",),
        forward=np.cumsum,
        signature=running,
        vjps={
            0: lambda g, y, a, axis: np.flip(np.cumsum(np.flip(g, axis), axis=axis), axis),
        },
        text="cumsum({a})",
        latex=r"\mathrm{{cumsum}}({a})",
        family="reduction",
        options={"axis": -1},
        note="Along `axis`, the last unless given, each result is the sum up to there; the "
        "derivative is [j ≤ k].",
        conventions=(
            Convention(
                "an entry is part of its own sum and of all behind it",
                ((1.0, 2.0, 4.0),),
                (1.0, 3.0, 7.0),
                (((1.0, 1.0, 1.0), (0.0, 1.0, 1.0), (0.0, 0.0, 1.0)),),
            ),
        ),
        partials=(
            Partial(
                lambda y, a, axis: np.triu(np.ones((np.shape(a)[axis],) * 2)),
                "cumsum′({a})",
                r"\mathrm{{cumsum}}'({a})",
                "{a} is a summand of its own sum and of every sum behind it, and of none before it",
                row=cumsum_row,
            ),
        ),
    )
)

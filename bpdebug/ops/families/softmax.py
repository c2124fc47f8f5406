"""softmax and log_softmax: every output depends on every input of its row.

Their local derivative is a full Jacobian per row. It is never built for the whole array:
`row` gives the factors of one cell, and the vector-Jacobian product has its closed form.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bpdebug.ops.convention import Convention
from bpdebug.ops.declaration import Op, Partial, Scores
from bpdebug.ops.families.reductions import LETTERS, normal_axes
from bpdebug.ops.letters import Options, Signature
from bpdebug.ops.maps.index_map import Array, Index, Shape
from bpdebug.ops.registry import register
from bpdebug.ops.spelling import Spelling

SHARED: Spelling = ("divide", "a", ("sum", "a"))
"""Numbers divided by their own sum, so that they are shares of 1; softmax divides exponentials."""


def along_axis(name: str) -> Any:
    """`ab->ak` with partial `abk`: the axis' letter turns into a summed letter k."""

    def signature(shapes: tuple[Shape, ...], options: Options) -> Signature:
        (shape,) = shapes
        (axis,) = normal_axes(name, int(options["axis"]), shape)
        cell = LETTERS[: len(shape)]
        output = cell[:axis] + "k" + cell[axis + 1 :]
        return Signature(f"{cell}->{output}", cell + "k", repeats=(("k", cell[axis]),))

    return signature


def softmax_forward(x: Array, *, axis: int, masked: bool = False) -> Array:
    """eˣ/Σeˣ, with the row's maximum taken off first so that nothing overflows."""
    top = np.max(x, axis=axis, keepdims=True)
    empty = masked and np.equal(top, -np.inf)
    grown = np.exp(x - np.where(empty, 0.0, top) if masked else x - top)
    total = np.sum(grown, axis=axis, keepdims=True)
    y: Array = grown / (np.where(empty, 1.0, total) if masked else total)
    return y


def log_softmax_forward(x: Array, *, axis: int) -> Array:
    """x − ln Σeˣ, with the row's maximum taken off first."""
    shifted = x - np.max(x, axis=axis, keepdims=True)
    y: Array = shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))
    return y


def softmax_row(cell: Index, y: Array, x: Array, *, axis: int, masked: bool = False) -> Array:
    """∂y_k/∂x_j = y_k([j = k] − y_j) for one j and every k."""
    line, j = row_of(cell, y, axis)
    unit = np.zeros_like(line)
    unit[j] = 1.0
    factors: Array = line * (unit - line[j])
    return factors


def log_softmax_row(cell: Index, y: Array, x: Array, *, axis: int) -> Array:
    """∂y_k/∂x_j = [j = k] − softmax(x)_j for one j and every k."""
    line, j = row_of(cell, y, axis)
    unit = np.zeros_like(line)
    unit[j] = 1.0
    factors: Array = unit - np.exp(line[j])
    return factors


def row_of(cell: Index, y: Array, axis: int) -> tuple[Array, int]:
    """The row of y that a cell belongs to, and the cell's position in it."""
    axis %= y.ndim
    line = np.moveaxis(y, axis, -1)[cell[:axis] + cell[axis + 1 :]]
    return np.asarray(line), cell[axis]


def jacobian(row: Any) -> Any:
    """The whole local derivative, row by row; for grids and tests, on arrays of modest size."""

    def value(y: Array, x: Array, *, axis: int, **options: Any) -> Array:
        full = np.empty((*x.shape, x.shape[axis]), dtype=x.dtype)
        for cell in np.ndindex(x.shape):
            full[cell] = row(cell, y, x, axis=axis)
        return full

    return value


def softmax_vjp(g: Array, y: Array, x: Array, *, axis: int, masked: bool = False) -> Array:
    """y ⊙ (g − Σ g·y): the Jacobian product without the Jacobian."""
    part: Array = y * (g - np.sum(g * y, axis=axis, keepdims=True))
    return part


def log_softmax_vjp(g: Array, y: Array, x: Array, *, axis: int) -> Array:
    """g − softmax(x)·Σg."""
    part: Array = g - np.exp(y) * np.sum(g, axis=axis, keepdims=True)
    return part


softmax = register(
    Op(
        "softmax",
        ("x",),
        forward=softmax_forward,
        signature=along_axis("softmax"),
        vjps={0: softmax_vjp},
        text="softmax({x})",
        latex=r"\mathrm{{softmax}}({x})",
        family="activation",
        activation=True,
        between=(0.0, 1.0),
        gives=Scores.SHARES,
        options={"axis": -1, "masked": False},
        note="Along `axis`, the last unless given; the derivative is yₖ·([j = k] − yⱼ).",
        conventions=(
            Convention(
                "an entry of −∞ has probability 0 and slope 0",
                ((-np.inf, 0.0),),
                (0.0, 1.0),
                (((0.0, 0.0), (0.0, 0.0)),),
            ),
            Convention(
                "a row with only −∞ has no probabilities: it is NaN",
                ((-np.inf, -np.inf),),
                (np.nan, np.nan),
            ),
            Convention(
                "with masked=True it is 0, as where an attention's mask leaves nothing to see",
                ((-np.inf, -np.inf),),
                (0.0, 0.0),
                (((0.0, 0.0), (0.0, 0.0)),),
                {"masked": True},
            ),
        ),
        partials=(
            Partial(
                jacobian(softmax_row),
                "softmax′({x})",
                r"\mathrm{{softmax}}'({x})",
                "the outputs of a row share one sum of 1: when {x} grows, its own output "
                "grows and every other one shrinks",
                row=softmax_row,
                symmetric=True,
            ),
        ),
    )
)

log_softmax = register(
    Op(
        "log_softmax",
        ("x",),
        forward=log_softmax_forward,
        signature=along_axis("log_softmax"),
        vjps={0: log_softmax_vjp},
        text="log_softmax({x})",
        latex=r"\ln \mathrm{{softmax}}({x})",
        family="activation",
        activation=True,
        between=(-np.inf, 0.0),
        gives=Scores.LOG_SHARES,
        options={"axis": -1},
        note="Along `axis`, the last unless given; the derivative is [j = k] − softmax(x)ⱼ.",
        conventions=(
            Convention(
                "an entry of −∞ stays −∞ and does not affect the others",
                ((-np.inf, 0.0),),
                (-np.inf, 0.0),
                (((1.0, 0.0), (-1.0, 0.0)),),
            ),
            Convention("a row with only −∞ is NaN", ((-np.inf, -np.inf),), (np.nan, np.nan)),
        ),
        partials=(
            Partial(
                jacobian(log_softmax_row),
                "log_softmax′({x})",
                r"\left(\ln \mathrm{{softmax}}\right)'({x})",
                "when {x} grows, its own log-probability rises and the row's others fall",
                row=log_softmax_row,
            ),
        ),
    )
)

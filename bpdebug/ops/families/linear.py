"""Products of vectors and matrices. Their local derivatives are simply the other operand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpdebug.ops.convention import Convention
from bpdebug.ops.declaration import Op, Partial, Product
from bpdebug.ops.families.cellwise import ONE
from bpdebug.ops.letters import Signature, by_rank, letters
from bpdebug.ops.maps.index_map import Array
from bpdebug.ops.registry import register
from bpdebug.ops.spelling import Fusion


def both_vectors(ranks: Sequence[int], turned: bool) -> bool:
    """True for two vectors with the second written transposed: a·bᵀ."""
    return turned and list(ranks) == [1, 1]


def matmul_vjp_a(g: Array, y: Array, a: Array, b: Array) -> Array:
    """∂L/∂a = g · bᵀ, for vectors and matrices."""
    if b.ndim == 1:
        return np.multiply.outer(g, b) if a.ndim == 2 else g * b
    return g @ b.T


def matmul_vjp_b(g: Array, y: Array, a: Array, b: Array) -> Array:
    """∂L/∂b = aᵀ · g, for vectors and matrices."""
    if a.ndim == 1:
        return np.multiply.outer(a, g) if b.ndim == 2 else g * a
    return a.T @ g


matmul = register(
    Op(
        "matmul",
        ("a", "b"),
        forward=np.matmul,
        signature=by_rank(
            Signature("ij,jk->ik", "jk", "ij"),
            Signature("ij,j->i", "j", "ij"),
            Signature("j,jk->k", "jk", "j"),
            Signature("j,j->", "j", "j"),
        ),
        vjps={0: matmul_vjp_a, 1: matmul_vjp_b},
        text="{a}·{b}",
        sign="·",
        latex="{a} {b}",
        precedence=2,
        family="linear",
        product=Product.SUMS,
        written="a @ b",
        dotted=lambda ranks, turned: 0 not in ranks and not both_vectors(ranks, turned),
        instead=(lambda ranks: 0 in ranks, "a product with a number is written `2 * x`"),
        note="Vectors and matrices; written `a @ b`.",
        partials=(
            Partial(
                lambda y, a, b: b,
                "{b}",
                "{b}",
                "{a} multiplies {b} on its way to {y}: move it by 1, and {y} moves by {b}",
            ),
            Partial(
                lambda y, a, b: a,
                "{a}",
                "{a}",
                "{b} is multiplied by {a} on its way to {y}: move it by 1, and {y} moves by {a}",
            ),
        ),
    )
)


UNITS_INPUTS = "(units, inputs), as in torch.nn.Linear: a row has the weights of a unit"


def affine_forward(w: Array, x: Array, b: Array) -> Array:
    """W·x + b for a vector x; x·Wᵀ + b for a batch, one row an example."""
    return (w @ x if x.ndim == 1 else x @ w.T) + b


def affine_vjp_w(g: Array, y: Array, w: Array, x: Array, b: Array) -> Array:
    """∂L/∂W = g ⊗ x, summed over the rows of a batch: gᵀ · x."""
    return np.multiply.outer(g, x) if x.ndim == 1 else g.T @ x


def affine_vjp_x(g: Array, y: Array, w: Array, x: Array, b: Array) -> Array:
    """∂L/∂x = Wᵀ · g; for a batch g · W."""
    return g @ w


def affine_vjp_b(g: Array, y: Array, w: Array, x: Array, b: Array) -> Array:
    """∂L/∂b = g, summed over the rows of a batch."""
    return g if g.ndim == 1 else np.add.reduce(g)


affine = register(
    Op(
        "affine",
        ("W", "x", "b"),
        forward=affine_forward,
        signature=by_rank(
            Signature("ij,j,i->i", "j", "ij", ""),
            Signature("ij,nj,i->ni", "nj", "ij", ""),
        ),
        vjps={0: affine_vjp_w, 1: affine_vjp_x, 2: affine_vjp_b},
        text="{W}·{x} + {b}",
        rows="n",
        latex="{W} {x} + {b}",
        precedence=1,
        family="linear",
        product=Product.SUMS,
        note="The dense layer. A batch has one row an example.",
        axes={0: UNITS_INPUTS},
        fuses=(
            Fusion(("add", ("matmul", "x", ("transpose", "W")), "b"), (2, 2, 1), named=("b",)),
            Fusion(("add", ("matmul", "W", "x"), "b"), (2, 1, 1), named=("b",)),
        ),
        conventions=(
            Convention(
                f"W is {UNITS_INPUTS}",
                (((1.0, 2.0), (3.0, 4.0)), (1.0, 0.0), (0.0, 0.0)),
                (1.0, 3.0),
            ),
        ),
        partials=(
            Partial(
                lambda y, W, x, b: x,
                "{x}",
                "{x}",
                "{W} multiplies {x} on its way to {y}: move it by 1, and {y} moves by {x}",
            ),
            Partial(
                lambda y, W, x, b: W,
                "{W}",
                "{W}",
                "{x} reaches {y} through the weight {W}: move it by 1, and {y} moves by {W}",
            ),
            Partial(
                lambda y, W, x, b: ONE,
                "1",
                "1",
                "{b} is added to {y} as it is: move it by 1, and {y} moves by 1",
            ),
        ),
    )
)

dot = register(
    Op(
        "dot",
        ("a", "b"),
        forward=np.dot,
        signature=letters("i,i->", "i", "i"),
        vjps={0: lambda g, y, a, b: g * b, 1: lambda g, y, a, b: g * a},
        text="dot({a}, {b})",
        latex=r"{a} \cdot {b}",
        family="linear",
        product=Product.SUMS,
        instead=(lambda ranks: max(ranks) > 1, "a matrix product is written `A @ b`"),
        note="The inner product of two vectors.",
        partials=(
            Partial(lambda y, a, b: b, "{b}", "{b}", "{a} is weighted by {b} in the sum {y}"),
            Partial(lambda y, a, b: a, "{a}", "{a}", "{b} is weighted by {a} in the sum {y}"),
        ),
    )
)

outer = register(
    Op(
        "outer",
        ("a", "b"),
        forward=np.multiply.outer,
        signature=letters("i,j->ij", "j", "i"),
        vjps={0: lambda g, y, a, b: g @ b, 1: lambda g, y, a, b: a @ g},
        text="outer({a}, {b})",
        latex=r"{a} {b}^\top",
        family="linear",
        product=Product.CELLS,
        dotted=both_vectors,
        note="Every product of a cell of one vector with a cell of the other.",
        partials=(
            Partial(lambda y, a, b: b, "{b}", "{b}", "{y} is {a} times {b}"),
            Partial(lambda y, a, b: a, "{a}", "{a}", "{y} is {a} times {b}"),
        ),
    )
)

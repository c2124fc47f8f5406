"""Products of vectors, matrices and stacks of them; the local derivatives are the other operand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.ops.convention import Convention
from bpdebug.ops.declaration import MOST_AXES, Op, Partial, Product
from bpdebug.ops.families.cellwise import ONE
from bpdebug.ops.letters import Options, Signature, by_rank, letters, show_shape
from bpdebug.ops.maps.index_map import Array, Shape
from bpdebug.ops.registry import register
from bpdebug.ops.spelling import Fusion


def both_vectors(ranks: Sequence[int], turned: bool) -> bool:
    """True for two vectors with the second written transposed: a·bᵀ."""
    return turned and list(ranks) == [1, 1]


def summed_to(full: Array, shape: Shape) -> Array:
    """A gradient summed over the axes along which an operand of this shape was stretched."""
    lead = full.ndim - len(shape)
    stretched = (lead + at for at, n in enumerate(shape) if n == 1 != full.shape[lead + at])
    return np.add.reduce(full, axis=(*range(lead), *stretched), keepdims=True).reshape(shape)


def rows_of(stack: Array) -> Array:
    """A stack of matrices as a single matrix with all their rows; a vector as a row."""
    return stack.reshape(-1, stack.shape[-1])


def matmul_vjp_a(g: Array, y: Array, a: Array, b: Array) -> Array:
    """∂L/∂a = g · bᵀ, matrix by matrix, summed over those of b for which a is the same."""
    if b.ndim == 1:
        return g * b if a.ndim == 1 else np.multiply.outer(g, b)
    if b.ndim == 2:
        return g @ b.T
    if a.ndim == 1:
        return rows_of(b.swapaxes(-1, -2)).T @ g.reshape(-1)
    return summed_to(g @ b.swapaxes(-1, -2), a.shape)


def matmul_vjp_b(g: Array, y: Array, a: Array, b: Array) -> Array:
    """∂L/∂b = aᵀ · g, matrix by matrix, summed over those of a for which b is the same."""
    if a.ndim == 1:
        return g * a if b.ndim == 1 else a[:, None] * g[..., None, :]
    if a.ndim == 2:
        return a.T @ g
    if b.ndim == 1:
        return rows_of(a).T @ g.reshape(-1)
    if b.ndim == 2:
        return rows_of(a).T @ rows_of(g)
    return summed_to(a.swapaxes(-1, -2) @ g, b.shape)


PRODUCTS = by_rank(
    Signature("...ij,...jk->...ik", "...jk", "...ij"),
    Signature("...ij,j->...i", "j", "...ij"),
    Signature("j,...jk->...k", "...jk", "j"),
    Signature("j,j->", "j", "j"),
)

matmul = register(
    Op(
        "matmul",
        ("a", "b"),
        forward=np.matmul,
        signature=PRODUCTS,
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
        note="Vectors, matrices and stacks of matrices, which are broadcast; written `a @ b`.",
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
    """W·x + b for a vector x; x·Wᵀ + b for rows of examples, below any leading axes."""
    if x.ndim == 1:
        return w @ x + b
    if x.ndim == 2:
        return x @ w.T + b
    return (rows_of(x) @ w.T).reshape(*x.shape[:-1], len(w)) + b


def affine_vjp_w(g: Array, y: Array, w: Array, x: Array, b: Array) -> Array:
    """∂L/∂W = g ⊗ x, summed over all rows of a batch: gᵀ · x."""
    if x.ndim == 1:
        return np.multiply.outer(g, x)
    return g.T @ x if x.ndim == 2 else rows_of(g).T @ rows_of(x)


def affine_vjp_x(g: Array, y: Array, w: Array, x: Array, b: Array) -> Array:
    """∂L/∂x = Wᵀ · g; for a batch g · W."""
    return g @ w if x.ndim < 3 else (rows_of(g) @ w).reshape(x.shape)


def affine_vjp_b(g: Array, y: Array, w: Array, x: Array, b: Array) -> Array:
    """∂L/∂b = g, summed over all rows of a batch."""
    if g.ndim == 1:
        return g
    summed: Array = np.add.reduce(g if g.ndim == 2 else rows_of(g))
    return summed


affine = register(
    Op(
        "affine",
        ("W", "x", "b"),
        forward=affine_forward,
        signature=by_rank(
            Signature("ij,nj,i->ni", "nj", "ij", ""),
            Signature("ij,...j,i->...i", "...j", "ij", ""),
        ),
        vjps={0: affine_vjp_w, 1: affine_vjp_x, 2: affine_vjp_b},
        text="{W}·{x} + {b}",
        rows="n",
        latex="{W} {x} + {b}",
        precedence=1,
        family="linear",
        product=Product.SUMS,
        note="The dense layer. A batch has one row an example; more axes may stand in front.",
        axes={0: UNITS_INPUTS},
        fuses=(
            Fusion(
                ("add", ("matmul", "x", ("transpose", "W")), "b"),
                ((2,), range(2, MOST_AXES + 1), (1,)),
                named=("b",),
            ),
            Fusion(("add", ("matmul", "W", "x"), "b"), ((2,), (1,), (1,)), named=("b",)),
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


def dot_signature(shapes: tuple[Shape, ...], options: Options) -> Signature:
    """The letters of matmul where numpy.dot computes the same; BpdebugError elsewhere."""
    a, b = map(len, shapes)
    if a > 1 and b > 2:
        raise BpdebugError(
            f"dot: with a of shape {show_shape(shapes[0])} and b of shape {show_shape(shapes[1])} "
            "numpy.dot pairs every matrix of a with every one of b; matrix by matrix it is `a @ b`"
        )
    return PRODUCTS(shapes, options)


dot = register(
    Op(
        "dot",
        ("a", "b"),
        forward=np.dot,
        signature=dot_signature,
        vjps={0: matmul_vjp_a, 1: matmul_vjp_b},
        text="dot({a}, {b})",
        latex=r"{a} \cdot {b}",
        family="linear",
        product=Product.SUMS,
        instead=(lambda ranks: 0 in ranks, "a product with a number is written `2 * x`"),
        note="The inner product of two vectors; with matrices the same as `a @ b`, as numpy.dot.",
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

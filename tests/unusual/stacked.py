"""Products of stacks of matrices, and a dense layer of them: `...` beside index letters."""

import numpy as np

from bpdebug.ops import Op, Partial, Product, Signature

PRODUCTS = Signature("...ij,...jk->...ik", "...jk", "...ij")
LAYER = Signature("ij,...j,i->...i", "...j", "ij", "")

STACKED = Op(
    "stacked",
    ("a", "b"),
    forward=np.matmul,
    signature=lambda shapes, options: PRODUCTS,
    text="{a}·{b}",
    latex="{a} {b}",
    precedence=2,
    family="linear",
    product=Product.SUMS,
    partials=(
        Partial(lambda y, a, b: b, "{b}", "{b}", "{a} multiplies {b} on its way to {y}"),
        Partial(lambda y, a, b: a, "{a}", "{a}", "{b} is multiplied by {a} on its way to {y}"),
    ),
)
DENSE = Op(
    "dense_stack",
    ("W", "x", "b"),
    forward=lambda w, x, b: np.einsum("ij,...j->...i", w, x) + b,
    signature=lambda shapes, options: LAYER,
    text="{W}·{x} + {b}",
    latex="{W} {x} + {b}",
    precedence=1,
    family="linear",
    product=Product.SUMS,
    partials=(
        Partial(lambda y, W, x, b: x, "{x}", "{x}", "{W} multiplies {x} on its way to {y}"),
        Partial(lambda y, W, x, b: W, "{W}", "{W}", "{x} reaches {y} through {W}"),
        Partial(lambda y, W, x, b: np.float64(1.0), "1", "1", "{b} is added to {y}"),
    ),
)

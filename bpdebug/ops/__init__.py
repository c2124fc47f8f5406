"""The ops: one declaration each, in a file for each family. Importing this fills the registry."""

from bpdebug.ops import (
    activations,
    elementwise,
    linear,
    losses,
    reductions,
    shape,
    softmax,
)
from bpdebug.ops.declaration import (
    Layout,
    Op,
    Options,
    Partial,
    Passes,
    Product,
    Signature,
    Spelling,
    show_shape,
)
from bpdebug.ops.index_map import Array, Index, IndexMap, LetterMap, Place, SelectMap, Shape
from bpdebug.ops.registry import REGISTRY

__all__ = [
    "REGISTRY",
    "Array",
    "Index",
    "IndexMap",
    "Layout",
    "LetterMap",
    "Op",
    "Options",
    "Partial",
    "Passes",
    "Place",
    "Product",
    "SelectMap",
    "Shape",
    "Signature",
    "Spelling",
    "activations",
    "elementwise",
    "linear",
    "losses",
    "reductions",
    "shape",
    "show_shape",
    "softmax",
]

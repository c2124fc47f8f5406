"""The ops: a declaration each, in a file for each family. Importing this fills the registry."""

from bpdebug.ops import composites, families
from bpdebug.ops.composite import (
    COMPOSITES,
    Composite,
    Line,
    declarations,
    declared,
    losses,
)
from bpdebug.ops.declaration import Carries, EdgeText, LocalText, Op, Partial, Product, Scores
from bpdebug.ops.dtypes import DTYPES, FLOAT32, FLOAT64, DType, epsilon, narrowed, of_dtype
from bpdebug.ops.letters import Layout, Options, Signature, show_shape
from bpdebug.ops.maps.index_map import (
    Array,
    Flat,
    Index,
    IndexMap,
    Loop,
    Shape,
    TermIndices,
    Terms,
    Window,
)
from bpdebug.ops.maps.pick_map import INDEX_ARRAY
from bpdebug.ops.registry import REGISTRY
from bpdebug.ops.spelling import Fusion, Spelling

__all__ = [
    "COMPOSITES",
    "DTYPES",
    "FLOAT32",
    "FLOAT64",
    "INDEX_ARRAY",
    "REGISTRY",
    "Array",
    "Carries",
    "Composite",
    "DType",
    "EdgeText",
    "Flat",
    "Fusion",
    "Index",
    "IndexMap",
    "Layout",
    "Line",
    "LocalText",
    "Loop",
    "Op",
    "Options",
    "Partial",
    "Product",
    "Scores",
    "Shape",
    "Signature",
    "Spelling",
    "TermIndices",
    "Terms",
    "Window",
    "composites",
    "declarations",
    "declared",
    "epsilon",
    "families",
    "losses",
    "narrowed",
    "of_dtype",
    "show_shape",
]

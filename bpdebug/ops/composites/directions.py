"""Directions: a vector over its length, and how alike the directions of two vectors are."""

from __future__ import annotations

from bpdebug.errors import BpdebugError
from bpdebug.ops.composite import Composite, Line, compose, shapes_text
from bpdebug.ops.families.reductions import normal_axes
from bpdebug.ops.letters import Options
from bpdebug.ops.limit import NOT_NEGATIVE
from bpdebug.ops.maps.index_map import Shape


def normalize_lines(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
    """The length is kept above eps, so that a vector of zeros stays zeros."""
    normal_axes("normalize", options["axis"], shapes[0])
    return [
        ("length", f"norm(x, axis={options['axis']}, keepdims=True)"),
        ("y", f"x / maximum(length, {options['eps']!r})"),
    ]


normalize = compose(
    Composite(
        "normalize",
        ("x",),
        lines=normalize_lines,
        shown=((2, 3),),
        options={"axis": -1, "eps": 1e-12},
        limits={"eps": NOT_NEGATIVE},
        text="{x}/max(‖{x}‖, ε)",
        latex=r"\frac{{{x}}}{{\max(\lVert {x} \rVert, \varepsilon)}}",
        family="norms",
        note="Every vector along `axis` over its Euclidean length, as PyTorch's F.normalize, where "
        "`dim` is 1 unless given.",
    )
)


def cosine_lines(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
    """The axis is counted from the last, as broadcasting does."""
    a, b = shapes
    longer = max(shapes, key=len)
    (axis,) = normal_axes("cosine_similarity", options["axis"], longer)
    axis -= len(longer)
    if any(len(one) < -axis for one in shapes) or a[axis] != b[axis]:
        raise BpdebugError(
            f"cosine_similarity: {shapes_text(('a', 'b'), shapes)}; "
            f"they must have equal sizes along axis {options['axis']}"
        )
    return [
        ("dots", f"sum(a * b, axis={axis})"),
        ("length_a", f"maximum(norm(a, axis={axis}), {options['eps']!r})"),
        ("length_b", f"maximum(norm(b, axis={axis}), {options['eps']!r})"),
        ("y", "dots / (length_a * length_b)"),
    ]


cosine_similarity = compose(
    Composite(
        "cosine_similarity",
        ("a", "b"),
        lines=cosine_lines,
        shown=((2, 3), (2, 3)),
        options={"axis": -1, "eps": 1e-8},
        limits={"eps": NOT_NEGATIVE},
        text="{a}·{b}/(max(‖{a}‖, ε)·max(‖{b}‖, ε))",
        latex=r"\frac{{{a} \cdot {b}}}"
        r"{{\max(\lVert {a} \rVert, \varepsilon) \max(\lVert {b} \rVert, \varepsilon)}}",
        family="norms",
        note="Of the vectors along `axis`, as PyTorch's F.cosine_similarity, where `dim` is 1 "
        "unless given. A length below ε counts as ε, and then has no slope.",
    )
)

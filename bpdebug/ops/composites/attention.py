"""Attention: every query takes a mean of values, weighted by how alike it is to their keys."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.ops.composite import Composite, Line, compose, shapes_text
from bpdebug.ops.letters import Options, show_shape
from bpdebug.ops.maps.index_map import Array, Shape


@lru_cache(maxsize=16)
def causal_mask(queries: int, keys: int) -> Array:
    """0 up to the diagonal and −∞ above it: a query does not see what comes after it."""
    return np.triu(np.full((queries, keys), -np.inf), k=1)


def attention_lines(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
    """The queries are scaled, which are fewer numbers than the scores."""
    check_attention(shapes)
    (q, k), masks = shapes[:2], shapes[3:]
    lines: list[Line] = [
        ("scale", np.asarray(q[-1] ** -0.5)),
        ("scaled", "q * scale"),
        ("scores", "scaled @ k.T" if len(k) == 2 else "scaled @ swapaxes(k)"),
    ]
    seen = "scores"
    if options["causal"]:
        lines += [("future", causal_mask(q[-2], k[-2])), ("causal", "scores + future")]
        seen = "causal"
    if masks:
        lines.append(("masked", f"{seen} + mask"))
        seen = "masked"
    rows = ", masked=True" if masks else ""
    return [*lines, ("weights", f"softmax({seen}{rows})"), ("y", "weights @ v")]


def check_attention(shapes: tuple[Shape, ...]) -> None:
    """An error where queries, keys, values and mask do not fit together."""
    name = scaled_dot_product_attention.name
    got = shapes_text(scaled_dot_product_attention.operands, shapes)
    q, k, v, *masks = shapes
    if min(map(len, (q, k, v))) < 2 or q[-1] != k[-1] or k[-2] != v[-2]:
        raise BpdebugError(
            f"{name}: {got}; q is (…, queries, d), k (…, keys, d) and v (…, keys, values)"
        )
    try:
        scores = (*np.broadcast_shapes(q[:-2], k[:-2]), q[-2], k[-2])
        np.broadcast_shapes(scores[:-2], v[:-2])
    except ValueError:
        raise BpdebugError(f"{name}: {got}; the axes in front of the last two differ") from None
    try:
        fits = all(np.broadcast_shapes(mask, scores) == scores for mask in masks)
    except ValueError:
        fits = False
    if not fits:
        raise BpdebugError(
            f"{name}: the mask has shape {show_shape(masks[0])} and is added to scores of shape "
            f"{show_shape(scores)}; sizes must be equal or 1"
        )


scaled_dot_product_attention = compose(
    Composite(
        "scaled_dot_product_attention",
        ("q", "k", "v", "mask"),
        lines=attention_lines,
        shown=((3, 4), (2, 4), (2, 5), (3, 2)),
        options={"causal": False},
        least=3,
        text=lambda options: (
            f"softmax({{q}}·{{k}}ᵀ/√d{' + future' * options['causal']}‹ + {{mask}}›)·{{v}}"
        ),
        latex=lambda options: (
            r"\mathrm{{softmax}}\left(\frac{{{q} {k}^\top}}{{\sqrt{{d}}}}"
            + r" + \mathrm{{future}}" * options["causal"]
            + r"‹ + {mask}›\right) {v}"
        ),
        family="attention",
        note="Any leading axes: batch, heads. The mask is added to the scores: 0 where a query "
        "sees a key, −∞ where it does not; it may be left out. With causal=True no query sees a "
        "later key. A query that sees no key at all gets 0, as in PyTorch (Vaswani and others, "
        "2017).",
    )
)


def heads_lines(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
    """Queries, keys and values are projected, cut into heads, and joined again."""
    check_heads(shapes, options["heads"])
    width, heads = shapes[0][-1], options["heads"]
    lines: list[Line] = []
    for at, (short, operand) in enumerate(zip("qkv", ("query", "key", "value"), strict=True)):
        rows = f"{at * width}:{(at + 1) * width}"
        projection = f"affine(in_proj_weight[{rows}], {operand}, in_proj_bias[{rows}])"
        lines.append((short, projection))
    names = ["q", "k", "v"]
    if heads > 1:
        for at, short in enumerate("qkv"):
            cut = (*shapes[at][:-1], heads, width // heads)
            text = f"swapaxes(reshape({short}, shape={cut}), axis1=-3, axis2=-2)"
            lines.append((f"{short}_heads", text))
        names = [f"{name}_heads" for name in names]
    mask = ["mask"] * (len(shapes) > len(multi_head_attention.operands) - 1)
    taken = ", ".join([*names, *mask, f"causal={options['causal']}"])
    lines.append(("heads", f"scaled_dot_product_attention({taken})"))
    if heads > 1:
        joined = "reshape(swapaxes(heads, axis1=-3, axis2=-2), shape={})"
        lines.append(("joined", joined.format(shapes[0])))
    return [*lines, ("y", f"affine(out_proj_weight, {lines[-1][0]}, out_proj_bias)")]


def check_heads(shapes: tuple[Shape, ...], heads: int) -> None:
    """An error where the weights do not fit the width, or the width is not cut evenly."""
    name, operands = multi_head_attention.name, multi_head_attention.operands
    query, key, value, *weights = shapes
    width = query[-1] if query else 0
    wanted = [(3 * width, width), (3 * width,), (width, width), (width,)]
    if min(map(len, (query, key, value))) < 2 or weights[:4] != wanted:
        given = shapes_text(operands, shapes[:7])
        raise BpdebugError(
            f"{name}: {given}; for a query (…, tokens, E) the weights are (3E, E), (3E), (E, E) "
            "and (E)"
        )
    if {key[-1], value[-1]} != {width} or key != value or len(key) != len(query):
        raise BpdebugError(
            f"{name}: {shapes_text(operands, shapes[:3])}; key and value have one shape, with "
            "the axes and the last size of the query"
        )
    if heads < 1 or width % heads:
        raise BpdebugError(
            f"{name}: {width} numbers of a token cannot be cut into {heads} equal heads; "
            "heads must divide them"
        )


multi_head_attention = compose(
    Composite(
        "multi_head_attention",
        (
            "query",
            "key",
            "value",
            "in_proj_weight",
            "in_proj_bias",
            "out_proj_weight",
            "out_proj_bias",
            "mask",
        ),
        lines=heads_lines,
        shown=((3, 4), (2, 4), (2, 4), (12, 4), (12,), (4, 4), (4,)),
        options={"heads": 1, "causal": False},
        least=7,
        text="multi_head_attention({query}, {key}, {value})",
        latex=r"\mathrm{{multi\_head\_attention}}({query}, {key}, {value})",
        family="attention",
        note="The parameters of torch.nn.MultiheadAttention: in_proj_weight (3E, E) has the rows "
        "for queries, keys and values below each other. Tokens stand along the last axis but one, "
        "batches in front of them. Every head attends with E/heads of the numbers. Self-attention "
        "has x three times; mask and causal are those of scaled_dot_product_attention.",
    )
)

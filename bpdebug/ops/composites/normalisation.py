"""Normalisation: values less their mean, over their standard deviation, then scaled and moved."""

from __future__ import annotations

from bpdebug.errors import BpdebugError
from bpdebug.ops.composite import Composite, Line, compose
from bpdebug.ops.letters import Options, show_shape
from bpdebug.ops.maps.index_map import Shape


def layer_norm_lines(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
    """The last axes, as many as gamma has, are normalised together."""
    x, gamma, beta = shapes
    if not gamma or x[-len(gamma) :] != gamma or beta != gamma:
        raise BpdebugError(
            f"layer_norm: gamma has shape {show_shape(gamma)} and beta {show_shape(beta)}; both "
            f"must be the last axes of x, which has shape {show_shape(x)}"
        )
    over = f"axis={tuple(range(-len(gamma), 0))}, keepdims=True"
    return [
        ("mu", f"mean(x, {over})"),
        ("centred", "x - mu"),
        ("variance", f"mean(square(centred), {over})"),
        ("normed", f"centred / sqrt(variance + {options['eps']!r})"),
        ("y", "gamma * normed + beta"),
    ]


layer_norm = compose(
    Composite(
        "layer_norm",
        ("x", "gamma", "beta"),
        lines=layer_norm_lines,
        options={"eps": 1e-5},
        text="{gamma}·({x} − mean({x}))/√(var({x}) + ε) + {beta}",
        latex=r"{gamma} \odot \frac{{{x} - \mathrm{{mean}}({x})}}"
        r"{{\sqrt{{\mathrm{{var}}({x}) + \varepsilon}}}} + {beta}",
        family="normalisation",
        note="Over the last axes, as many as gamma has; the variance is the biased one "
        "(Ba, Kiros and Hinton, 2016).",
    )
)

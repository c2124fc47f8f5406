"""Normalisation: values less their mean, over their standard deviation, then scaled and moved."""

from __future__ import annotations

from bpdebug.errors import BpdebugError
from bpdebug.ops.composite import Composite, Line, compose, shapes_text
from bpdebug.ops.letters import Options, show_shape
from bpdebug.ops.limit import NOT_NEGATIVE
from bpdebug.ops.maps.index_map import Shape

NORMED_TEXT = "{gamma}·({x} − mean({x}))/√(var({x}) + ε) + {beta}"
NORMED_LATEX = (
    r"{gamma} \odot \frac{{{x} - \mathrm{{mean}}({x})}}"
    r"{{\sqrt{{\mathrm{{var}}({x}) + \varepsilon}}}} + {beta}"
)
"""The formula of every norm with a mean; over what it goes, its note says."""


def normed_lines(x: str, over: str, eps: float) -> list[Line]:
    """The lines from x to (x − mean)/√(variance + ε), over some axes."""
    return [
        ("mu", f"mean({x}, {over}, keepdims=True)"),
        ("centred", f"{x} - mu"),
        ("variance", f"mean(square(centred), {over}, keepdims=True)"),
        ("rstd", f"rsqrt(variance + {eps!r})"),
        ("normed", "centred * rstd"),
    ]


def last_axes(name: str, shapes: tuple[Shape, ...]) -> str:
    """The axes that gamma has, counted from the last; BpdebugError where x does not end in them."""
    x, gamma, *beta = shapes
    if not gamma or x[-len(gamma) :] != gamma or any(one != gamma for one in beta):
        both = f" and beta {show_shape(beta[0])}; both" if beta else "; it"
        raise BpdebugError(
            f"{name}: gamma has shape {show_shape(gamma)}{both} must be the last axes of x, which "
            f"has shape {show_shape(x)}"
        )
    return f"axis={tuple(range(-len(gamma), 0))}"


def layer_norm_lines(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
    """The last axes, as many as gamma has, are normalised together."""
    over = last_axes("layer_norm", shapes)
    return [*normed_lines("x", over, options["eps"]), ("y", "gamma * normed + beta")]


layer_norm = compose(
    Composite(
        "layer_norm",
        ("x", "gamma", "beta"),
        lines=layer_norm_lines,
        shown=((2, 3), (3,), (3,)),
        options={"eps": 1e-5},
        limits={"eps": NOT_NEGATIVE},
        text=NORMED_TEXT,
        latex=NORMED_LATEX,
        family="norms",
        note="Over the last axes, as many as gamma has; the variance is the biased one "
        "(Ba, Kiros and Hinton, 2016).",
    )
)


def rms_norm_lines(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
    """The last axes, as many as gamma has, are scaled together."""
    over = last_axes("rms_norm", shapes)
    return [
        ("mean_square", f"mean(square(x), {over}, keepdims=True)"),
        ("rrms", f"rsqrt(mean_square + {options['eps']!r})"),
        ("normed", "x * rrms"),
        ("y", "gamma * normed"),
    ]


rms_norm = compose(
    Composite(
        "rms_norm",
        ("x", "gamma"),
        lines=rms_norm_lines,
        shown=((2, 3), (3,)),
        options={"eps": 1e-6},
        limits={"eps": NOT_NEGATIVE},
        text="{gamma}·{x}/√(mean({x}²) + ε)",
        latex=r"{gamma} \odot \frac{{{x}}}"
        r"{{\sqrt{{\mathrm{{mean}}({x}^2) + \varepsilon}}}}",
        family="norms",
        note="As layer_norm without the mean and without beta, over the last axes, as many as "
        "gamma has (Zhang and Sennrich, 2019).",
    )
)

MOST_AXES = 5
"""Axes of an x with channels: (N, C, D, H, W)."""


def by_channel(composite: Composite, shapes: tuple[Shape, ...]) -> tuple[str, str]:
    """gamma and beta with a number for each channel, as expressions that fit x."""
    x, gamma, beta = shapes
    if not 2 <= len(x) <= MOST_AXES or gamma != x[1:2] or beta != gamma:
        raise BpdebugError(
            f"{composite.name}: {shapes_text(composite.operands, shapes)}; x has 2 to {MOST_AXES} "
            "axes, and gamma and beta have one number for each channel, along axis 1 of x"
        )
    spread = f"[{', '.join([':'] + ['None'] * (len(x) - 2))}]" if len(x) > 2 else ""
    return f"gamma{spread}", f"beta{spread}"


def batch_norm_lines(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
    """Each channel is normalised over all axes but axis 1."""
    gamma, beta = by_channel(batch_norm, shapes)
    over = tuple(axis for axis in range(len(shapes[0])) if axis != 1)
    lines = normed_lines("x", f"axis={over}", options["eps"])
    return [*lines, ("y", f"{gamma} * normed + {beta}")]


batch_norm = compose(
    Composite(
        "batch_norm",
        ("x", "gamma", "beta"),
        lines=batch_norm_lines,
        shown=((4, 3), (3,), (3,)),
        options={"eps": 1e-5},
        limits={"eps": NOT_NEGATIVE},
        text=NORMED_TEXT,
        latex=NORMED_LATEX,
        family="norms",
        note="By channel, along axis 1, over all other axes: the batch's own statistics, with the "
        "biased variance (Ioffe and Szegedy, 2015). A channel with a single value becomes beta, "
        "where PyTorch refuses it.",
    )
)


def group_norm_lines(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
    """The channels are cut into groups of neighbours, each normalised together."""
    (x, *_), groups = shapes, options["groups"]
    gamma, beta = by_channel(group_norm, shapes)
    if groups < 1 or x[1] % groups:
        raise BpdebugError(
            f"group_norm: {x[1]} channels cannot be cut into {groups} equal groups; "
            "groups must divide them"
        )
    return [
        ("grouped", f"reshape(x, shape={(x[0], groups, -1)})"),
        *normed_lines("grouped", "axis=-1", options["eps"]),
        ("y", f"{gamma} * reshape(normed, shape={x}) + {beta}"),
    ]


group_norm = compose(
    Composite(
        "group_norm",
        ("x", "gamma", "beta"),
        lines=group_norm_lines,
        shown=((2, 6, 5), (6,), (6,)),
        options={"groups": 1, "eps": 1e-5},
        limits={"eps": NOT_NEGATIVE},
        text=NORMED_TEXT,
        latex=NORMED_LATEX,
        family="norms",
        note="Every example by itself: `groups` groups of channels, each over its channels and all "
        "axes behind them, with the biased variance (Wu and He, 2018). As many groups as channels "
        "make it instance normalisation.",
    )
)

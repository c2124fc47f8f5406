"""Variance and standard deviation, over all axes or some."""

from __future__ import annotations

from math import prod

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.ops.composite import Composite, Line, compose
from bpdebug.ops.families.reductions import normal_axes
from bpdebug.ops.letters import Options, show_shape
from bpdebug.ops.maps.index_map import Shape

OPTIONS = {"axis": None, "keepdims": False, "correction": 0}


def degrees(name: str, shape: Shape, options: Options) -> tuple[int, int]:
    """How many values go into each result, and what their squares are divided by."""
    count = prod(shape[axis] for axis in normal_axes(name, options["axis"], shape))
    left = count - options["correction"]
    if left <= 0:
        raise BpdebugError(
            f"{name}: a has shape {show_shape(shape)}, with {count} "
            f"value{'s' * (count != 1)} to a result; correction={options['correction']} leaves no "
            "divisor, so take a smaller one"
        )
    return count, left


def divisor(options: Options) -> str:
    """`n`, or `(n − 1)`: what the squares are divided by."""
    return f"(n − {options['correction']})" if options["correction"] else "n"


def centred_lines(options: Options) -> tuple[list[Line], str]:
    """The lines of a less its mean, and the options of what reduces it."""
    return [
        ("mu", f"mean(a, axis={options['axis']}, keepdims=True)"),
        ("centred", "a - mu"),
    ], f"axis={options['axis']}, keepdims={options['keepdims']}"


def var_lines(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
    """The mean of the squares of what is left without the mean."""
    count, left = degrees("var", shapes[0], options)
    lines, over = centred_lines(options)
    if left == count:
        return [*lines, ("y", f"mean(square(centred), {over})")]
    return [*lines, ("y", f"sum(square(centred), {over}) / {left}")]


var = compose(
    Composite(
        "var",
        ("a",),
        lines=var_lines,
        shown=((3,),),
        options=OPTIONS,
        text=lambda options: (
            f"sum(({{a}} − mean({{a}}))²)/(n − {options['correction']})"
            if options["correction"]
            else "mean(({a} − mean({a}))²)"
        ),
        latex=lambda options: (
            rf"\frac{{{{\sum ({{a}} - \mathrm{{{{mean}}}}({{a}}))^2}}}}"
            rf"{{{{n - {options['correction']}}}}}"
            if options["correction"]
            else r"\mathrm{{mean}}\left(({a} - \mathrm{{mean}}({a}))^2\right)"
        ),
        family="reduction",
        note="Over all axes, or those of `axis`. The divisor is n − `correction`: 0 is the biased "
        "variance, 1 Bessel's correction, which is PyTorch's default.",
    )
)


def std_lines(shapes: tuple[Shape, ...], options: Options) -> list[Line]:
    """The length of what is left without the mean, over √n: its slope is 0 where all are equal."""
    _, left = degrees("std", shapes[0], options)
    lines, over = centred_lines(options)
    root = np.sqrt(np.asarray(float(left)))
    return [*lines, ("root_n", root), ("y", f"norm(centred, {over}) / root_n")]


std = compose(
    Composite(
        "std",
        ("a",),
        lines=std_lines,
        shown=((4,),),
        options=OPTIONS,
        text=lambda options: f"‖{{a}} − mean({{a}})‖/√{divisor(options)}",
        latex=lambda options: (
            r"\frac{{\lVert {a} - \mathrm{{mean}}({a}) \rVert}}"
            rf"{{{{\sqrt{{{{{divisor(options).strip('()').replace('−', '-')}}}}}}}}}"
        ),
        family="reduction",
        note="The root of `var`, with the same options; where all values are equal its slope is "
        "taken as 0, as in PyTorch.",
    )
)

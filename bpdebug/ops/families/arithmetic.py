"""Arithmetic, cell by cell, with numpy's broadcasting."""

from __future__ import annotations

import numpy as np

from bpdebug.ops.convention import Convention
from bpdebug.ops.declaration import Carries, Op, Partial, Product
from bpdebug.ops.families.cellwise import BINARY, MINUS_ONE, ONE, UNARY
from bpdebug.ops.maps.index_map import Array
from bpdebug.ops.registry import register


def log_of_base(y: Array, a: Array, b: Array) -> Array:
    """∂(aᵇ)/∂b = aᵇ·ln a; at a = 0 it is the limit 0, as in PyTorch, wherever b ≥ 0."""
    at_zero = (np.asarray(a) == 0) & (np.asarray(b) >= 0)
    return np.where(at_zero, 0.0, y * np.log(np.where(at_zero, 1.0, a)))


def power_slope(y: Array, a: Array, b: Array) -> Array:
    """∂(aᵇ)/∂a = b·aᵇ⁻¹; for b = 0 it is 0 also at a = 0, where 0⁻¹ would make it NaN."""
    return np.where(np.asarray(b) == 0, 0.0, b * np.power(a, np.asarray(b) - 1.0))


def broken_power(a: Array, b: Array) -> Array:
    """Where aᵇ has no two-sided derivative at a = 0: unless b is a whole number above 0."""
    broken: Array = (np.asarray(a) == 0) & ((np.asarray(b) != np.floor(b)) | (np.asarray(b) <= 0))
    return broken


add = register(
    Op(
        "add",
        ("a", "b"),
        forward=np.add,
        signature=BINARY,
        text="{a} + {b}",
        latex="{a} + {b}",
        precedence=1,
        written="a + b",
        family="arithmetic",
        carries=Carries.ADDS,
        partials=(
            Partial(lambda y, a, b: ONE, "1", "1", "{y} moves exactly as {a} does"),
            Partial(lambda y, a, b: ONE, "1", "1", "{y} moves exactly as {b} does"),
        ),
    )
)

subtract = register(
    Op(
        "subtract",
        ("a", "b"),
        forward=np.subtract,
        signature=BINARY,
        text="{a} − {b}",
        latex="{a} - {b}",
        precedence=1,
        written="a - b",
        family="arithmetic",
        carries=Carries.SUBTRACTS,
        partials=(
            Partial(lambda y, a, b: ONE, "1", "1", "{y} moves exactly as {a} does"),
            Partial(
                lambda y, a, b: MINUS_ONE,
                "(−1)",
                "(-1)",
                "{b} is subtracted: {y} moves by as much, the other way",
            ),
        ),
    )
)

multiply = register(
    Op(
        "multiply",
        ("a", "b"),
        forward=np.multiply,
        signature=BINARY,
        text="{a}·{b}",
        sign="·",
        latex=r"{a} \odot {b}",
        precedence=2,
        written="a * b",
        dotted=lambda ranks, turned: 0 in ranks,
        family="arithmetic",
        product=Product.CELLS,
        carries=Carries.SCALES,
        partials=(
            Partial(
                lambda y, a, b: b,
                "{b}",
                "{b}",
                "{a} is multiplied by {b}: move {a} by 1, and {y} moves by {b}",
            ),
            Partial(
                lambda y, a, b: a,
                "{a}",
                "{a}",
                "{b} is multiplied by {a}: move {b} by 1, and {y} moves by {a}",
            ),
        ),
    )
)

divide = register(
    Op(
        "divide",
        ("a", "b"),
        forward=np.divide,
        signature=BINARY,
        text="{a}/{b}",
        latex=r"\frac{{{a}}}{{{b}}}",
        precedence=2,
        written="a / b",
        family="arithmetic",
        conventions=(
            Convention(
                "divided by 0, a number becomes infinite", (1.0, 0.0), np.inf, (np.inf, -np.inf)
            ),
            Convention("0/0 is NaN", (0.0, 0.0), np.nan, (np.inf, np.nan)),
        ),
        carries=Carries.SCALES,
        partials=(
            Partial(
                lambda y, a, b: 1.0 / np.asarray(b),
                "1/{b}",
                r"\frac{{1}}{{{b}}}",
                "{a} is divided by {b}: move {a} by 1, and {y} moves by 1/{b}",
            ),
            Partial(
                lambda y, a, b: -np.asarray(y) / b,  # b² could vanish where b does not
                "(−{a}/{b}²)",
                r"\left(-\frac{{{a}}}{{{b}^2}}\right)",
                "{b} is the divisor: the slope of {a}/{b} along {b} is −{a}/{b}²",
            ),
        ),
    )
)

negate = register(
    Op(
        "negate",
        ("a",),
        forward=np.negative,
        signature=UNARY,
        text="−{a}",
        latex="-{a}",
        precedence=3,
        written="-a",
        family="arithmetic",
        carries=Carries.SCALES,
        partials=(
            Partial(
                lambda y, a: MINUS_ONE,
                "(−1)",
                "(-1)",
                "the sign turns: {y} moves by as much as {a}, the other way",
            ),
        ),
    )
)

power = register(
    Op(
        "power",
        ("a", "b"),
        forward=np.power,
        signature=BINARY,
        text="{a}^{b}",
        latex="{{{a}}}^{{{b}}}",
        precedence=4,
        written="a ** b",
        family="arithmetic",
        kink=broken_power,
        conventions=(
            Convention(
                "at 0, a power that is not a positive whole number has no slope common to both "
                "sides",
                (0.0, 0.5),
                0.0,
                (np.inf, 0.0),
            ),
            Convention("0⁰ is 1, and both of its derivatives are 0", (0.0, 0.0), 1.0, (0.0, 0.0)),
            Convention(
                "at a = 0 the derivative for b is the limit 0 where b ≥ 0",
                (0.0, 2.0),
                0.0,
                (0.0, 0.0),
            ),
            Convention(
                "0 to a negative power is infinite", (0.0, -1.0), np.inf, (-np.inf, -np.inf)
            ),
            Convention(
                "a base below 0 works with whole powers only, and has no derivative for b",
                (-2.0, 3.0),
                -8.0,
                (12.0, np.nan),
            ),
        ),
        partials=(
            Partial(
                power_slope,
                "{b}·{a}^({b}−1)",
                "{b} {{{a}}}^{{{b} - 1}}",
                "the power rule: the slope of {a}^{b} along {a} is {b}·{a}^({b}−1)",
            ),
            Partial(
                log_of_base,
                "{y}·ln({a})",
                r"{y} \ln {a}",
                "{b} is the exponent: the slope of {a}^{b} along {b} is {a}^{b}·ln {a}",
            ),
        ),
    )
)

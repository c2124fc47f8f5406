"""Elementary functions of one number, cell by cell."""

from __future__ import annotations

from math import pi
from math import sqrt as root

import numpy as np

from bpdebug.ops.convention import Convention
from bpdebug.ops.error_function import erf as error_function
from bpdebug.ops.families.cellwise import smooth

exp = smooth("exp", np.exp, lambda y, a: y, "exp({a})", "{y}", "e^{{{a}}}", "{y}")
log = smooth(
    "log",
    np.log,
    lambda y, a: 1.0 / np.asarray(a),
    "ln({a})",
    "1/{a}",
    r"\ln {a}",
    r"\frac{{1}}{{{a}}}",
    also=("ln",),
    note="The natural logarithm.",
    conventions=(
        Convention("at 0 it is −∞ and its slope is infinite", (0.0,), -np.inf, (np.inf,)),
        Convention("below 0 it is NaN", (-1.0,), np.nan),
    ),
)
log1p = smooth(
    "log1p",
    np.log1p,
    lambda y, a: 1.0 / (1.0 + np.asarray(a)),
    "log1p({a})",
    "1/(1 + {a})",
    r"\mathrm{{log1p}}({a})",
    r"\frac{{1}}{{1 + {a}}}",
    note="ln(1 + a), with all digits also where a is nearly 0.",
    conventions=(
        Convention("at −1 it is −∞ and its slope is infinite", (-1.0,), -np.inf, (np.inf,)),
        Convention("below −1 it is NaN", (-2.0,), np.nan),
    ),
)
expm1 = smooth(
    "expm1",
    np.expm1,
    lambda y, a: np.exp(a),
    "expm1({a})",
    "exp({a})",
    r"\mathrm{{expm1}}({a})",
    "e^{{{a}}}",
    note="eᵃ − 1, with all digits also where a is nearly 0.",
)
sqrt = smooth(
    "sqrt",
    np.sqrt,
    lambda y, a: 0.5 / np.asarray(y),
    "√({a})",
    "1/(2·{y})",
    r"\sqrt{{{a}}}",
    r"\frac{{1}}{{2 {y}}}",
    prefix="√",
    kink=lambda a: np.asarray(a) == 0,
    conventions=(
        Convention("at 0 the slope is infinite", (0.0,), 0.0, (np.inf,)),
        Convention("below 0 it is NaN", (-1.0,), np.nan, (np.nan,)),
    ),
)
square = smooth(
    "square",
    np.square,
    lambda y, a: 2.0 * np.asarray(a),
    "({a})²",
    "2·{a}",
    r"\left({a}\right)^2",
    "2 {a}",
    spelled=(("power", "a", 2.0),),
)
absolute = smooth(
    "abs",
    np.abs,
    lambda y, a: np.sign(a),
    "|{a}|",
    "sign({a})",
    r"\left|{a}\right|",
    r"\mathrm{{sign}}({a})",
    bars=("|",),
    side=np.sign,
    kink=lambda a: np.asarray(a) == 0,
    conventions=(Convention("at 0 the slope is taken as 0", (0.0,), 0.0, (0.0,)),),
)
sin = smooth(
    "sin", np.sin, lambda y, a: np.cos(a), "sin({a})", "cos({a})", r"\sin {a}", r"\cos {a}"
)
cos = smooth(
    "cos", np.cos, lambda y, a: -np.sin(a), "cos({a})", "(−sin({a}))", r"\cos {a}", r"(-\sin {a})"
)
reciprocal = smooth(
    "reciprocal",
    np.reciprocal,
    lambda y, a: -np.square(y),
    "1/{a}",
    "(−{y}²)",
    r"\frac{{1}}{{{a}}}",
    "(-{y}^2)",
    precedence=2,
    spelled=(("divide", 1.0, "a"),),
    conventions=(Convention("at 0 it is infinite", (0.0,), np.inf, (-np.inf,)),),
)
rsqrt = smooth(
    "rsqrt",
    lambda a: 1.0 / np.sqrt(a),
    lambda y, a: -0.5 * np.power(y, 3.0),
    "1/√({a})",
    "(−½·{y}³)",
    r"\frac{{1}}{{\sqrt{{{a}}}}}",
    r"\left(-\tfrac{{1}}{{2}} {y}^3\right)",
    precedence=2,
    spelled=(("divide", 1.0, ("sqrt", "a")),),
    note="One over the square root.",
    conventions=(
        Convention("at 0 it is infinite", (0.0,), np.inf, (-np.inf,)),
        Convention("below 0 it is NaN", (-1.0,), np.nan, (np.nan,)),
    ),
)
erf = smooth(
    "erf",
    error_function,
    lambda y, a: 2.0 / root(pi) * np.exp(-np.square(a)),
    "erf({a})",
    "(2/√π·exp(−{a}²))",
    r"\mathrm{{erf}}({a})",
    r"\tfrac{{2}}{{\sqrt{{\pi}}}} e^{{-{{{a}}}^2}}",
    note="The error function, 2/√π times the integral of e^−t² from 0 to a.",
)

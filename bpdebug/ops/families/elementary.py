"""Elementary functions of one number, cell by cell."""

from __future__ import annotations

import numpy as np

from bpdebug.ops.convention import Convention
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

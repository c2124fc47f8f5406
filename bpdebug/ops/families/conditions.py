"""Comparisons, which give 1 where they hold and 0 elsewhere, and `where`, which chooses by them."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpdebug.ops.convention import Convention
from bpdebug.ops.declaration import Op, Partial
from bpdebug.ops.letters import letters
from bpdebug.ops.maps.index_map import Array
from bpdebug.ops.registry import register

COMPARED = letters("...,...->...", None, None)


def comparison(name: str, holds: Any, sign: str, text: str, latex: str, equal: float) -> Op:
    """Declare a comparison. `equal` is its value where both operands are equal."""
    says = f"where both are equal it is {equal:g}"

    def forward(a: Array, b: Array) -> Array:
        return np.asarray(holds(a, b), dtype=np.float64)

    return register(
        Op(
            name,
            ("a", "b"),
            forward=forward,
            signature=COMPARED,
            text=f"[{{a}} {text} {{b}}]",
            latex=f"[{{a}} {latex} {{b}}]",
            family="comparison",
            written=f"a {sign} b",
            no_call=f"a comparison is written a {sign} b",
            side=forward,
            kink=lambda a, b: np.asarray(a) == np.asarray(b),
            conventions=(
                Convention(f"{says}, and the gradient does not see the jump", (2.0, 2.0), equal),
                Convention(
                    "compared with a NaN it is " + ("1" if name == "not_equal" else "0"),
                    (np.nan, 2.0),
                    float(name == "not_equal"),
                ),
            ),
            note="1 where it holds, 0 elsewhere. No gradient goes through a comparison.",
            partials=(None, None),
        )
    )


greater = comparison("greater", np.greater, ">", ">", ">", 0.0)
greater_equal = comparison("greater_equal", np.greater_equal, ">=", "≥", r"\geq", 1.0)
less = comparison("less", np.less, "<", "<", "<", 0.0)
less_equal = comparison("less_equal", np.less_equal, "<=", "≤", r"\leq", 1.0)
equal = comparison("equal", np.equal, "==", "==", "=", 1.0)
not_equal = comparison("not_equal", np.not_equal, "!=", "≠", r"\neq", 0.0)


def bad_choice(c: Array, a: Array, b: Array) -> str | None:
    """What is wrong with what chooses: it is a number other than 0 and 1."""
    c = np.asarray(c)
    for value in np.ravel(c[(c != 0) & (c != 1)])[:1]:
        return f"c holds {value:g}; it must be 1 or 0 in each cell: compare it, as in c > 0"
    return None


where = register(
    Op(
        "where",
        ("c", "a", "b"),
        forward=lambda c, a, b: np.asarray(np.where(np.not_equal(c, 0), a, b)),
        signature=letters("...,...,...->...", None, "...", "..."),
        text="where({c}, {a}, {b})",
        latex=r"\mathrm{{where}}({c}, {a}, {b})",
        family="comparison",
        validate=bad_choice,
        validates=0,
        keeps_scale=True,
        chooses=True,
        note="a where c is 1 and b where c is 0. c is a comparison, or data of 0 and 1, without a "
        "gradient.",
        conventions=(
            Convention(
                "what is not chosen does not reach the result, also where it is NaN or infinite",
                ((1.0, 0.0), (5.0, np.nan), (np.inf, 7.0)),
                (5.0, 7.0),
                (None, (1.0, 0.0), (0.0, 1.0)),
            ),
        ),
        partials=(
            None,
            Partial(
                lambda y, c, a, b: np.asarray(np.not_equal(c, 0), dtype=np.float64),
                "{c}",
                "{c}",
                "only what is chosen reaches {y}, and {a} is chosen where {c} is 1",
            ),
            Partial(
                lambda y, c, a, b: np.asarray(np.equal(c, 0), dtype=np.float64),
                "(1 − {c})",
                "(1 - {c})",
                "only what is chosen reaches {y}, and {b} is chosen where {c} is 0",
            ),
        ),
    )
)

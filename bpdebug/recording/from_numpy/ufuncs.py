"""NumPy's universal functions, each as the op that it is."""

from __future__ import annotations

from functools import partial
from typing import Any

from bpdebug.recording.texts import Form, Text, call, compared, infix, negative, number
from bpdebug.recording.written import RefusedError, Translation, Written, written


def binary(form: Form, first: Any, second: Any) -> Written:
    """A function of two operands that a form writes."""
    return written(form, first, second)


def unary(form: Form, operand: Any) -> Written:
    """A function of one operand."""
    return written(form, operand)


def with_number(sign: str, value: float, *, first: bool) -> Translation:
    """An operand and a number with a sign between them."""
    of = infix(sign)

    def form(operands: Any) -> Text:
        own = number(value)
        return of([own, operands[0]] if first else [operands[0], own])

    return partial(unary, form)


def float_power(base: Any, exponent: Any) -> Written:
    """A power in floating point."""
    return written(infix("**"), base, exponent)


def logaddexp(first: Any, second: Any) -> Written:
    """ln(eᵃ + eᵇ), which does not overflow: a + softplus(b − a)."""

    def form(operands: Any) -> Text:
        one, other = operands
        difference = infix("-")([other, one])
        return infix("+")([one, call("softplus")([difference])])

    return written(form, first, second)


def same(operand: Any) -> Written:
    """The operand itself, as `+a` has it."""
    return written(call("identity"), operand)


SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "power": "**", "matmul": "@"}
COMPARED = {
    "greater": ">",
    "greater_equal": ">=",
    "less": "<",
    "less_equal": "<=",
    "equal": "==",
    "not_equal": "!=",
}
CALLS = {
    "absolute": "abs",
    "fabs": "abs",
    **{
        name: name
        for name in (
            *("exp", "expm1", "log", "log1p", "sqrt", "square", "tanh", "sin", "cos", "sign"),
            *("floor", "reciprocal"),
        )
    },
}
UFUNCS: dict[str, Translation] = {
    **{name: partial(binary, infix(sign)) for name, sign in SIGNS.items()},
    **{name: partial(binary, compared(sign)) for name, sign in COMPARED.items()},
    **{name: partial(unary, call(op)) for name, op in CALLS.items()},
    **{name: partial(binary, call(name)) for name in ("maximum", "minimum")},
    "negative": partial(unary, negative),
    "positive": same,
    "float_power": float_power,
    "logaddexp": logaddexp,
    "exp2": with_number("**", 2.0, first=True),
}
"""By the name that NumPy gives the function."""


def translate(name: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Written:
    """A universal function as an op; RefusedError where there is none."""
    for option in ("where", "axes", "axis"):
        if option in options:
            raise RefusedError(f"{option}= of np.{name} has no op; use np.where")
    translation = UFUNCS.get(name)
    if translation is None:
        raise RefusedError(f"np.{name} has no op; write it with functions that bpdebug knows")
    return translation(*inputs)

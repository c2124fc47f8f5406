"""NumPy's universal functions, each as the op that it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from bpdebug.recording.from_numpy.functions.remedies import remedy
from bpdebug.recording.from_numpy.wrapper.traced import TracedArray
from bpdebug.recording.texts import Form, Text, call, compared, infix, negative, number
from bpdebug.recording.written import RefusedError, Translation, Written, written


def binary(form: Form, first: Any, second: Any) -> Written:
    """A function of two operands that a form writes."""
    return written(form, first, second)


def unary(form: Form, operand: Any) -> Written:
    """A function of one operand."""
    return written(form, operand)


def with_number(sign: str, value: float, *, first: bool = False) -> Translation:
    """An operand and a number with a sign between them."""
    of = infix(sign)

    def form(operands: Any) -> Text:
        own = number(value)
        return of([own, operands[0]] if first else [operands[0], own])

    return partial(unary, form)


def over_logarithm(base: float) -> Translation:
    """A logarithm to another base: that to base e over a number."""
    scaled = float(np.log(base))

    def form(operands: Any) -> Text:
        return infix("/")([call("log")([operands[0]]), number(scaled)])

    return partial(unary, form)


def add(first: Any, second: Any) -> Written:
    """a + b, where adding the number 0, as sum() does first, is left out; of conditions: or."""
    if conditions(first, second):
        return written(call("maximum"), first, second)
    for one, other in ((first, second), (second, first)):
        if type(one) in (int, float) and one == 0 and kind(other) == "f":
            return written(same_form, other)
    return written(infix("+"), first, second)


def subtract(first: Any, second: Any) -> Written:
    """a − b; 0 less something is its negative, as where a sum begins with loss -= …"""
    if type(first) in (int, float) and first == 0:
        return written(negative, second)
    return written(infix("-"), first, second)


def same_form(operands: Any) -> Text:
    """The operand as it stands."""
    found: Text = operands[0]
    return found


def same(operand: Any) -> Written:
    """The operand itself, as `+a` has it."""
    return written(same_form, operand)


def kind(one: Any) -> str:
    """What kind of numbers an array or a number is of: `f`, `i`, `u` or `b`."""
    return (one if isinstance(one, TracedArray) else np.asarray(one)).dtype.kind


def conditions(*operands: Any) -> bool:
    """Whether all operands are true or false."""
    return all(kind(one) == "b" for one in operands)


def logaddexp(first: Any, second: Any) -> Written:
    """ln(eᵃ + eᵇ), which does not overflow: a + softplus(b − a)."""
    for one, other in ((first, second), (second, first)):
        if type(one) in (int, float) and one == 0:
            return written(call("softplus"), other)

    def form(operands: Any) -> Text:
        one, other = operands
        difference = infix("-")([other, one])
        return infix("+")([one, call("softplus")([difference])])

    return written(form, first, second)


def without_nan(op: str, first: Any, second: Any) -> Written:
    """np.fmax and np.fmin, which are maximum and minimum where there is no NaN."""
    if any(np.isnan(getattr(one, "array", one)).any() for one in (first, second)):
        raise RefusedError("np.fmax and np.fmin have no op where there is NaN; use np.where")
    return written(call(op), first, second)


def opposite(operand: Any) -> Written:
    """`~a` of a condition."""
    if not conditions(operand):
        raise RefusedError("~ has no op for numbers; write a comparison")
    return written(lambda operands: infix("-")([number(1), operands[0]]), operand)


def of_conditions(form: Form, sign: str, first: Any, second: Any) -> Written:
    """`a & b` and its like, of conditions."""
    if not conditions(first, second):
        raise RefusedError(f"{sign} has no op for numbers; compare them first, as in (a > 0)")
    return written(form, first, second)


SIGNS = {"multiply": "*", "divide": "/", "power": "**", "matmul": "@"}
COMPARED = {
    "greater": ">",
    "greater_equal": ">=",
    "less": "<",
    "less_equal": "<=",
    "equal": "==",
    "not_equal": "!=",
    "logical_xor": "!=",
}
NAMES = ("exp", "expm1", "log", "log1p", "sqrt", "square", "tanh", "sin", "cos", "sign", "floor")
CALLS = {
    **{name: name for name in (*NAMES, "reciprocal", "erf")},
    "absolute": "abs",
    "fabs": "abs",
    "expit": "sigmoid",
    "log_expit": "logsigmoid",
}
UFUNCS: dict[str, Translation] = {
    **{name: partial(binary, infix(sign)) for name, sign in SIGNS.items()},
    **{name: partial(binary, compared(sign)) for name, sign in COMPARED.items()},
    **{name: partial(unary, call(op)) for name, op in CALLS.items()},
    **{name: partial(binary, call(name)) for name in ("maximum", "minimum")},
    "add": add,
    "subtract": subtract,
    "negative": partial(unary, negative),
    "positive": same,
    "conjugate": same,
    "float_power": partial(binary, infix("**")),
    "logaddexp": logaddexp,
    "exp2": with_number("**", 2.0, first=True),
    "log2": over_logarithm(2.0),
    "log10": over_logarithm(10.0),
    "deg2rad": with_number("*", float(np.deg2rad(1.0))),
    "radians": with_number("*", float(np.deg2rad(1.0))),
    "rad2deg": with_number("*", float(np.rad2deg(1.0))),
    "degrees": with_number("*", float(np.rad2deg(1.0))),
    "fmax": partial(without_nan, "maximum"),
    "fmin": partial(without_nan, "minimum"),
    "isnan": lambda a: written(lambda operands: compared("!=")([*operands, *operands]), a),
    "invert": opposite,
    "bitwise_and": partial(of_conditions, infix("*"), "&"),
    "bitwise_or": partial(of_conditions, call("maximum"), "|"),
    "bitwise_xor": partial(of_conditions, compared("!="), "^"),
}
"""By the name that NumPy gives the function."""


def translate(name: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Written:
    """A universal function as an op; RefusedError where there is none."""
    for option in ("where", "axes", "axis"):
        if option in options:
            raise RefusedError(f"{option}= of np.{name} has no op; use np.where")
    translation = UFUNCS.get(name)
    if translation is None:
        raise RefusedError(f"np.{name} has no op; {remedy(name)}")
    return translation(*inputs)


REDUCTIONS: dict[Any, Any] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.logical_and: np.all,
    np.logical_or: np.any,
}
"""The functions that `reduce` of a universal function is."""


def outer_of(ufunc: np.ufunc) -> Callable[[Any, Any], Any]:
    """`np.subtract.outer`: every cell of one with every cell of the other."""

    def apply(first: Any, second: Any) -> Any:
        shape = (*np.shape(first), *[1] * np.ndim(second))
        return ufunc(np.reshape(first, shape), second)

    return apply


def half_difference(a: Any) -> Any:
    """sinh, with all digits also where a is nearly 0."""
    return (np.expm1(a) - np.expm1(-a)) / 2


def nonzero(a: Any) -> Any:
    """Where numbers are not 0; conditions as they are."""
    return a if conditions(a) else np.not_equal(a, 0)


WRITTEN_OUT: dict[str, Callable[..., Any]] = {
    "tan": lambda a: np.sin(a) / np.cos(a),
    "sinh": half_difference,
    "cosh": lambda a: (np.exp(a) + np.exp(-a)) / 2,
    "hypot": lambda a, b: np.sqrt(np.square(a) + np.square(b)),
    "ceil": lambda a: -np.floor(-a),
    "heaviside": lambda a, b: np.where(a > 0, 1.0, np.where(a < 0, 0.0, b)),
    "cbrt": lambda a: np.sign(a) * np.abs(a) ** (1 / 3),
    "copysign": lambda a, b: np.abs(a) * np.where(b < 0, -1.0, 1.0),
    "isinf": lambda a: np.abs(a) == np.inf,
    "isfinite": lambda a: np.abs(a) < np.inf,
    "signbit": lambda a: a < 0,
    "logical_not": lambda a: np.equal(a, 0),
    "logical_and": lambda a, b: nonzero(a) & nonzero(b),
    "logical_or": lambda a, b: nonzero(a) | nonzero(b),
    "logit": lambda a: np.log(a / (1 - a)),
    "erfc": lambda a: 1 - erf_of(a),
    "xlogy": lambda a, b: np.where(np.equal(a, 0), 0.0, a * np.log(np.where(np.equal(a, 0), 1, b))),
    "vecdot": lambda a, b: np.sum(a * b, axis=-1),
    "matvec": lambda a, b: np.matmul(a, b[..., None])[..., 0],
    "vecmat": lambda a, b: np.matmul(a[..., None, :], b)[..., 0, :],
}
"""Functions without an op of their own, written with others on wrapped arrays."""


def erf_of(a: Any) -> Any:
    """The error function of a wrapped array."""
    from bpdebug.ops import REGISTRY

    return a.tracer.record(written(call("erf"), a), REGISTRY["erf"].forward(a.array))


def logsumexp(a: Any, axis: Any, **keep: bool) -> Any:
    """ln Σeᵃ of a wrapped array along an axis, or several; of all of it for None."""
    options: Any = ({} if axis is None else {"axis": axis}) | keep
    top = np.max(a.array, axis=axis, keepdims=True)
    total = np.log(np.sum(np.exp(a.array - top), axis=axis, keepdims=True)) + top
    result = total if keep else np.squeeze(total, axis=axis)[()]
    return a.tracer.record(written(call("logsumexp", **options), a), result)


def derived_ufunc(
    ufunc: np.ufunc, method: str, options: dict[str, Any]
) -> Callable[..., Any] | None:
    """How a universal function is written with others; None where it is not."""
    if options:
        return None
    if method == "outer":
        return outer_of(ufunc)
    if method == "reduce" and ufunc is np.logaddexp:
        return lambda a, axis=0: logsumexp(a, axis)
    if method == "accumulate" and ufunc is np.add:
        return lambda a, axis=0: np.cumsum(a, axis=axis)
    return WRITTEN_OUT.get(ufunc.__name__) if method == "__call__" else None

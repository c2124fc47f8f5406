"""The functions that an expression may call, and the options that each takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import cache
from math import isfinite, isinf
from typing import Any

import numpy as np

from bpdebug.errors import did_you_mean
from bpdebug.expression.hints import (
    OPERANDS_ELSEWHERE,
    OPTIONS,
    WEIGHTED_LOSS,
    after,
    for_operands,
)
from bpdebug.expression.limits import WHOLE_NUMBER
from bpdebug.expression.tree import Aspect
from bpdebug.ops import Array, Composite, Op, Shape, declarations, declared
from bpdebug.printable import quoted
from bpdebug.records import record


@record
class WatchFunction:
    """A function of watches and conditions alone, which has one operand and no derivative.

    It has one of `of_each` and `decided_by`.
    """

    of_each: Callable[[Array], Any] | None = None
    """Whether something is true of each cell."""
    stays: bool = False
    """The answer of `of_each` that a sum never loses, whatever is added: NaN stays NaN."""
    decided_by: bool | None = None
    """The truth value of a cell that decides all: True for `any`, False for `all`."""


WATCHING: Mapping[str, WatchFunction] = {
    "any": WatchFunction(decided_by=True),
    "all": WatchFunction(decided_by=False),
    "isnan": WatchFunction(of_each=np.isnan, stays=True),
    "isfinite": WatchFunction(of_each=np.isfinite, stays=False),
}
"""Functions of watches and conditions beside the registered ops."""
ASPECTS = {
    "grad": Aspect.GRADIENT,
    "change": Aspect.CHANGE,
    "new": Aspect.NEW,
    "value": Aspect.VALUE,
}
"""Functions of a node; a scenario may give a node of its own such a name, but for `grad`."""
SPECIAL = ("grad", "delta", "previous")
"""Functions whose argument is a node, a layer or another time, and not a value."""
OPTIONAL = ("change", "new", "value", "state")
"""A scenario may give a node of its own such a name; it is a function where brackets follow."""
CONSTANTS: Mapping[str, float] = {"inf": float("inf")}
"""Names of numbers; a scenario may give a node of its own such a name, and it wins."""
BUILT_IN = ("loss", "iteration", "first_nan", *CONSTANTS)
"""Names that a watch, a condition and an expectation may use beside the graph's, which win."""


class Allow(Enum):
    """Which expressions are accepted."""

    GRAPH = "graph"
    """What makes nodes: the registered ops."""
    WATCH = "watch"
    """What reads them: comparisons, logic, `grad` and the like beside the ops."""


def reserved(name: str) -> bool:
    """True for a name that no node may take, since watches read it as a function.

    Any other function shares its name: it is a call where brackets follow, and else a node.
    """
    return name in WATCHING or name in SPECIAL


@cache
def callable_names(allow: Allow) -> tuple[str, ...]:
    """Every function that may be called."""
    known = declarations().items()
    names = [name for name, op in known if not (isinstance(op, Op) and op.no_call)]
    if allow is Allow.GRAPH:
        return tuple(names)
    return (*names, *WATCHING, *SPECIAL, *OPTIONAL)


def options_of(function: str) -> Mapping[str, Any]:
    """The options of a function, with their defaults."""
    found = declared(function)
    return found.options if found is not None else {}


def text_option(function: str) -> str:
    """The option that a text in front of a function's operands is; empty where it has none."""
    op = declared(function)
    return op.text_first if isinstance(op, Op) else ""


def operands_hint(function: str, shapes: Sequence[Shape]) -> str:
    """What to write where a function does not take operands of such shapes, or so many of them.

    It is the end of a sentence; empty where there is nothing to say.
    """
    meant = for_operands(function, shapes)
    op = declared(function)
    if meant or op is None or not op.options or len(shapes) <= len(op.operands):
        return meant
    if isinstance(op, Op) and op.variadic:
        return meant
    return f"; options are given by name{example(function)}"


def option_problem(function: str, option: str, value: Any) -> str:
    """What is wrong with an option that is given by name; empty when nothing is."""
    known = options_of(function)
    op = declared(function)
    if option not in known:
        meant = after(for_option(op, option)) or did_you_mean(option, known)
        hint = f"{meant}; it takes {', '.join(known) or 'none'}"
        return f"{function} has no option {quoted(option)}{hint}"
    each = isinstance(op, Op) and option in op.per_axis
    wanted, fits = expected(known[option], value, each=each)
    limit = op.limits.get(option) if op is not None else None
    if fits and (limit is None or limit.holds(value)):
        return ""
    if fits and limit is not None:
        wanted = limit.says
    elif wanted.startswith("a whole number") and is_number(value) and isinstance(value, int):
        wanted = f"a whole number from {-WHOLE_NUMBER:,} to {WHOLE_NUMBER:,}"
    try:
        shown = quoted(value) if isinstance(value, str) else str(value)[:40]
    except ValueError:  # Python writes no integers of several thousand digits
        shown = "a number of that size"
    return f"{function}: {option} must be {wanted}, not {shown}"


def operand_problem(function: str, option: str) -> str:
    """What to write where an operand is given by name, as an option is; empty for an option."""
    op = declared(function)
    if op is None or option in op.options or option in op.elsewhere:
        return ""
    words = (option, *OPERANDS_ELSEWHERE.get(option, ()))
    operand = next((word for word in words if word in op.operands), "")
    call = f"{op.name}({', '.join(op.operands)})"
    return operand and f"{operand} is an operand, which is given by its place, as in {call}"


def for_option(op: Op | Composite | None, option: str) -> str:
    """What to write for an option that a function has in other tools; empty when unknown."""
    if op is None:
        return ""
    if option in op.elsewhere:
        return op.elsewhere[option]
    if option == "weight" and op.loss:
        return WEIGHTED_LOSS
    meant = OPTIONS.get(option, "")
    other = meant.startswith("write ") and meant.removeprefix("write ").split("=")[0]
    return meant if not other or other in op.options else ""


def expected(default: Any, value: Any, *, each: bool = False) -> tuple[str, bool]:
    """What an option wants, in words, and whether the value is that; its default's type decides.

    With `each` it may have a number for every axis.
    """
    whole = whole_number(value)
    several = isinstance(value, tuple) and all(whole_number(one) for one in value)
    if isinstance(default, bool):
        return "True or False", isinstance(value, bool)
    if default is None:
        return "a whole number, a tuple of them, or None", value is None or whole or several
    if each:
        return "a whole number or a tuple of them", whole or several
    if isinstance(default, int):
        return "a whole number", whole
    if isinstance(default, float) and isinf(default):
        infinite = isinstance(value, float) and isinf(value)
        return "a number, inf or -inf", is_number(value) and (infinite or abs(value) < 1e300)
    if isinstance(default, float):
        return "a finite number", is_number(value) and abs(value) < 1e300 and isfinite(value)
    if isinstance(default, tuple):
        return "a whole number or a tuple of them", whole or several
    return "a text in quotes", isinstance(value, str)


def is_number(value: Any) -> bool:
    """True for an integer or a float, and not for True and False."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def whole_number(value: Any) -> bool:
    """True for an integer of reasonable size."""
    return is_number(value) and isinstance(value, int) and abs(value) <= WHOLE_NUMBER


def example(function: str) -> str:
    """How an option of this function is written; nothing when it takes none."""
    known = options_of(function)
    if not known:
        return ""
    option, default = next(iter(known.items()))
    if text_option(function):
        return ""
    value = {"axis": 0, "shape": (2, 3), "axes": (1, 0)}.get(option, repr(default))
    return f", as in {function}(a, {option}={value})".replace("'", '"')

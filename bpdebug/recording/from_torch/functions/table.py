"""The table of PyTorch's functions: each with its translation into ops."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import torch
from torch.nn import functional

from bpdebug.recording.written import (
    DATA,
    RefusedError,
    Result,
    Written,
)
from bpdebug.records import replace

Translation = Callable[..., Result]
FUNCTIONS: dict[Any, Translation] = {}
"""The translation of a function of PyTorch."""
RUNS: dict[Any, Callable[..., tuple[Any, dict[str, Any]]]] = {}
"""What is called in the place of a function that draws numbers: it takes the arguments of the
function, and returns its result and what was drawn, by names that the translation takes."""
OPERATORS = {
    "getitem": "item",
    "radd": "add",
    "rdiv": "div",
    "rmatmul": "matmul",
    "rmul": "mul",
    "rpow": "pow",
    "rsub": "sub",
    "rtruediv": "div",
    "truediv": "div",
}
"""What is computed by the methods of operators whose names are not the field's."""
HOMES = (torch, torch.Tensor, functional, torch.special, torch.linalg, torch._C._nn)
"""Where PyTorch has its functions; one name means one function in all of them."""
SPELLED = {"axis": "dim", "axes": "dim", "keepdims": "keepdim", "x": "input", "self": "input"}
"""Names of arguments that PyTorch takes from NumPy, and its own names for them."""


def named(*names: str) -> list[Any]:
    """The functions that have these names, wherever PyTorch has them."""
    found = [
        getattr(home, name)
        for home in HOMES
        for name in names
        if callable(getattr(home, name, None))
    ]
    if not found:
        raise ValueError(f"PyTorch has no {names}")
    return found


Declared = TypeVar("Declared", bound=Callable[..., Any])


def of(*functions: Any) -> Callable[[Declared], Declared]:
    """Declare the translation of functions, or of all that have a name."""

    def declare(translation: Declared) -> Declared:
        for one in functions:
            for function in named(one) if isinstance(one, str) else [one]:
                FUNCTIONS[function] = translation
        return translation

    return declare


def refuse(problem: str, *functions: Any) -> None:
    """Declare that functions have no ops; the problem says what to write instead."""

    def refused(*args: Any, **kwargs: Any) -> Written:
        raise RefusedError(problem)

    of(*functions)(refused)


def translate(function: Any, args: Any, kwargs: Any, result: Any) -> Result:
    """What a function of PyTorch made of its arguments, in ops.

    RefusedError, which says what to write instead, for a function or an argument that has no op.
    """
    name = name_of(function)
    translation = FUNCTIONS.get(function)
    if translation is None:
        results = result if isinstance(result, (tuple, list)) else (result,)
        if not any(isinstance(one, torch.Tensor) and is_real(one) for one in results):
            found = tuple(DATA if isinstance(one, torch.Tensor) else None for one in results)
            return found if isinstance(result, (tuple, list)) else DATA
        raise RefusedError(f"{name} has no op")
    if kwargs.get("out") is not None:
        raise RefusedError(f"{name} with out= has no op; assign its result instead")
    try:
        bound = bind(translation, args, kwargs)
    except TypeError as error:
        raise RefusedError(f"{name} with these arguments has no op: {error}") from None
    made = translation(*bound.args, **bound.kwargs)
    if isinstance(made, Written) and made is not DATA and not made.hint:
        return replace(made, hint=hint_of(name))
    return made


def is_real(tensor: torch.Tensor) -> bool:
    """Whether a tensor holds numbers that may have a gradient."""
    return bool(tensor.is_floating_point() or tensor.is_complex())


def hint_of(name: str) -> str:
    """What the result of a function is called: `sub` of `__rsub__`, since that is what it is."""
    plain = name.strip("_")
    return OPERATORS.get(plain, plain)


def bind(translation: Translation, args: Any, kwargs: Any) -> inspect.BoundArguments:
    """The arguments of a call by the names of a translation; TypeError where they do not fit."""
    signature = signature_of(translation)
    if any(one.kind is one.VAR_KEYWORD for one in signature.parameters.values()):
        return signature.bind(*args, **kwargs)
    given = {
        name if name in signature.parameters else SPELLED.get(name, name): value
        for name, value in kwargs.items()
        if name != "out"
    }
    for name, one in signature.parameters.items():
        if one.kind is one.VAR_POSITIONAL and name in given:  # flip(x, 0, 1) is flip(x, dims=…)
            args = (*args, given.pop(name))
    return signature.bind(*args, **given)


@cache
def signature_of(translation: Translation) -> inspect.Signature:
    """The arguments that a translation takes."""
    return inspect.signature(translation)


def name_of(function: Any) -> str:
    """A function's name as the user calls it: `softmax`; `+` of an operator."""
    name: str = getattr(function, "__name__", str(function))
    if name == "__get__":
        return str(getattr(getattr(function, "__self__", None), "__name__", "an attribute"))
    return name if name.endswith("__") else name.rstrip("_")

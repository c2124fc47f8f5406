"""The tables of NumPy's functions: what the tracer does where the code calls one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bpdebug.recording.written import Translation

FUNCTIONS: dict[Any, Translation] = {}
"""Functions that are an op."""
DERIVED: dict[Any, Callable[..., Any]] = {}
"""Functions that are written with others, on wrapped arrays."""

WRITING: dict[Any, Callable[..., Any]] = {}
"""Functions that write into their first argument, written as an index with what it gets."""


def of(*functions: Any) -> Callable[[Translation], Translation]:
    """Declare that a translation is that of these functions."""

    def declare(translation: Translation) -> Translation:
        FUNCTIONS.update(dict.fromkeys(functions, translation))
        return translation

    return declare


def derived(*functions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare that these functions are written with others."""

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        DERIVED.update(dict.fromkeys(functions, function))
        return function

    return declare


def writing(*functions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare how these functions write into their first argument."""

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        WRITING.update(dict.fromkeys(functions, function))
        return function

    return declare


def named(module: Any, *names: str) -> tuple[Any, ...]:
    """The functions of a module that this version of NumPy has, of these names."""
    return tuple(getattr(module, name) for name in names if hasattr(module, name))

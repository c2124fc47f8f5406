"""Arrays that a function reads otherwise than by argument: `self.W1`, a closure's, a global's."""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError

MOST_FUNCTIONS = 200
"""Functions that are looked through for the names that they read."""


class Memo(dict[int, Any]):
    """What deepcopy is told to put in the place of arrays, and which of them it met."""

    def __init__(self, instead: Mapping[int, Any]) -> None:
        super().__init__(instead)
        self._wanted = frozenset(instead)
        self.met: set[int] = set()

    def get(self, key: int, default: Any = None) -> Any:
        """What stands in the place of an object, as deepcopy asks."""
        if key in self._wanted:
            self.met.add(key)
        return super().get(key, default)


def inner(function: Any) -> Any:
    """The function under partial, functools.wraps and methods, which has the user's lines."""
    while True:
        if isinstance(function, functools.partial):
            function = function.func
        elif isinstance(function, MethodType):
            function = function.__func__
        elif hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        elif not hasattr(function, "__code__") and callable(function):
            found = type(function).__call__
            if not hasattr(found, "__code__"):
                return function
            function = found
        else:
            return function


def code_of(function: Callable[..., Any]) -> CodeType | None:
    """The code of a function, a method or an object that is called; None for what has none."""
    return getattr(inner(function), "__code__", None)


def named(function: Any) -> str:
    """What a function is called in messages."""
    name = getattr(inner(function), "__name__", type(function).__name__)
    return "the function" if name == "<lambda>" else str(name)


def accepts(function: Callable[..., Any]) -> Callable[[str], bool]:
    """Whether a function takes an argument of a name."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return lambda name: True
    any_name = any(one.kind is one.VAR_KEYWORD for one in found)
    names = {one.name for one in found if one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL)}
    return lambda name: any_name or name in names


@contextmanager
def reaching(
    function: Callable[..., Any],
    arguments: Mapping[str, Any],
    instead: Mapping[int, tuple[str, Any]],
) -> Iterator[tuple[Callable[..., Any], dict[str, Any]]]:
    """The function and its arguments, with other objects in the place of some arrays.

    Arrays are given by their identity. Objects that hold them are copied first, so that the user's
    own stay as they are; globals and closures are put back in the end. BpdebugError for an array
    that the function does not read.
    """
    if not instead:
        yield function, dict(arguments)
        return
    replaced = {at: made for at, (_, made) in instead.items()}
    met: set[int] = set()
    with ExitStack() as stack:
        changed, found = owned(function, replaced)
        met |= found
        given = dict(arguments)
        for name, value in arguments.items():
            memo = Memo(replaced)
            made = copied(value, memo) if hasattr(value, "__dict__") else value
            if memo.met:
                met |= memo.met
                given[name] = made
        for scope, name, value in read_by(function):
            memo = Memo(replaced)
            made = copied(value, memo)
            if memo.met:
                met |= memo.met
                stack.enter_context(swapped(scope, name, made))
        for at, (name, _) in instead.items():
            if at not in met:
                raise BpdebugError(
                    f"{named(function)} takes no argument {name!r}, and does not read that very "
                    "array from its object, its closure or its globals; give it as an argument"
                )
        yield changed, given


def owned(function: Any, replaced: Mapping[int, Any]) -> tuple[Any, set[int]]:
    """A method of a copy of its object, in which arrays are replaced, and those that were met."""
    if isinstance(function, functools.partial):
        changed, met = owned(function.func, replaced)
        memo = Memo(replaced)
        args, keywords = copied((function.args, function.keywords), memo)
        if memo.met:
            return functools.partial(changed, *args, **keywords), met | memo.met
        return functools.partial(changed, *function.args, **function.keywords), met
    memo = Memo(replaced)
    if isinstance(function, MethodType) and not isinstance(function.__self__, type):
        made = copied(function.__self__, memo, must=True)
        return MethodType(function.__func__, made), memo.met
    if not isinstance(function, (FunctionType, MethodType, type)) and hasattr(function, "__dict__"):
        return copied(function, memo, must=True), memo.met
    return function, set()


def copied(value: Any, memo: Memo, *, must: bool = False) -> Any:
    """A deep copy with other objects in the place of arrays; the value where it has no copy."""
    try:
        return copy.deepcopy(value, memo)
    except Exception as error:  # a file, a lock, whatever the user's object holds
        if must:
            raise BpdebugError(
                f"the {type(value).__name__} that the function belongs to cannot be copied "
                f"({error}); give its arrays as arguments of a function"
            ) from error
        memo.met.clear()
        return value


def read_by(function: Any) -> Iterator[tuple[Any, str, Any]]:
    """The globals and closure variables that a function reads, and functions that it calls."""
    pending: list[Any] = [inner(function)]
    seen: set[Any] = set()
    while pending and len(seen) < MOST_FUNCTIONS:
        one = pending.pop()
        if not isinstance(one, FunctionType) or one in seen:
            continue
        seen.add(one)
        cells = zip(one.__code__.co_freevars, one.__closure__ or (), strict=True)
        found: list[tuple[Any, str, Any]] = [
            (cell, name, cell.cell_contents) for name, cell in cells if filled(cell)
        ]
        for name in names_in(one.__code__):
            if name in one.__globals__:
                found.append((one.__globals__, name, one.__globals__[name]))
        for scope, name, value in found:
            if isinstance(value, FunctionType):
                pending.append(value)
            elif not isinstance(value, (ModuleType, type)) and not callable_number(value):
                yield scope, name, value


def callable_number(value: Any) -> bool:
    """Whether a value can hold no array: a number, a text, a function of C."""
    return isinstance(value, (int, float, str, bytes, bool, type(None), np.ufunc, np.generic))


def filled(cell: Any) -> bool:
    """Whether a variable of a closure has a value yet."""
    try:
        cell.cell_contents  # noqa: B018 - it raises where there is none
    except ValueError:
        return False
    return True


def names_in(code: CodeType) -> set[str]:
    """The names that code reads, with those of functions that are defined in it."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= names_in(constant)
    return names


@contextmanager
def swapped(scope: Any, name: str, value: Any) -> Iterator[None]:
    """Another object in the place of a global or a closure's variable, for a while."""
    if isinstance(scope, dict):
        before = scope[name]
        scope[name] = value
        try:
            yield
        finally:
            scope[name] = before
    else:
        before = scope.cell_contents
        scope.cell_contents = value
        try:
            yield
        finally:
            scope.cell_contents = before

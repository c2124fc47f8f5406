"""The numbers that stand in a person's function, or that it takes from around it by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator
from math import sqrt
from types import CodeType
from typing import Any

import numpy as np

from bpdebug.graph import Graph


def may_hold(function: Callable[..., Any], graph: Graph, sizes: Collection[int]) -> bool:
    """Whether one of these sizes may stand as a number in a function or in a graph.

    So may one over it, its root, and the product of two. True where the code cannot be read.
    """
    numbers = numbers_of(function)
    if numbers is None:
        return True
    constants = (node.value for node in graph.nodes)
    numbers |= {float(value) for value in constants if value is not None and value.ndim == 0}
    made = {float(n) for n in sizes} | {1 / n for n in sizes} | {sqrt(n) for n in sizes}
    return not numbers.isdisjoint(made | {float(n * m) for n in sizes for m in sizes})


def code_of(function: Callable[..., Any]) -> CodeType | None:
    """The code of a function, a method, or an object that can be called; None for any other."""
    plain = inspect.unwrap(getattr(function, "func", function))
    for one in (plain, type(plain).__call__):
        code = getattr(one, "__code__", None)
        if isinstance(code, CodeType):
            return code
    return None


def numbers_of(function: Callable[..., Any]) -> set[float] | None:
    """The numbers in a function, in its defaults, and in what it takes from around it by name.

    None where its code cannot be read.
    """
    code = code_of(function)
    if code is None:
        return None
    plain = inspect.unwrap(getattr(function, "func", function))
    found: set[float] = set()
    names: set[str] = set()
    for part in inside(code):
        names.update(part.co_names)
        found.update(*map(as_numbers, part.co_consts))
    known = {**getattr(plain, "__globals__", {}), **closure_of(plain)}
    found.update(*(as_numbers(value) for name, value in known.items() if name in names))
    found.update(*map(as_numbers, closure_of(plain).values()))
    holder = getattr(plain, "__self__", plain)
    found.update(*map(as_numbers, getattr(holder, "__dict__", {}).values()))
    found.update(*map(as_numbers, getattr(plain, "__defaults__", None) or ()))
    found.update(*map(as_numbers, getattr(function, "keywords", {}).values()))
    return found


def inside(code: CodeType) -> Iterator[CodeType]:
    """A function's code, and that of the functions in it."""
    waiting = [code]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += [part for part in one.co_consts if isinstance(part, CodeType)]


def closure_of(function: object) -> dict[str, object]:
    """What a function takes from the function around it, by name."""
    code, cells = getattr(function, "__code__", None), getattr(function, "__closure__", None)
    found: dict[str, object] = {}
    for name, cell in zip(code.co_freevars if code else (), cells or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:
            continue  # it is not filled yet
    return found


def as_numbers(value: object) -> set[float]:
    """A number, or those of a tuple, as floats; nothing for anything else."""
    if isinstance(value, tuple):
        return {number for one in value for number in as_numbers(one)}
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        return set()
    return set() if isinstance(value, np.complexfloating) else {float(value)}

"""Functions that NumPy does not report, replaced in their modules while code is recorded.

A plain array cannot take a recorded value: what `hs[t] = h` writes into it is numbers. So np.zeros
and its like are replaced, for calls from the user's code in the recording thread, and put back in
the end.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from threading import get_ident
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from bpdebug.recording.from_numpy.functions.makers import LISTS, MAKERS, SCIPY, Instead, of_lists
from bpdebug.recording.from_numpy.tracer import Tracer

ORIGINAL = "bpdebug_original"
"""The attribute of a function in another's place that has the other one."""


@contextmanager
def replaced(tracer: Tracer, scope: dict[str, Any] | None) -> Iterator[None]:
    """Replace functions in their modules, and in a module that imported them.

    No other recording may run meanwhile (`alone`).
    """
    thread = get_ident()
    with ExitStack() as stack:
        stack.callback(setattr, tracer, "live", False)
        found = list(functions())
        for module, name, instead in found:
            before = getattr(module, name)
            stack.callback(setattr, module, name, before)
            setattr(module, name, guarded(tracer, name, before, instead, thread))
            for own, one in list((scope or {}).items()):
                if original(one) is before and scope is not None:
                    stack.callback(scope.__setitem__, own, before)
                    scope[own] = guarded(tracer, own, before, instead, thread)
        yield


def functions() -> Iterator[tuple[Any, str, Instead]]:
    """The functions to replace: the module, the name in it, and what is done in their place."""
    for name, instead in MAKERS.items():
        if hasattr(np, name):
            yield np, name, instead
    for name in LISTS:
        yield np, name, of_lists
    special = sys.modules.get("scipy.special")
    for name, instead in SCIPY.items():
        if hasattr(special, name):
            yield special, name, instead


def guarded(
    tracer: Tracer, name: str, function: Any, instead: Instead, thread: int
) -> Callable[..., Any]:
    """A function that does something else where the user's code calls it by this name.

    A module that is imported meanwhile may keep it; after the recording it is the function itself.
    """

    def call(*args: Any, **kwargs: Any) -> Any:
        if not tracer.live or get_ident() != thread or not from_user(tracer, name):
            return function(*args, **kwargs)
        return instead(tracer, function, args, kwargs)

    call.__name__ = getattr(function, "__name__", name)
    vars(call)[ORIGINAL] = function
    return call


def original(one: Any) -> Any:
    """NumPy's function, for one that a module kept from an earlier recording; else the object."""
    return vars(one).get(ORIGINAL, one) if type(one) is FunctionType else one


def from_user(tracer: Tracer, name: str) -> bool:
    """Whether the user's code calls, and no package that is called by it.

    A compiled one, as numpy.random, has no frame: then the call that the user's frame executes is
    of another name.
    """
    frame = sys._getframe(2)
    code = frame.f_code
    return tracer.of_user(frame) and name in called_at(code, frame.f_lasti)


@lru_cache(maxsize=1024)
def called_at(code: CodeType, at: int) -> frozenset[str]:
    """The names in front of the brackets of a call, by its place in the code."""
    spans = list(code.co_positions())
    line, _, column, _ = spans[at // 2]
    return frozenset(
        str(one.argval)
        for one in dis.get_instructions(code)
        if one.offset <= at
        and one.opname.startswith("LOAD_")
        and spans[one.offset // 2][0::2] == (line, column)
    )

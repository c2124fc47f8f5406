"""Calling the function that is recorded, and what may go wrong in it."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType, TracebackType
from typing import Any

from bpdebug.errors import BpdebugError
from bpdebug.recording.from_numpy.reach import inner, named
from bpdebug.recording.from_numpy.replaced import replaced
from bpdebug.recording.from_numpy.tracer import Tracer
from bpdebug.recording.from_numpy.users import of_user
from bpdebug.recording.lines import NOWHERE, Line


def called(
    function: Callable[..., Any], arguments: dict[str, Any], tracer: Tracer, code: CodeType | None
) -> Any:
    """What the function returns. Its local variables are noted at the moment when it returns.

    BpdebugError, with the line of the user's code, for an exception in it.
    """

    def returning(frame: FrameType, event: str, _: Any) -> None:
        if event == "return" and frame.f_code is code:
            tracer.look(frame)

    args, kwargs = bound(function, arguments)
    scope = getattr(inner(function), "__globals__", None)
    try:
        with replaced(tracer, scope), profiled(returning):
            return function(*args, **kwargs)
    except BpdebugError:
        raise
    except Exception as error:
        line = line_in(error.__traceback__, code)
        says = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise line.error(f"{named(function)} stopped with {says}") from error


@contextmanager
def profiled(returning: Callable[[FrameType, str, Any], None]) -> Iterator[None]:
    """Let Python call a function at every return. Another profiler is left in its place."""
    if sys.getprofile() is not None:
        yield
        return
    sys.setprofile(returning)
    try:
        yield
    finally:
        sys.setprofile(None)


def bound(
    function: Callable[..., Any], arguments: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """The arguments as the function takes them: by name, or by place where it wants that."""
    kwargs = dict(arguments)
    args: list[Any] = []
    try:
        wanted = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return args, kwargs
    for one in wanted:
        if one.kind is not one.POSITIONAL_ONLY or one.name not in kwargs:
            break
        args.append(kwargs.pop(one.name))
    missing = [
        one.name
        for one in wanted
        if one.default is one.empty
        and one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)
        and one.name not in kwargs
    ]
    if missing:
        raise BpdebugError(
            f"{named(function)} needs the argument {missing[0]!r}; give it by this name, as data "
            "or in parameters={…}"
        )
    return args, kwargs


def by_name(function: Callable[..., Any], positional: tuple[Any, ...]) -> dict[str, Any]:
    """Positional arguments by the names that the function gives them."""
    if not positional:
        return {}
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        raise BpdebugError("the function does not tell its arguments; give them by name") from None
    names = [
        one.name for one in found if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
    ]
    if len(positional) > len(names):
        raise BpdebugError(
            f"{named(function)} takes {len(names)} arguments by place, not {len(positional)}"
        )
    return dict(zip(names, positional, strict=False))


def line_in(traceback: TracebackType | None, main: CodeType | None) -> Line:
    """The innermost line of the user's code in a traceback; `main` is the code that is traced."""
    line = NOWHERE
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if of_user(code.co_filename, main):
            line = Line(code.co_filename, traceback.tb_lineno, code.co_name)
        traceback = traceback.tb_next
    return line


def title_of(function: Callable[..., Any], code: CodeType | None) -> str:
    """The title of a recording: the function, and the file in which it stands."""
    name = named(function)
    return f"{name} in {Path(code.co_filename).name}" if code else name

"""The tracer: it runs NumPy's functions on the arrays inside wrappers, and records them."""

from __future__ import annotations

from collections.abc import Iterable
from types import FrameType
from typing import Any

import numpy as np

from bpdebug.ops import Array
from bpdebug.recording.from_numpy.functions import FUNCTIONS
from bpdebug.recording.from_numpy.traced import TracedArray
from bpdebug.recording.from_numpy.ufuncs import translate
from bpdebug.recording.lines import Line, line_of, user_frames
from bpdebug.recording.recorder import Recorder
from bpdebug.recording.texts import OPERAND, indexed
from bpdebug.recording.value import Value
from bpdebug.recording.written import RefusedError, Written, written

SKIPPED = (str(np.__path__[0]),)
"""Folders whose frames are not the user's."""


class Tracer:
    """Records what NumPy's functions do with wrapped arrays."""

    def __init__(self, main: Any) -> None:
        self.recorder = Recorder()
        self._main = main
        """The code of the function that is recorded."""

    def wrap(self, value: Value) -> TracedArray:
        """A value as the user's code sees it."""
        return TracedArray(self, value)

    def ufunc(self, ufunc: np.ufunc, method: str, inputs: Any, options: dict[str, Any]) -> Any:
        """A universal function, called on at least one wrapped array."""
        out = options.pop("out", (None,))[0]
        result = getattr(ufunc, method)(*plain(inputs), **plain(options))
        try:
            if method != "__call__":
                raise RefusedError(f"np.{ufunc.__name__}.{method} has no op")
            made = translate(ufunc.__name__, inputs, options)
        except RefusedError as refused:
            value = self.refuse(refused, [*inputs, *options.values()], result)
        else:
            value = self.record(made, result)
        if out is None:
            return self.wrap(value)
        out.value = value
        return out

    def function(self, function: Any, args: Any, kwargs: Any) -> Any:
        """A function of NumPy, called on at least one wrapped array."""
        result = function(*plain(args), **plain(kwargs))
        try:
            translation = FUNCTIONS.get(function)
            if translation is None:
                raise RefusedError(f"np.{function.__name__} has no op")
            made = translation(*args, **kwargs)
        except RefusedError as refused:
            return self.wrap(self.refuse(refused, [*args, *kwargs.values()], result))
        return self.wrap(self.record(made, result))

    def item(self, array: TracedArray, key: Any) -> Any:
        """An index behind an array."""
        entries = key if isinstance(key, tuple) else (key,)
        result = array.array[plain(key)]
        arrays = [one for one in entries if isinstance(one, (TracedArray, np.ndarray, list))]
        parts = [OPERAND if any(one is a for a in arrays) else one for one in entries]
        return self.wrap(self.record(written(indexed(parts), array, *arrays), result))

    def record(self, made: Written, result: Any) -> Value:
        """Record an op with the arguments that are its operands."""
        line = self.line()
        operands = [self.lift(one, line) for one in made.operands]
        return self.recorder.result(made.form, operands, np.asarray(result), line=line)

    def refuse(self, refused: RefusedError, arguments: Iterable[Any], result: Any) -> Value:
        """Record that something has no op."""
        line = self.line()
        operands = [one.value for one in wrapped(arguments)]
        return self.recorder.refused(str(refused), operands, np.asarray(result), line=line)

    def lift(self, argument: Any, line: Line) -> Value:
        """The value of an argument; plain arrays and numbers become constants."""
        if isinstance(argument, TracedArray):
            return argument.value
        return self.recorder.constant(np.asarray(argument), line=line)

    def line(self) -> Line:
        """The line of the user's code that is executed, whose local variables are noted."""
        frames = list(user_frames(SKIPPED))
        for frame in frames:
            self.look(frame)
            if frame.f_code is self._main:
                break
        return line_of(frames[0] if frames else None)

    def look(self, frame: FrameType) -> None:
        """Note the local variables of a frame of the user's code."""
        self.recorder.names.look(frame, value_of, main=frame.f_code is self._main)


def value_of(one: Any) -> Value | None:
    """The value of a wrapped array; None for anything else."""
    return one.value if isinstance(one, TracedArray) else None


def plain(argument: Any) -> Any:
    """An argument with the arrays inside wrappers in their place."""
    if isinstance(argument, TracedArray):
        return argument.array
    if isinstance(argument, (tuple, list)):
        return type(argument)(plain(one) for one in argument)
    if isinstance(argument, dict):
        return {name: plain(one) for name, one in argument.items()}
    if isinstance(argument, slice):
        return slice(plain(argument.start), plain(argument.stop), plain(argument.step))
    return argument


def wrapped(argument: Any) -> Iterable[TracedArray]:
    """The wrapped arrays in an argument."""
    if isinstance(argument, TracedArray):
        yield argument
    elif isinstance(argument, (tuple, list)):
        for one in argument:
            yield from wrapped(one)


def float64(array: Any) -> Array:
    """A copy of the caller's array as recorded code computes with it."""
    made = np.array(array)
    return made.astype(np.float64) if made.dtype.kind == "f" else made

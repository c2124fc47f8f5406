"""Attributes and methods of arrays that no op stands for."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpdebug.recording.from_numpy.reports import Reports
from bpdebug.recording.from_numpy.wrapper.traced import TracedArray, plain

READ = ("flags", "strides", "device")
"""Attributes that are read as they are."""
AS_BYTES = ("view", "getfield")
"""Methods that read the bytes of numbers as other numbers."""
IN_PLACE = ("partition", "put", "resize", "setfield", "setflags", "byteswap", "argpartition")


def attribute(tracer: Reports, array: TracedArray, name: str) -> Any:
    """An attribute of NumPy's arrays; AttributeError for a name that they do not have either."""
    if name in READ:
        return getattr(array.array, name)
    if name == "base":
        return None
    if name.startswith("__") or not hasattr(np.ndarray, name):
        raise AttributeError(f"'numpy.ndarray' object has no attribute '{name}'")
    if name == "sort":
        return lambda *args, **kwargs: array.__setitem__(..., np.sort(array, *args, **kwargs))
    if name in IN_PLACE or not callable(getattr(np.ndarray, name)):
        raise tracer.line().error(f"an array's .{name} has no op; write it with functions of NumPy")

    def call(*args: Any, **kwargs: Any) -> Any:
        own = array.array.copy()
        result = getattr(own, name)(*plain(args), **plain(kwargs))
        if name in AS_BYTES or not isinstance(result, (np.ndarray, np.generic, int, float)):
            problem = (
                f".{name}() takes the numbers out of a learned value here, and their gradient is "
                "lost; leave it out"
            )
            own = tracer.took(array.value, problem).copy()
            result = getattr(own, name)(*plain(args), **plain(kwargs))
            return tracer.data(result)
        problem = f"an array's .{name}() has no op; write it with functions that have one"
        return tracer.refuse(problem, [array, *args, *kwargs.values()], result, f".{name}()")

    return call

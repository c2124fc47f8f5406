"""What functions do that NumPy does not report, where the recorded code calls them.

Those that make arrays make wrapped ones, and those that take lists take lists of wrapped arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from bpdebug.recording.from_numpy.functions.ufuncs import logsumexp
from bpdebug.recording.from_numpy.tracer import Tracer
from bpdebug.recording.from_numpy.wrapper.traced import TracedArray, traced_in
from bpdebug.recording.texts import call
from bpdebug.recording.written import written

Instead = Callable[[Tracer, Any, tuple[Any, ...], dict[str, Any]], Any]
"""Called with the tracer, the function itself, and what the user's code gave it."""


def made(tracer: Tracer, function: Any, args: Any, kwargs: Any) -> Any:
    """np.zeros and its like: the array is wrapped, since the code may write into it."""
    if any(True for _ in traced_in([args, kwargs])) and function is np_full:
        bound = dict(zip(("shape", "fill_value", "dtype"), args, strict=False)) | kwargs
        if isinstance(bound["fill_value"], TracedArray):
            return np.broadcast_to(bound["fill_value"], bound["shape"]).copy()
    return tracer.data(function(*args, **kwargs))


def memory(tracer: Tracer, function: Any, args: Any, kwargs: Any) -> Any:
    """np.empty: memory that nothing was written into yet holds zeros."""
    found = function(*args, **kwargs)
    if isinstance(found, TracedArray):
        found[...] = 0
        return found
    found[...] = 0
    return tracer.data(found)


def array(tracer: Tracer, function: Any, args: Any, kwargs: Any, *, copies: bool = False) -> Any:
    """np.array and np.asarray: of a wrapped array itself, of a list with such ones a stack."""
    given, *rest = args if args else (kwargs.pop("object", kwargs.pop("a", None)),)
    dtype = rest[0] if rest else kwargs.get("dtype")
    if isinstance(given, TracedArray):
        found = given
        if dtype is not None and np.dtype(dtype).kind != given.dtype.kind:
            found = given.astype(dtype)
        elif copies and kwargs.get("copy", True):
            found = given.copy()
        missing = kwargs.get("ndmin", 0) - found.ndim
        return found[(None,) * missing] if missing > 0 else found
    if holds_arrays(given):
        found = tracer.wrap(tracer.lift(given, tracer.line()))
        return found if dtype is None else found.astype(dtype)
    plain = function(given, *rest, **kwargs)
    return plain if plain is given else tracer.data(plain)


def of_lists(tracer: Tracer, function: Any, args: Any, kwargs: Any) -> Any:
    """np.sum and its like of a list with wrapped arrays: NumPy would make an array of numbers."""
    line = None
    found = []
    for one in args:
        if holds_arrays(one):
            line = line or tracer.line()
            found.append(tracer.wrap(tracer.lift(one, line)))
        else:
            found.append(one)
    return function(*found, **kwargs)


def holds_arrays(one: Any) -> bool:
    """Whether a list or tuple has wrapped arrays in it."""
    return isinstance(one, (list, tuple)) and any(True for _ in traced_in(one))


def along(op: str, tracer: Tracer, function: Any, args: Any, kwargs: Any) -> Any:
    """scipy.special.softmax and log_softmax, along an axis."""
    given = dict(zip(("x", "axis"), args, strict=False)) | kwargs
    x, axis = given["x"], given.get("axis")
    if not isinstance(x, TracedArray):
        return function(*args, **kwargs)
    if axis is None:
        flat = np.ravel(x)
        return np.reshape(along(op, tracer, function, (flat, 0), {}), x.shape)
    options = {"axis": int(axis)} if axis % x.ndim != x.ndim - 1 else {}
    return tracer.record(written(call(op, **options), x), function(x.array, axis=axis))


def log_of_sum(tracer: Tracer, function: Any, args: Any, kwargs: Any) -> Any:
    """scipy.special.logsumexp, over an axis."""
    given = dict(zip(("a", "axis"), args, strict=False)) | kwargs
    a, axis = given.pop("a"), given.pop("axis", None)
    keep = given.pop("keepdims", False)
    if not isinstance(a, TracedArray) or given:
        return function(*args, **kwargs)
    return logsumexp(a, axis, **({"keepdims": True} if keep else {}))


np_full = np.full
MAKERS: dict[str, Instead] = {
    **dict.fromkeys(("zeros", "ones", "full", "eye", "identity", "full_like"), made),
    **dict.fromkeys(("zeros_like", "ones_like"), made),
    **dict.fromkeys(("empty", "empty_like"), memory),
    **dict.fromkeys(("asarray", "asanyarray", "ascontiguousarray"), array),
    "array": partial(array, copies=True),
}
"""Functions of NumPy that make arrays, into which the user's code may write."""
LISTS = (
    *("sum", "mean", "max", "min", "prod", "var", "std", "dot", "inner", "outer", "cumsum"),
    *("average", "argmax", "argmin"),
)
"""Functions of NumPy that take a list for an array, without a report of what is in it."""
SCIPY: dict[str, Instead] = {
    "softmax": partial(along, "softmax"),
    "log_softmax": partial(along, "log_softmax"),
    "logsumexp": log_of_sum,
}
"""Functions of scipy.special that are no universal functions."""

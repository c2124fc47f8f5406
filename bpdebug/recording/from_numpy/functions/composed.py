"""NumPy's functions that are a few products and sums: convolutions, polynomials, kron."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpdebug.recording.from_numpy.functions.tables import derived, named
from bpdebug.recording.written import RefusedError


@derived(np.kron)
def kron(a: Any, b: Any) -> Any:
    """np.kron of two arrays with as many axes."""
    rank = np.ndim(a)
    if rank != np.ndim(b) or not rank:
        raise RefusedError("np.kron has an op for two arrays with as many axes; use np.reshape")
    first = np.reshape(a, [one for size in np.shape(a) for one in (size, 1)])
    second = np.reshape(b, [one for size in np.shape(b) for one in (1, size)])
    sizes = zip(np.shape(a), np.shape(b), strict=True)
    return np.reshape(first * second, [one * other for one, other in sizes])


@derived(np.polyval)
def polyval(p: Any, x: Any) -> Any:
    """np.polyval, by Horner's rule."""
    first, *rest = p
    for coefficient in rest:
        first = first * x + coefficient
    return first


@derived(np.linalg.matrix_power)
def matrix_power(a: Any, n: int) -> Any:
    """np.linalg.matrix_power for a positive power."""
    if n < 1:
        raise RefusedError("np.linalg.matrix_power has an op for positive powers")
    result = a
    for _ in range(n - 1):
        result = result @ a
    return result


@derived(*named(np, "trapezoid"))
def trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Any:
    """np.trapezoid along an axis."""
    before = [slice(None)] * (axis % np.ndim(y))
    pairs = y[(*before, slice(1, None))] + y[(*before, slice(None, -1))]
    if x is None:
        return np.sum(pairs, axis=axis) * (dx / 2)
    if np.ndim(x) != 1 or axis % np.ndim(y) != np.ndim(y) - 1:
        raise RefusedError("np.trapezoid has an op for the last axis; move it there")
    return np.sum(pairs * np.diff(x), axis=axis) / 2


@derived(np.convolve)
def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """np.convolve: windows of the longer vector times the other, reversed."""
    if np.size(v) > np.size(a):
        a, v = v, a
    size, width = np.size(a), np.size(v)
    padded = np.pad(a, width - 1) if width > 1 else a
    first, count = {
        "full": (0, size + width - 1),
        "same": ((width - 1) // 2, size),
        "valid": (width - 1, size - width + 1),
    }[mode]
    places = np.arange(first, first + count)[:, None] + np.arange(width)
    windows = padded[places] if hasattr(padded, "tracer") else np.asarray(padded)[places]
    return windows @ (v if hasattr(v, "tracer") else np.asarray(v))[::-1]

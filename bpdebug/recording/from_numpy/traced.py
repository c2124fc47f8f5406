"""The wrapper of an array that NumPy's functions report to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from bpdebug.ops import Array
from bpdebug.recording.value import Value

if TYPE_CHECKING:
    from bpdebug.recording.from_numpy.tracer import Tracer


class TracedArray(NDArrayOperatorsMixin):
    """An array of the recorded code: it behaves as an array, and reports what is done with it."""

    __slots__ = ("_tracer", "value")

    def __init__(self, tracer: Tracer, value: Value) -> None:
        self._tracer = tracer
        self.value = value
        """What it is in the recording. An in-place operation puts another in its place."""

    @property
    def array(self) -> Array:
        """Its numbers."""
        return self.value.array

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        return self._tracer.ufunc(ufunc, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return self._tracer.function(function, args, kwargs)

    # What an array is.

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape

    @property
    def ndim(self) -> int:
        return self.array.ndim

    @property
    def size(self) -> int:
        return self.array.size

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.array.dtype

    @property
    def T(self) -> Any:  # noqa: N802 - NumPy's own name
        return self._call(np.transpose)

    def __len__(self) -> int:
        return len(self.array)

    def __bool__(self) -> bool:
        return bool(self.array)

    def __repr__(self) -> str:
        return repr(self.array)

    def __format__(self, spec: str) -> str:
        return format(self.array.item() if self.array.ndim == 0 else self.array, spec)

    # Methods of arrays are NumPy's functions.

    def sum(
        self, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False
    ) -> Any:
        return self._call(np.sum, axis=axis, keepdims=keepdims)

    def mean(
        self, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False
    ) -> Any:
        return self._call(np.mean, axis=axis, keepdims=keepdims)

    def max(self, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
        return self._call(np.max, axis=axis, keepdims=keepdims)

    def dot(self, other: Any) -> Any:
        return self._call(np.dot, other)

    def reshape(self, *shape: Any) -> Any:
        return self._call(np.reshape, shape[0] if len(shape) == 1 else shape)

    def _call(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        return self._tracer.function(function, (self, *args), kwargs)

    def __getitem__(self, key: Any) -> Any:
        return self._tracer.item(self, key)

"""The wrapper of an array that NumPy's functions report to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from bpdebug.ops import Array
from bpdebug.recording.from_numpy.reports import Reports
from bpdebug.recording.from_numpy.wrapper.memory import Memory, Step
from bpdebug.recording.from_numpy.wrapper.methods import ArrayMethods
from bpdebug.recording.value import Value


class TracedArray(ArrayMethods, NDArrayOperatorsMixin):
    """An array of the recorded code: it behaves as an array, and reports what is done with it.

    It is no subclass of NumPy's array, because NumPy's own code would read the memory of one
    without a report.
    """

    __slots__ = ("_memory", "_seen", "_steps", "_tracer", "_value", "scalar")

    def __init__(
        self,
        tracer: Reports,
        memory: Memory,
        steps: tuple[Step, ...] = (),
        value: Value | None = None,
        *,
        scalar: bool = False,
    ) -> None:
        self._tracer, self._memory, self._steps = tracer, memory, steps
        self._value = value
        self._seen = memory.version
        self.scalar = scalar
        """Whether it is a number, as NumPy's reductions give one, which nothing writes into."""

    @property
    def value(self) -> Value:
        """What it is in the recording: also what was written into it through another array."""
        if self._value is None or self._seen != self._memory.version:
            self._value = self._memory.viewed(self._steps)
            self._seen = self._memory.version
        return self._value

    @property
    def known(self) -> Value | None:
        """Its value, where it is known without computing anything."""
        if self._value is not None and self._seen == self._memory.version:
            return self._value
        return None if self._steps else self._memory.settled

    @property
    def array(self) -> Array:
        """Its numbers; they are never written into."""
        return self.value.array

    def added(self, step: Step) -> None:
        """Become a view of what it was."""
        self._steps, self._value = (*self._steps, step), None

    @property
    def tracer(self) -> Reports:
        """Who records it."""
        return self._tracer

    @property
    def memory(self) -> Memory:
        """Where it stands, maybe with others."""
        return self._memory

    @property
    def steps(self) -> tuple[Step, ...]:
        """How it is made from the array that owns the memory; empty for that array itself."""
        return self._steps

    def became(self, value: Value) -> None:
        """Note what was just written into all of it."""
        self._value, self._seen = value, self._memory.version

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        # Code that asks isinstance(x, np.ndarray) is answered as an array would answer.
        return self.outline.dtype.type if self.scalar else np.ndarray

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        return self._tracer.ufunc(ufunc, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return self._tracer.function(function, args, kwargs)

    # What leads out of the recording.

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        found = self._tracer.took(
            self.value,
            "here the numbers of a learned value go into a plain array, and their gradient is lost;"
            " join arrays with np.stack or np.concatenate, and write into what np.zeros made inside"
            " the function",
        )
        return np.array(found, dtype=dtype)

    def __float__(self) -> float:
        found = self._tracer.took(
            self.value,
            "a number is taken out of a learned value here, by float(), a function of Python's"
            " math, or because a plain array takes it, and its gradient is lost; leave out float(),"
            " write np.exp for math.exp, and write into what np.zeros made inside the function",
        )
        return float(found)

    def __int__(self) -> int:
        return int(self._tracer.took(self.value, NO_WHOLE))

    def __index__(self) -> int:
        if self.array.dtype.kind not in "iu" or self.ndim:
            raise TypeError("only integer scalar arrays can be converted to a scalar index")
        return int(self.array)

    def __complex__(self) -> complex:
        problem = "a learned value becomes complex here, which no op does"
        return complex(self._tracer.took(self.value, problem))

    def item(self, *at: Any) -> Any:
        found = self._tracer.took(
            self.value,
            ".item() takes a number out of a learned value here, and its gradient is lost; leave it"
            " out",
        )
        return found.item(*at)

    def tolist(self) -> Any:
        found = self._tracer.took(
            self.value,
            ".tolist() takes the numbers out of a learned value here, and their gradient is lost;"
            " leave it out",
        )
        return found.tolist()

    def __bool__(self) -> bool:
        found = bool(self.array)
        self._tracer.decided(self.value)
        return found

    def __round__(self, digits: int = 0) -> Any:
        return self._tracer.function(np.round, (self, digits), {})

    def __hash__(self) -> int:
        if not self.scalar:
            raise TypeError("unhashable type: 'numpy.ndarray'")
        return hash(self.array.item())

    # What an array is.

    @property
    def outline(self) -> Array:
        """An array of its shape and kind, found without joining what was written into parts."""
        return self.array if self._steps else self._memory.before.array

    @property
    def shape(self) -> tuple[int, ...]:
        return self.outline.shape

    @shape.setter
    def shape(self, shape: Any) -> None:
        self._tracer.reshaped(self, shape)

    @property
    def ndim(self) -> int:
        return self.outline.ndim

    @property
    def size(self) -> int:
        return self.outline.size

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.outline.dtype

    @property
    def itemsize(self) -> int:
        return self.outline.itemsize

    @property
    def nbytes(self) -> int:
        return self.outline.nbytes

    def __len__(self) -> int:
        return len(self.outline)

    def __iter__(self) -> Iterator[Any]:
        if not self.ndim:
            raise TypeError("iteration over a 0-d array")
        return (self[at] for at in range(len(self)))

    def __contains__(self, one: Any) -> bool:
        return bool((self == one).any())

    def __repr__(self) -> str:
        return repr(self.array[()] if self.scalar else self.array)

    def __str__(self) -> str:
        return str(self.array[()] if self.scalar else self.array)

    def __format__(self, spec: str) -> str:
        return format(self.array[()] if self.ndim == 0 else self.array, spec)

    def __getitem__(self, key: Any) -> Any:
        return self._tracer.item(self, key)

    def __setitem__(self, key: Any, given: Any) -> None:
        self._tracer.write(self, key, given)

    def __copy__(self) -> Any:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> Any:
        return self.copy()

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("an array of recorded code cannot be pickled")

    def __getattr__(self, name: str) -> Any:
        return self._tracer.missing(self, name)


NO_WHOLE = (
    "int() takes a number out of a learned value here, and its gradient is lost; np.argmax and"
    " comparisons give places and choices that may be used as they are"
)


def plain(argument: Any) -> Any:
    """An argument with the arrays inside wrappers in their place."""
    if isinstance(argument, TracedArray):
        return argument.array[()] if argument.scalar else argument.array
    if isinstance(argument, tuple) and type(argument) is not tuple:
        return type(argument)(*(plain(one) for one in argument))  # a named tuple
    if isinstance(argument, (tuple, list)):
        return type(argument)(plain(one) for one in argument)
    if isinstance(argument, dict):
        return {name: plain(one) for name, one in argument.items()}
    if isinstance(argument, slice):
        return slice(plain(argument.start), plain(argument.stop), plain(argument.step))
    return argument


def traced_in(argument: Any) -> Iterable[TracedArray]:
    """The wrapped arrays in an argument."""
    if isinstance(argument, TracedArray):
        yield argument
    elif isinstance(argument, (tuple, list)):
        for one in argument:
            yield from traced_in(one)
    elif isinstance(argument, dict):
        yield from traced_in(list(argument.values()))

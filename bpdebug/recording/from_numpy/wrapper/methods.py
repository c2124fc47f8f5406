"""The methods and attributes of arrays that are functions of NumPy under another name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

SAME = (
    *("all", "any", "argmax", "argmin", "argsort", "cumprod", "cumsum", "diagonal", "dot"),
    *("max", "mean", "min", "nonzero", "prod", "ptp", "ravel", "repeat", "round", "searchsorted"),
    *("squeeze", "std", "sum", "swapaxes", "take", "trace", "var", "compress"),
)
"""Methods with the arguments of the function of this name."""


def method(name: str) -> Any:
    """The method that calls NumPy's function of this name."""
    function = getattr(np, name)

    def call(self: ArrayMethods, *args: Any, **kwargs: Any) -> Any:
        return self.tracer.function(function, (self, *args), kwargs)

    call.__name__ = name
    call.__doc__ = f"As np.{name}."
    return call


class ArrayMethods:
    """The methods of an array that call NumPy's functions."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def tracer(self) -> Any:
            """Who records the array."""

        def __getitem__(self, key: Any) -> Any:
            """A part of it."""

        def __setitem__(self, key: Any, given: Any) -> None:
            """Write into a part of it."""

    @property
    def T(self) -> Any:  # noqa: N802 - NumPy's own name
        return self.tracer.function(np.transpose, (self,), {})

    @property
    def mT(self) -> Any:  # noqa: N802 - NumPy's own name
        return self.tracer.function(np.swapaxes, (self, -1, -2), {})

    @property
    def real(self) -> Any:
        return self[...]

    @property
    def flat(self) -> Any:
        return self.tracer.flat(self)

    def reshape(self, *shape: Any, order: str = "C", **kwargs: Any) -> Any:
        wanted = shape[0] if len(shape) == 1 else shape
        return self.tracer.function(np.reshape, (self, wanted), {"order": order, **kwargs})

    def transpose(self, *axes: Any) -> Any:
        wanted = axes[0] if len(axes) == 1 else axes or None
        return self.tracer.function(np.transpose, (self, wanted), {})

    def flatten(self, order: str = "C") -> Any:
        return self.tracer.copied(self.tracer.function(np.ravel, (self,), {"order": order}))

    def copy(self, order: str = "C") -> Any:
        return self.tracer.copied(self)

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        return self.tracer.cast(self, dtype)

    def clip(self, min: Any = None, max: Any = None, **kwargs: Any) -> Any:
        return self.tracer.function(np.clip, (self, min, max), kwargs)

    def fill(self, value: Any) -> None:
        self[...] = value

    def conj(self) -> Any:
        return self

    conjugate = conj

    for _name in SAME:
        locals()[_name] = method(_name)
    del _name

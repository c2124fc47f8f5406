"""Records: small frozen values, compared by their fields.

What `@dataclass(frozen=True, slots=True)` gives, without what it costs. A dataclass writes and
compiles nine functions for every class at every start, about half a millisecond each time; the
first screen needs some eighty of these classes, a tenth of the whole way to it. Here only
`__init__` is compiled, because work waits for it; all records share the other methods.

Not for classes with a `__post_init__`, fields of the class, or a part that is not compared: those
are dataclasses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, field
from operator import attrgetter
from typing import Any, NoReturn, TypeVar, dataclass_transform

Value = TypeVar("Value")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[Value]) -> type[Value]:
    """Make a record of a class: its annotations are the fields, in the order of `__init__`."""
    own = dict(cls.__dict__)
    annotations = own.get("__annotations__", {})
    defaults = {name: own.pop(name) for name in annotations if name in own}
    for name in ("__dict__", "__weakref__"):
        own.pop(name, None)  # they belong to the class that had no slots
    own["__slots__"] = own["__match_args__"] = tuple(annotations)
    own["_values"] = staticmethod(values_of(tuple(annotations)))
    if "__init__" not in own:
        own["__init__"] = initializer(tuple(annotations), defaults)
    own["__qualname__"] = cls.__qualname__
    for name, shared in SHARED.items():
        own.setdefault(name, shared)
    metaclass: Any = type(cls)
    made: type[Value] = metaclass(cls.__name__, cls.__bases__, own)
    return made


def replace(value: Value, **changes: Any) -> Value:
    """Return a copy of a record, or dataclass, with other values for some fields."""
    return type(value)(**(values_by_name(value) | changes))


def initializer(names: tuple[str, ...], defaults: dict[str, Any]) -> Callable[..., None]:
    """`__init__` with the fields as its parameters.

    It is compiled from their names: a loop over keywords is five times as slow at every call.
    """
    known: dict[str, Any] = {"_set": object.__setattr__, "_missing": MISSING}
    parameters, body = ["self"], []
    for name in names:
        given = name
        if name not in defaults:
            parameters.append(name)
        else:
            default = defaults[name]
            if isinstance(default, Field):
                known[f"_make_{name}"] = default.default_factory
                given = f"_make_{name}() if {name} is _missing else {name}"
                default = MISSING
            known[f"_default_{name}"] = default
            parameters.append(f"{name}=_default_{name}")
        body.append(f"  _set(self, {name!r}, {given})")
    exec(f"def __init__({', '.join(parameters)}):\n" + "\n".join(body or ["  pass"]), known)
    made: Callable[..., None] = known["__init__"]
    return made


def values_by_name(value: Any) -> dict[str, Any]:
    """The fields of a record with their values."""
    return {name: getattr(value, name) for name in value.__match_args__}


def values_of(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """A function that returns the values of all fields of a record."""
    if len(names) > 1:
        return attrgetter(*names)
    # For a single name that would return no tuple, and it does not allow none.
    return lambda value: tuple([getattr(value, name) for name in names])


def _equal(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self._values(self) == other._values(other)


def _hash(self: Any) -> int:
    return hash(self._values(self))


def _represent(self: Any) -> str:
    fields = ", ".join(f"{name}={value!r}" for name, value in values_by_name(self).items())
    return f"{type(self).__qualname__}({fields})"


def _reduce(self: Any) -> tuple[Any, ...]:
    return type(self), self._values(self)


def _refuse(self: Any, name: str, value: object = None) -> NoReturn:
    raise FrozenInstanceError(f"{name} of a {type(self).__name__} stays as it is")


SHARED: dict[str, Any] = {
    "__eq__": _equal,
    "__hash__": _hash,
    "__repr__": _represent,
    "__reduce__": _reduce,
    "__setattr__": _refuse,
    "__delattr__": _refuse,
}
"""The methods of every record that does not define its own."""

"""Ops over recorded values, as the tracer puts them together itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bpdebug.ops import Array, Shape
from bpdebug.recording.lines import NOWHERE, Line
from bpdebug.recording.recorder import Recorder
from bpdebug.recording.texts import OPERAND, Form, call, indexed
from bpdebug.recording.value import Role, Value

MOST_JOINED = 300
"""Operands of one stack or concat, so that its expression stays below the limit of its length."""
SHARED = 4096
"""Elements of a constant that is recorded once, however often the code makes it."""


class Building:
    """Makes values of values. What follows from constants alone is a constant itself."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self.cells: set[Value] = set()
        """Values that are cells of an input, which may stand in an index."""
        self._shared: dict[tuple[Any, ...], Value] = {}

    def op(
        self,
        form: Form,
        operands: Sequence[Value],
        result: Any,
        line: Line = NOWHERE,
        *,
        keep: bool = False,
        exact: bool = False,
    ) -> Value:
        """What an op makes of its operands.

        Whole numbers that are not learned are data, since a scenario knows no arithmetic of whole
        numbers; with `keep` the op only moves cells, and with `exact` it adds or multiplies: these
        stay ops, where no number is too large for float64.
        """
        array = frozen(result)
        whole = array.dtype.kind in "iu" and not any(one.learned for one in operands)
        moved = keep and all(one.role in (Role.INPUT, Role.RESULT) for one in operands)
        stays = moved or (exact and array.dtype == np.int64 and small(array))
        if all(one.constant for one in operands) or (whole and not stays):
            hint = next((one.hint or one.name for one in operands if one.hint or one.name), "")
            return self.constant(array, line, hint=hint)
        if not array.size:
            problem = "an array without cells stands here, and no op takes one; leave it out"
            return self._recorder.refused(problem, operands, array, line=line)
        made = self._recorder.result(form, operands, array, line=line)
        if moved and all(one.leaf or one in self.cells for one in operands):
            self.cells.add(made)
        return made

    def constant(
        self, array: Any, line: Line = NOWHERE, *, hint: str = "", shared: bool = False
    ) -> Value:
        """An array of plain numbers; with `shared` there is one of these numbers."""
        found = frozen(array)
        hint = hint_of(found) or hint
        if not shared or not found.ndim or found.size > SHARED:
            return self._recorder.constant(found, line=line, hint=hint)
        key = (found.shape, found.dtype.str, found.tobytes())
        if key not in self._shared:
            self._shared[key] = self._recorder.constant(found, line=line, hint=hint)
        return self._shared[key]

    def refused(self, problem: str, operands: Sequence[Value], result: Any, line: Line) -> Value:
        """A value that no scenario can compute, which is an error if the loss depends on it."""
        array = frozen(result)
        if not any(one.learned for one in operands):
            return self.constant(array, line)
        return self._recorder.refused(problem, operands, array, line=line)

    def index(self, value: Value, key: tuple[Any, ...], line: Line) -> Value:
        """A part of a value by whole numbers and slices."""
        if value.constant:
            return self.constant(value.array[key], line, hint=value.hint, shared=True)
        return self.op(indexed(key), [value], value.array[key], line, keep=True)

    def stack(self, values: Sequence[Value], axis: int, line: Line) -> Value:
        """Values of one shape side by side along a new axis."""
        if len(values) > MOST_JOINED:
            parts = [self.stack(one, axis, line) for one in chunks(values)]
            return self.concat(parts, axis, line)
        array = np.stack([one.array for one in values], axis=axis)
        return self.op(call("stack", **along(axis)), list(values), array, line)

    def concat(self, values: Sequence[Value], axis: int, line: Line) -> Value:
        """Values joined along an axis that they have; those without cells add nothing."""
        array = np.concatenate([one.array for one in values], axis=axis)
        found = [one for one in values if np.size(one.array)] or list(values)[:1]
        if len(found) > MOST_JOINED:
            return self.concat([self.concat(one, axis, line) for one in chunks(found)], axis, line)
        if len(found) == 1:
            return found[0]
        return self.op(call("concat", **along(axis)), found, array, line)

    def expand(self, value: Value, axis: int, line: Line) -> Value:
        """A value with an axis of size 1 more."""
        key = (*[slice(None)] * axis, None)
        return self.op(indexed(key), [value], np.expand_dims(value.array, axis), line, keep=True)

    def reshape(self, value: Value, shape: Shape, line: Line) -> Value:
        """The cells of a value in another shape."""
        array = np.reshape(value.array, shape)
        if array.shape == np.shape(value.array):
            return value
        if not array.ndim:
            return self.index(value, (0,) * np.ndim(value.array), line)
        if not np.ndim(value.array):
            return self.op(indexed([None]), [value], array, line, keep=True)
        return self.op(call("reshape", shape=shape), [value], array, line, keep=True)

    def pick(self, value: Value, places: Any, line: Line) -> Value:
        """Cells of a vector, by constant positions."""
        key = self.constant(places, line, hint="places", shared=True)
        return self.op(indexed([OPERAND]), [value, key], value.array[places], line)

    def gather(self, value: Value, places: Any, line: Line) -> Value:
        """Cells of an array of any shape, by constant positions in the flat array."""
        return self.pick(self.reshape(value, (-1,), line), places, line)

    def where(self, mask: Array, value: Value, other: Value, line: Line) -> Value:
        """A value where a constant mask is true, another where it is not."""
        chosen = self.constant(mask, line, hint="mask", shared=True)
        return self.chosen(chosen, value, other, line)

    def chosen(self, mask: Value, value: Value, other: Value, line: Line) -> Value:
        """A value where a mask is 1, another where it is 0."""
        array = np.where(mask.array, value.array, other.array)
        return self.op(call("where"), [mask, value, other], array, line)

    def broadcast(self, value: Value, shape: Shape, line: Line) -> Value:
        """A value stretched to a shape, as it is when it is written into an array."""
        own = np.shape(value.array)
        if own == shape:
            return value
        if len(own) > len(shape):
            value = self.reshape(value, own[len(own) - len(shape) :], line)
        array = np.broadcast_to(value.array, shape)
        if value.constant:
            return self.constant(array, line, hint=value.hint, shared=True)
        return self.op(call("broadcast_to", shape=shape), [value], array, line)


def chunks(values: Sequence[Value]) -> list[Sequence[Value]]:
    """The values in groups that one expression takes."""
    return [values[at : at + MOST_JOINED] for at in range(0, len(values), MOST_JOINED)]


def along(axis: int) -> dict[str, int]:
    """The option `axis`, where it is not the first."""
    return {"axis": axis} if axis else {}


def small(array: Array) -> bool:
    """Whether float64 has all whole numbers of an array exactly."""
    return not array.size or bool(np.abs(array).max() < 2**53)


def frozen(result: Any) -> Array:
    """An array that no code can write into, so that a value never changes."""
    array = np.asarray(result).view()
    array.flags.writeable = False
    return array


def hint_of(array: Array) -> str:
    """What an array of plain numbers may be called, by what it holds; empty for most."""
    if array.ndim == 0 or not array.size or array.dtype.kind not in "fiub":
        return ""
    if array.dtype == np.bool_:
        return "mask"
    first = array.reshape(-1)[0]
    if (array == first).all() and first in (0, 1):
        return "zeros" if first == 0 else "ones"
    if (
        array.dtype.kind in "iu"
        and array.ndim == 1
        and np.array_equal(array, np.arange(len(array)))
    ):
        return "rows"
    square = array.ndim == 2 and array.shape[0] == array.shape[1]
    return "eye" if square and np.array_equal(array, np.eye(len(array))) else ""

"""What code writes into arrays: `x[0] = 1`, `p /= s`, `out=`, also through views."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpdebug.ops import Array
from bpdebug.recording.from_numpy.plain import float64
from bpdebug.recording.from_numpy.reports import Reports
from bpdebug.recording.from_numpy.wrapper.keys import Key, read_key
from bpdebug.recording.from_numpy.wrapper.memory import Memory
from bpdebug.recording.from_numpy.wrapper.pending import place_of, whole
from bpdebug.recording.from_numpy.wrapper.traced import TracedArray, plain, traced_in
from bpdebug.recording.lines import Line
from bpdebug.recording.value import Value


class Writes:
    """Puts what is written in the place of what was there."""

    def __init__(self, tracer: Reports) -> None:
        self._tracer = tracer

    def write(self, target: TracedArray, key: Any, given: Any) -> None:
        """`target[key] = given`"""
        if target.scalar:
            raise TypeError("'numpy.float64' object does not support item assignment")
        line = self._tracer.line()
        value = self._tracer.lift(given, line)
        read = read_key(key, target.ndim)
        if self.into_whole_numbers(target, value, line):
            return
        memory = target.memory
        waits = memory.pending is not None
        if not (waits or value.learned or memory.before.learned):
            self.write_data(target, read, value, line)
        elif masked(target, key) and np.size(value.array) == 1:
            self.write_masked(target, key, value, line)
        elif read.basic and all_of(read, target.shape):
            self.store(target, self._tracer.building.broadcast(value, target.shape, line), line)
        else:
            if read.learned:
                self._tracer.journal.chosen("a condition in an index", line)
            self.write_part(target, read, value, line)
            self._tracer.line()  # the row that was written is named after the buffer

    def into_whole_numbers(self, target: TracedArray, value: Value, line: Line) -> bool:
        """Refuse learned numbers in an array of whole numbers, where NumPy cuts them off."""
        if not value.learned or target.dtype.kind == "f" or value.array.dtype.kind != "f":
            return False
        problem = (
            f"learned numbers are written into an array of {target.dtype} here, which cuts them "
            "off; make it of floats, as np.zeros does without dtype"
        )
        before = target.memory.read()
        refused = self._tracer.building.refused(problem, [value, before], before.array, line)
        target.memory.put(refused)
        return True

    def write_data(self, target: TracedArray, read: Key, value: Value, line: Line) -> None:
        """Write data into data: what comes of it is data."""
        before = target.memory.read()
        array = np.array(before.array, order="C")
        if target.steps:
            places = positions(target)[read.plain]
            array.reshape(-1)[places] = value.array
        else:
            array[read.plain] = value.array
        hint = before.hint if before.hint not in ("zeros", "ones") else ""
        target.memory.put(self._tracer.building.constant(array, line, hint=hint))

    def write_masked(self, target: TracedArray, key: Any, value: Value, line: Line) -> None:
        """Write a number wherever a condition holds: a `where` says so, for every pass."""
        building = self._tracer.building
        mask = self._tracer.lift(key, line)
        number = building.reshape(value, (), line)
        self.store(target, building.chosen(mask, number, target.value, line), line)

    def write_part(self, target: TracedArray, read: Key, value: Value, line: Line) -> None:
        """Write into a part of an array, which waits until somebody reads the whole."""
        memory = target.memory
        if not target.steps:
            self.write_base(memory, read.plain, value, line, basic=read.basic)
            return
        places = np.asarray(positions(target)[read.plain])
        fits(value.array, places)
        memory.write_cells(places, value, line)

    def write_base(
        self, memory: Memory, key: tuple[Any, ...], value: Value, line: Line, *, basic: bool
    ) -> None:
        """Write into a part of the array that owns a memory."""
        shape = np.shape(memory.before.array)
        place = place_of(key, shape) if basic else None
        if place is not None:
            own = self._tracer.building.broadcast(value, place.shape(shape), line)
            memory.write_row(place, own, line)
            return
        size = int(np.prod(shape))
        places = np.asarray(np.arange(size).reshape(shape)[key])
        fits(value.array, places)
        if places.size:
            memory.write_cells(places, value, line)

    def store(self, target: TracedArray, value: Value, line: Line) -> None:
        """Put a value of the same shape in the place of all of an array."""
        memory, building = target.memory, self._tracer.building
        if not target.steps:
            memory.put(value)
        elif len(target.steps) == 1 and target.steps[0].key is not None:
            self.write_base(memory, target.steps[0].key, value, line, basic=True)
        else:
            places = positions(target)
            before = memory.before.array
            if np.array_equal(places.reshape(-1), np.arange(before.size)):
                memory.put(building.reshape(value, before.shape, line))
            elif places.size == before.size:
                inverse = np.argsort(places.reshape(-1)).reshape(before.shape)
                memory.put(building.gather(value, inverse, line))
            else:
                memory.write_cells(places, value, line)
        target.became(value)

    def into(self, out: Any, made: Any, line: Line) -> Any:
        """Write a result into `out`, and return that."""
        if isinstance(out, tuple):
            (out,) = out
        if not isinstance(out, TracedArray):
            if not isinstance(made, TracedArray):
                out[...] = made
                return out
            out[...] = self._tracer.took(
                made.value,
                "learned values are added into a plain array here, which cannot be seen elsewhere;"
                " make it by np.zeros inside the function, or write a = a + b for a += b",
            )
            return made if made.value.learned else out
        value = self._tracer.lift(made, line)
        if out.memory.before.learned or value.learned or out.memory.pending is not None:
            if not self.into_whole_numbers(out, value, line):
                self.store(out, self._tracer.building.broadcast(value, out.shape, line), line)
        elif out.steps:
            self.write_data(out, read_key((), out.ndim), value, line)
        else:
            self.store(out, self._tracer.building.broadcast(value, out.shape, line), line)
        return out

    def at(self, ufunc: np.ufunc, inputs: Any) -> None:
        """`np.add.at(a, index, b)`, which adds in place, repeated places repeatedly."""
        target, *rest = inputs
        line = self._tracer.line()
        name = f"np.{ufunc.__name__}.at"
        array = np.array(plain(target))
        ufunc.at(array, *plain(tuple(rest)))
        problem = (
            f"{name} has no op; multiply with a one-hot matrix, or add row by row to what np.zeros"
            " made"
        )
        self.changed_to(target, array, rest, problem, line)

    def changed(self, function: Any, name: str, args: Any, kwargs: Any) -> None:
        """A function that writes into its first argument in a way that no op has."""
        target, *rest = args
        line = self._tracer.line()
        array = np.array(plain(target))
        function(array, *plain(tuple(rest)), **plain(kwargs))
        problem = f"{name} has no op; write a[…] = … or np.where"
        self.changed_to(target, array, [*rest, *kwargs.values()], problem, line)

    def changed_to(
        self, target: Any, array: Array, arguments: Any, problem: str, line: Line
    ) -> None:
        """Put numbers in the place of an array, which follow from arguments in a way without op."""
        building = self._tracer.building
        operands = [one.value for one in traced_in([target, *arguments])]
        if not isinstance(target, TracedArray):
            target[...] = self._tracer.took(building.refused("", operands, array, line), problem)
            return
        value = building.refused(problem, operands, float64(array), line)
        self.store(target, value, line)


def positions(target: TracedArray) -> Any:
    """Where the cells of a view stand in the flat array that owns its memory."""
    before = target.memory.before.array
    places: Any = np.arange(before.size).reshape(before.shape)
    for step in target.steps:
        places = step.of(places)
    return np.asarray(places)


def masked(target: TracedArray, key: Any) -> bool:
    """Whether an index is a single recorded condition for every cell."""
    return isinstance(key, TracedArray) and key.dtype == np.bool_ and key.shape == target.shape


def all_of(read: Key, shape: tuple[int, ...]) -> bool:
    """Whether an index without arrays names all of an array, in its own shape."""
    parts = read.parts
    return len(parts) <= len(shape) and all(
        whole(part, extent) for part, extent in zip(parts, shape, strict=False)
    )


def fits(array: Any, places: Any) -> None:
    """ValueError, as NumPy has it, where an array cannot be written to places."""
    array = np.asarray(array)
    extra = array.ndim - places.ndim
    np.broadcast_to(array.reshape(array.shape[extra:]) if extra > 0 else array, places.shape)

"""The tracer: it runs NumPy's functions on the arrays inside wrappers, and records them."""

from __future__ import annotations

from collections.abc import Iterable
from types import FrameType
from typing import Any

import numpy as np

from bpdebug.ops import Array
from bpdebug.recording.from_numpy.building import Building
from bpdebug.recording.from_numpy.functions import (
    CHANGED,
    DERIVED,
    FRESH,
    FUNCTIONS,
    PLAIN,
    WRITING,
)
from bpdebug.recording.from_numpy.functions.remedies import remedy
from bpdebug.recording.from_numpy.functions.ufuncs import REDUCTIONS, derived_ufunc, translate
from bpdebug.recording.from_numpy.journal import Journal
from bpdebug.recording.from_numpy.plain import PlainArrays, float64
from bpdebug.recording.from_numpy.users import NUMPY, of_user
from bpdebug.recording.from_numpy.wrapper.attributes import attribute
from bpdebug.recording.from_numpy.wrapper.keys import Key, from_data, read_key
from bpdebug.recording.from_numpy.wrapper.memory import Memory, Step
from bpdebug.recording.from_numpy.wrapper.pending import Rows
from bpdebug.recording.from_numpy.wrapper.traced import TracedArray, plain, traced_in
from bpdebug.recording.from_numpy.wrapper.writes import Writes
from bpdebug.recording.lines import Line, line_of, user_frames
from bpdebug.recording.recorder import Recorder
from bpdebug.recording.texts import OPERAND, call, compared, indexed
from bpdebug.recording.value import Value
from bpdebug.recording.written import RefusedError, Written


class Tracer:
    """Records what NumPy's functions do with wrapped arrays."""

    def __init__(self, main: Any, *, shifted: bool = False) -> None:
        self.recorder = Recorder()
        self.building = Building(self.recorder)
        self.journal = Journal()
        self._writes = Writes(self)
        self._plain = PlainArrays(self.building)
        self._shifted = shifted
        """Whether numbers that leave the recording are changed, to see if the loss depends on
        them."""
        self.live = True
        """Whether the code still runs."""
        self._main = main
        """The code of the function that is recorded."""

    # What comes in.

    def wrap(self, value: Value, *, scalar: bool = False) -> TracedArray:
        """A value as the user's code sees it, with memory of its own."""
        return TracedArray(self, Memory(self.building, value), value=value, scalar=scalar)

    def data(self, result: Any) -> Any:
        """What NumPy made of plain numbers alone; arrays of numbers are wrapped."""
        if isinstance(result, tuple) and type(result) is not tuple:
            return type(result)(*(self.data(one) for one in result))
        if isinstance(result, (tuple, list)):
            return type(result)(self.data(one) for one in result)
        if type(result) is np.ndarray and result.dtype.kind in "fiub":
            return self.wrap(self.building.constant(float64(result), self.line()))
        return result

    def lift(self, argument: Any, line: Line) -> Value:
        """The value of an argument; plain arrays and numbers become constants."""
        if isinstance(argument, TracedArray):
            if argument.tracer is not self:
                raise line.error("this array belongs to another recording, which is over")
            return argument.value
        if isinstance(argument, (list, tuple)) and any(True for _ in traced_in(argument)):
            return self.joined(argument, line)
        return self._plain.value(argument, line)

    def joined(self, parts: Any, line: Line) -> Value:
        """A list of arrays and numbers as one array, as np.array makes it."""
        values = [self.lift(one, line) for one in parts]
        return self.building.stack(values, 0, line)

    # What NumPy reports.

    def ufunc(self, ufunc: np.ufunc, method: str, inputs: Any, options: dict[str, Any]) -> Any:
        """A universal function, called on at least one wrapped array."""
        out = options.pop("out", (None,))[0]
        if method == "at":
            return self._writes.at(ufunc, inputs)
        if isinstance(out, TracedArray) and out.scalar:
            out = None  # `loss += …` on a number makes another number
        if isinstance(options.get("dtype"), type) and np.dtype(options["dtype"]).kind == "f":
            del options["dtype"]
        target = {} if out is None else {"out": np.array(plain(out))}
        result = getattr(ufunc, method)(*plain(inputs), **plain(options), **target)
        made = self.ufunc_made(ufunc, method, inputs, options, result)
        return made if out is None else self._writes.into(out, made, self.line())

    def ufunc_made(
        self, ufunc: np.ufunc, method: str, inputs: Any, options: dict[str, Any], result: Any
    ) -> Any:
        """The result of a universal function, recorded."""
        arguments = [*inputs, *options.values()]
        if all(one.value.constant for one in traced_in(arguments)):
            return self.data(result)
        try:
            if method == "reduce" and ufunc in REDUCTIONS:
                return self.function(REDUCTIONS[ufunc], *reduce_arguments(inputs, options))
            found = derived_ufunc(ufunc, method, options)
            if found is not None:
                return found(*inputs)
            if method != "__call__":
                raise RefusedError(f"np.{ufunc.__name__}.{method} has no op; {remedy(method)}")
            made = translate(ufunc.__name__, inputs, options)
        except RefusedError as refused:
            return self.refuse(str(refused), arguments, result, f"np.{ufunc.__name__}")
        exact = ufunc in (np.add, np.subtract, np.multiply, np.negative)
        return self.record(made, result, exact=exact)

    def function(self, function: Any, args: Any, kwargs: Any) -> Any:
        """A function of NumPy, called on at least one wrapped array."""
        out = kwargs.pop("out", None)
        if out is not None:
            return self._writes.into(out, self.function(function, args, kwargs), self.line())
        if isinstance(kwargs.get("dtype"), type) and np.dtype(kwargs["dtype"]).kind == "f":
            kwargs = {name: one for name, one in kwargs.items() if name != "dtype"}
        name = name_of(function)
        if function in CHANGED:
            return self._writes.changed(function, name, args, kwargs)
        if function in WRITING:
            return WRITING[function](*args, **kwargs)
        result = function(*plain(args), **plain(kwargs))
        arguments = [*args, *kwargs.values()]
        if function in PLAIN:
            return result
        if function in FRESH or all(one.value.constant for one in traced_in(arguments)):
            return self.data(result)
        try:
            if function in DERIVED:
                return DERIVED[function](*args, **kwargs)
            if function not in FUNCTIONS:
                raise RefusedError(f"{name} has no op; {remedy(function.__name__)}")
            made = FUNCTIONS[function](*args, **kwargs)
        except RefusedError as refused:
            return self.refuse(str(refused), arguments, result, name)
        except TypeError:
            names = " or ".join(f"{one}=" for one in kwargs) or "one of its arguments"
            problem = f"{name} has no op with {names}; {remedy(next(iter(kwargs), ''))}"
            return self.refuse(problem, arguments, result, name)
        function_of = (function, args, kwargs)
        return self.record(made, result, function_of)

    # What is made of it.

    def record(
        self, made: Written, result: Any, call_of: Any = None, *, exact: bool = False
    ) -> Any:
        """Record an op with the arguments that are its operands."""
        line = self.line()
        operands = [self.lift(one, line) for one in made.operands]
        if np.iscomplexobj(result):
            return self.refuse("complex numbers have no op", made.operands, result, "this")
        value = self.building.op(made.form, operands, result, line, keep=made.moves, exact=exact)
        owner = made.operands[0] if made.operands else None
        if call_of is not None and isinstance(owner, TracedArray) and shares(result, owner):
            function, args, kwargs = call_of
            rest = plain(tuple(args[1:])), plain(kwargs)
            step = Step(made.form, lambda real: function(real, *rest[0], **rest[1]))
            return self.view(owner, step, value)
        return self.wrapped(value, result)

    def wrapped(self, value: Value, result: Any) -> Any:
        """A result as the user's code sees it. Whole numbers that are data are plain ones."""
        scalar = not isinstance(result, np.ndarray)
        if scalar and not value.learned and (value.constant or value.array.dtype.kind in "iub"):
            return result
        return self.wrap(value, scalar=scalar)

    def view(self, owner: TracedArray, step: Step, value: Value) -> TracedArray:
        """A view of an array, with its value now."""
        return TracedArray(self, owner.memory, (*owner.steps, step), value)

    def refuse(self, problem: str, arguments: Iterable[Any], result: Any, name: str) -> Any:
        """What has no op. Places and choices by learned values become those of this pass."""
        line = self.line()
        operands = [one.value for one in traced_in(list(arguments))]
        if isinstance(result, (tuple, list)):
            made = [self.refuse(problem, arguments, one, name) for one in result]
            named = type(result) not in (tuple, list)
            return type(result)(*made) if named else type(result)(made)
        if not isinstance(result, (np.ndarray, np.generic, float, int)):
            return result
        if np.asarray(result).dtype.kind in "iub":
            if any(one.learned for one in operands):
                self.journal.chosen(name, line)
            return self.data(result)
        return self.wrapped(self.building.refused(problem, operands, result, line), result)

    # Indices.

    def item(self, array: TracedArray, key: Any) -> Any:
        """An index behind an array."""
        if array.scalar:
            raise IndexError("invalid index to scalar variable.")
        read = read_key(key, array.ndim)
        if read.basic and not array.steps and array.memory.pending is not None:
            part = array.memory.part(read.parts)
            if part is not None:
                return self.part(array, read, part, read.plain)
        row = self.row_of(array, read)
        if row is not None:
            return row
        result = array.array[read.plain]
        if read.basic:
            line = self.line()
            value = self.building.op(indexed(read.parts), [array.value], result, line, keep=True)
            return self.part(array, read, value, read.plain)
        return self.picked(array, read, result)

    def row_of(self, array: TracedArray, read: Key) -> Any:
        """Cells of a single row of a buffer that still waits to be joined; None for others."""
        pending = array.memory.pending
        if array.steps or not isinstance(pending, Rows) or len(read.parts) < 2:
            return None
        same = read.basic or not any(one is None or isinstance(one, slice) for one in read.parts)
        axis = pending.axis
        if not same or len(read.parts) <= axis:
            return None
        at = read.parts[axis]
        if any(one is None for one in read.parts) or not isinstance(at, int):
            return None
        row = self.item(array, (*[slice(None)] * axis, at))
        return row[(*read.parts[:axis], *read.parts[axis + 1 :])]

    def part(self, array: TracedArray, read: Key, value: Value, key: Any) -> Any:
        """A part of an array, which is a view of it, or a number."""
        numbers = all(isinstance(one, int) for one in read.parts)
        if numbers and len(read.parts) == array.ndim and array.ndim:
            return self.wrapped(value, value.array[()])
        return self.view(array, Step(indexed(read.parts), lambda real: real[key], key), value)

    def picked(self, array: TracedArray, read: Key, result: Any) -> Any:
        """Cells that arrays of whole numbers or conditions pick."""
        line = self.line()
        if read.learned:
            self.journal.chosen("a condition in an index", line)
        parts, operands = [], [array.value]
        for one in read.parts:
            if not isinstance(one, np.ndarray):
                parts.append(one)
                continue
            given = from_data(one, self.building.cells)
            hint = "" if given is not None else "places"
            found = given or self._plain.value(plain(one), line, hint=hint)
            parts.append(OPERAND)
            operands.append(found)
        return self.wrapped(self.building.op(indexed(parts), operands, result, line), result)

    def write(self, array: TracedArray, key: Any, given: Any) -> None:
        """Write into a part of an array."""
        self._writes.write(array, key, given)

    # What arrays do beside NumPy's functions.

    def copied(self, array: TracedArray) -> TracedArray:
        """A copy, which shares no memory."""
        return self.wrap(array.value, scalar=array.scalar)

    def cast(self, array: TracedArray, dtype: Any) -> Any:
        """An array of another kind of numbers; all kinds of floats are float64."""
        kind = np.dtype(dtype).kind
        if kind == array.dtype.kind or (kind in "iu" and array.dtype.kind in "iu"):
            return self.copied(array)
        result = plain(array).astype(np.float64 if kind == "f" else dtype)
        whole = kind in "iu" and array.dtype.kind == "b" and array.value.learned
        if (kind == "f" or whole) and not array.value.constant:
            return self.record(Written(lambda operands: operands[0], (array,)), result)
        if kind == "b" and array.value.learned:
            return self.record(Written(compared("!="), (array, 0)), result)
        problem = "no op takes this kind of numbers"
        return self.refuse(problem, [array], result, f"astype({np.dtype(dtype).name})")

    def flat(self, array: TracedArray) -> Any:
        """The cells in a row, as a view."""
        form = call("reshape", shape=(-1,))
        flat = array.array.reshape(-1)
        value = self.building.op(form, [array.value], flat, self.line(), keep=True)
        return self.view(array, Step(form, lambda real: np.asarray(real).reshape(-1)), value)

    def reshaped(self, array: TracedArray, shape: Any) -> None:
        """Give an array another shape in its place."""
        new = plain(array).reshape(shape).shape
        array.added(Step(call("reshape", shape=new), lambda real: real.reshape(new)))

    def missing(self, array: TracedArray, name: str) -> Any:
        """An attribute that the wrapper does not have itself."""
        return attribute(self, array, name)

    # What leads out of the recording.

    def took(self, value: Value, problem: str) -> Array:
        """The numbers of a value, of which is noted that they leave the recording."""
        array = value.array
        if not value.learned:
            return array
        self.journal.took(problem, self.line())
        moves = self._shifted and array.dtype.kind == "f"
        return np.asarray(array * 1.37 + 0.73) if moves else array

    def decided(self, value: Value) -> None:
        """Note that a value decides what the code does."""
        if value.learned:
            self.journal.decided(self.line())

    # Where the code is, and what its variables hold.

    def line(self) -> Line:
        """The line of the user's code that is executed, whose local variables are noted."""
        first = None
        for frame in user_frames((NUMPY,)):
            if not self.of_user(frame):
                continue
            first = first or frame
            self.look(frame)
            if frame.f_code is self._main:
                break
        return line_of(first)

    def of_user(self, frame: FrameType) -> bool:
        """Whether a frame executes the user's code, and none that it calls."""
        return of_user(frame.f_code.co_filename, self._main)

    def look(self, frame: FrameType) -> None:
        """Note the local variables of a frame of the user's code."""
        main = frame.f_code is self._main
        self.recorder.names.look(frame, self.value_of, main=main)
        for name, one in frame.f_locals.items():
            if isinstance(one, TracedArray) and isinstance(one.memory.pending, Rows):
                rows = one.memory.pending.new_rows(name, main=main)
                self.recorder.names.note_rows(name, rows, main=main)
        owner = frame.f_locals.get("self")
        if owner is not None and hasattr(owner, "__dict__"):
            self.recorder.names.look_into(vars(owner), self.value_of, main=main)

    def value_of(self, one: Any) -> Value | None:
        """The value of an array of the user's code; None for anything else."""
        if isinstance(one, TracedArray):
            return one.known
        return self._plain.found(one) if type(one) is np.ndarray else None


def shares(result: Any, owner: TracedArray) -> bool:
    """Whether NumPy gave a view."""
    return isinstance(result, np.ndarray) and np.may_share_memory(result, owner.array)


def name_of(function: Any) -> str:
    """What a function of NumPy is called in the user's code."""
    module = getattr(function, "__module__", "numpy") or "numpy"
    short = module.replace("numpy", "np").replace("np._core", "np").split("._")[0]
    return f"{short}.{function.__name__}"


def reduce_arguments(inputs: Any, options: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The arguments of `np.add.reduce` as those of np.sum: without an axis it takes the first."""
    names = ("axis", "dtype", "out", "keepdims")
    given = dict(zip(names, inputs[1:], strict=False)) | options
    wanted = {"axis": given.get("axis", 0), "keepdims": bool(given.get("keepdims", False))}
    return (inputs[0],), wanted

"""`bpdebug.trace`: run a function on wrapped arrays, and make a recording of what it did."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.ops import Array
from bpdebug.recording.from_numpy.alone import alone
from bpdebug.recording.from_numpy.arguments import Arguments
from bpdebug.recording.from_numpy.call import bound, by_name, called, line_in, title_of
from bpdebug.recording.from_numpy.plain import kind_of
from bpdebug.recording.from_numpy.reach import accepts, code_of, named, reaching
from bpdebug.recording.from_numpy.tracer import Tracer
from bpdebug.recording.from_numpy.wrapper.traced import TracedArray
from bpdebug.recording.lines import NOWHERE
from bpdebug.recording.proof import prove
from bpdebug.recording.recording import Recording
from bpdebug.recording.setting import Setting
from bpdebug.recording.value import Value
from bpdebug.records import replace
from bpdebug.run import Problem, Run


def trace(
    function: Callable[..., Any],
    parameters: Mapping[str, Any],
    inputs: Mapping[str, Any],
    positional: tuple[Any, ...] = (),
    *,
    title: str = "",
    optimizer: Mapping[str, object] | None = None,
) -> Recording:
    """Record a forward pass, as `proved` does; without its run."""
    return proved(function, parameters, inputs, positional, title=title, optimizer=optimizer)[0]


def proved(
    function: Callable[..., Any],
    parameters: Mapping[str, Any],
    inputs: Mapping[str, Any],
    positional: tuple[Any, ...] = (),
    *,
    title: str = "",
    optimizer: Mapping[str, object] | None = None,
    iterations: int | None = None,
) -> tuple[Recording, Run]:
    """Record a forward pass, and give the run that was held against it.

    The function is called with parameters and data. Both are arrays, or lists, tuples and dicts of
    arrays, by the names of the function's arguments; `positional` are data by place. An array that
    the function reads from its object, its closure or its globals is given by any name. The
    function returns the loss, or a tuple that begins with it. It is called on wrapped arrays, and
    once more on plain ones, to see that both compute the same. `optimizer` has the entries of
    [optimizer]; without it nothing is updated. `iterations` is the number that the run has; None
    for one. BpdebugError, with the user's file and line, for what no scenario can compute.
    """
    given = by_name(function, positional)
    twice = [name for name in given if name in inputs or name in parameters]
    if twice:
        raise BpdebugError(f"{twice[0]!r} is given by place and by name; give it once")
    arguments = Arguments({**given, **inputs}, parameters)
    traced = Traced(function, arguments, title, optimizer, iterations)
    recording = traced.recording({})
    run = prove(recording, iterations=iterations)
    traced.compare(recording)
    return replace(recording, remake=traced.remake, arguments=traced.arguments), run


class Traced:
    """A function with its arguments, which can be recorded again on other arrays."""

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: Arguments,
        title: str = "",
        optimizer: Mapping[str, object] | None = None,
        iterations: int | None = None,
    ) -> None:
        self._function, self._optimizer, self._iterations = function, optimizer, iterations
        self.arguments = arguments
        """What the function is called with."""
        self._code = code_of(function)
        self._random: Any = None
        """The state of NumPy's own generator before the function ran."""
        self._title = title or title_of(function, self._code)

    def remake(self, data: Mapping[str, Array], parameters: Mapping[str, Array]) -> Problem:
        """The problem of the code on other arrays, for one iteration; an array left out stays.

        The user's generator of NumPy stays as it is, and nothing is printed.
        """
        state = np.random.get_state()
        try:
            with silent():
                return self.recording({**data, **parameters}).problem(1)
        finally:
            np.random.set_state(state)

    def recording(self, arrays: Mapping[str, Array]) -> Recording:
        """Record the function, with some arrays in the place of its own."""
        self._random = random = np.random.get_state()
        tracer, loss = self._run(arrays)
        drawn = not same_state(random, np.random.get_state())
        taken = tracer.journal.taken_before(loss)
        if taken is not None:
            np.random.set_state(random)
            if not self._stays(arrays, loss):
                raise taken
        setting = Setting(
            title=self._title,
            optimizer=self._optimizer,
            iterations=self._iterations,
            notes=self._notes(tracer, loss, drawn),
        )
        return tracer.recorder.finish(loss, setting)

    def _run(self, arrays: Mapping[str, Array], *, shifted: bool = False) -> tuple[Tracer, Value]:
        """Run the function: what recorded it, and its loss."""
        tracer = Tracer(self._code, shifted=shifted)
        wrapped = {
            name: self._wrapped(tracer, name, arrays.get(name)) for name in self.arguments.arrays
        }
        with self._given(wrapped) as (function, direct):
            result = called(function, direct, tracer, self._code)
        return tracer, self._loss(tracer, result)

    @contextmanager
    def _given(
        self, arrays: Mapping[str, Any]
    ) -> Iterator[tuple[Callable[..., Any], dict[str, Any]]]:
        """The function and its arguments, with these arrays by their names."""
        accepted = accepts(self._function)
        made = self.arguments.made(arrays.__getitem__)
        instead = {
            id(self.arguments.arrays[name]): (argument, arrays[name])
            for (argument, _), name in self.arguments.names.items()
            if not accepted(argument)
        }
        direct = {name: one for name, one in made.items() if accepted(name)}
        self._refuse_others(made, direct)
        with alone(), reaching(self._function, direct, instead) as given:
            yield given

    def compare(self, recording: Recording) -> None:
        """BpdebugError where the code itself, on plain arrays, computes another loss.

        A code that computes another one each time, since it draws numbers, is not compared.
        """
        recorded = float(recording.made[self._loss_name(recording)].array)
        found = [self._plain()]
        if not close(found[0], recorded):
            found.append(self._plain())
        if not any(close(one, recorded) for one in found) and close(found[0], found[-1]):
            raise BpdebugError(
                f"{named(self._function)} computes {found[0]!r} on plain arrays, and {recorded!r} "
                "where it is recorded; it does something with arrays that a recording cannot see"
            )

    def _loss_name(self, recording: Recording) -> str:
        """The name of the loss: what was computed last."""
        return max(recording.made, key=lambda name: recording.made[name].at)

    def _plain(self) -> float:
        """The loss that the code itself computes, on plain arrays of float64."""
        arrays = {name: self.arguments.other(name, None) for name in self.arguments.arrays}
        numbers = {
            name: one if isinstance(self.arguments.arrays[name], np.ndarray) else one[()]
            for name, one in arrays.items()
        }
        np.random.set_state(self._random)
        with self._given(numbers) as (function, direct), silent():
            args, kwargs = bound(function, direct)
            try:
                result = function(*args, **kwargs)
            except Exception as error:
                raise line_in(error.__traceback__, self._code).error(
                    f"{named(function)} stops on plain arrays with {type(error).__name__}: {error}"
                ) from error
        loss = result[0] if isinstance(result, (tuple, list)) else result
        return float(np.reshape(loss, ()))

    def _stays(self, arrays: Mapping[str, Array], loss: Value) -> bool:
        """Whether the loss is the same where other numbers leave the recording.

        Then they were taken out for something else, such as a line that is printed.
        """
        with silent():
            try:
                _, other = self._run(arrays, shifted=True)
            except BpdebugError:
                return False
        return bool(np.array_equal(loss.array, other.array, equal_nan=True))

    def _wrapped(self, tracer: Tracer, name: str, array: Array | None) -> TracedArray:
        """An array as the function gets it."""
        found = self.arguments.other(name, array)
        found.flags.writeable = False
        learned = name in self.arguments.learned
        make = tracer.recorder.parameter if learned else tracer.recorder.input
        scalar = not isinstance(self.arguments.arrays[name], np.ndarray)
        return tracer.wrap(make(name, found), scalar=scalar)

    def _refuse_others(self, made: Mapping[str, Any], direct: Mapping[str, Any]) -> None:
        """BpdebugError for an argument that the function does not take, and that is no array."""
        of_arrays = {argument for argument, _ in self.arguments.names}
        for name in made.keys() - direct.keys() - of_arrays:
            raise BpdebugError(f"{named(self._function)} takes no argument {name!r}; leave it out")
        bound(self._function, dict(direct))

    def _loss(self, tracer: Tracer, result: Any) -> Value:
        """The loss among what the function returned."""
        loss = result[0] if isinstance(result, (tuple, list)) and len(result) else result
        name = named(self._function)
        if not isinstance(loss, TracedArray):
            taken = tracer.journal.last_taken()
            if taken is not None and isinstance(loss, (int, float, np.ndarray)):
                raise taken
            if isinstance(loss, (int, float, np.ndarray)):
                raise BpdebugError(
                    f"what {name} returned does not depend on the arrays that were given; it reads "
                    "others, perhaps globals of the same name: give it those that it reads"
                )
            raise BpdebugError(
                f"{name} returned {described(loss)}, which is no loss; return the loss, or a tuple "
                "that begins with it"
            )
        value = loss.value
        if not np.size(value.array) == 1:
            raise value.line.error(
                f"{name} returns an array of shape {np.shape(value.array)}, and a loss is one "
                "number; reduce it, as by .mean()"
            )
        value = tracer.building.reshape(value, (), value.line)
        if not value.learned:
            raise BpdebugError(
                f"the loss that {name} returns depends on none of the parameters "
                f"{', '.join(sorted(self.arguments.learned))}; it must compute with the very "
                "arrays that are given as parameters"
            )
        if value.leaf:
            value = tracer.building.op(lambda operands: operands[0], [value], value.array, NOWHERE)
        return value

    def _notes(self, tracer: Tracer, loss: Value, drawn: bool) -> tuple[str, ...]:
        """What the user should know about the recording."""
        arrays = self.arguments.arrays
        promoted = [
            f"{name} ({np.asarray(one).dtype})"
            for name, one in arrays.items()
            if np.asarray(one).dtype.kind == "f" and np.asarray(one).dtype != np.float64
        ]
        notes = list(tracer.journal.notes(loss))
        if promoted:
            notes.insert(0, f"computed in float64 here: {', '.join(promoted)}")
        if drawn:
            notes.append(
                "random numbers that the code draws are data here; another trace draws others"
            )
        return tuple(notes)


@contextmanager
def silent() -> Iterator[None]:
    """Let code run a second time without printing or warning again."""
    with redirect_stdout(StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def same_state(before: Any, after: Any) -> bool:
    """Whether NumPy's own generator has drawn nothing in between."""
    return all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))


def close(one: float, other: float) -> bool:
    """Whether two losses differ by rounding alone, also that of float32."""
    return bool(np.isclose(one, other, rtol=1e-5, atol=1e-9, equal_nan=True))


def described(one: Any) -> str:
    """What an object is, for an error."""
    return "nothing" if one is None else kind_of(one)

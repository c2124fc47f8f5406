"""From a call of one of PyTorch's functions to the values of its results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np
import torch

from bpdebug.recording.from_torch.departures import Departures
from bpdebug.recording.from_torch.functions import translate
from bpdebug.recording.from_torch.leaves import Leaves
from bpdebug.recording.from_torch.losses import Losses
from bpdebug.recording.from_torch.modules import Modules
from bpdebug.recording.from_torch.tensors import Tensors, numbers, tensors_in, unfit, version
from bpdebug.recording.lines import Line
from bpdebug.recording.recorder import Recorder
from bpdebug.recording.value import Role, Value
from bpdebug.recording.writing import needed
from bpdebug.recording.written import DATA, RefusedError, Written, alike

ADVICE = "write it with other functions, or leave it out of what the loss depends on"


class Calls:
    """Records what functions return. Data without a gradient becomes known when it is used."""

    def __init__(
        self, recorder: Recorder, tensors: Tensors, leaves: Leaves, modules: Modules, losses: Losses
    ) -> None:
        self._recorder, self._tensors, self._leaves = recorder, tensors, leaves
        self._modules, self._losses = modules, losses
        self.departures = Departures()
        self.own = 0
        """How many functions of the user's own are running, whose forward needs no gradients."""
        self.held: dict[int, Value] = {}
        """What tensors stood for before a function wrote into one of them."""
        self._made: dict[int, torch.Tensor] = {}
        """Tensors that were made of nothing, and what was computed from them alone."""
        self.still: set[Value] = set()
        """Values that have a gradient in PyTorch, which is always 0: they are data."""
        self.worked_out: Callable[[Any], Value]
        """What a tensor stands for after writes through others into its memory."""

    def learned(self, tensor: torch.Tensor) -> bool:
        """Whether a tensor depends on a parameter, or has a gradient."""
        if tensor.requires_grad:
            return True
        held = self.held.get(id(tensor))
        value = self._tensors.get(tensor) if held is None else held
        return value is not None and value.learned

    def lift(self, argument: Any, line: Line) -> Value:
        """The value of an argument; tensors and numbers that nothing recorded become constants."""
        if not isinstance(argument, torch.Tensor):
            self.departures.came_back(argument, line)
            return self._recorder.constant(np.asarray(argument), line=line)
        held = self.held.get(id(argument))
        if held is not None:
            return held
        known = self._tensors.known(argument)
        if known is not None:
            if known.version == version(argument) and not known.stale:
                return known.value
            if known.learned:
                return self._again(known, line)
            self._tensors.forget(argument)  # data that has changed is data as it is now
        if not argument.requires_grad:
            self.departures.used(argument, self._tensors)
        return self._leaves.lift(argument, line)

    def _again(self, known: Any, line: Line) -> Value:
        """The value of a tensor whose memory was written since it stood for its last one."""
        if known.pending and not known.stale and known.pending[-1].version == known.tensor._version:
            return self.worked_out(known)
        problem = known.stale or (
            "uses a tensor that was changed in place since it was computed, by code that PyTorch "
            "does not report; change it before the block, or compute a new tensor in its place"
        )
        name = f"{known.value.name}: " if known.value.name else ""
        return Value(
            *(known.value.array, Role.RESULT),
            operands=(known.value,),
            line=line,
            problem=f"{name}this line {problem}",
        )

    def depends(self, tensor: torch.Tensor) -> bool:
        """Whether a tensor depends on a parameter, with a gradient or without."""
        return self.learned(tensor) or self.departures.is_cut(tensor)

    def known(self, tensor: torch.Tensor) -> Value | None:
        """What a tensor stood for last; None for an unknown one."""
        return self._tensors.get(tensor)

    def forget(self, tensor: torch.Tensor) -> None:
        """Know nothing about a tensor from here on: it is data."""
        self._tensors.forget(tensor)

    def record(self, function: Any, args: Any, kwargs: Any, result: Any, line: Line) -> None:
        """Record what a function made of at least one tensor."""
        arguments = list(tensors_in((args, kwargs)))
        results = flat(result)
        fresh = [
            one
            for one in results
            if isinstance(one, torch.Tensor) and not any(one is other for other in arguments)
        ]
        learned = any(map(self.learned, arguments))
        if not fresh:
            return
        if not learned and self._is_data(arguments, fresh):
            return
        if learned and not self.own and not any(map(self.keeps_gradient, fresh)):
            lost = any(one.requires_grad for one in arguments) or not torch.is_grad_enabled()
            if lost and any(one.is_floating_point() for one in fresh):
                self.departures.cut(fresh, function, line)
                return
        problem = next(filter(None, map(unfit, fresh)), "")
        if problem:
            self._refuse(f"the result of {named(function)} {problem}", arguments, fresh, line)
            return
        try:
            made = self.translated(function, args, kwargs, result)
        except Exception as error:  # also a fault of a translation, of a result that no loss uses
            self._refuse(why_not(function, arguments, error), arguments, fresh, line)
            return
        self._set(made, results, fresh, line)
        if any(one is DATA for one in made) and learned:
            self.departures.cut(fresh, function, line)

    def let_go(self) -> None:
        """Hold no tensor any more."""
        self.held = {}
        self._made.clear()
        self.still.clear()
        self.departures.let_go()

    def made(self, results: Iterable[torch.Tensor]) -> None:
        """Tensors were made of nothing, by a function such as `ones` or `arange`."""
        self._made.update((id(one), one) for one in results)

    def _is_data(self, arguments: list[torch.Tensor], fresh: list[torch.Tensor]) -> bool:
        """Whether results that depend on no parameter are data, and not ops on data.

        Ops show what a model does with its inputs. How a batch or a mask is made is no part of it.
        """
        self._leaves.derived(fresh, arguments[0])
        self.departures.follow(fresh, arguments)
        if all(id(one) in self._made for one in arguments):
            self.made(fresh)
            return True
        inside = self._modules.inside or self.own
        return not (inside and any(one.is_floating_point() for one in fresh))

    def keeps_gradient(self, result: torch.Tensor) -> bool:
        """Whether PyTorch has a gradient for a result."""
        return bool(result.requires_grad)

    def translated(
        self, function: Any, args: Any, kwargs: Any, result: Any
    ) -> list[Written | None]:
        """The ops of a function's results; inside a forward of the user's own, detached is not."""
        if self.own and named(function) in ("detach", "data"):
            return [alike(args[0])]
        made = translate(function, args, kwargs, result)
        return list(flat_made(made))

    def _set(
        self, made: list[Written | None], results: list[Any], fresh: list[torch.Tensor], line: Line
    ) -> None:
        """Set the values of a function's results."""
        known: dict[int, Value] = {}
        lift = partial(self.lift, line=line)
        self._modules.count()
        for one, result in zip(made, results, strict=True):
            if one is None or not any(result is other for other in fresh):
                continue
            if one is DATA:
                if result.requires_grad:  # as that of round(), which is 0 everywhere
                    self.assign(result, self.zeroed(result, line), line)
                continue
            value = self._recorder.written(
                one, numbers(result), lift, known, line=line, group=self._modules.group
            )
            self.assign(result, value, line)

    def zeroed(self, result: torch.Tensor, line: Line) -> Value:
        """A result whose gradient is 0 everywhere, as data."""
        value = self._recorder.constant(np.array(numbers(result)), line=line)
        self.still.add(value)
        return value

    def assign(self, result: torch.Tensor, value: Value, line: Line) -> None:
        """Say what a result stands for; where that has no gradient but PyTorch's has, say so."""
        if result.requires_grad and not value.learned and self.still.isdisjoint(needed(value)):
            value = Value(
                *(value.array, Role.RESULT),
                line=line,
                problem="the gradient of what this line computes was lost in the recording; this "
                "is a fault of bpdebug",
            )
            value.learned = True
        self._tensors.set(result, value)
        if result.requires_grad and not self.own:
            self._losses.computed(result, value)

    def _refuse(
        self,
        problem: str,
        arguments: Iterable[torch.Tensor],
        fresh: Iterable[torch.Tensor],
        line: Line,
    ) -> None:
        """Set the values of results that have no op. What has no gradient is data when used."""
        operands = [self.lift(one, line) for one in arguments if self.learned(one)]
        for result in fresh:
            if result.requires_grad or (self.own and operands):
                self.assign(result, self.refused(problem, operands, line), line)
            elif operands:
                self.departures.cut([result], None, line)

    def refused(self, problem: str, operands: Iterable[Value], line: Line) -> Value:
        """A value that no scenario can compute; an error if the loss depends on it."""
        where = f" (in {self._modules.group})" if self._modules.group else ""
        first, semicolon, rest = problem.partition("; ")
        value = Value(
            *(np.zeros(()), Role.RESULT),
            operands=tuple(operands),
            line=line,
            problem=f"{first}{where}{semicolon}{rest}",
        )
        value.learned = True
        return value


def why_not(function: Any, arguments: Iterable[torch.Tensor], error: Exception) -> str:
    """Why the call of a function cannot be recorded, and what to do."""
    if not isinstance(error, RefusedError):
        return (
            f"{named(function)} is not recorded: {type(error).__name__}: {error}; this is a fault "
            "of bpdebug"
        )
    operand = next(filter(None, map(unfit, arguments)), "")
    return advised(f"what {named(function)} is given {operand}" if operand else str(error))


def advised(problem: str) -> str:
    """A problem with advice, where it has none."""
    return problem if ";" in problem else f"{problem}; {ADVICE}"


def flat(result: Any) -> list[Any]:
    """The results of a function in a row: those in tuples in the tuple's place."""
    if isinstance(result, (tuple, list)):
        return [each for one in result for each in flat(one)]
    return [result]


def flat_made(made: Any) -> Iterable[Written | None]:
    """The ops of results in a row."""
    if isinstance(made, tuple):
        for one in made:
            yield from flat_made(one)
    else:
        yield made


def named(function: Any) -> str:
    """A function's name as the user calls it."""
    name = str(getattr(function, "__name__", function))
    if name == "__get__":
        return str(getattr(getattr(function, "__self__", None), "__name__", name))
    return name

"""The mode in which PyTorch reports every function that the user's code calls."""

from __future__ import annotations

from collections.abc import Iterable
from types import FrameType
from typing import Any

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

from bpdebug.recording.from_torch.functions import FUNCTIONS
from bpdebug.recording.from_torch.modules import Modules
from bpdebug.recording.from_torch.tensors import Tensors, numbers
from bpdebug.recording.lines import Line, line_of, user_frames
from bpdebug.recording.recorder import Recorder
from bpdebug.recording.value import Value
from bpdebug.recording.written import RefusedError, Written

SKIPPED = (str(torch.__path__[0]), str(np.__path__[0]))
"""Folders whose frames are not the user's."""


class Mode(TorchFunctionMode):
    """Records the functions of PyTorch that are called while it is on."""

    def __init__(self, model: torch.nn.Module | None) -> None:
        super().__init__()
        self.recorder = Recorder()
        self.tensors = Tensors()
        self.modules = Modules(model, self.returned)
        self.latest: torch.Tensor | None = None
        """The latest number that depends on a parameter: the loss, when the block ends."""
        for name, one in [] if model is None else model.named_parameters():
            self.tensors.set(one, self.recorder.parameter(name, numbers(one).copy()))

    def __enter__(self) -> Mode:
        self.modules.__enter__()
        super().__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        self.modules.__exit__(*error)

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        result = function(*args, **kwargs)
        if isinstance(result, torch.Tensor) and any(True for _ in tensors_in((args, kwargs))):
            self.record(function, args, kwargs, result)
        return result

    def record(self, function: Any, args: Any, kwargs: Any, result: torch.Tensor) -> None:
        """Record what a function made of at least one tensor."""
        line = self.line()
        try:
            translation = FUNCTIONS.get(function)
            if translation is None:
                raise RefusedError(f"{function_name(function)} has no op")
            made = translation(*args, **kwargs)
        except RefusedError as refused:
            value = self.refuse(str(refused), (args, kwargs), result, line)
        else:
            value = self.made(made, result, line)
        self.tensors.set(result, value)
        if result.ndim == 0 and result.requires_grad:
            self.latest = result

    def made(self, made: Written, result: torch.Tensor, line: Line) -> Value:
        """The value of an op's result."""
        operands = [self.lift(one, line) for one in made.operands]
        return self.recorder.result(
            made.form, operands, numbers(result), line=line, group=self.modules.group
        )

    def refuse(self, problem: str, arguments: Any, result: torch.Tensor, line: Line) -> Value:
        """The value of a function that has no op."""
        operands = [self.lift(one, line) for one in tensors_in(arguments)]
        where = f" (in {self.modules.group})" if self.modules.group else ""
        return self.recorder.refused(f"{problem}{where}", operands, numbers(result), line=line)

    def lift(self, argument: Any, line: Line) -> Value:
        """The value of an argument; tensors and numbers that nothing recorded become constants."""
        if not isinstance(argument, torch.Tensor):
            return self.recorder.constant(np.asarray(argument), line=line)
        value = self.tensors.get(argument)
        if value is None:
            value = self.recorder.constant(numbers(argument).copy(), line=line)
            self.tensors.set(argument, value)
        return value

    def returned(self, group: str, output: Any) -> None:
        """Name what a module returned after the module, where the module computed it."""
        value = self.tensors.get(output)
        if value is not None and not value.name and value.group.startswith(group):
            value.name = group

    def line(self) -> Line:
        """The line of the user's code that is executed, whose local variables are noted."""
        frames = list(user_frames(SKIPPED))
        for frame in frames:
            self.look(frame)
        return line_of(frames[0] if frames else None)

    def look(self, frame: FrameType) -> None:
        """Note the local variables of a frame of the user's code."""
        self.recorder.names.look(frame, self.tensors.get, main=True)


def tensors_in(arguments: Any) -> Iterable[torch.Tensor]:
    """The tensors in the arguments of a function."""
    if isinstance(arguments, torch.Tensor):
        yield arguments
    elif isinstance(arguments, (tuple, list)):
        for one in arguments:
            yield from tensors_in(one)
    elif isinstance(arguments, dict):
        yield from tensors_in(list(arguments.values()))


def function_name(function: Any) -> str:
    """A function of PyTorch as the user calls it."""
    return f"{getattr(function, '__module__', None) or 'torch'}.{function.__name__}"

"""The mode in which PyTorch reports every function that the user's code calls."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from types import FrameType
from typing import Any

import torch
from torch.optim.optimizer import (
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)
from torch.overrides import TorchFunctionMode

from bpdebug.errors import BpdebugError
from bpdebug.recording.from_torch.calls import Calls, named
from bpdebug.recording.from_torch.compiled import eager
from bpdebug.recording.from_torch.frames import Frames
from bpdebug.recording.from_torch.functions import RUNS
from bpdebug.recording.from_torch.leaves import Leaves
from bpdebug.recording.from_torch.losses import BACKWARD, Losses
from bpdebug.recording.from_torch.modules import Models, Modules, Scope, roots_of
from bpdebug.recording.from_torch.own_functions import OwnFunctions
from bpdebug.recording.from_torch.own_scopes import OwnScopes
from bpdebug.recording.from_torch.owner import alone, here
from bpdebug.recording.from_torch.pauses import Pauses
from bpdebug.recording.from_torch.tensors import Tensors, any_tensor, tensors_in
from bpdebug.recording.from_torch.writes import target_of
from bpdebug.recording.from_torch.writing_calls import WritingCalls
from bpdebug.recording.recorder import Recorder

NUMBERS = frozenset(("item", "tolist", "__float__"))
"""Functions that give plain numbers."""


class Mode(TorchFunctionMode):
    """Records the functions of PyTorch that are called while it is on."""

    def __init__(self, models: Models, block: FrameType, *, prove: bool = True) -> None:
        super().__init__()
        self.recorder = Recorder()
        self.tensors = Tensors()
        self.paused = Pauses()
        self.modules = Modules(roots_of(models, block.f_locals), self._returned, self.paused)
        self.leaves = Leaves(self.recorder, self.tensors, self.modules)
        self.losses = Losses(self.recorder, self.leaves.learned, prove=prove)
        self.calls = Calls(self.recorder, self.tensors, self.leaves, self.modules, self.losses)
        self.writing = WritingCalls(self.recorder, self.tensors, self.calls, self.modules)
        self.scopes = OwnScopes(self.calls, self.modules, self.losses, self.line)
        self.frames = Frames(block, self.recorder.names, self.tensors.get)
        self.leaves.name_of = self.frames.name_of
        self.stepping: Callable[[Any], None] | None = None
        """Called with an optimizer before its first step inside of the block."""
        self.failed: Exception | None = None
        """What went wrong first while a call was recorded; it is raised when the block ends."""
        self._open = ExitStack()

    def __enter__(self) -> Mode:
        with ExitStack() as opened:
            opened.enter_context(alone())
            self.leaves.begin()
            opened.enter_context(eager())
            opened.enter_context(self.modules)
            forward, end = (
                partial(self.guarded, do) for do in (self.scopes.forward, self.scopes.end)
            )
            opened.enter_context(OwnFunctions(self._own, forward, end))
            opened.callback(register_optimizer_step_pre_hook(self._before_step).remove)
            opened.callback(register_optimizer_step_post_hook(self._after_step).remove)
            super().__enter__()
            opened.callback(super().__exit__, None, None, None)
            self._open = opened.pop_all()
        return self

    def __exit__(self, *error: Any) -> None:
        self._open.close()

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if self.failed is not None or self.paused:
            return function(*args, **kwargs)
        if function in BACKWARD:
            return self._backward(function, args, kwargs)
        if self._begins(function, args, kwargs):
            return function(*args, **kwargs)
        target = target_of(function, args, kwargs)
        if target is not None:
            self.guarded(self.writing.begin, target, args, kwargs)
        drawn: dict[str, Any] = {}
        if function in RUNS:
            result, drawn = RUNS[function](*args, **kwargs)
        elif function is torch.autograd.grad:
            with self.paused.during():
                result = function(*args, **kwargs)
        else:
            result = function(*args, **kwargs)
        if target is not None:
            self.guarded(self._written, function, target, args, {**kwargs, **drawn}, result)
        elif isinstance(result, torch.Tensor):
            if any_tensor((args, kwargs)):
                self.guarded(self._record, function, args, {**kwargs, **drawn}, result)
            else:
                self.calls.made([result])
        else:
            self._other(function, args, {**kwargs, **drawn}, result)
        return result

    def _begins(self, function: Any, args: Any, kwargs: Any) -> bool:
        """Whether a function gives a new parameter its first numbers: a model is being made."""
        if getattr(function, "__module__", "") != "torch.nn.init":
            return False
        return not any(self.tensors.get(one) is not None for one in tensors_in((args, kwargs)))

    def _other(self, function: Any, args: Any, kwargs: Any, result: Any) -> None:
        """A function that returns no tensor: several of them, or something else."""
        kind, name = type(result), named(function)
        if kind in (int, bool, torch.Size, torch.dtype, torch.device, type(None)):
            if name in ("register_hook", "requires_grad_", "__set__"):
                self.guarded(self._changed, function, args)
            return
        if isinstance(result, (tuple, list)) and any_tensor(result):
            if any_tensor((args, kwargs)):
                self.guarded(self._record, function, args, kwargs, result)
        elif name in NUMBERS and self.calls.depends(args[0]):
            self.guarded(lambda: self.calls.departures.left(result, self.line()))
        elif name == "register_hook":
            self.guarded(self._changed, function, args)

    def _changed(self, function: Any, args: Any) -> None:
        """A tensor has a hook of the user's own, or requires a gradient from here on, or none."""
        tensor = args[0]
        if named(function) == "register_hook":
            self.losses.own.append(self.calls.lift(tensor, self.line()))
            return
        value = self.tensors.get(tensor)
        if value is not None and tensor.requires_grad and not value.learned:
            self.tensors.forget(tensor)

    def _record(self, function: Any, args: Any, kwargs: Any, result: Any) -> None:
        """Record what a function returned."""
        if named(function) == "requires_grad_":
            self._changed(function, args)
            return
        self.calls.record(function, args, kwargs, result, self.line())

    def _written(self, function: Any, target: Any, args: Any, kwargs: Any, result: Any) -> None:
        """Record what a function wrote."""
        self.writing.end(function, target, args, kwargs, result, self.line())

    def _backward(self, function: Any, args: Any, kwargs: Any) -> Any:
        """`backward` is called: what it is called on is the loss."""
        line = self.line()
        lift = partial(self.calls.lift, line=line)
        with self.paused.during():
            self.guarded(self.losses.backward, args, kwargs, lift, line)
            result = function(*args, **kwargs)
            self.losses.ran()
        return result

    def _own(self, cls: type, args: Any) -> bool:
        """A function of the user's own begins; False where it is not to be recorded."""
        if not here() or self.paused:
            return False
        self.guarded(self.scopes.begin, cls, args)
        return True

    def _before_step(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        """An optimizer is about to change the parameters."""
        if not here():
            return
        if not self.paused:
            if self.stepping is not None:
                self.guarded(self.stepping, optimizer)
            if any(map(callable, (*args[1:], *kwargs.values()))):
                self.guarded(self.losses.closure, self.line())
        self.paused.step(sys._getframe(1))

    def _after_step(self, *_: Any) -> None:
        """An optimizer has changed the parameters."""
        if here():
            self.paused.end(sys._getframe(1))

    def guarded(self, do: Callable[..., None], *args: Any) -> None:
        """Do a part of the recording: what fails in it must not disturb the user's code."""
        if self.failed is not None:
            return
        try:
            do(*args)
        except Exception as error:  # whatever it is, it is raised when the block ends
            self.failed = error
            self._let_go()
            if isinstance(error, BpdebugError):  # it says all; its frames hold tensors
                error.__traceback__ = None

    def _let_go(self) -> None:
        """Hold nothing of the user's any more: there will be no recording."""
        self.recorder.leaves.clear()
        self.recorder.names.clear()
        for one in (self.tensors, self.leaves, self.losses, self.calls, self.scopes, self.frames):
            one.let_go()

    def line(self) -> Any:
        """The line of the user's code that runs."""
        return self.frames.line()

    def _returned(self, scope: Scope, output: Any) -> None:
        """Name what a module returned after the module, where the module computed it."""
        self.guarded(self.scopes.returned, scope, output)


def raised(error: Exception) -> BpdebugError:
    """What went wrong in a recording, as the user is told."""
    if isinstance(error, BpdebugError):
        return error
    return BpdebugError(
        f"the recording failed: {type(error).__name__}: {error}; this is a fault of bpdebug"
    )

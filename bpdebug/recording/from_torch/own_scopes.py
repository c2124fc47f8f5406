"""What runs as a part of its own: modules, and functions with a backward pass of the user's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from bpdebug.recording.from_torch.calls import Calls, flat
from bpdebug.recording.from_torch.losses import Losses
from bpdebug.recording.from_torch.modules import Modules, Scope
from bpdebug.recording.from_torch.own_functions import (
    backward_line,
    is_hook,
    of_pytorch,
)
from bpdebug.recording.from_torch.tensors import tensors_in
from bpdebug.recording.lines import Line
from bpdebug.recording.recording import OwnFunction
from bpdebug.recording.value import Value

OUT = "out"
"""What the result of a module is called inside of it where no variable has it."""


class OwnScopes:
    """Names what modules return, and records functions of the user's own."""

    def __init__(
        self, calls: Calls, modules: Modules, losses: Losses, line: Callable[[], Line]
    ) -> None:
        self._calls, self._modules, self._losses, self._line = calls, modules, losses, line
        self._returned: list[tuple[Any, list[Value | None]]] = []
        """By running function: what it was called with, and what its forward returned."""
        self.found: list[OwnFunction] = []
        """The functions of the user's own that were called."""

    def returned(self, scope: Scope, output: Any) -> None:
        """Name what a module returned, where the module computed it."""
        if not scope.own:
            return
        pairs = output.items() if isinstance(output, dict) else [("", one) for one in flat(output)]
        for at, (name, one) in enumerate(pairs):
            value = self._calls.known(one) if isinstance(one, torch.Tensor) else None
            if value is None or value.name or not inside(value.group, scope.group):
                continue
            if name:
                value.hint = str(name)
            elif at == 0:
                self.name(value, scope)

    def name(self, value: Value, scope: Scope) -> None:
        """Name the result of a scope: after it where it is its only op."""
        if scope.ops == 1:
            value.name = scope.group
        elif value.group == scope.group:
            value.hint = OUT

    def let_go(self) -> None:
        """Hold no tensor any more."""
        self._returned.clear()

    def begin(self, cls: type, args: Any) -> None:
        """A function of the user's own begins."""
        self._calls.own += 1
        self._returned.append((args, []))
        if of_pytorch(cls):
            return
        around = self._modules.group
        self._modules.begin(f"{around}.{cls.__name__}" if around else cls.__name__)

    def forward(self, result: Any) -> None:
        """The forward of a function returned: what its results stand for at that moment."""
        if self._returned:
            lift, line = self._calls.lift, self._line()
            self._returned[-1][1][:] = [lift(one, line) for one in tensors_in(result)]

    def end(self, cls: type, result: Any) -> None:
        """A function of the user's own ends. `result` is None where it failed."""
        self._calls.own -= 1
        args, values = self._returned.pop()
        scope = None if of_pytorch(cls) else self._modules.end()
        outputs = list(tensors_in(result))
        if len(outputs) != len(values):
            return
        line = self._line()
        operands = [self._calls.lift(one, line) for one in tensors_in(args)]
        learned = any(one.learned for one in operands)
        for output, value in zip(outputs, values, strict=True):
            if value is None:
                continue
            if output.requires_grad and learned and not value.learned:
                value = self._calls.refused(
                    f"{cls.__name__}.forward computes its result outside of PyTorch, as with NumPy;"
                    " write it with functions of PyTorch",
                    operands,
                    line,
                )
            elif scope is not None and not value.name and inside(value.group, scope.group):
                self.name(value, scope)
            if not of_pytorch(cls) or is_hook(cls):
                self._losses.own.append(value)
            if output.requires_grad or self._calls.own or not value.learned:
                self._calls.assign(output, value, line)
            else:  # marked as not differentiable: it is data
                self._calls.forget(output)
        if scope is not None:
            self.found.append(OwnFunction(cls.__name__, scope.group, backward_line(cls)))


def inside(group: str, around: str) -> bool:
    """Whether a group is another, or a part of it."""
    return group == around or group.startswith(f"{around}.")

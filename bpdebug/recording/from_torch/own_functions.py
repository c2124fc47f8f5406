"""Functions of the user's own: an `autograd.Function` is recorded by what its forward computes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch.autograd.function import _SingleLevelFunction

from bpdebug.recording.from_torch.owner import here


class OwnFunctions:
    """Reports the calls of `autograd.Function.apply` while it is on.

    `begin` is called with the class before its forward runs, `forward` with what that returned,
    and `end` with what `apply` returned; None where it failed.
    """

    def __init__(
        self,
        begin: Callable[[type, Any], bool],
        forward: Callable[[Any], None],
        end: Callable[[type, Any], None],
    ) -> None:
        self._begin, self._forward, self._end = begin, forward, end

    def __enter__(self) -> OwnFunctions:
        # `Function.apply` calls the `apply` of its base classes. To be found there, where no class
        # has one, also serves code that took `f = MyFunction.apply` before the block.
        report = self._apply

        def apply(cls: Any, *args: Any, **kwargs: Any) -> Any:
            return report(cls, *args, **kwargs)

        _SingleLevelFunction.apply = classmethod(apply)
        return self

    def __exit__(self, *_: object) -> None:
        del _SingleLevelFunction.apply

    def _apply(self, cls: Any, *args: Any, **kwargs: Any) -> Any:
        """Call a function whose forward reports what it returns."""
        run: Any = getattr(super(_SingleLevelFunction, cls), "apply")  # noqa: B009 - typed as none
        if not self._begin(cls, args):
            return run(*args, **kwargs)
        has_own, held, forward = "forward" in vars(cls), vars(cls).get("forward"), cls.forward

        def reporting(*args: Any, **kwargs: Any) -> Any:
            result = forward(*args, **kwargs)
            if here():  # the class is that of all threads
                self._forward(result)
            return result

        result = None
        cls.forward = staticmethod(reporting)
        try:
            result = run(*args, **kwargs)
        finally:
            if has_own:
                cls.forward = held
            else:
                del cls.forward
            self._end(cls, result)
        return result


def of_pytorch(cls: type) -> bool:
    """True for a function that PyTorch itself brings, whose backward is right."""
    return cls.__module__.partition(".")[0] == "torch"


def backward_line(cls: Any) -> str:
    """The file and line of a function's backward; empty where it has no code in Python."""
    code = getattr(inspect.unwrap(cls.backward), "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code is not None else ""


def is_hook(cls: type) -> bool:
    """True for the function by which PyTorch calls the backward hooks of a module."""
    return cls is torch.nn.modules._functions.BackwardHookFunction

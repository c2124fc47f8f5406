"""Calls of functions that write into a tensor: `add_`, `+=`, `x[…] = …`, `inplace=True`."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import torch

from bpdebug.recording.from_torch.calls import Calls, named, why_not
from bpdebug.recording.from_torch.modules import Modules
from bpdebug.recording.from_torch.tensors import Tensors, numbers, tensors_in
from bpdebug.recording.from_torch.writes import Writes, attribute, out_of_place
from bpdebug.recording.lines import Line
from bpdebug.recording.recorder import Recorder
from bpdebug.recording.texts import call
from bpdebug.recording.value import Value
from bpdebug.recording.written import DATA

CLEARED = frozenset(("zero_", "fill_", "fill_diagonal_"))


class WritingCalls:
    """Records functions that write into a tensor, which then stands for a new value."""

    def __init__(
        self, recorder: Recorder, tensors: Tensors, calls: Calls, modules: Modules
    ) -> None:
        self._recorder, self._tensors = recorder, tensors
        self._calls, self._modules = calls, modules
        self._writes = Writes(tensors, recorder)
        calls.worked_out = self._writes.worked_out
        self._learned = False

    def begin(self, target: torch.Tensor, args: Any, kwargs: Any) -> None:
        """A function is about to write: what it reads is remembered as it is before."""
        arguments = [target, *tensors_in((args, kwargs))]
        self._tensors.keep(target)
        self._learned = any(map(self._calls.learned, arguments))
        self._calls.held = {}
        if self._learned:
            lift = partial(self._calls.lift, line=Line())
            self._calls.held = {id(one): lift(one) for one in arguments}

    def end(
        self, function: Any, target: torch.Tensor, args: Any, kwargs: Any, result: Any, line: Line
    ) -> None:
        """A function has written into a tensor, or returned another in its place."""
        try:
            if isinstance(result, torch.Tensor) and result is not target and not self._in(result):
                self._calls.record(function, args, kwargs, result, line)
            elif named(function) == "detach_":
                self._calls.departures.cut([target], function, line)
                self._tensors.forget(target)
            elif not self._learned or self._unseen(function, target):
                self._writes.spoil(target, line)
            else:
                self._end(function, target, args, kwargs, line)
        finally:
            self._calls.held = {}

    def _in(self, result: torch.Tensor) -> bool:
        """Whether a result is one of the tensors that were there before."""
        return id(result) in self._calls.held

    def _unseen(self, function: Any, target: torch.Tensor) -> bool:
        """Whether no gradient sees what was written."""
        if self._calls.own:
            return False
        return (
            not torch.is_grad_enabled() or attribute(function) == "data" or not target.requires_grad
        )

    def _end(self, function: Any, target: torch.Tensor, args: Any, kwargs: Any, line: Line) -> None:
        """Set what a tensor stands for from here on."""
        value = self._value(function, target, args, kwargs, line)
        self._modules.count()
        group = self._modules.group
        self._writes.done(target, value, line=line, group=group, seen=True)
        self._calls.assign(target, value, line)

    def _value(
        self, function: Any, target: torch.Tensor, args: Any, kwargs: Any, line: Line
    ) -> Value:
        """What a tensor stands for after a function wrote into it."""
        name, lift = named(function), partial(self._calls.lift, line=line)
        if name == "__setitem__":
            return self._item(target, args[1], args[2], line)
        if name in ("copy_", "fill_") and isinstance(args[1], torch.Tensor):
            source = lift(args[1])
            if np.shape(source.array) == tuple(target.shape):
                return source
            return self._recorder.result(
                call("broadcast_to", shape=tuple(target.shape)),
                *([source], numbers(target)),
                line=line,
                group=self._modules.group,
            )
        if name in CLEARED:
            return self._calls.zeroed(target, line)
        try:
            (made,) = self._calls.translated(out_of_place(function), args, kwargs, target)
        except Exception as error:
            held = [one for one in self._calls.held.values() if one.learned]
            return self._calls.refused(why_not(function, [target], error), held, line)
        if made is None or made is DATA:
            return self._calls.zeroed(target, line)
        return self._recorder.written(
            made, numbers(target), lift, line=line, group=self._modules.group
        )

    def _item(self, target: torch.Tensor, key: Any, source: Any, line: Line) -> Value:
        """What a tensor stands for after `target[key] = source`."""
        lift = partial(self._calls.lift, line=line)
        if isinstance(source, torch.Tensor) and same_cells(target.detach()[key], source):
            return lift(target)  # x[1:] += y writes through the view, and then the view into x
        whole = isinstance(key, torch.Tensor) and key.dtype == torch.bool
        mask = lift(key) if whole and key.shape == target.shape else None
        return self._writes.item(
            *(target, key, lift(target), lift(source), mask),
            line=line,
            group=self._modules.group,
        )


def same_cells(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two tensors are the same cells of the same memory."""
    cells = [(at.data_ptr(), at.shape, at.stride()) for at in (one, other)]
    return cells[0] == cells[1]

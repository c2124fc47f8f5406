"""Tensors that nothing recorded has computed: parameters, buffers, data, and those from outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from types import FrameType

import numpy as np
import torch

from bpdebug.ops import Array
from bpdebug.recording.called import valid
from bpdebug.recording.from_torch.modules import Modules, first_free
from bpdebug.recording.from_torch.tensors import Tensors, numbers, unfit
from bpdebug.recording.lines import Line
from bpdebug.recording.names import entries
from bpdebug.recording.recorder import Recorder
from bpdebug.recording.value import Role, Value


class Leaves:
    """The values of tensors that nothing recorded has computed."""

    def __init__(self, recorder: Recorder, tensors: Tensors, modules: Modules) -> None:
        self._recorder, self._tensors, self._modules = recorder, tensors, modules
        self.parameters: dict[str, torch.Tensor] = {}
        """What is learned, by its name."""
        self.aliases: dict[str, str] = {}
        """Further names of parameters, and those that PyTorch has for them: name → name here."""
        self.left_over: dict[str, Array] = {}
        """The `.grad` that parameters of the models had when the block began."""
        self.tied: dict[str, str] = {}
        """Parameters that a model has under several names: name → first name."""
        self.learned: list[tuple[torch.Tensor, Value]] = []
        """Tensors that are learned, those of the models first."""
        self._alone: list[tuple[torch.Tensor, Value]] = []
        """Those that are in no model; they get their names in the end."""
        self._used: Counter[str] = Counter()
        self._buffers: dict[int, str] = {}
        self._origins: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}
        self.name_of: Callable[[torch.Tensor], str]
        """The local variable of the user's code that holds a tensor now; empty where none does."""

    def begin(self) -> None:
        """Take the parameters and buffers that the models have."""
        names: dict[int, str] = {}
        meant: dict[str, set[str]] = {}
        for theirs, ours, one in self._modules.parameters():
            if id(one) in names:
                self.tied[ours] = names[id(one)]
            else:
                names[id(one)] = first_free(ours, self.parameters)
                self._take(names[id(one)], one)
                if one.grad is not None and bool(one.grad.any()):
                    self.left_over[names[id(one)]] = np.array(numbers(one.grad.to_dense()))
            for name in (theirs, ours):
                meant.setdefault(name, set()).add(names[id(one)])
        # A name that two models have for parameters of theirs means neither.
        self.aliases = {
            name: own
            for name, (own, *others) in meant.items()
            if not others and name not in self.parameters
        }
        self._buffers = {id(one): name for name, one in self._modules.buffers()}

    def _take(self, name: str, tensor: torch.Tensor) -> Value:
        """A parameter with a name."""
        self.parameters[name] = tensor
        problem = unfit(tensor)
        if problem:
            value = Value(np.zeros(()), Role.RESULT, problem=f"the parameter {name} {problem}")
            value.learned = True
        else:
            value = self._recorder.parameter(name, np.array(numbers(tensor)))
            self.learned.append((tensor, value))
        self._tensors.set(tensor, value)
        return value

    def lift(self, tensor: torch.Tensor, line: Line) -> Value:
        """The value of a tensor that is not known yet, which is known from here on."""
        problem = unfit(tensor)
        if problem:
            value = Value(
                *(np.zeros(()), Role.RESULT),
                line=line,
                problem=f"a tensor of shape {tuple(tensor.shape)} {problem}",
            )
            value.learned = bool(tensor.requires_grad)
        elif not tensor.requires_grad:
            value = self._data(tensor, line)
        elif tensor.is_leaf:
            return self._learned(tensor)
        else:
            value = Value(
                *(np.zeros(()), Role.RESULT),
                line=line,
                problem=f"a tensor of shape {tuple(tensor.shape)} that needs a gradient was "
                f"computed outside of the recorded block ({tensor.grad_fn.name()}), or by code "
                "that PyTorch does not report; compute it inside of the block",
            )
            value.learned = True
        self._tensors.set(tensor, value)
        return value

    def derived(self, results: Iterable[torch.Tensor], source: torch.Tensor) -> None:
        """Data was computed from a tensor: where no variable holds it, it is called after that."""
        for one in results:
            self._origins[id(one)] = (one, source)

    def _hint(self, tensor: torch.Tensor) -> str:
        """What data is called where no variable holds it; empty where that is not known."""
        found = tensor
        while id(found) in self._origins and not self.name_of(found):
            found = self._origins[id(found)][1]
        return self.name_of(found) or self._buffers.get(id(found), "").rpartition(".")[2]

    def _data(self, tensor: torch.Tensor, line: Line) -> Value:
        """Data, as it is now; a buffer has its path as its name."""
        value = self._recorder.constant(data(tensor), line=line)
        buffer = self._buffers.get(id(tensor))
        if buffer and value.role is Role.CONSTANT:
            self._used[buffer] += 1
            again = f"_{self._used[buffer]}" if self._used[buffer] > 1 else ""
            value.name = f"{buffer}{again}"
        elif value.role is Role.CONSTANT:
            value.hint = self._hint(tensor)
        return value

    def _learned(self, tensor: torch.Tensor) -> Value:
        """A tensor that requires a gradient, and that no model had when the block began."""
        path = self._modules.path_of(tensor)
        if path and path not in self.parameters:
            return self._take(path, tensor)
        value = self._recorder.parameter("", np.array(numbers(tensor)))
        self._tensors.set(tensor, value)
        self._alone.append((tensor, value))
        self.learned.append((tensor, value))
        return value

    def let_go(self) -> None:
        """Hold no tensor any more."""
        for one in (self.parameters, self.left_over, self.learned, self._alone, self._origins):
            one.clear()

    def end(self, block: FrameType) -> None:
        """Name the parameters that are in no model after the variables that hold them."""
        chosen = self._recorder.names.chosen(value for _, value in self._alone)
        seen = {value: name for value, (name, _) in chosen.items()}
        loops = Counter(seen.values())
        for tensor, value in self._alone:
            own, entry = held_by(block, tensor)
            own = own or seen.get(value, "")
            name = entry or own if loops[own] > 1 else own or entry
            value.name = first_free(valid(name or "parameter"), self.parameters)
            self.parameters[value.name] = tensor
        self._alone = []


def held_by(block: FrameType, tensor: torch.Tensor) -> tuple[str, str]:
    """The variable of a block that holds a tensor, and the entry of a list or dict that does."""
    own = entry = ""
    spaces = [block.f_locals] + ([block.f_globals] * (block.f_globals is not block.f_locals))
    for space in spaces:
        for name, one in space.items():
            if one is tensor:
                own = own or name
            elif not entry and isinstance(one, (list, tuple, dict)):
                entry = next((at for at, held in entries(name, one) if held is tensor), "")
    return own, entry


def data(tensor: torch.Tensor) -> Array:
    """A copy of the numbers of data, with 1 for True and 0 for False."""
    found = np.array(numbers(tensor))
    return found.astype(np.float64) if found.dtype == np.bool_ else found

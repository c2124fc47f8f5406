"""Functions that write into a tensor: what it stands for afterwards, and what shares its memory."""

from __future__ import annotations

import inspect
from functools import cache, partial
from typing import Any

import numpy as np
import torch
from numpy.lib.stride_tricks import as_strided
from torch.nn import functional

from bpdebug.ops import Array
from bpdebug.recording.from_torch.tensors import Known, Tensors, numbers, version
from bpdebug.recording.lines import Line
from bpdebug.recording.recorder import Recorder
from bpdebug.recording.texts import OPERAND, call, indexed
from bpdebug.recording.value import Value
from bpdebug.records import record

HOMES = (torch.Tensor, torch, functional, torch._C._nn)
"""Where the function stands that does what another does in place."""

SETTING = frozenset(("requires_grad_", "share_memory_", "rename_"))
"""Methods that are called as those that write, and write no numbers."""


def target_of(function: Any, args: Any, kwargs: Any) -> torch.Tensor | None:
    """The tensor that a function writes into; None for one that writes into none."""
    name = str(getattr(function, "__name__", ""))
    found = None
    if name.startswith("__"):
        setter = name == "__set__" and attribute(function) == "data"
        if setter or name == "__setitem__" or (name[2:3] == "i" and in_place_sign(name)):
            found = args[0]
    elif name in SETTING:
        return None
    elif name.endswith("_") or kwargs.get("inplace") or positional(function, args):
        found = args[0] if args else kwargs.get("input", kwargs.get("tensor"))
    elif kwargs.get("out") is not None:
        found = kwargs["out"]
    return found if isinstance(found, torch.Tensor) else None


def attribute(function: Any) -> str:
    """The attribute that a function gets or sets."""
    return str(getattr(getattr(function, "__self__", None), "__name__", ""))


@cache
def in_place_sign(name: str) -> bool:
    """True for a sign with `=` behind it, as `__iadd__` is one."""
    return hasattr(torch.Tensor, f"__{name[3:]}") and hasattr(torch.Tensor, name)


def positional(function: Any, args: Any) -> bool:
    """True where `inplace=True` was given by its place."""
    if not any(one is True for one in args):
        return False
    place = place_of_inplace(function)
    return place is not None and place < len(args) and args[place] is True


@cache
def place_of_inplace(function: Any) -> int | None:
    """The place of the argument `inplace`; None where there is none."""
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return None
    return names.index("inplace") if "inplace" in names else None


@cache
def out_of_place(function: Any) -> Any:
    """The function that returns what this one writes: `add` for `add_`; else the function."""
    name = str(getattr(function, "__name__", ""))
    if name.startswith("__i") and in_place_sign(name):
        return getattr(torch.Tensor, f"__{name[3:]}")
    if name.endswith("_") and not name.endswith("__"):
        for home in HOMES:
            found = getattr(home, name.rstrip("_"), None)
            if callable(found):
                return found
    return function


@record
class Write:
    """What was written into a tensor that shares its memory with others."""

    tensor: torch.Tensor
    value: Value
    """What the tensor stands for since then."""
    line: Line
    group: str
    version: int


class Writes:
    """Says what tensors stand for after a write."""

    def __init__(self, tensors: Tensors, recorder: Recorder) -> None:
        self._tensors, self._recorder = tensors, recorder

    def done(
        self, target: torch.Tensor, value: Value, *, line: Line, group: str, seen: bool
    ) -> None:
        """A tensor was written, and stands for a value now.

        `seen` says whether PyTorch's gradients know of the write. Tensors that share its memory
        are worked out when they are used; those that PyTorch does not connect with it are stale.
        """
        self._tensors.set(target, value)
        write = Write(target, value, line, group, version(target))
        for known in self._tensors.sharing(target):
            if known.tensor is target:
                continue
            if not known.learned and not value.learned:
                self._tensors.forget(known.tensor)
            elif not seen or root(known.tensor) is not root(target):
                known.stale = changed(line)
            else:
                known.pending.append(write)

    def spoil(self, target: torch.Tensor, line: Line) -> None:
        """A tensor that is learned was written where no gradient sees it."""
        for known in self._tensors.sharing(target):
            if known.learned:
                known.stale = changed(line)
            else:
                self._tensors.forget(known.tensor)

    def worked_out(self, known: Known) -> Value:
        """What a tensor stands for after writes through others into its memory."""
        value = known.value
        for write in known.pending:
            value = self._after(value, known.tensor, write)
        self._tensors.set(known.tensor, value)
        return value

    def _after(self, value: Value, tensor: torch.Tensor, write: Write) -> Value:
        """A tensor's value after one write through another tensor."""
        size = tensor.untyped_storage().nbytes() // tensor.element_size()
        place = np.full(size, -1)
        written = places(write.tensor, size)
        place[written] = np.arange(written.size).reshape(written.shape)
        return self.merged(
            value, write.value, place[places(tensor, size)], line=write.line, group=write.group
        )

    def merged(self, value: Value, source: Value, picks: Array, *, line: Line, group: str) -> Value:
        """A value whose cells are those of a source, where `picks` numbers one; −1 leaves a cell.

        The source is numbered row by row.
        """
        if (picks < 0).all():
            return value
        result = partial(self._recorder.result, line=line, group=group)
        taken = picks >= 0
        if np.ndim(source.array) == 0 and not taken.all():
            picked = source
        else:
            flat = np.reshape(source.array, -1)
            new = flat[np.where(taken, picks, 0)]
            if np.array_equal(picks.reshape(-1), np.arange(flat.size)):
                if picks.shape == np.shape(source.array):
                    return source
                return result(call("reshape", shape=picks.shape), [source], new)
            row = result(call("reshape", shape=(-1,)), [source], flat)
            places = self._data(np.where(taken, picks, 0), "places", line)
            picked = result(indexed([OPERAND]), [row, places], new)
            if taken.all():
                return picked
        mask = self._data(taken.astype(np.float64), "written", line)
        merged = np.where(taken, picked.array, value.array)
        return result(call("where"), [mask, picked, value], merged)

    def _data(self, array: Array, hint: str, line: Line) -> Value:
        """An array that says where numbers were written."""
        value = self._recorder.constant(array, line=line)
        value.hint = hint
        return value

    def item(
        self,
        target: torch.Tensor,
        key: Any,
        old: Value,
        source: Value,
        mask: Value | None,
        *,
        line: Line,
        group: str,
    ) -> Value:
        """What a tensor stands for after `target[key] = source`.

        `mask` is the value of a key that is a mask of the tensor's whole shape.
        """
        after = np.array(numbers(target))
        if mask is not None and np.size(source.array) == 1 and source.array.ndim == 0:
            return self._recorder.result(
                call("where"), [mask, source, old], after, line=line, group=group
            )
        count = torch.arange(target.numel(), device=target.device)
        cells = count.reshape(target.shape)[key].cpu().numpy()
        numbered = np.arange(np.size(source.array)).reshape(np.shape(source.array))
        while numbered.ndim > cells.ndim:  # PyTorch drops axes of one in front
            numbered = numbered[0]
        picks = np.full(target.numel(), -1)
        picks[cells.reshape(-1)] = np.broadcast_to(numbered, cells.shape).reshape(-1)
        return self.merged(old, source, picks.reshape(tuple(target.shape)), line=line, group=group)


def places(tensor: torch.Tensor, size: int) -> Array:
    """For each cell of a tensor, its place in the memory that the tensor has or shares."""
    memory = np.arange(size)[tensor.storage_offset() :]
    strides = [one * memory.itemsize for one in tensor.stride()]
    found: Array = as_strided(memory, tuple(tensor.shape), strides)
    return found


def root(tensor: torch.Tensor) -> torch.Tensor:
    """The tensor that a view is a view of, and the tensor itself where it is none."""
    return tensor if tensor._base is None else tensor._base


def changed(line: Line) -> str:
    """What is wrong with the use of a tensor that was written where no gradient sees it."""
    where = f" ({line.short})" if line.file else ""
    return (
        f"uses a tensor whose numbers were changed inside the block{where} where no gradient sees "
        "it; change it before the block, or compute a new tensor in its place"
    )

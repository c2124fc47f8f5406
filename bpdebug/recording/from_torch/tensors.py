"""Which value of the recording a tensor is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import torch

from bpdebug.ops import Array
from bpdebug.recording.value import Role, Value

TAKEN = frozenset((torch.float32, torch.float64, torch.bool)) | {
    torch.uint8,
    torch.int8,
    torch.int16,
    torch.int32,
    torch.int64,
}
"""Kinds of numbers that a recording takes."""


class Known:
    """A tensor and the value that it stands for."""

    __slots__ = ("pending", "stale", "tensor", "value", "version")

    def __init__(self, tensor: torch.Tensor, value: Value) -> None:
        self.tensor, self.value = tensor, value
        self.version = version(tensor)
        """PyTorch's count of the writes into it, when it stood for this value."""
        self.pending: list[Any] = []
        """Writes through other tensors since then, which are worked out when it is used."""
        self.stale = ""
        """Why it stands for no value any more; empty while it does."""

    @property
    def learned(self) -> bool:
        """Whether it depends on a parameter, or has a gradient, which may be 0 everywhere."""
        return self.value.learned or bool(self.tensor.requires_grad)


class Tensors:
    """The tensors that are known, and the value that each is at the moment.

    A tensor is known by its identity, so all of them are held until the recording ends.
    """

    def __init__(self) -> None:
        self._known: dict[int, Known] = {}
        self._sharing: dict[int, list[Known]] = {}

    def set(self, tensor: torch.Tensor, value: Value) -> None:
        """Say which value a tensor is from here on."""
        known = self._known.get(id(tensor))
        if known is not None:
            known.value, known.version = value, version(tensor)
            known.pending, known.stale = [], ""
            return
        known = self._known[id(tensor)] = Known(tensor, value)
        storage = memory(tensor)
        if storage:
            self._sharing.setdefault(storage, []).append(known)

    def get(self, tensor: Any) -> Value | None:
        """The value of a tensor; None for an unknown one, and for anything else."""
        found = self._known.get(id(tensor))
        return None if found is None else found.value

    def known(self, tensor: torch.Tensor) -> Known | None:
        """What is known about a tensor; None for an unknown one."""
        return self._known.get(id(tensor))

    def forget(self, tensor: torch.Tensor) -> None:
        """Know nothing about a tensor from here on, as when it is data that has changed."""
        known = self._known.pop(id(tensor), None)
        storage = memory(tensor)
        if known is not None and known in self._sharing.get(storage, []):
            self._sharing[storage].remove(known)

    def let_go(self) -> None:
        """Know no tensor any more."""
        self._known.clear()
        self._sharing.clear()

    def sharing(self, tensor: torch.Tensor) -> list[Known]:
        """What is known about the tensors in the same memory; the tensor itself is one of them."""
        return list(self._sharing.get(memory(tensor), ()))

    def keep(self, tensor: torch.Tensor) -> None:
        """Copy the numbers of all values in a tensor's memory, which is about to be written."""
        for known in self.sharing(tensor):
            if known.value.role is Role.RESULT:
                known.value.array = np.array(known.value.array)


def version(tensor: torch.Tensor) -> int:
    """How often PyTorch saw a tensor's memory written."""
    try:
        return int(tensor._version)
    except RuntimeError:  # tensors of inference mode do not count
        return -1


def memory(tensor: torch.Tensor) -> int:
    """The address of the memory that a tensor has, or shares; 0 where it has none."""
    try:
        return int(tensor.untyped_storage().data_ptr())
    except (RuntimeError, NotImplementedError):  # sparse tensors, and those that are traced
        return 0


def numbers(tensor: torch.Tensor) -> Array:
    """A tensor's numbers, in its own memory where that can be."""
    found: Array = tensor.detach().numpy() if tensor.is_cpu else tensor.numpy(force=True)
    return found


def unfit(tensor: torch.Tensor) -> str:
    """Why a recording cannot take a tensor, and what to do; empty where it can."""
    if tensor.is_complex():
        return "has complex numbers, which a recording does not take; write it with real ones"
    if tensor.dtype not in TAKEN:
        cast = " and leave out torch.autocast" if torch.is_autocast_enabled("cpu") else ""
        return (
            f"has numbers of {tensor.dtype}, and a recording has float64 or float32; call "
            f".double() or .float() on model and data{cast}"
        )
    if tensor.layout is not torch.strided:
        return f"has the layout {tensor.layout}; call .to_dense() on it"
    if tensor.is_meta:
        return "is on the device meta, where tensors have no numbers; move it to another device"
    if torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        return (
            "is inside of torch.func (vmap, grad, jvp), which is not recorded; compute the loss "
            "without it"
        )
    return ""


def tensors_in(arguments: Any) -> Iterator[torch.Tensor]:
    """The tensors in the arguments or in the results of a function, in their order."""
    if isinstance(arguments, torch.Tensor):
        yield arguments
    elif isinstance(arguments, (tuple, list)):
        for one in arguments:
            yield from tensors_in(one)
    elif isinstance(arguments, dict):
        yield from tensors_in(list(arguments.values()))


def any_tensor(arguments: Iterable[Any]) -> bool:
    """True where there is a tensor in the arguments of a function."""
    return next(tensors_in(arguments), None) is not None

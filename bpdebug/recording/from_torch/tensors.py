"""Which value of the recording a tensor is."""

from __future__ import annotations

from typing import Any

import torch

from bpdebug.ops import Array
from bpdebug.recording.value import Value


class Tensors:
    """The tensors that are known, and the value that each is at the moment.

    A tensor is known by its identity, so all of them are held until the recording ends.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[torch.Tensor, Value]] = {}

    def set(self, tensor: torch.Tensor, value: Value) -> None:
        """Say which value a tensor is from here on."""
        self._known[id(tensor)] = (tensor, value)

    def get(self, tensor: Any) -> Value | None:
        """The value of a tensor; None for an unknown one, and for anything else."""
        found = self._known.get(id(tensor))
        return None if found is None else found[1]


def numbers(tensor: torch.Tensor) -> Array:
    """A tensor's numbers, in its own memory where that can be."""
    found: Array = tensor.detach().cpu().resolve_conj().resolve_neg().numpy()
    return found

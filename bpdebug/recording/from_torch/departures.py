"""Where gradients end: detached tensors, and numbers that leave PyTorch and come back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch

from bpdebug.recording.from_torch.tensors import Tensors, memory
from bpdebug.recording.lines import Line

MOST = 1_000
"""Numbers of a list that are remembered when it leaves PyTorch."""


class Departures:
    """Remembers where gradients ended, and notes it when the loss uses what came of it."""

    def __init__(self) -> None:
        self._cut: dict[int, tuple[torch.Tensor, str]] = {}
        self._left: dict[float, str] = {}
        self.notes: dict[str, None] = {}
        """What the user should know, in order, each once."""

    def cut(self, results: Iterable[torch.Tensor], function: Any, line: Line) -> None:
        """Results that depend on parameters, and have no gradient."""
        name = str(getattr(function, "__name__", ""))
        if name.startswith("new_") or name.endswith("_like"):  # they use no numbers of a tensor
            return
        if name == "__get__":
            name = str(getattr(function.__self__, "__name__", ""))
        words = f"{line.short}: {name or 'a function'} gives numbers without a gradient"
        for one in results:
            self._cut[id(one)] = (one, words)

    def follow(self, results: Iterable[torch.Tensor], arguments: Iterable[torch.Tensor]) -> None:
        """Results are computed from tensors, some of which may depend on parameters."""
        cut = next(filter(self.is_cut, arguments), None)
        if cut is not None:
            self._cut.update((id(one), (one, self._cut[id(cut)][1])) for one in results)

    def used(self, tensor: torch.Tensor, tensors: Tensors) -> None:
        """A tensor without a gradient is used as data."""
        if self.is_cut(tensor):
            self.note(self._cut[id(tensor)][1])
        elif memory(tensor) and any(one.value.learned for one in tensors.sharing(tensor)):
            self.note("Numbers of a tensor with a gradient are used through NumPy or .data")

    def is_cut(self, tensor: torch.Tensor) -> bool:
        """Whether a tensor depends on parameters, and has no gradient."""
        found = self._cut.get(id(tensor))
        return found is not None and found[0] is tensor

    def left(self, numbers: Any, line: Line) -> None:
        """Numbers that depend on parameters were read: by float(), .item(), .tolist()."""
        words = f"{line.short}: a number that was read with .item() or float() is computed with"
        for one in flat(numbers)[:MOST]:
            if isinstance(one, float) and one != int_or_none(one):
                self._left[one] = words

    def came_back(self, argument: Any, line: Line) -> None:
        """A plain number is computed with."""
        if self._left and isinstance(argument, float) and argument in self._left:
            self.note(self._left[argument])

    def let_go(self) -> None:
        """Remember no tensor and no number any more."""
        self._cut.clear()
        self._left.clear()

    def note(self, words: str) -> None:
        """Note that something is data in the recording."""
        self.notes[f"{words}; in this scenario they are data, as they were here"] = None


def flat(numbers: Any) -> list[Any]:
    """Numbers in lists in lists, in a row."""
    if isinstance(numbers, list):
        return [each for one in numbers[:MOST] for each in flat(one)]
    return [numbers]


def int_or_none(number: float) -> float | None:
    """A whole number; None for any other, which is unlikely to come up by chance."""
    return number if number.is_integer() else None

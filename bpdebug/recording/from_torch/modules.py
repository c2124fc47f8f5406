"""Which module of the model is running: the groups of the recording."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import torch
from torch.nn.modules import module as hooks


class Modules:
    """The path of the module that runs: `blocks.0.attn`.

    A module that runs a second time is a group of its own, `blocks.0.attn_2`.
    """

    def __init__(self, model: torch.nn.Module | None, returned: Callable[[str, Any], None]) -> None:
        self._paths = {} if model is None else {id(m): path for path, m in model.named_modules()}
        self._runs: Counter[str] = Counter()
        self._running: list[str] = [""]
        self._returned = returned
        """Called with a module's group and what the module returns."""
        self._handles: list[Any] = []

    @property
    def group(self) -> str:
        """The group of what is computed now; empty outside of the model."""
        return self._running[-1]

    def __enter__(self) -> Modules:
        self._handles = [
            hooks.register_module_forward_pre_hook(self._enter),
            hooks.register_module_forward_hook(self._leave, always_call=True),
        ]
        return self

    def __exit__(self, *_: object) -> None:
        for handle in self._handles:
            handle.remove()

    def _enter(self, module: torch.nn.Module, _: Any) -> None:
        """A module begins."""
        path = self._paths.get(id(module))
        if not path:
            self._running.append(self.group)  # the model itself, or a module that is not part of it
            return
        self._runs[path] += 1
        again = f"_{self._runs[path]}" if self._runs[path] > 1 else ""
        self._running.append(f"{path}{again}")

    def _leave(self, module: torch.nn.Module, _: Any, output: Any) -> None:
        """A module ends."""
        group = self._running.pop()
        if self._paths.get(id(module)):
            self._returned(group, output)

"""Which module of the model is running: the groups of the recording."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import torch
from torch.nn.modules import module as hooks

from bpdebug.errors import BpdebugError
from bpdebug.recording.called import joined, valid
from bpdebug.recording.from_torch.owner import here
from bpdebug.recording.from_torch.pauses import Pauses

Models: TypeAlias = (
    "torch.nn.Module | Sequence[torch.nn.Module] | Mapping[str, torch.nn.Module] | None"
)
"""What a recording is of: a model, several of them, or none."""


class Scope:
    """A module, or a function of the user's own, while it runs."""

    __slots__ = ("group", "ops", "own", "path")

    def __init__(self, group: str, *, own: bool, path: str = "") -> None:
        self.group, self.path = group, path
        self.own = own
        """Whether it is a group itself, and not part of what is around it."""
        self.ops = 0
        """How many ops were recorded in it so far."""


class Modules:
    """The path of the module that runs: `blocks.0.attn`.

    A module that runs a second time is a group of its own, `blocks.0.attn_2`.
    """

    def __init__(
        self,
        roots: Mapping[str, torch.nn.Module],
        returned: Callable[[Scope, Any], None],
        paused: Pauses,
    ) -> None:
        """`roots` are the models, by the names that stand before the paths in them."""
        self._roots = roots
        self._paths = {id(one): path for path, one in paths(roots)}
        self._others: dict[int, torch.nn.Module] = {}
        """Modules that ran, and are in none of the models."""
        self._runs: Counter[str] = Counter()
        self._running = [Scope("", own=False)]
        self._returned = returned
        """Called with a module that ends, and what it returns."""
        self._handles: list[Any] = []
        self._paused = paused

    @property
    def models(self) -> tuple[str, ...]:
        """The names of the models, in the order in which they were given."""
        return tuple(self._roots)

    @property
    def group(self) -> str:
        """The group of what is computed now; empty outside of the model."""
        return self._running[-1].group

    @property
    def inside(self) -> bool:
        """Whether a module runs."""
        return len(self._running) > 1

    def count(self) -> None:
        """Count an op for all that is running."""
        for scope in self._running:
            scope.ops += 1

    def parameters(self) -> Iterator[tuple[str, str, torch.nn.Parameter]]:
        """All parameters of the models: PyTorch's own names, ours, and the parameters.

        One that has several names is repeated.
        """
        return named(self._roots, "named_parameters")

    def buffers(self) -> Iterator[tuple[str, torch.Tensor]]:
        """All buffers of the models, by our names."""
        for _, name, one in named(self._roots, "named_buffers"):
            yield name, one

    def path_of(self, tensor: torch.Tensor) -> str:
        """The path of a tensor that some module has now as a parameter; empty where none has."""
        others = {
            type(one).__name__.lower(): one for one in self._others.values()
        }  # the outermost of a name wins, as it ran first and stands last
        for roots in (self._roots, others):
            for _, path, one in named(roots, "named_parameters"):
                if one is tensor:
                    return path
        return ""

    def begin(self, path: str) -> Scope:
        """Something begins that is a group by this path, or another when it ran before."""
        base = path
        for scope in reversed(self._running):
            if scope.own and path.startswith(f"{scope.path}."):
                base = f"{scope.group}{path[len(scope.path) :]}"  # blocks_2.0.attn
                break
        group = base
        while group in self._runs:
            self._runs[base] += 1
            group = numbered(base, self._runs[base])
        self._runs[group] = max(self._runs[group], 1)
        self._running.append(Scope(group, own=True, path=path))
        return self._running[-1]

    def end(self) -> Scope:
        """What began last ends."""
        return self._running.pop()

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
        if not here() or self._paused:
            return
        path = self._paths.get(id(module))
        if path is None:
            self._others.setdefault(id(module), module)
        if path:
            self.begin(path)
        else:  # the model itself, or a module that is not part of it
            self._running.append(Scope(self.group, own=False))

    def _leave(self, module: torch.nn.Module, _: Any, output: Any) -> None:
        """A module ends."""
        if here() and not self._paused and len(self._running) > 1:
            self._returned(self.end(), output)


def roots_of(models: Models, local: Mapping[str, Any]) -> dict[str, torch.nn.Module]:
    """The models by the names that stand before the paths in them.

    Those of a dict are called after their keys, others after the local variables that hold them. A
    single model needs no name, unless its modules have numbers, as those of a Sequential.
    BpdebugError for what is no model.
    """
    if models is None:
        return {}
    if isinstance(models, Mapping):
        found = {valid(str(name)): one for name, one in models.items()}
    else:
        several = list(models) if isinstance(models, (list, tuple)) else [models]
        held = {id(one): name for name, one in reversed(list(local.items()))}
        found = {}
        for one in several:
            found[first_free(valid(held.get(id(one), type(one).__name__.lower())), found)] = one
    for one in found.values():
        if not isinstance(one, torch.nn.Module):
            raise BpdebugError(
                f"a model is a torch.nn.Module, not {type(one).__name__}; for several models give "
                "a list of them, for functions without a module give None"
            )
    if isinstance(models, torch.nn.Module) and not any(map(str.isdigit, models._modules)):
        return {"": models}
    return found


def numbered(path: str, count: int) -> str:
    """The group of something that runs again: `blocks.attn_2`; `blocks_2.0` for a number."""
    around, _, last = path.rpartition(".")
    if last.isdigit() and around:
        return f"{numbered(around, count)}.{last}"
    return f"{path}_{count}"


def first_free(name: str, taken: Container[str]) -> str:
    """A name, with a number behind where it is taken."""
    at, found = 1, name
    while found in taken:
        at += 1
        found = f"{name}_{at}"
    return found


def paths(roots: Mapping[str, torch.nn.Module]) -> Iterator[tuple[str, torch.nn.Module]]:
    """All modules of the models, by their paths."""
    for root, model in roots.items():
        for path, one in model.named_modules():
            yield joined(root, path), one


def named(roots: Mapping[str, torch.nn.Module], what: str) -> Iterator[tuple[str, str, Any]]:
    """Parameters or buffers of the models: PyTorch's names, ours, and what they name."""
    for root, model in roots.items():
        for path, one in getattr(model, what)(remove_duplicate=False):
            yield path, joined(root, path), one

"""What a caller hands in to be compared: arrays by name, or a model with its gradients."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.mistakes.archives import from_arrays
from bpdebug.mistakes.handed import BRAIN, Precisions
from bpdebug.ops import FLOAT32, Array
from bpdebug.printable import counted, visible
from bpdebug.reading.npy import NpyHeader
from bpdebug.recording.called import joined, valid
from bpdebug.records import record
from bpdebug.run import Run
from bpdebug.scenario.context import Budget

SHOWN = 80
"""The most characters of a name in an error."""
MOST_NAMED = 5
NOISE, NOISE_SINGLE = 1e-13, 1e-5
"""What rounding in float64 and in float32 may leave of gradients that cancel, of the largest."""


@record
class HandedIn:
    """Arrays that a caller handed in, with what is to be said of them."""

    arrays: Mapping[str, Array]
    precisions: Precisions
    note: str = ""
    """What was left out; empty for nothing."""


def is_model(what: Any) -> bool:
    """True for a model of PyTorch's form, which has `named_parameters`."""
    return callable(getattr(what, "named_parameters", None))


def from_mapping(given: Mapping[Any, Any], note: str = "") -> HandedIn:
    """Arrays by name; BpdebugError, with the name, for what is no array of real numbers."""
    budget = Budget()
    raw, coarse = {}, {}
    for name, value in given.items():
        if not isinstance(name, str):
            raise BpdebugError(
                f"{visible(str(name))[:SHOWN]} is no name; give arrays by name, such as W1 or "
                "grad(W1)"
            )
        raw[name] = to_array(name, value, budget)
        if is_bfloat16(value):
            coarse[name] = BRAIN
    arrays, precisions = from_arrays(raw)
    return HandedIn(arrays, {**precisions, **coarse}, note)


def from_model(model: Any, run: Run) -> HandedIn:
    """The `.grad` of every parameter of a model, by the names that it has there.

    A trained parameter without `.grad`, to which a gradient of the run leads, counts as one whose
    gradient is 0; others are left out. The note says so. What differs from the run by less than
    rounding in the largest gradient does to sums that cancel, as before a batch norm, counts as
    right. BpdebugError where no parameter has any.
    """
    return gradients_of(model.named_parameters(), run, "the model has a .grad")


def are_models(what: Any) -> bool:
    """True for several models of PyTorch's form, in a list, a tuple or a dict."""
    held = what.values() if isinstance(what, Mapping) else what
    return isinstance(what, (list, tuple, Mapping)) and len(what) > 0 and all(map(is_model, held))


def from_models(models: Any, run: Run, recorded: Sequence[str]) -> HandedIn:
    """The `.grad` of every parameter of several models, each by its model's name and its own.

    Those of a dict are called after their keys, those of a list as they were when they were
    `recorded` in it. BpdebugError where such names are not known.
    """
    if isinstance(models, Mapping):
        names = [valid(str(name)) for name in models]
        models = list(models.values())
    else:
        names = list(recorded)
    if len(names) != len(models):
        was = counted(len(recorded), "model") if recorded else "no models"
        raise BpdebugError(
            f"{counted(len(models), 'model')} in a list, and this run was recorded of {was}; give "
            "them by name, as in {'encoder': encoder}"
        )
    found: dict[int, tuple[str, Any]] = {}
    for root, model in zip(names, models, strict=True):
        for name, one in model.named_parameters():
            found.setdefault(id(one), (joined(root, name), one))  # two models may share one
    return gradients_of(found.values(), run, "these models has a .grad")


def gradients_of(parameters: Iterable[tuple[str, Any]], run: Run, of: str) -> HandedIn:
    """The `.grad` of parameters by name, as `from_model` has them."""
    found, missing = {}, []
    for name, parameter in parameters:
        gradient = getattr(parameter, "grad", None)
        if gradient is not None:
            found[name] = gradient
        elif getattr(parameter, "requires_grad", True):
            missing.append(name)
    if not found:
        raise BpdebugError(
            f"no parameter of {of}; call loss.backward() first, and compare before "
            "optimizer.zero_grad()"
        )
    right = Gradients(run)
    lost = {name: np.zeros_like(right.of(name)) for name in missing if np.any(right.of(name))}
    given = from_mapping({**found, **lost}, notes_on(lost, missing))
    return HandedIn(right.beside(given.arrays), given.precisions, given.note)


def notes_on(lost: Collection[str], missing: Sequence[str]) -> str:
    """What is to be said of parameters without `.grad`."""
    told = [f"{some(lost)} without .grad counted as 0"] if lost else []
    rest = [name for name in missing if name not in lost]
    told += [f"{some(rest)} without .grad left out"] if rest else []
    return "; ".join(told)


def some(names: Collection[str]) -> str:
    """How many parameters, and the first of their names: `2 parameters (a, b)`."""
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    shown = ", ".join(visible(name) for name in list(names)[:MOST_NAMED])
    return f"{counted(len(names), 'parameter')} ({shown}{more})"


class Gradients:
    """The gradients of a run's first iteration, by all names of its parameters."""

    def __init__(self, run: Run) -> None:
        self._recorded = run.iteration(1).recorded
        self._aliases = run.problem.aliases
        noise = NOISE_SINGLE if run.problem.dtype == FLOAT32 else NOISE
        learned = map(self.of, run.problem.parameters)
        finite = (np.abs(one[np.isfinite(one)]) for one in learned)
        self._noise = noise * max((float(np.max(one, initial=0.0)) for one in finite), default=0.0)

    def of(self, name: str) -> Array:
        """The gradient of a parameter; a single 0 where it has none."""
        names = self._recorded.graph.names
        node = names.get(self._aliases.get(name, name))
        found = None if node is None else self._recorded.gradients[node]
        return np.zeros(()) if found is None else np.asarray(found, dtype=np.float64)

    def beside(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """Arrays, with the right ones in the place of those that differ by rounding alone."""
        found = {}
        for name, one in arrays.items():
            right = self.of(name)
            same = right.shape == one.shape and np.all(np.abs(one - right) <= self._noise)
            found[name] = right if same else one
        return found


def to_array(name: str, value: Any, budget: Budget) -> Array:
    """An array, a tensor or nested lists as an array; BpdebugError where it has no real numbers."""
    key = visible(name[:SHOWN])
    try:
        array = np.asarray(as_numpy(value))
        if array.dtype.name == "bfloat16":  # of another library, for numpy has none
            array = array.astype(np.float32)
    except (TypeError, ValueError):
        raise BpdebugError(
            f"this {type(value).__name__} is no array of numbers; give a full array, as "
            "np.asarray(…, dtype=float) makes it",
            key=key,
        ) from None
    if not NpyHeader(array.shape, False, array.dtype).real:
        what = "nothing" if value is None else f"values of type {array.dtype}"
        raise BpdebugError(f"it holds {what}, no real numbers; give an array of floats", key=key)
    if 0 in array.shape:
        raise BpdebugError("it is empty; leave it out", key=key)
    budget.take(array.shape, key)
    return np.array(array)


def as_numpy(value: Any) -> Any:
    """A tensor of PyTorch as an array of numpy; anything else as it is."""
    if not callable(getattr(value, "detach", None)):
        return value
    value = value.detach()
    if is_bfloat16(value):
        value = value.float()
    if getattr(value, "is_sparse", False):
        value = value.to_dense()
    return value.cpu().numpy()


def is_bfloat16(value: Any) -> bool:
    """True for a tensor of bfloat16, which numpy does not have."""
    return str(getattr(value, "dtype", "")).endswith("bfloat16")

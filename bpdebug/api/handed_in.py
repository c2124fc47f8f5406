"""What a caller hands in to be compared: arrays by name, or a model with its gradients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.mistakes.archives import BRAIN, from_arrays
from bpdebug.mistakes.handed import Precisions
from bpdebug.ops import Array
from bpdebug.printable import counted, visible
from bpdebug.reading.npy import NpyHeader
from bpdebug.records import record
from bpdebug.scenario.context import Budget

SHOWN = 80
"""The most characters of a name in an error."""
MOST_NAMED = 5


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


def from_model(model: Any) -> HandedIn:
    """The `.grad` of every parameter of a model, by the names that it has there.

    Trained parameters without `.grad` are left out, and the note says so. BpdebugError where none
    has any.
    """
    found, missing = {}, []
    for name, parameter in model.named_parameters():
        gradient = getattr(parameter, "grad", None)
        if gradient is not None:
            found[name] = gradient
        elif getattr(parameter, "requires_grad", True):
            missing.append(visible(name))
    if not found:
        raise BpdebugError(
            "no parameter of the model has a .grad; call loss.backward() first, and compare before "
            "optimizer.zero_grad()"
        )
    if not missing:
        return from_mapping(found)
    more = f" and {len(missing) - MOST_NAMED:,} more" if len(missing) > MOST_NAMED else ""
    return from_mapping(
        found,
        f"{counted(len(missing), 'parameter')} without .grad left out: "
        f"{', '.join(missing[:MOST_NAMED])}{more}",
    )


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

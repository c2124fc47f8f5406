"""Proof at import: bpdebug replays a recording and holds it against what PyTorch computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.graph import RecordedPass
from bpdebug.ops import Array
from bpdebug.recording.from_torch.kinks import at_kink
from bpdebug.recording.recorder import UNKNOWN
from bpdebug.recording.recording import Recording
from bpdebug.recording.value import Role, Value
from bpdebug.records import record
from bpdebug.run import Run

FAULT = "this is a fault of bpdebug's recording, please report it with these lines of code"


@record
class Tolerance:
    """How far the numbers of two programs may be apart that compute alike."""

    values: float
    """For a value: of its norm."""
    gradients: float
    """For a gradient: of its norm. It is larger, since a rounding can switch a relu's cell."""
    noise: float
    """For what cancels, of the numbers that it is computed from: of the largest operand for a
    value, of the largest gradient of all for a gradient."""


TOLERANCE = {
    False: Tolerance(values=1e-9, gradients=1e-7, noise=1e-12),
    True: Tolerance(values=1e-3, gradients=1e-2, noise=1e-4),
}
"""By whether PyTorch computed with float32 anywhere."""


def prove(
    recording: Recording,
    run: Run,
    gradients: Mapping[Value, Array],
    *,
    single: bool,
    spelled_out: Callable[[], Recording],
) -> str:
    """BpdebugError where the scenario does not give PyTorch's numbers; else a note, or nothing.

    `run` is that of the recording. `gradients` are PyTorch's by parameter; parameters that are
    not in it are not compared. The note says that gradients depart since a value of float32
    stands within rounding of a kink; to find it, `spelled_out` gives the recording in which all
    values that PyTorch computed have an entry of their own.
    """
    recorded = run.iteration(1).recorded
    tolerance = TOLERANCE[single]
    for name, value in sorted(recording.made.items(), key=lambda pair: pair[1].at):
        if value.role is Role.RESULT and value.array is not UNKNOWN:
            ours = recorded.values[recorded.graph.names[name]]
            prove_value(name, value, ours, tolerance)
    try:
        prove_gradients(recorded, gradients, tolerance)
    except BpdebugError:
        found = at_kink(spelled_out()) if single else None
        if found is None:
            raise
        # All is right if bpdebug's backward pass gives PyTorch's gradients at PyTorch's values.
        prove_gradients(found.replayed, gradients, tolerance)
        return found.note
    return ""


def prove_value(name: str, value: Value, ours: Array, tolerance: Tolerance) -> None:
    """BpdebugError where a value departs."""
    theirs = np.asarray(value.array)
    if theirs.dtype.kind != "f":  # a comparison may switch where both sides are nearly equal
        return
    if near(ours, theirs, tolerance.values, 0.0):
        return
    scale = max((largest(one.array) for one in value.operands), default=0.0)
    noise = tolerance.noise * scale * np.sqrt(theirs.size)
    if not near(ours, theirs, tolerance.values, noise):
        raise departs(name, "", ours, theirs, value)


def prove_gradients(
    recorded: RecordedPass, gradients: Mapping[Value, Array], tolerance: Tolerance
) -> None:
    """BpdebugError where the gradient of a parameter departs."""
    finite = (np.where(np.isfinite(one), one, 0.0) for one in gradients.values())
    most = max(map(norm, finite), default=0.0)
    wrong = []
    for value, theirs in gradients.items():
        found = recorded.gradients[recorded.graph.names[value.name]]
        ours = np.zeros(theirs.shape) if found is None else found
        if not near(ours, theirs, tolerance.gradients, tolerance.noise * most):
            wrong.append((value, ours, theirs))
    if wrong:
        value, ours, theirs = wrong[-1]  # the nearest to the loss, where the error came in
        raise departs(value.name, "the gradient of ", ours, theirs, value)


def near(ours: Array, theirs: Array, relative: float, noise: float) -> bool:
    """Whether two arrays hold the same numbers but for rounding."""
    if np.shape(ours) != np.shape(theirs):
        return False
    with np.errstate(all="ignore"):
        plain = norm(np.subtract(ours, theirs))
        if plain <= relative * norm(theirs):  # neither has a NaN or an infinity
            return True
        apart = np.where(same(ours, theirs), 0.0, np.subtract(ours, theirs, dtype=np.float64))
        return bool(
            norm(apart) <= relative * norm(np.where(np.isfinite(theirs), theirs, 0)) + noise
        )


def same(ours: Array, theirs: Array) -> Array:
    """Where numbers are equal; NaN is equal to NaN."""
    found: Array = (ours == theirs) | ((ours != ours) & (theirs != theirs))
    return found


def norm(array: Array) -> float:
    """The Euclidean norm of all cells."""
    cells = np.ravel(array)
    return float(np.sqrt(np.dot(cells, cells)))


def largest(array: Array) -> float:
    """The largest absolute value among the finite cells; 0 where there is none."""
    found = np.abs(np.ravel(np.asarray(array, dtype=np.float64)))
    return float(np.max(found[np.isfinite(found)], initial=0.0))


def departs(what: str, of: str, ours: Array, theirs: Array, value: Value) -> BpdebugError:
    """The error about the first array that departs."""
    if np.shape(ours) != np.shape(theirs):
        difference = f"the shape {np.shape(ours)}, and PyTorch {np.shape(theirs)}"
    else:
        apart = np.where(same(ours, theirs), 0.0, np.abs(np.subtract(ours, theirs)))
        apart = np.where(np.isnan(apart), np.inf, apart)
        cell = np.unravel_index(int(np.argmax(apart)), np.shape(theirs))
        at = f" at {[int(one) for one in cell]}" if cell else ""
        difference = f"{float(ours[cell])!r}{at}, and PyTorch {float(theirs[cell])!r}"
    return value.line.error(f"{of}{what}: bpdebug computes {difference}; {FAULT}")

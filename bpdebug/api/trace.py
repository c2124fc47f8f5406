"""`bpdebug.trace`: the run of a forward pass that somebody wrote in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from bpdebug.api.load import wanted
from bpdebug.api.origin import RecordedOrigin
from bpdebug.api.scenario_run import ScenarioRun
from bpdebug.ops import Array
from bpdebug.recording.from_numpy import trace as record_trace
from bpdebug.run import Run


def trace(
    function: Callable[..., Any],
    /,
    *,
    parameters: Mapping[str, Any],
    inputs: Mapping[str, Any] | None = None,
    optimizer: Mapping[str, Any] | None = None,
    iterations: int | None = None,
    **more_inputs: Any,
) -> ScenarioRun:
    """Return the run of a function that computes a loss in NumPy, which is called once.

    The function gets `parameters`, which are learned, and all inputs by name, as arrays that tell
    what is done with them; it returns the loss, or a tuple that begins with it. The values of its
    local variables keep their names. `optimizer` is the table of a scenario, such as
    `{"name": "sgd", "learning_rate": 0.1}`; without it nothing is updated. Arrays in float32 are
    computed in float64. BpdebugError, with the line of the function, for what has no op.

        run = bpdebug.trace(loss, x=x, y=y, parameters={"W1": W1, "b1": b1})
    """
    given = {**(inputs or {}), **more_inputs}
    recording = record_trace(function, parameters, given)

    def remake(data: Mapping[str, Array], learned: Mapping[str, Array]) -> Run:
        """The run of the function on other arrays; what it makes itself it makes anew."""
        own = {name: like(data[name], one) for name, one in given.items()}
        return Run(record_trace(function, learned, own).problem())

    return ScenarioRun(RecordedOrigin(recording, wanted(iterations), remake))


def like(array: Array, given: Any) -> Array:
    """An array in the type of what the caller gave, where that is whole numbers, as of labels."""
    kind = np.asarray(given).dtype
    return array.astype(kind) if kind.kind in "iu" else array

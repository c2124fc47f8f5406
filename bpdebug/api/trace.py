"""`bpdebug.trace`: the run of a forward pass that somebody wrote in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bpdebug.api.load import wanted
from bpdebug.api.origin import RecordedOrigin
from bpdebug.api.scenario_run import ScenarioRun
from bpdebug.recording.from_numpy import trace as record_trace


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
    recording = record_trace(function, parameters, {**(inputs or {}), **more_inputs})
    return ScenarioRun(RecordedOrigin(recording, wanted(iterations)))

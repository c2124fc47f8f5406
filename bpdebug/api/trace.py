"""`bpdebug.trace`: the run of a forward pass that somebody wrote in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bpdebug.api.checked import of_optimizer, of_parameters, own_keywords
from bpdebug.api.load import wanted
from bpdebug.api.origin import RecordedOrigin
from bpdebug.api.scenario_run import ScenarioRun
from bpdebug.recording.from_numpy import proved


def trace(
    function: Callable[..., Any],
    /,
    *positional: Any,
    parameters: Mapping[str, Any],
    optimizer: Mapping[str, Any] | None = None,
    iterations: int | None = None,
    **inputs: Any,
) -> ScenarioRun:
    """Return the run of a function that computes a loss in NumPy.

    The function gets `parameters`, which are learned, and the inputs, by name or by place, as
    arrays that report what is done with them; lists, tuples and dicts of arrays may stand for
    arrays. It returns the loss, or a tuple that begins with it. The values of its local variables
    keep their names. It runs a second time on plain arrays, so that the recording can be held
    against what it computes. `optimizer` is the table of a scenario, such as
    `{"name": "sgd", "learning_rate": 0.1}`; without it nothing is updated. Arrays in float32 are
    computed in float64. BpdebugError, with the line of the function, for what has no op.

    Example: `run = bpdebug.trace(loss, x=x, y=y, parameters={"W1": W1, "b1": b1})`
    """
    learned, table, many = of_parameters(parameters), of_optimizer(optimizer), wanted(iterations)
    own_keywords(function, len(positional), learned, optimizer=optimizer, iterations=iterations)
    recording, run = proved(function, learned, inputs, positional, optimizer=table, iterations=many)
    return ScenarioRun(RecordedOrigin(recording, many, run))

"""`bpdebug.compare`: the verdict on somebody's gradients."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any

from bpdebug.api.scenario_run import ScenarioRun
from bpdebug.api.verdict import GradientVerdict


def compare(
    scenario: ScenarioRun | str | PathLike[str], what: Mapping[str, Any] | Any
) -> GradientVerdict:
    """Return the verdict on `what`, compared with the right gradients of a scenario.

    `scenario` is a run, or what `bpdebug.load` takes. `what` is as for `ScenarioRun.compare`:
    arrays by name, a function that computes gradients, or a PyTorch model after `loss.backward()`.

        assert bpdebug.compare("two_layer", {"W1": dW1, "W2": dW2})
    """
    if not isinstance(scenario, ScenarioRun):
        from bpdebug.api.load import load

        scenario = load(scenario)
    return scenario.compare(what)

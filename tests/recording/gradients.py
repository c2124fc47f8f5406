"""Holds a recording against the code that was recorded: its values, and central differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from bpdebug.recording.from_numpy import trace
from bpdebug.recording.from_numpy.arguments import filled, leaves, name_of
from bpdebug.recording.recording import Recording
from bpdebug.run import Run

STEP = 1e-6


def rng(seed: int = 0) -> np.random.Generator:
    """Numbers that are the same at each run."""
    return np.random.default_rng(seed)


def loss_of(function: Callable[..., Any], given: Mapping[str, Any]) -> float:
    """The user's own number."""
    found = function(**given)
    return float(np.asarray(found[0] if isinstance(found, tuple) else found).reshape(()))


def copied(
    given: Mapping[str, Any], path: tuple[Any, ...] = (), array: Any = None
) -> dict[str, Any]:
    """Arguments with copies of all arrays, of which one may be another."""
    made = {}
    for name, one in given.items():
        found = {at: np.array(leaf, dtype=float) for at, leaf in leaves(name, one, learned=True)}
        if path and path[0] == name:
            found[path[1:]] = array
        made[name] = filled(one, (), found)
    return made


def agrees(function: Callable[..., Any], parameters: Mapping[str, Any], **inputs: Any) -> Recording:
    """Trace, and assert that loss and every gradient are those of the function itself."""
    recording = trace(function, parameters, inputs)
    first = Run(recording.problem(), 1).iteration(1)
    own = {
        name: np.array(one) if isinstance(one, np.ndarray) else one for name, one in inputs.items()
    }
    computed = loss_of(function, {**own, **copied(parameters)})
    np.testing.assert_allclose(first.loss, computed, rtol=1e-9, atol=1e-12)
    for argument, given in parameters.items():
        for path, leaf in leaves(argument, given, learned=True):
            array = np.array(leaf, dtype=float)
            expected = np.zeros(array.shape)
            for cell in np.ndindex(array.shape):
                ends = []
                for sign in (1, -1):
                    moved = array.copy()
                    moved[cell] += sign * STEP
                    now = {
                        n: np.array(o) if isinstance(o, np.ndarray) else o
                        for n, o in inputs.items()
                    }
                    ends.append(
                        loss_of(function, {**now, **copied(parameters, (argument, *path), moved)})
                    )
                expected[cell] = (ends[0] - ends[1]) / (2 * STEP)
            node = first.recorded.graph.names[name_of(argument, path)]
            found = (
                first.recorded.gradients.get(node)
                if isinstance(first.recorded.gradients, dict)
                else first.recorded.gradients[node]
            )
            found = np.zeros(array.shape) if found is None else found
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7, err_msg=f"{path}")
    return recording


def graph(recording: Recording) -> list[str]:
    """The entries of [graph], without the lines that they come from."""
    text = recording.text.partition("[graph]")[2].partition("\n[")[0]
    return [line.partition("  #")[0] for line in text.splitlines() if line.strip()]

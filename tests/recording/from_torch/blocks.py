"""Records blocks of PyTorch code, and holds every gradient against PyTorch's own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from bpdebug.recording import Recording
from bpdebug.run import Run

TOLERANCE = {"float64": 1e-9, "float32": 1e-3}


def record(model: Any, block: Callable[[], Any], optimizer: Any = None, **options: Any) -> Any:
    """The recording of what a function computes; its local variables are not the block's."""
    from bpdebug.recording.from_torch.recording import TorchRecording

    with TorchRecording(model, optimizer, sys._getframe(), **options) as recorded:
        loss = block()
    recorded.loss = loss
    return recorded


def gradients(recording: Recording) -> dict[str, Any]:
    """The gradients of all nodes of the scenario, by their names."""
    found = Run(recording.problem(), 1).iteration(1).recorded
    return {name: found.gradients[node] for name, node in found.graph.names.items()}


def agrees(recording: Recording, parameters: Any, tolerance: float = 1e-9) -> None:
    """Assert that the gradients of the recording are those in `.grad`."""
    ours = gradients(recording)
    checked = 0
    for name, parameter in parameters:
        if parameter.grad is None:
            continue
        theirs = parameter.grad.numpy()
        scale = max(np.abs(theirs).max(), 1e-12)
        found = np.zeros(theirs.shape) if ours[name] is None else ours[name]
        np.testing.assert_allclose(found, theirs, rtol=0, atol=tolerance * scale, err_msg=name)
        checked += 1
    assert checked, "nothing was compared"


def lines(recording: Recording) -> list[str]:
    """The lines of [graph] without their comments."""
    graph = recording.text.partition("[graph]\n")[2].partition("\n\n")[0]
    return [line.partition("  #")[0] for line in graph.splitlines()]

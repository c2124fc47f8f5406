"""NumPy code as it stands becomes a scenario."""

from __future__ import annotations

import numpy as np

from bpdebug.recording.from_numpy import trace


def loss(x, y, W1, b1, W2, b2):
    h = np.maximum(x @ W1 + b1, 0)
    logits = h @ W2 + b2
    p = np.exp(logits - logits.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    return -np.log(p[np.arange(len(y)), y]).mean()


def test_a_two_layer_net_is_written_as_its_lines():
    rng = np.random.default_rng(0)
    parameters = {
        "W1": rng.standard_normal((3, 5)),
        "b1": np.zeros(5),
        "W2": rng.standard_normal((5, 3)),
        "b2": np.zeros(3),
    }
    inputs = {"x": rng.standard_normal((4, 3)), "y": np.array([0, 1, 2, 1])}
    recording = trace(loss, parameters, inputs)
    graph = [line.partition("  #")[0] for line in recording.text.splitlines() if "  # " in line]
    assert graph == [
        'h = "maximum(x @ W1 + b1, 0)"',
        'logits = "h @ W2 + b2"',
        'p_1 = "exp(logits - max(logits, axis=1, keepdims=True))"',
        'p = "p_1 / sum(p_1, axis=1, keepdims=True)"',
        'loss = "-mean(log(p[rows, y]))"',
    ]

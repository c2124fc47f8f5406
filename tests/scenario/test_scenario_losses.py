"""A network may name any loss of the registry, also one that is a composite."""

import numpy as np
import pytest

from bpdebug.ops import COMPOSITES, losses
from bpdebug.run import Run
from tests.scenario.scenarios import loaded

NETWORK = """
[inputs]
x = [[0.5, -1.0], [1.0, 0.2], [0.1, 0.4]]
y = [[0.2, 0.8], [0.5, 0.5], [1.0, 0.0]]
[network]
loss = "LOSS"
reduction = "sum"
[[network.layers]]
units = 2
activation = "ACTIVATION"
weights = [[0.1, 0.2], [0.3, -0.4]]
"""
ACTIVATIONS = {"kl_divergence": "log_softmax"}


@pytest.mark.parametrize("name", [name for name in losses() if name in COMPOSITES])
def test_a_composite_is_the_loss_of_a_network(name, tmp_path):
    text = NETWORK.replace("LOSS", name)
    graph = Run(loaded(tmp_path, text.replace("ACTIVATION", ACTIVATIONS.get(name, "identity"))))
    group = graph.graph().groups["L"]
    assert group.composite is COMPOSITES[name]
    assert group.result == graph.graph().loss
    found = graph.iteration(1).recorded.gradients[graph.graph().names["W1"]]
    assert np.all(np.isfinite(found))
    assert np.any(found)

"""A loss, or a term of it, is no layer, however it is written."""

from __future__ import annotations

import pytest

from bpdebug.expression import build
from bpdebug.graph import GraphBuilder, Kind, find_layers
from bpdebug.ops import REGISTRY

LOSSES = [name for name, op in REGISTRY.items() if op.loss]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("prediction", ["W @ x", "sigmoid(W @ x)", "softmax(W @ x)"])
def test_a_loss_beside_a_penalty_is_no_layer(loss, prediction):
    builder = GraphBuilder()
    builder.leaf("x", Kind.INPUT, (3,))
    builder.leaf("y", Kind.INPUT, (2,))
    builder.leaf("W", Kind.PARAMETER, (2, 3), gradient=True)
    build(f"{loss}({prediction}, y)", builder, "fit")
    graph = builder.finish(build("fit + 0.01 * sum(W * W)", builder, "L"))
    found = {graph.nodes[layer.pre_activation].name for layer in find_layers(graph)}
    assert not found & {"fit", "L"}

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


@pytest.mark.parametrize("loss", ["squared_error", "half_squared_error", "binary_cross_entropy"])
@pytest.mark.parametrize("rest", ["fit + 0.01 * w * w", "v * fit", "v * fit + b", "tanh(fit)"])
def test_a_loss_of_numbers_is_no_layer_and_no_input_of_one(loss, rest):
    builder = GraphBuilder()
    builder.leaf("x", Kind.INPUT, ())
    builder.leaf("y", Kind.INPUT, ())
    for name in ("w", "v", "b"):
        builder.leaf(name, Kind.PARAMETER, (), gradient=True)
    build("w * x + b", builder, "z")
    build("sigmoid(z)", builder, "p")
    build(f"{loss}(p, y)", builder, "fit")
    build(rest, builder, "q")
    graph = builder.finish(build("q + 0 * w", builder, "L"))
    found = {graph.nodes[layer.pre_activation].name for layer in find_layers(graph)}
    assert found == {"z"}

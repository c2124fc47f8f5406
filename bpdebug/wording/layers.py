"""What layers are called, and which node's gradient a δ is: `δ₂ = ∂L/∂z₂`."""

from __future__ import annotations

from collections.abc import Sequence

from bpdebug.expression.named import with_a_gradient
from bpdebug.graph import Graph, Layer
from bpdebug.wording.anonymous import full_name
from bpdebug.wording.gradients import gradient_name, loss_derivative
from bpdebug.wording.script import Script

MOST_NAMES = 4
"""The most pre-activations of one number that are named."""


def delta_definition(graph: Graph, layer: Layer, script: Script) -> str:
    """`δ₂ = ∂L/∂z₂`, or `∂L/∂z_i` where several pre-activations share the layer's number."""
    name = gradient_name(graph, layer.pre_activation, script)
    meant = loss_derivative(graph, layer.pre_activation, script)
    return f"{name} = {meant}" if name != meant else name


def layer_title(
    graph: Graph, layers: Sequence[Layer], script: Script, *, most: int = MOST_NAMES
) -> str:
    """`layer 2 · δ₂ = ∂L/∂z₂`, or `layer 1 · z_a, z_i, …`; layers of one number."""
    title = f"layer {layers[0].number}"
    if len(layers) == 1:
        return f"{title}{script.between}{delta_definition(graph, layers[0], script)}"
    return f"{title}{script.between}{pre_activations(graph, layers, script, most=most)}"


def pre_activations(
    graph: Graph, layers: Sequence[Layer], script: Script, *, most: int = MOST_NAMES
) -> str:
    """The names of pre-activations, as they are shown: `z_a, z_i, …`."""
    names = [full_name(graph, layer.pre_activation, script) for layer in layers[:most]]
    rest = [script.dots] if len(layers) > most else []
    return ", ".join([*names, *rest])


def no_layers_text(graph: Graph) -> str:
    """The sentence on why a graph has no δ, and what to read instead."""
    return (
        "This graph has no layers, since no weighted sum of inputs feeds an activation or the "
        f"loss; ask for gradients by name, as in grad({with_a_gradient(graph)})."
    )

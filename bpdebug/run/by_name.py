"""The arrays of an iteration by the scenario's own names, for programs."""

from __future__ import annotations

import numpy as np

from bpdebug.ops import Array
from bpdebug.records import record
from bpdebug.run.run import Iteration


@record
class ParameterUpdate:
    """What an iteration's update did to a parameter; the arrays have its shape."""

    before: Array
    gradient: Array
    change: Array
    """`after` − `before`."""
    after: Array


def values_by_name(iteration: Iteration) -> dict[str, Array]:
    """The value of every node that has a name: inputs, parameters and entries of the graph."""
    recorded = iteration.recorded
    return {n.name: np.asarray(recorded.values[n.index]) for n in recorded.graph.nodes if n.name}


def gradients_by_name(iteration: Iteration) -> dict[str, Array]:
    """The gradient of every node that has a name and a gradient, in the shape of its value."""
    recorded = iteration.recorded
    return {
        node.name: np.asarray(gradient)
        for node, gradient in zip(recorded.graph.nodes, recorded.gradients, strict=True)
        if node.name and gradient is not None
    }


def deltas_by_name(iteration: Iteration) -> dict[str, Array]:
    """The δ of every layer, from the loss down, by the name of its pre-activation."""
    nodes, gradients = iteration.recorded.graph.nodes, gradients_by_name(iteration)
    layers = reversed(iteration.timeline.layers)
    return {(name := nodes[layer.pre_activation].name): gradients[name] for layer in layers}


def updates_by_name(iteration: Iteration) -> dict[str, ParameterUpdate]:
    """What the update did to every parameter that was updated, in the order of the updates."""
    nodes, found = iteration.recorded.graph.nodes, {}
    for index in dict.fromkeys(line.parameter for line in iteration.updates):
        name = nodes[index].name
        before, after = np.asarray(iteration.before[name]), np.asarray(iteration.after[name])
        with np.errstate(all="ignore"):
            change = np.asarray(after - before)
        gradient = np.asarray(iteration.recorded.gradients[index])
        found[name] = ParameterUpdate(before, gradient, change, after)
    return found

"""Names for pre-activations that the scenario gave none, so that they can be typed like any other.

The pre-activation of `h = "sigmoid(W @ x + b)"` is called `z_h`. Where the activation's result has
no name either, the layer's number stands in its place: `z_1`. A name that is taken already gets
the first free ordinal behind it: `z_h_2`.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from itertools import count
from typing import TYPE_CHECKING

from bpdebug.graph.node import Node
from bpdebug.ops import REGISTRY
from bpdebug.record import replace

if TYPE_CHECKING:
    from bpdebug.graph.layers import Layer


def with_names(
    nodes: tuple[Node, ...], names: dict[str, int], layers: Sequence[Layer]
) -> tuple[tuple[Node, ...], dict[str, int]]:
    """The nodes and their names, with a name for every pre-activation."""
    found, known = list(nodes), dict(names)
    for layer in layers:
        node = found[layer.pre_activation]
        if node.name:
            continue
        result = "" if layer.activation is None else found[layer.activation].name
        name = free(f"z_{result or layer.number}", known)
        known[name] = node.index
        found[node.index] = replace(node, name=name, given=True)
    return tuple(found), known


def free(name: str, taken: Container[str]) -> str:
    """The name, or the first of `name_2`, `name_3`, … that neither a node nor an op has."""
    candidates = (name if n == 1 else f"{name}_{n}" for n in count(1))
    return next(one for one in candidates if one not in taken and one not in REGISTRY)

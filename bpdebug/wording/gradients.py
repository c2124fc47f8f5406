"""What values and gradients are called: `W₂·h₁ + b₂`, `∂L/∂W₂`, `δ₂`; the chain between them."""

from __future__ import annotations

import re
from bisect import bisect_left

from bpdebug.graph import Edge, Graph, Layer
from bpdebug.printable import width
from bpdebug.wording.anonymous import SHORT, full_name, ordinal_text, short_name
from bpdebug.wording.notation import LONGEST, expanded, spelled
from bpdebug.wording.script import LATEX, Script

LIMIT = 60
"""The width, in cells, to which a node's own formula is cut."""
ORDINAL = re.compile(r"#[0-9]+$")


def layer_of(graph: Graph, node: int) -> Layer | None:
    """The layer whose pre-activation a node is; layers stand in the order of their nodes."""
    layers = graph.layers
    at = bisect_left(layers, node, key=lambda layer: layer.pre_activation)
    exact = at < len(layers) and layers[at].pre_activation == node
    return layers[at] if exact else None


def value_formula(graph: Graph, node: int, script: Script, *, limit: int = LIMIT) -> str:
    """How a result is made: `W₂·h₁ + b₂`, `σ(z₂)`; the name itself for a leaf.

    In a full script it is not cut to `limit`.
    """
    if graph.nodes[node].op is None:
        return script.finish(spelled(graph, node, script))
    text = script.finish(expanded(graph, node, script))
    return script.cut(text, LONGEST if script.full else limit)


def value_latex(graph: Graph, node: int) -> str:
    """How a result is made, in LaTeX: `W_{2} h_{1} + b_{2}`; the name itself for a leaf."""
    plain = graph.nodes[node].op is None
    return LATEX.finish(spelled(graph, node, LATEX) if plain else expanded(graph, node, LATEX))


def node_name(graph: Graph, node: int, script: Script, *, limit: int = SHORT) -> str:
    """What a node is called on its own: its name, a constant's number, else its expression.

    An expression is cut to `limit` cells; several equal expressions are told apart by ordinals.
    """
    ordinal = ordinal_text(graph, node, script)
    if ordinal:
        return short_name(graph, node, script, limit - len(ordinal)) + ordinal
    text = script.finish(spelled(graph, node, script.whole))
    return text if graph.nodes[node].name else script.cut(text, limit)


def gradients_of(graph: Graph, edge: Edge, script: Script) -> tuple[str, str]:
    """The names of what an edge writes and of its upstream, which always differ."""
    left = gradient_name(graph, edge.operand, script)
    return left, gradient_name(graph, edge.output, script)


def whole_name(gradient: str, script: Script) -> str:
    """A gradient's name to put an index behind that picks cells of the gradient: `(∂L/∂W)[0,:]`.

    Without the brackets it would read as the gradient of `W[0,:]`. δ and a fraction need none.
    """
    below = ORDINAL.sub("", gradient.partition("/")[2])
    closed = script.latex or not below or (below[1:2] == "(" and below[-1] == ")")
    return gradient if closed else f"({gradient})"


def gradient_name(graph: Graph, node: int, script: Script) -> str:
    """`δ₂` at the only pre-activation of a layer, else `∂L/∂W₂`; a full script cuts nothing."""
    layer = layer_of(graph, node)
    if layer is not None and layer.alone:
        number = layer.number
        return rf"\delta_{{{number}}}" if script.latex else script.delta(number)
    return loss_derivative(graph, node, script)


def cell_of(gradient: str, index: str, lettered: bool, script: Script) -> str:
    """A cell of a gradient, by the text of its index; `lettered` where the op has index letters."""
    return gradient + index if lettered or not index else whole_name(gradient, script) + index


def loss_derivative(graph: Graph, node: int, script: Script, index: str = "") -> str:
    """The derivative of the loss by a node, or by a cell of it: `∂L/∂W₂`, `∂L/∂W₂[0,1]`."""
    above = full_name(graph, graph.loss, script)
    return derivative(above, full_name(graph, node, script) + index, script)


def derivative(above: str, below: str, script: Script) -> str:
    """`∂L/∂W₂`, `dL/dW2`, or as a fraction."""
    if script.latex:
        return rf"\frac{{\partial {above}}}{{\partial {below}}}"
    sign = script.text("∂")
    return f"{sign}{above}/{sign}{below}"


def gradient_heading(graph: Graph) -> str:
    """`∂L/∂`, the heading above several gradients; a word where the loss has a long name."""
    name = full_name(graph, graph.loss, Script())
    return f"∂{name}/∂" if width(name) <= SHORT_NAME else "gradient"


SHORT_NAME = 5
"""Cells of a loss's name that a column's heading has room for."""


def chain(graph: Graph, edge: Edge, script: Script, *, limit: int = 8) -> list[str]:
    """The factors of the chain rule from the loss to this edge, the edge's own last.

    They follow the first path by which the gradient arrived, between results that have names;
    of a long path the middle stands as `…`.
    """
    path = [edge.operand, edge.output]
    while path[-1] != graph.loss:
        path.append(graph.into[path[-1]][0].output)
    path = path[:2] + [i for i in path[2:] if graph.nodes[i].name or i == graph.loss]
    pairs = list(zip(path[1:], path[:-1], strict=True))[::-1]
    factors = [
        derivative(full_name(graph, above, script), full_name(graph, below, script), script)
        for above, below in (pairs if len(pairs) <= limit else [*pairs[:2], *pairs[3 - limit :]])
    ]
    if len(pairs) > limit:
        factors.insert(2, script.dots)
    return factors

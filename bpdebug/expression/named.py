"""What an expression names in a graph: a node, and perhaps a cell of it.

`grad(…)` and its like, the arguments of commands, curves and a scenario's expectations read their
names here, so a name means the same node in all of them, and fails with the same words.
"""

from __future__ import annotations

from typing import Any

from bpdebug.errors import BpdebugError
from bpdebug.expression.forms import made_so
from bpdebug.expression.hints import unknown_name
from bpdebug.expression.parse import parse_watch
from bpdebug.expression.tree import Aspect, Call, Delta, Expression, Name, NodeAspect, Nth
from bpdebug.expression.words import nodes_called
from bpdebug.expression.written import INDEXING, PICKING
from bpdebug.graph import Graph, Kind
from bpdebug.graph.no_gradient import why_no_gradient
from bpdebug.ops import Index, Shape, show_shape
from bpdebug.records import record, replace

MOST = 8
"""How many names an error lists."""


MADE = (Aspect.CHANGE, Aspect.NEW)
"""Aspects that an update makes."""


@record
class Named:
    """A node, an aspect of it, and the key of some of its cells; None for all of it."""

    node: int
    aspect: Aspect = Aspect.VALUE
    key: tuple[Any, ...] | None = None


def named(graph: Graph, text: str, *, cell: bool = False) -> Named:
    """What a text names: `W2`, `grad(W2)`, `∂L/∂W₂[0,1]`, `δ₁`, `change(W1)`, `W·x + b`.

    With `cell`, `W[0]` is a cell of W even where a result is made so. BpdebugError when the text
    is no expression, or no node of the graph is called or made so.
    """
    labelled = unnamed(graph, text)
    if labelled and not cell:
        return Named(labelled[0])
    expression = parse_watch(graph, text)
    root = expression.root
    if cell and isinstance(root, Call) and root.function == INDEXING.name:
        found = at_root(graph, expression, root.operands[0])
        if found is not None and found.key is None:
            return replace(found, key=root.options["key"])
    return named_by(graph, expression)


def named_by(graph: Graph, expression: Expression) -> Named:
    """What an expression names; BpdebugError when it names nothing."""
    found = at_root(graph, expression, len(expression.nodes) - 1)
    if found is None:
        root = expression.root
        if isinstance(root, Name):
            raise BpdebugError(unknown_name(root.name, nodes_called(graph)))
        if isinstance(root, Call) and root.function == PICKING.name:
            raise BpdebugError(
                f"'{expression.text[:80]}' is not a cell, where an index is a whole number, and no "
                "result is made like this; `list` shows all"
            )
        raise BpdebugError(
            f"no result is made like this: '{expression.text[:80]}'; `list` shows all"
        )
    return found


def at_root(graph: Graph, expression: Expression, at: int) -> Named | None:
    """What a part of an expression names: the part that ends with the given node."""
    node = expression.nodes[at]
    if isinstance(node, Name):
        if node.name in graph.names:
            return Named(graph.names[node.name])
        if node.name in graph.groups:
            return Named(graph.groups[node.name].result)
        return Named(graph.loss) if node.name == "loss" else None
    if isinstance(node, Delta):
        return Named(pre_activation(graph, node.number), Aspect.GRADIENT)
    if isinstance(node, NodeAspect):
        return replace(inside(graph, node), aspect=node.aspect)
    made = made_so(graph, expression, at)
    if made:
        return Named(made[0])
    if isinstance(node, Nth):
        several = made_so(graph, expression, node.operands[0])
        if len(several) == 1:
            # Its number is among all that look alike once they are cut to fit the screen.
            return Named(several[0])
        return Named(several[node.number - 1]) if 1 <= node.number <= len(several) else None
    if isinstance(node, Call) and node.function == INDEXING.name:
        whole = at_root(graph, expression, node.operands[0])
        if whole is not None and whole.key is None:
            return replace(whole, key=node.options["key"])
    return None


def inside(graph: Graph, part: NodeAspect) -> Named:
    """What stands in the brackets of `grad(…)`; BpdebugError when that has no such aspect."""
    labelled = unnamed(graph, part.of.text)
    found = Named(labelled[0]) if labelled else named_by(graph, part.of)
    if found.aspect is not Aspect.VALUE:
        raise BpdebugError(f"'{part.of.text[:80]}' is no node; name one, as in grad(W1)")
    if part.aspect is Aspect.GRADIENT and not graph.has_gradient(found.node):
        raise without(f"grad({part.of.text})", graph, found.node)
    return found


def index_of(shape: Shape, key: tuple[Any, ...] | None, named: str) -> Index:
    """A key as the index of a single cell; negative entries count from the end, as in numpy."""
    indices = key or ()
    example = ", ".join(str(extent - 1) for extent in shape)
    shown = f"its shape is {show_shape(shape)}"
    if not all(isinstance(at, int) for at in indices) or len(indices) != len(shape):
        needs = f"name one cell, such as [{example}]" if shape else "it has one cell and no index"
        raise BpdebugError(f"'{named[:80]}' is not a cell: {shown}; {needs}")
    for at, extent in zip(indices, shape, strict=True):
        if not -extent <= at < extent:
            raise BpdebugError(f"'{named[:80]}' is outside: {shown}, so the last is [{example}]")
    return tuple(at % extent for at, extent in zip(indices, shape, strict=True))


def without(what: str, graph: Graph, node: int) -> BpdebugError:
    """The error for a gradient that is never computed."""
    why = why_no_gradient(graph, node)
    usual = "it is data, or does not reach the loss"
    return BpdebugError(f"{what} has no gradient: {why if 'comparison' in why else usual}")


def no_update(label: str) -> BpdebugError:
    """The error for the change of what is never updated."""
    return BpdebugError(
        f"'{label[:80]}' has no update: it is no parameter, it is frozen, or there is no optimizer"
    )


def nodes_labelled(graph: Graph, label: str) -> list[int]:
    """The nodes that a label stands for: several where an expression is written twice."""
    return [graph.names[label]] if label in graph.names else unnamed(graph, label)


def unnamed(graph: Graph, text: str) -> list[int]:
    """The results without a name of the scenario's that are written like this, blanks apart."""
    wanted = "".join(text.split())
    return [
        node.index
        for node in graph.nodes
        if (not node.name or node.given)
        and node.kind is Kind.OP
        and "".join((node.source or node.label).split()) == wanted
    ]


def pre_activation(graph: Graph, number: int) -> int:
    """The node of `delta(NUMBER)`; BpdebugError when there is no such layer, or no single node."""
    found = [layer.pre_activation for layer in graph.layers if layer.number == number]
    if len(found) == 1:
        return found[0]
    if found:
        names = [graph.nodes[index].name for index in found]
        shown = ", ".join(names[:MOST]) + (", …" if len(names) > MOST else "")
        written = {graph.nodes[index].source or graph.nodes[index].label for index in found}
        if len(written) == 1 and "…" not in written.pop():
            raise BpdebugError(
                f"layer {number} is one expression that is written {len(found)} times, and each "
                f"has a gradient of its own ({shown}); their sum is the layer's: give the "
                "expression an entry of its own and write its name instead"
            )
        raise BpdebugError(
            f"layer {number} has {len(found)} pre-activations ({shown}), so delta({number}) could "
            f"be any of them; name the one you mean, as in grad({names[0]})"
        )
    if not graph.layers:
        raise BpdebugError(
            f"there is no delta({number}): this graph has no layers; "
            f"ask for a gradient by name, as in grad({with_a_gradient(graph)})"
        )
    most = max(layer.number for layer in graph.layers)
    known = f"1 to {most}" if most > 1 else "1 alone"
    raise BpdebugError(f"there is no layer {number}; the layers of this graph are {known}")


def with_a_gradient(graph: Graph) -> str:
    """A name whose gradient can be asked for: the last result before the loss, else a leaf."""
    named = [node for node in graph.nodes if node.name and node.index in graph.into]
    results = [node for node in named if node.op is not None]
    return (results or named or [graph.node(next(iter(graph.names)))])[-1].name

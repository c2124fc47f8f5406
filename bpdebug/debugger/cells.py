"""Texts that name a tensor or one of its cells: `W2`, `grad(W2)`, `delta(1)`, `W2[0, 1]`."""

from __future__ import annotations

import re
from enum import Enum

from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.moment import Moment
from bpdebug.errors import BpdebugError
from bpdebug.ops import Index, Shape, show_shape

CALL = re.compile(r"(grad|delta|change|new)\s*\((.*)\)", re.DOTALL)
CELL = re.compile(r"(.+?)\s*\[([^\[\]]*)\]\s*(\)?)", re.DOTALL)
WHOLE = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)


class Aspect(Enum):
    """What there is to see of a node."""

    VALUE = "value"
    GRADIENT = "gradient"
    CHANGE = "change"
    NEW = "new value"


def aspects(moment: Moment, node: int) -> tuple[Aspect, ...]:
    """What a node has in this iteration: a value, a gradient, an update."""
    found = [Aspect.VALUE]
    if moment.graph.has_gradient(node):
        found.append(Aspect.GRADIENT)
    if moment.update_lines(node):
        found += [Aspect.CHANGE, Aspect.NEW]
    return tuple(found)


def tensor_called(debugger: Debugger, text: str) -> tuple[int, Aspect]:
    """The node that a text names, and what of it; without a text, what is written here.

    BpdebugError when there is no such node, or it has no gradient or update.
    """
    text = text.strip()
    moment = debugger.moment
    if not text:
        return moment.node, aspect_now(moment, moment.node)
    call = CALL.fullmatch(text)
    aspect, inside = Aspect.VALUE, text
    if call and text not in moment.graph.names:
        kinds = {"change": Aspect.CHANGE, "new": Aspect.NEW}
        aspect = kinds.get(call[1], Aspect.GRADIENT)
        inside = text if call[1] == "delta" else call[2].strip()
    node = debugger.node(inside)
    if aspect not in aspects(moment, node):
        label = moment.graph.nodes[node].label
        why = (
            "no gradient: it is data, or does not reach the loss"
            if aspect is Aspect.GRADIENT
            else "no update: it is no parameter, it is frozen, or there is no optimizer"
        )
        raise BpdebugError(f"'{label[:80]}' has {why}")
    return node, aspect


def aspect_now(moment: Moment, node: int) -> Aspect:
    """What is worth seeing of a node first: what is written now, else its gradient, its value."""
    if moment.update is not None and moment.update.parameter == node:
        return Aspect.CHANGE if moment.updated(node) else Aspect.GRADIENT
    begun = moment.gradient(node).arrived or moment.gradient(node).current is not None
    return Aspect.GRADIENT if begun else Aspect.VALUE


def cell_called(debugger: Debugger, text: str) -> tuple[int, Index]:
    """The node and the cell that `W2[0, 1]`, `grad(W2)[0, 1]` or `delta(2)[0]` names.

    Without a text: the cell that the multiplication here writes, else the first of the node.
    BpdebugError when there is no such cell, or the node has no gradient.
    """
    moment, text = debugger.moment, text.strip()
    if not text:
        node, cell = cell_now(moment, moment.node)
    else:
        node, cell = parse_cell(debugger, text)
    if not moment.graph.has_gradient(node):
        label = moment.graph.nodes[node].label
        raise BpdebugError(
            f"'{label[:80]}' has no gradient: it is data, or does not reach the loss"
        )
    return node, cell


def cell_now(moment: Moment, node: int) -> tuple[int, Index]:
    """A node's cell that the multiplication here writes, else its first."""
    term = moment.term
    if term is not None and term.edge.operand == node:
        return node, term.place.cell
    return node, (0,) * len(moment.graph.nodes[node].shape)


def parse_cell(debugger: Debugger, text: str) -> tuple[int, Index]:
    """The node and the cell's index that a text names."""
    found = CELL.fullmatch(text)
    if found is None or (found[3] and not found[1].startswith(("grad", "delta"))):
        node = debugger.node(text)
        return node, index_in(debugger.moment.graph.nodes[node].shape, "", text)
    # grad(W2[0, 1]) means the same as grad(W2)[0, 1].
    node = debugger.node(found[1] + found[3])
    return node, index_in(debugger.moment.graph.nodes[node].shape, found[2], text)


def index_in(shape: Shape, text: str, named: str) -> Index:
    """`0, 1` as an index of this shape; negative places count from the end, as in numpy."""
    places = [place.strip() for place in text.split(",")] if text.strip() else []
    example = ", ".join(str(extent - 1) for extent in shape)
    told = f"its shape is {show_shape(shape)}"
    if not all(WHOLE.fullmatch(place) for place in places) or len(places) != len(shape):
        needs = f"name one cell, such as [{example}]" if shape else "it has one cell and no index"
        raise BpdebugError(f"'{named[:80]}' is not a cell: {told}; {needs}")
    index = []
    for place, extent in zip(places, shape, strict=True):
        at = int(place)
        if not -extent <= at < extent:
            raise BpdebugError(f"'{named[:80]}' is outside: {told}, so the last is [{example}]")
        index.append(at % extent)
    return tuple(index)

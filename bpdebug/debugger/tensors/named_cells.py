"""Texts that name a tensor or one of its cells: `W2`, `grad(W2)`, `delta(1)`, `W2[0, 1]`."""

from __future__ import annotations

from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.moment import Moment
from bpdebug.errors import BpdebugError
from bpdebug.expression import Allow, parse
from bpdebug.expression.places import MADE, index_of, no_update, without
from bpdebug.expression.tree import Aspect, Call
from bpdebug.ops import Index, Shape


def aspects(moment: Moment, node: int) -> tuple[Aspect, ...]:
    """What a node has in this iteration: a value, a gradient, an update."""
    found = [Aspect.VALUE]
    if moment.graph.has_gradient(node):
        found.append(Aspect.GRADIENT)
    if moment.update_lines(node):
        found += [Aspect.CHANGE, Aspect.NEW]
    return tuple(found)


def parse_tensor(debugger: Debugger, text: str) -> tuple[int, Aspect]:
    """The node that a text names, and what of it; without a text, what is written here.

    BpdebugError when there is no such node, or it has no gradient or update.
    """
    text = text.strip()
    moment = debugger.moment
    if not text:
        return moment.node, aspect_now(moment, moment.node)
    found = debugger.named(text)
    if found.key is not None:
        raise BpdebugError(f"'{text[:80]}' names cells; name the whole, without the index")
    node, aspect = found.node, found.aspect
    if aspect not in aspects(moment, node):
        label = moment.graph.nodes[node].label
        if aspect is not Aspect.GRADIENT:
            raise no_update(label)
        raise without(f"'{label[:80]}'")
    return node, aspect


def aspect_now(moment: Moment, node: int) -> Aspect:
    """What is worth seeing of a node first: what is written now, else its gradient, its value."""
    if moment.update is not None and moment.update.parameter == node:
        return Aspect.CHANGE if moment.updated(node) else Aspect.GRADIENT
    begun = moment.gradient(node).arrived or moment.gradient(node).current is not None
    return Aspect.GRADIENT if begun else Aspect.VALUE


def parse_cell(debugger: Debugger, text: str) -> tuple[int, Index]:
    """The node and the cell that `W2[0, 1]`, `grad(W2)[0, 1]` or `delta(2)[0]` names.

    Without a text: the cell that the multiplication here writes, else the first of the node.
    BpdebugError when there is no such cell, or the node has no gradient.
    """
    moment, text = debugger.moment, text.strip()
    if not text:
        node, cell = moment.node, cell_now(moment, moment.node)
    else:
        found = debugger.named(text, cell=True)
        node, cell = found.node, index_of(moment.graph.nodes[found.node].shape, found.key, text)
        if found.aspect in MADE:
            raise BpdebugError(f"'{text[:80]}' is made by the update; name a cell of a gradient")
    if not moment.graph.has_gradient(node):
        raise without(f"'{moment.graph.nodes[node].label[:80]}'")
    return node, cell


def cell_now(moment: Moment, node: int) -> Index:
    """A node's cell that the multiplication here writes, else its first."""
    term = moment.term_of(node)
    if term is not None:
        return term.indices.cell
    return (0,) * len(moment.graph.nodes[node].shape)


def parse_index(shape: Shape, text: str, named: str) -> Index:
    """`0, 1` as an index of this shape; BpdebugError, with what was typed, for any other text."""
    key = None
    if text.strip():
        root = parse(f"cells[{text}]", allow=Allow.WATCH).root
        key = root.options["key"] if isinstance(root, Call) else None
    return index_of(shape, key, named)

"""Texts that name a tensor or one of its cells: `W2`, `grad(W2)`, `delta(1)`, `W2[0, 1]`."""

from __future__ import annotations

from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.moment import Moment
from bpdebug.errors import BpdebugError
from bpdebug.expression import Allow, parse
from bpdebug.expression.named import MADE, index_of, no_update, without
from bpdebug.expression.tree import Aspect, Call
from bpdebug.ops import Index, Shape


def aspects(moment: Moment, node: int) -> tuple[Aspect, ...]:
    """The aspects that a node has in this iteration: value, gradient, change and new value."""
    result = [Aspect.VALUE]
    if moment.graph.has_gradient(node):
        result.append(Aspect.GRADIENT)
    if moment.update_lines(node):
        result += [Aspect.CHANGE, Aspect.NEW]
    return tuple(result)


def parse_tensor(debugger: Debugger, text: str) -> tuple[int, Aspect]:
    """Parse the node and the aspect that a text names; without a text, what the tick writes.

    BpdebugError when there is no such node, or it has no gradient or update.
    """
    text = text.strip()
    moment = debugger.moment
    if not text:
        return moment.node, aspect_now(moment, moment.node)
    parsed = debugger.named(text)
    if parsed.key is not None:
        raise BpdebugError(f"'{text[:80]}' names cells; name the whole, without the index")
    node, aspect = parsed.node, parsed.aspect
    if aspect not in aspects(moment, node):
        label = moment.graph.nodes[node].label
        if aspect is not Aspect.GRADIENT:
            raise no_update(label)
        raise without(f"'{label[:80]}'", moment.graph, node)
    return node, aspect


def aspect_now(moment: Moment, node: int) -> Aspect:
    """The aspect of a node to show first: what the tick writes, else the gradient if begun."""
    if moment.update is not None and moment.update.parameter == node:
        return Aspect.CHANGE if moment.updated(node) else Aspect.GRADIENT
    gradient = moment.gradient(node)
    begun = gradient.arrived or gradient.current is not None
    return Aspect.GRADIENT if begun else Aspect.VALUE


def parse_cell(debugger: Debugger, text: str) -> tuple[int, Index]:
    """Parse the node and the cell that `W2[0, 1]`, `grad(W2)[0, 1]` or `delta(2)[0]` names.

    Without a text: the cell that the tick writes, else the first of the node that it writes.
    BpdebugError when there is no such cell, or the node has no gradient.
    """
    moment, text = debugger.moment, text.strip()
    if not text:
        node, cell = moment.node, cell_now(moment, moment.node)
    else:
        parsed = debugger.named(text, cell=True)
        node, cell = parsed.node, index_of(moment.graph.nodes[parsed.node].shape, parsed.key, text)
        if parsed.aspect in MADE:
            raise BpdebugError(f"'{text[:80]}' is made by the update; name a cell of a gradient")
    if not moment.graph.has_gradient(node):
        label = moment.graph.nodes[node].label
        raise without(f"'{label[:80]}'", moment.graph, node)
    return node, cell


def cell_now(moment: Moment, node: int) -> Index:
    """The cell of a node that the multiplication at the moment writes, else its first cell."""
    term = moment.term_of(node)
    return term.indices.cell if term else (0,) * len(moment.graph.nodes[node].shape)


def parse_index(shape: Shape, text: str, named: str) -> Index:
    """Parse `0, 1` as an index of a shape; BpdebugError, which quotes `named`, for other texts."""
    key = None
    if text.strip():
        root = parse(f"cells[{text}]", allow=Allow.WATCH).root
        key = root.options["key"] if isinstance(root, Call) else None
    return index_of(shape, key, named)

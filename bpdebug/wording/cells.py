"""Templates of an op with single cells in their braces: `σ′(z₂[1])`, `h₁[1]`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bpdebug.graph import Edge, Graph
from bpdebug.wording.anonymous import full_name
from bpdebug.wording.formulas import partial_of
from bpdebug.wording.letters import Letters, index_text
from bpdebug.wording.notation import CLOSED, FACTOR, Script, average, fill, spelled


def local_cell(
    graph: Graph,
    edge: Edge,
    script: Script,
    letters: Letters,
    bound: Mapping[str, str],
) -> str:
    """The local factor of one multiplication, with the cells that it reads."""
    rule = partial_of(graph, edge)
    template = rule.text
    if rule.row is not None:
        above = full_name(graph, edge.output, script) + index_text(letters.output, bound)
        below = full_name(graph, edge.operand, script)
        below += index_text(letters.operands[edge.position], bound)
        return f"∂{above}/∂{below}"
    if rule.cell_text is not None:
        names = letters.operands[edge.position]
        template = rule.cell_text([bound.get(n, n) for n in names])
    return fill_cells(graph, edge, script, letters, bound, template, outer=FACTOR)


def fill_cells(
    graph: Graph,
    edge: Edge,
    script: Script,
    letters: Letters,
    bound: Mapping[str, str],
    template: str,
    outer: int = 0,
) -> str:
    """A template of the edge's op with its braces filled by single cells.

    `{p*}` is the whole of operand p. A target of labels, which has fewer letters than the cells
    that it is compared with, reads as the question whether this is the labelled one.
    """
    node = graph.nodes[edge.output]
    op = node.op
    assert op is not None

    def resolve(field: str, needed: int) -> str:
        if field == "y":
            return cell(node.index, letters.output, needed)
        if op.variadic or field.rstrip("*") not in op.operands:
            return (
                average(graph, node, field, script)
                if field in ("n", "per", "per2")
                else cell(edge.operand, letters.operands[edge.position], needed)
            )
        at = op.operands.index(field.rstrip("*"))
        if field.endswith("*"):
            return spelled(graph, node.operands[at], script, needed)
        names = letters.operands[at]
        text = cell(node.operands[at], names, needed)
        missing = [n for n in letters.local if n not in names]
        if not has_derivative(graph, edge, at) and missing:
            return f"[{text} = {bound.get(missing[0], missing[0])}]"
        return text

    def cell(index: int, names: Sequence[str], needed: int) -> str:
        picked = index_of(graph, index)
        if picked is not None:
            rest = iter(names)
            index = graph.nodes[index].operands[0]
            names = [p if p is not None else next(rest) for p in picked]
        indexed = index_text(names, bound)
        return spelled(graph, index, script, CLOSED if indexed else needed) + indexed

    return fill(template, resolve, outer=outer)


class IndexTexts(NamedTuple):
    """The indices of one multiplication as texts, `[0,1]`; nothing for a scalar."""

    cell: str
    upstream: str
    local: str


def local_at(graph: Graph, edge: Edge, script: Script, indices: IndexTexts) -> str:
    """The local factor of one multiplication of an op that has no index letters."""
    return fill_indices(graph, edge, script, indices, partial_of(graph, edge).text, FACTOR)


def fill_indices(
    graph: Graph, edge: Edge, script: Script, indices: IndexTexts, template: str, outer: int = 0
) -> str:
    """A template of an op that has no index letters, with the cells of one multiplication.

    An operand that the local derivative is taken from has the local factor's index; what is read
    as a whole has none.
    """
    node = graph.nodes[edge.output]
    op, shape = node.op, graph.index_map(edge).local_shape
    assert op is not None

    def resolve(field: str, needed: int) -> str:
        if field == "y":
            index, place = node.index, indices.upstream
        elif op.variadic or field == op.operands[edge.position]:
            index, place = edge.operand, indices.cell
        elif field in op.operands:
            index = node.operands[op.operands.index(field)]
            place = indices.local if graph.nodes[index].shape == shape else ""
        else:
            return average(graph, node, field, script)
        if not place:
            return spelled(graph, index, script, needed)
        return full_name(graph, index, script) + place

    return fill(template, resolve, outer=outer)


def index_of(graph: Graph, index: int) -> list[str | None] | None:
    """For `x[1,:]` the places that it fixes, so that its cell j reads `x[1,j]`; else None."""
    node = graph.nodes[index]
    if node.name or node.op is None or node.op.key is None or node.layout is None:
        return None
    places = node.op.key(node.layout)
    if any((":" in place and place != ":") or place == "None" for place in places):
        return None
    return [None if place == ":" else place for place in places]


def has_derivative(graph: Graph, edge: Edge, operand: int) -> bool:
    """Whether the op of an edge has a derivative for one of its operands."""
    layout = graph.nodes[edge.output].layout
    return layout is not None and layout.maps[operand] is not None

"""Templates of an op with single cells in their braces: `σ′(z₂[1])`, `h₁[1]`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bpdebug.graph import Edge, Graph
from bpdebug.ops import SelectMap
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


def index_of(graph: Graph, index: int) -> list[str | None] | None:
    """For `x[1,:]` the places that it fixes, so that its cell j reads `x[1,j]`; else None."""
    node = graph.nodes[index]
    where = node.layout.maps[0] if node.layout is not None else None
    if node.name or not isinstance(where, SelectMap) or "key" not in node.options:
        return None
    kept = set(where.kept_axes)
    whole = all(where.picks[axis] == range(where.cell_shape[axis]) for axis in kept)
    if not whole:
        return None
    return [None if axis in kept else str(p[0]) for axis, p in enumerate(where.picks)]


def has_derivative(graph: Graph, edge: Edge, operand: int) -> bool:
    """Whether the op of an edge has a derivative for one of its operands."""
    layout = graph.nodes[edge.output].layout
    return layout is not None and layout.maps[operand] is not None

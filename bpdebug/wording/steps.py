"""Single cells and single factors as text: `W₂[0,1]`, and `∂z₂[0]/∂h₁[1]` with its formula."""

from __future__ import annotations

from bpdebug.graph import Edge, Graph
from bpdebug.ops import Index, TermIndices
from bpdebug.wording.anonymous import full_name
from bpdebug.wording.cells import TermCells
from bpdebug.wording.gradients import derivative, loss_derivative
from bpdebug.wording.letters import cell_text
from bpdebug.wording.script import Script


def cell_name(graph: Graph, node: int, cell: Index, script: Script) -> str:
    """A cell of a node: `W₂[0,1]`; the node's name alone for a scalar."""
    return script.finish(full_name(graph, node, script) + cell_text(cell))


def gradient_cell_name(graph: Graph, node: int, cell: Index, script: Script) -> str:
    """The gradient at a cell of a node, always as a derivative: `∂L/∂W₂[0,1]`."""
    return script.finish(loss_derivative(graph, node, script, cell_text(cell)))


def factor_formula(
    graph: Graph, edge: Edge, indices: TermIndices, script: Script
) -> tuple[str, str]:
    """A factor of a path, and its formula: `("∂z₂[0]/∂h₁[1]", "W₂[0,1]")`."""
    cells = TermCells(graph, edge, script, (indices.cell, indices.upstream, indices.local))
    above = full_name(graph, edge.output, script) + cells.upstream
    below = full_name(graph, edge.operand, script) + cells.cell
    local = cells.factor() if cells.letters is not None else "1"
    return script.finish(derivative(above, below, script)), script.finish(local)

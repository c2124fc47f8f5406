"""The three grids of a product: which arrays they show, which cells are lit, how vectors lie."""

from __future__ import annotations

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.graph import Edge
from bpdebug.ops import IndexMap
from bpdebug.record import replace
from bpdebug.trace import Term
from bpdebug.tui.draw.changed import gradient_cells
from bpdebug.tui.draw.grid import Grid, grid_of, of_array
from bpdebug.wording import Script, delta_definition, gradient_name, layer_of, local_label

Grids = tuple[Grid, Grid, Grid]
"""Upstream, local, result."""


def grids_of(moment: Moment, edge: Edge, term: Term, script: Script) -> Grids:
    """The three grids with their cells lit and their vectors lying as the product wants them."""
    graph = moment.graph
    index_map = graph.index_map(edge)
    upstream = np.asarray(moment.recorded.gradients[edge.output])
    lying = orientation(index_map)
    up_name = gradient_name(graph, edge.output, script)
    layer = layer_of(graph, edge.operand)
    # Where a δ is made, its name says what it is; any other gradient says so itself.
    name = (
        gradient_name(graph, edge.operand, script)
        if layer is None
        else delta_definition(graph, layer, script)
    )
    state = moment.gradient(edge.operand)
    return (
        replace(
            grid_of(f"upstream {up_name}", upstream, term.indices.upstream, row=lying[0]),
            whole=upstream,
        ),
        local_grid(moment, edge, term, script, lying[1]),
        Grid(
            f"result {name}",
            state.shape,
            state.window,
            term.indices.cell,
            lying[2],
            final=of_array(np.asarray(moment.recorded.gradients[edge.operand])),
            changed=gradient_cells(moment, edge.operand),
        ),
    )


def local_grid(moment: Moment, edge: Edge, term: Term, script: Script, row: bool) -> Grid:
    """The local derivative: whole where it is an array, one cell's factors for a Jacobian."""
    label = local_label(moment.graph, edge, script)
    op = moment.graph.nodes[edge.output].op
    rule = op.partial(edge.position) if op is not None else None
    if rule is not None and rule.row is not None:
        table = jacobian(moment, edge, term, label)
        if table is not None:
            return table
        factors = moment.recorded.local_row(edge, term.indices.cell)
        return grid_of(f"local {label}, row of this cell", factors, (term.summand,), row=True)
    local = moment.recorded.local(edge)
    shape = moment.graph.index_map(edge).local_shape
    if local.size == 1:
        return grid_of(f"local {label}", local.reshape(()), ())
    whole = local if local.shape == shape else None
    spread = of_array(np.broadcast_to(local, shape))
    return Grid(f"local {label}", shape, spread, term.indices.local, row, whole=whole)


WIDEST = 12
"""A Jacobian of a row of so many entries is shown as a whole."""


def jacobian(moment: Moment, edge: Edge, term: Term, label: str) -> Grid | None:
    """The Jacobian of the row that the current cell is in, such as a softmax's.

    A row of the grid for each output, a column for each operand, so that the column of the current
    cell is what its upstream row is multiplied with. None where it is too large, or none.
    """
    loop = moment.graph.index_map(edge).loop
    if loop is None or len(loop.extents) != len(loop.cell) + 1:
        return None
    own = [axis for axis in loop.cell if axis not in loop.upstream]
    if len(own) != 1 or not 1 < loop.extents[own[0]] <= WIDEST or loop.extents[-1] > WIDEST:
        return None
    cell, axis = term.indices.cell, own[0]
    columns = [
        moment.recorded.local_row(edge, (*cell[:axis], j, *cell[axis + 1 :]))
        for j in range(loop.extents[axis])
    ]
    table = np.stack(columns, axis=-1)
    row = f" of row {', '.join(str(i) for i in cell[:axis])}" if axis else ""
    return grid_of(f"local {label}{row}", table, (term.summand, cell[axis]))


def orientation(index_map: IndexMap) -> tuple[bool, bool, bool]:
    """Whether upstream, local and result lie as rows, so that factors meet at their product.

    A vector lies along the axis of the matrix that shares its letter.
    """
    if index_map.loop is None:
        return True, True, True
    cell, up, local, _ = index_map.loop

    def lies(axes: tuple[int, ...], *matrices: tuple[int, ...]) -> bool:
        for matrix in matrices:
            if len(axes) == 1 and len(matrix) == 2 and axes[0] in matrix:
                return matrix[1] == axes[0]
        return False

    return lies(up, cell, local), lies(local, cell, up), lies(cell, local, up)


def is_table(index_map: IndexMap) -> bool:
    """True where every cell of the result is one cell of a column times one cell of a row."""
    if index_map.loop is None:
        return False
    cell, up, local, extents = index_map.loop
    return len(cell) == len(extents) == 2 and len(up) == 1 and sorted(up + local) == [0, 1]

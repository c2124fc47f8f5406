"""The three grids of a product: their arrays, the cells that are lit, and how vectors lie."""

from __future__ import annotations

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.graph import Edge
from bpdebug.ops import IndexMap
from bpdebug.ops.maps.index_map import ravel
from bpdebug.records import replace
from bpdebug.ticks import Term
from bpdebug.tui.draw.changed import gradient_cells
from bpdebug.tui.draw.grid import Grid, grid_of, of_array
from bpdebug.wording import Script, delta_definition, gradient_name, layer_of, local_label

Grids = tuple[Grid, Grid, Grid]
"""Upstream, local and result, in this order."""


def grids_of(moment: Moment, edge: Edge, term: Term, script: Script) -> Grids:
    """The grids of a multiplication, its cells lit, its vectors as rows or columns that fit."""
    graph = moment.graph
    upstream = np.asarray(moment.recorded.gradients[edge.output])
    up_row, local_row, result_row = orientation(graph.index_map(edge))
    up_title = f"upstream {gradient_name(graph, edge.output, script)}"
    layer = layer_of(graph, edge.operand)
    # The title of a δ defines it: `δ₂ = ∂L/∂z₂`. The name of any other gradient does so itself.
    name = (
        gradient_name(graph, edge.operand, script)
        if layer is None
        else delta_definition(graph, layer, script)
    )
    state = moment.gradient(edge.operand)
    up_grid = grid_of(up_title, upstream, term.indices.upstream, row=up_row)
    result = Grid(
        f"result {name}",
        state.shape,
        state.window,
        term.indices.cell,
        result_row,
        final=of_array(np.asarray(moment.recorded.gradients[edge.operand])),
        changed=gradient_cells(moment, edge.operand),
    )
    local = local_grid(moment, edge, term, script, local_row)
    window = graph.index_map(edge).window(term.indices.upstream)
    if window is not None:
        if edge.position == window.operand:
            result = replace(result, framed=window.where)
        if graph.index_map(edge).local_operand == window.operand:
            local = replace(local, framed=window.where)
    return replace(up_grid, whole=upstream), local, result


def local_grid(moment: Moment, edge: Edge, term: Term, script: Script, row: bool) -> Grid:
    """The local derivative as a grid.

    An op with a full Jacobian, such as softmax, shows the Jacobian of the current row if that is
    small, else the factors of the current cell.
    """
    label = local_label(moment.graph, edge, script)
    op = moment.graph.nodes[edge.output].op
    rule = op.partial(edge.position) if op is not None else None
    if rule is not None and rule.row is not None:
        table = jacobian(moment, edge, term, label) or under_window(moment, edge, term, label)
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
"""The Jacobian of a row of up to this many entries is shown as a whole."""


def jacobian(moment: Moment, edge: Edge, term: Term, label: str) -> Grid | None:
    """The Jacobian of the row that the current cell is in, such as a softmax's.

    It has a row for each output and a column for each operand: the upstream row is multiplied with
    the current cell's column. None where it is too large, and for an op that has none.
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


def under_window(moment: Moment, edge: Edge, term: Term, label: str) -> Grid | None:
    """The factors of one upstream cell for all cells under its window, as the window lies.

    None where the window is too large, and for an op without windows.
    """
    index_map = moment.graph.index_map(edge)
    window = index_map.window(term.indices.upstream)
    if window is None or max(map(len, window.where)) > WIDEST:
        return None
    sizes = tuple(map(len, window.where))
    upstream = ravel(term.indices.upstream, index_map.upstream_shape)
    table = np.zeros(sizes)
    for inside in np.ndindex(sizes):
        cell = tuple(cells[i] for cells, i in zip(window.where, inside, strict=True))
        terms = index_map.terms_of(np.array([ravel(cell, index_map.cell_shape)]))
        row = moment.recorded.local_row(edge, cell)
        table[inside] = np.sum(row[terms.upstream == upstream])
    lit = [cells.index(at) for cells, at in zip(window.where, term.indices.cell, strict=True)]
    page = min(2, sum(size > 1 for size in sizes[-2:]) or 1)
    page = 2 if sizes[-2] > 1 else page
    return grid_of(
        f"local {label} in its window", table.reshape(sizes[-page:]), tuple(lit[-page:]), row=True
    )


def orientation(index_map: IndexMap) -> tuple[bool, bool, bool]:
    """Whether upstream, local and result lie as rows, so that factors meet at their product.

    A vector lies along the matrix axis with its index letter.
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
    """True for an outer product: a result's cell is a column's cell times a row's cell."""
    if index_map.loop is None:
        return False
    cell, up, local, extents = index_map.loop
    return len(cell) == len(extents) == 2 and len(up) == 1 and sorted(up + local) == [0, 1]

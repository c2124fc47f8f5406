"""The heart of the screen: one vector-Jacobian product, cell by cell.

Upstream gradient, local derivative and result stand as grids, the cells of the current
multiplication lit in all three; below, that multiplication with its numbers and the reason.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.graph import Edge
from bpdebug.ops import LetterMap
from bpdebug.trace import Phase, Term
from bpdebug.tui.draw.grid import NARROWEST, Grid, draw, of_array, title
from bpdebug.tui.draw.line import Line, Look, beside, block_width, wrap
from bpdebug.wording import (
    align,
    chain,
    edge_formula,
    gradient_name,
    local_label,
    number,
    pretty,
    term_formula,
    update_formula,
    update_why,
    value_formula,
    why,
    width,
)

Grids = tuple[Grid, Grid, Grid]
"""Upstream, local, result."""


def draw_title(moment: Moment, look: Look, room: int = 80) -> list[Line]:
    """The chain from the loss to here, its last factor lit; on other ticks the phase in words.

    Where the chain is too long its middle is left out: the current factor is what matters.
    """
    if moment.edge is None:
        return [Line(phase_title(moment), "title")]
    factors = chain(moment.graph, moment.layers, moment.edge, unicode=look.unicode)
    times = " · " if look.unicode else " * "
    dots = "…" if look.unicode else "..."
    now = Line(f"[{factors[-1]}]", "now").cut(room)
    before = factors[:-1]
    kept: list[str] = []
    left = room - now.width
    for factor in reversed(before):
        left -= width(factor) + len(times)
        spare = len(dots) + len(times) if len(kept) + 1 < len(before) else 0
        if left < spare:
            kept.insert(0, dots)
            break
        kept.insert(0, factor)
    line = Line()
    for factor in kept:
        line.add(factor, "quiet").add(times, "quiet")
    return [line.extend(now).cut(room)]


def phase_title(moment: Moment) -> str:
    """What the pane shows when no multiplication is under way."""
    return {
        Phase.START: "Before the forward pass",
        Phase.FORWARD: "Forward",
        Phase.SEED: "The backward pass begins",
        Phase.UPDATE: "Update",
        Phase.BACKWARD: "Multiplication",
    }[moment.phase]


def draw_multiplication(moment: Moment, look: Look, columns: int, rows: int) -> list[Line]:
    """The pane's lines at a position, in at most so many cells across and lines down."""
    if moment.edge is not None and moment.term is not None:
        return draw_edge(moment, moment.edge, moment.term, look, columns, rows)
    if moment.phase is Phase.FORWARD:
        return draw_forward(moment, look, columns, rows)
    if moment.phase is Phase.UPDATE:
        return draw_update(moment, look, columns, rows)
    if moment.phase is Phase.SEED:
        return draw_seed(moment, look, columns)
    return draw_start(moment, columns)


def draw_edge(
    moment: Moment, edge: Edge, term: Term, look: Look, columns: int, rows: int
) -> list[Line]:
    """The product of one edge: formula, three grids, the current term, the reason.

    The grids get the height they need before the sentence; below it the pane scrolls.
    """
    head = headline(moment, edge, term, look, columns)
    terms = term_lines(moment, term, look, columns)
    told = wrap(why(moment.graph, term, unicode=look.unicode), columns)
    grids = grids_of(moment, edge, term, look)
    fixed = len(head) + len(terms)
    tight = fixed + grid_height(moment, edge, grids) + len(told) + 3 > rows
    room = rows - fixed - (1 if tight else 3) - (0 if tight else len(told))
    drawn = draw_grids(moment, edge, grids, look, columns, max(room, 6))
    space = rows - fixed - len(drawn) - len(told)
    blank = [Line()]
    if space >= 3:
        return [*head, *blank, *drawn, *blank, *terms, *blank, *told]
    if space >= 1:
        return [*head, *drawn, *blank, *terms, *told]
    return [*head, *drawn, *terms, *blank, *told]


def headline(moment: Moment, edge: Edge, term: Term, look: Look, columns: int) -> list[Line]:
    """The edge's formula, and how many of its multiplications are done."""
    formula = edge_formula(moment.graph, moment.layers, edge, unicode=look.unicode)
    sign = "=" if edge.first else "+="
    count = f"{term.number + 1} of {moment.tick.terms}"
    lines = wrap(f"{formula.left} {sign} {formula.right}", columns - len(count) - 2, "name")
    under_way = term.number + 1 < moment.tick.terms
    lines[0].pad(columns - len(count)).add(count, "now" if under_way else "quiet")
    return lines


def grid_height(moment: Moment, edge: Edge, grids: Grids) -> int:
    """Lines the grids would like to have."""
    upstream, local, result = grids
    if is_table(moment.graph.index_map(edge)):
        return result.extent[0] + 4
    if not all(grid.shape for grid in grids):
        return sum(grid.extent[0] + bool(grid.shape) for grid in grids)
    above = max(upstream.extent[0], local.extent[0]) + 1
    return above + 1 + result.extent[0] + 1


def draw_grids(
    moment: Moment, edge: Edge, grids: Grids, look: Look, columns: int, rows: int
) -> list[Line]:
    """Upstream, local and result: as a multiplication table, in a row, or above one another."""
    upstream, local, result = grids
    if is_table(moment.graph.index_map(edge)):
        table = draw_table(upstream, local, result, look, columns, rows)
        if table:
            return table
    numbers = [grid for grid in grids if not grid.shape]
    if numbers:
        return draw_with_numbers(grids, numbers, look, columns, rows)
    third = draw_row([upstream, local, result], look, columns, rows)
    if third:
        return third
    above = max(upstream.extent[0], local.extent[0]) + 1
    below = result.extent[0] + 1
    share = min(above, max(rows - 1 - min(below, rows // 2), 2))
    below_rows = max(rows - share - 1, 2)
    if result.row and local.extent[0] > 1:
        under = draw_under(upstream, local, result, look, columns, (share, below_rows))
        if under:
            return under
    top = draw_row([upstream, local], look, columns, share, shrink=True)
    if block_width(top) > columns:
        return draw_stacked(grids, look, columns, rows)
    return [*top, Line(), *draw(result, columns, below_rows, look)]


def draw_stacked(grids: Sequence[Grid], look: Look, columns: int, rows: int) -> list[Line]:
    """Grids below one another; each gets an equal share of the rows that are left."""
    drawn: list[Line] = []
    for at, grid in enumerate(grids):
        share = min(grid.extent[0] + 1, (rows - len(drawn)) // (len(grids) - at))
        drawn += draw(grid, columns, max(share, 2), look)
    return drawn


def draw_with_numbers(
    grids: Grids, numbers: list[Grid], look: Look, columns: int, rows: int
) -> list[Line]:
    """A grid that is one number takes one line; the others share the rest."""
    label = max(title(grid, columns).width for grid in numbers) + 2
    texts = [draw(grid, columns, 2, look)[1] for grid in numbers]
    if len(numbers) == len(grids):
        # All three below one another: their points align.
        texts = aligned_lines(texts)
    fits = label + block_width(texts) <= columns
    above: list[Line] = []
    below: list[Line] = []
    for grid, text in zip(numbers, texts, strict=True):
        name = title(grid, columns)
        told = [name.pad(label).extend(text)] if fits else [name, Line("  ").extend(text)]
        (below if grid is grids[2] else above).extend(told)
    rest = [grid for grid in grids if grid.shape]
    if not rest:
        return [*above, *below]
    room = rows - len(above) - len(below) - 1
    side_by_side = draw_row(rest, look, columns, room)
    if side_by_side:
        return [*above, *side_by_side, *below]
    drawn = draw_stacked(rest, look, columns, room)
    return [*above, *drawn, *below]


def aligned_lines(texts: list[Line]) -> list[Line]:
    """Lines of one lit number each, aligned on the point inside their brackets."""
    inner = align([text.plain[1:-1].strip() for text in texts])
    return [
        Line(text.plain[0], text.spans[0][1])
        .add(number, text.spans[1][1])
        .add(text.plain[-1], text.spans[-1][1])
        for text, number in zip(texts, inner, strict=True)
    ]


def draw_under(
    upstream: Grid, local: Grid, result: Grid, look: Look, columns: int, rows: tuple[int, int]
) -> list[Line]:
    """The result as a row below the matrix whose columns it sums, cell under column.

    Nothing where they do not fit so.
    """
    side = draw(upstream, columns // 2, rows[0], look)
    at = block_width(side) + 2
    matrix = draw(local, columns - at, rows[0], look)
    total = draw(result, columns - at, rows[1], look)
    if not whole(local, matrix) or not whole(result, total):
        return []
    spaced = column_widths(total[1], matrix[1:])
    if spaced is None or at + spaced[0].width > columns:
        return []
    total[1], matrix[1:] = spaced
    return [*beside(side, matrix, 2), Line(), *[Line().pad(at).extend(line) for line in total]]


def is_table(index_map: object) -> bool:
    """True where every cell of the result is one cell of a column times one cell of a row."""
    return (
        isinstance(index_map, LetterMap)
        and len(index_map.cell_shape) == 2
        and not index_map.sum_shape
        and sorted(index_map.upstream_axes + index_map.local_axes) == [0, 1]
        and len(index_map.upstream_axes) == 1
    )


def draw_table(
    upstream: Grid, local: Grid, result: Grid, look: Look, columns: int, rows: int
) -> list[Line]:
    """A multiplication table: the row above, the column at the left, products where they meet."""
    above, left = (local, upstream) if local.row else (upstream, local)
    side = draw(left, columns // 3, rows - 4, look)
    room = columns - block_width(side) - 2
    top = draw(above, room, 2, look)
    inner = draw(result, room, rows - len(top) - 1, look)
    whole_side = left.extent[0] + 1 == len(side)
    if not whole_side or len(inner) != len(side) or len(top) != 2:
        return []
    widths = column_widths(top[1], inner[1:])
    if widths is None:
        return []
    top[1], inner[1:] = widths
    corner = [Line().pad(block_width(side)) for _ in top]
    return [*beside(corner, top, 2), Line(), *beside(side, inner, 2)]


def column_widths(top: Line, inner: list[Line]) -> tuple[Line, list[Line]] | None:
    """Give the row above and the grid below the same columns; None where they differ in number."""
    above, below = split(top), [split(line) for line in inner]
    if any(len(line) != len(above) for line in below):
        return None
    spaced = []
    for row in [above, *below]:
        line = Line()
        for at, cell in enumerate(row):
            room = max(other[at].width for other in [above, *below])
            line.extend(Line(" " * (room - cell.width)).extend(cell))
        spaced.append(line)
    return spaced[0], spaced[1:]


def split(line: Line) -> list[Line]:
    """A grid's line as its cells; each is three stretches: bracket or space, number, the same."""
    return [
        as_line(line.spans[at : at + 3])
        for at in range(0, len(line.spans) - len(line.spans) % 3, 3)
    ]


def as_line(spans: list[tuple[str, str]]) -> Line:
    line = Line()
    line.spans = list(spans)
    return line


def draw_row(
    grids: Sequence[Grid], look: Look, columns: int, rows: int, *, shrink: bool = False
) -> list[Line]:
    """Grids side by side. Without `shrink`, nothing unless each fits whole."""
    gap = 2
    free = columns - gap * (len(grids) - 1)
    if not shrink and any(
        grid.extent[0] >= rows or grid.extent[1] * NARROWEST > columns for grid in grids
    ):
        return []
    blocks = [draw(grid, columns, rows, look) for grid in grids]
    if sum(map(block_width, blocks)) > free:
        if not shrink:
            return []
        small = [block_width(block) <= free // 3 for block in blocks]
        left = free - sum(block_width(b) for b, fits in zip(blocks, small, strict=True) if fits)
        each = max(left // max(small.count(False), 1), 8)
        blocks = [
            block if fits else draw(grid, each, rows, look)
            for grid, block, fits in zip(grids, blocks, small, strict=True)
        ]
    elif not shrink and any(
        not whole(grid, block) for grid, block in zip(grids, blocks, strict=True)
    ):
        return []
    joined = blocks[0]
    for block in blocks[1:]:
        joined = beside(joined, block, gap)
    return joined


def whole(grid: Grid, block: list[Line]) -> bool:
    """True where a drawn grid shows all of its cells."""
    return len(block) == grid.extent[0] + 1 and "…" not in block[-1].plain


def grids_of(moment: Moment, edge: Edge, term: Term, look: Look) -> Grids:
    """The three grids with their cells lit and their vectors lying as the product wants them."""
    graph, layers = moment.graph, moment.layers
    index_map = graph.index_map(edge)
    upstream = np.asarray(moment.run.gradients[edge.output])
    lying = orientation(index_map)
    up_name = gradient_name(graph, layers, edge.output, unicode=look.unicode)
    name = gradient_name(graph, layers, edge.operand, unicode=look.unicode)
    state = moment.gradient(edge.operand)
    return (
        Grid(
            f"upstream {up_name}", upstream.shape, of_array(upstream), term.place.upstream, lying[0]
        ),
        local_grid(moment, edge, term, look, lying[1]),
        Grid(
            f"result {name}",
            state.shape,
            state.window,
            term.place.cell,
            lying[2],
            final=of_array(np.asarray(moment.run.gradients[edge.operand])),
        ),
    )


def local_grid(moment: Moment, edge: Edge, term: Term, look: Look, row: bool) -> Grid:
    """The local derivative: whole where it is an array, one cell's factors for a Jacobian."""
    label = local_label(moment.graph, edge, unicode=look.unicode)
    op = moment.graph.nodes[edge.output].op
    rule = op.partial(edge.position) if op is not None else None
    if rule is not None and rule.row is not None:
        factors = moment.run.local_row(edge, term.place.cell)
        return Grid(
            f"local {label}, row of this cell",
            factors.shape,
            of_array(factors),
            (term.summand,),
            row=True,
        )
    local = moment.run.local(edge)
    shape = moment.graph.index_map(edge).local_shape
    if local.size == 1:
        return Grid(f"local {label}", (), of_array(local.reshape(())), ())
    spread = np.broadcast_to(local, shape)
    return Grid(f"local {label}", shape, of_array(spread), term.place.local, row)


def orientation(index_map: object) -> tuple[bool, bool, bool]:
    """Whether upstream, local and result lie as rows, so that factors meet at their product.

    A vector lies along the axis of the matrix that shares its letter.
    """
    if not isinstance(index_map, LetterMap):
        return True, True, True
    cell = tuple(range(len(index_map.cell_shape)))
    up, local = index_map.upstream_axes, index_map.local_axes

    def lies(axes: tuple[int, ...], *matrices: tuple[int, ...]) -> bool:
        for matrix in matrices:
            if len(axes) == 1 and len(matrix) == 2 and axes[0] in matrix:
                return matrix[1] == axes[0]
        return False

    return lies(up, cell, local), lies(local, cell, up), lies(cell, local, up)


def term_lines(moment: Moment, term: Term, look: Look, columns: int) -> list[Line]:
    """The current multiplication, in symbols and in numbers, and what the cell held before."""
    symbols, numbers = term_formula(
        moment.graph, moment.layers, term, digits=look.digits, unicode=look.unicode
    )
    lines = [*wrap(symbols, columns, "now"), *indented(numbers, columns, "name")]
    now = number(term.after, look.digits, unicode=look.unicode)
    if term.summands > 1:
        count = f"{term.summand + 1} of {term.summands} products"
        lines += indented(f"so far {now} ({count} of this cell)", columns, "quiet")
    elif term.before is not None:
        held = number(term.before, look.digits, unicode=look.unicode)
        lines += indented(f"the cell held {held}; now {now}", columns, "quiet")
    if not term.edge.first:
        name = pretty(moment.graph.nodes[term.edge.operand].label, unicode=look.unicode)
        lines += wrap(
            f"{name} is used {term.edge.of} times: this is contribution {term.edge.nth} "
            f"of {term.edge.of}, and contributions add up.",
            columns,
            "quiet",
        )
    return lines


def indented(text: str, columns: int, role: str) -> list[Line]:
    """Wrapped lines set in by two cells; nothing of a number is ever cut off."""
    return [Line("  ").extend(line) for line in wrap(text, columns - 2, role)]


def draw_forward(moment: Moment, look: Look, columns: int, rows: int) -> list[Line]:
    """A forward op: its formula, its operands, its result."""
    node = moment.graph.nodes[moment.tick.index]
    formula = value_formula(moment.graph, node.index, unicode=look.unicode)
    left = pretty(node.name, unicode=look.unicode) + " = " if node.name else ""
    lines = [Line(left + formula, "name").cut(columns), Line()]
    blocks = [
        Grid(pretty(moment.graph.nodes[i].label, unicode=look.unicode), v.shape, of_array(v))
        for i, v in zip(node.operands, moment.run.operands(node.index), strict=True)
    ]
    value = np.asarray(moment.run.values[node.index])
    title = pretty(node.label, unicode=look.unicode)
    result = Grid(title, value.shape, of_array(value))
    share = max((rows - 6) // (len(blocks) + 1), 3)
    row = draw_row(blocks, look, columns, max(rows // 2, 4))
    if row:
        lines += [*row, Line()]
    else:
        for block in blocks:
            lines += [*draw(block, columns, share, look), Line()]
    lines += draw(result, columns, share, look)
    if moment.position == moment.timeline.forward:
        step = "The forward pass is done. Press s to begin the backward pass, one step at a time."
        lines += [Line(), *wrap(step, columns, "quiet")]
    return lines


def draw_seed(moment: Moment, look: Look, columns: int) -> list[Line]:
    """∂L/∂L = 1."""
    name = gradient_name(moment.graph, moment.layers, moment.graph.loss, unicode=look.unicode)
    loss = pretty(moment.graph.nodes[moment.graph.loss].label, unicode=look.unicode)
    told = (
        f"Move {loss} by 1, and {loss} moves by 1. Every other gradient grows out of this 1: "
        "at each op it is multiplied by the op's local derivative, from the loss down to the "
        "parameters."
    )
    return [Line(f"{name} = 1", "now"), Line(), *wrap(told, columns)]


def draw_update(moment: Moment, look: Look, columns: int, rows: int) -> list[Line]:
    """One line of the update rule with its numbers."""
    update = moment.update
    assert update is not None
    symbols, numbers, _ = update_formula(
        moment.graph, update, digits=look.digits, unicode=look.unicode
    )
    lines = [*wrap(symbols, columns, "now"), *wrap(numbers, columns, "name"), Line()]
    name = pretty(moment.graph.nodes[update.parameter].name, unicode=look.unicode)
    before = update.before if update.before is not None else update.reads["theta"]
    new = "new" if update.line.target == "theta" else update.line.target
    blocks = [
        Grid(f"{name} before", np.shape(before), of_array(before)),
        Grid(f"∂L/∂{name}", np.shape(update.reads["g"]), of_array(update.reads["g"])),
        Grid(f"{name} {new}", np.shape(update.after), of_array(update.after)),
    ]
    row = draw_row(blocks, look, columns, max(rows - 8, 4))
    if row:
        lines += [*row, Line()]
    else:
        for block in blocks:
            lines += [*draw(block, columns, max((rows - 6) // 3 - 1, 2), look), Line()]
    return [*lines, *wrap(update_why(moment.graph, update, unicode=look.unicode), columns)]


def draw_start(moment: Moment, columns: int) -> list[Line]:
    """Position 0."""
    told = (
        "Nothing is computed yet: only the inputs and parameters are there. "
        "Step forward to compute the values, one op at a time."
    )
    return wrap(told, columns)

"""Arranging upstream, local and result: as a multiplication table, in a row, or stacked.

The arrangement is chosen so that the factors meet at their product wherever there is room for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from bpdebug.debugger import Moment
from bpdebug.graph import Edge
from bpdebug.tui.draw.factors import Grids, is_table
from bpdebug.tui.draw.grid import NARROWEST, Block, Grid, draw, title
from bpdebug.tui.draw.line import Line, Look, beside, block_width
from bpdebug.wording import align

HEADINGS = 2
"""Lines of a grid besides its rows: the title, and column numbers where it is windowed."""


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
    above = max(upstream.extent[0], local.extent[0]) + HEADINGS
    below = result.extent[0] + HEADINGS
    share = min(above, max(rows - 1 - min(below, rows // 2), 2))
    below_rows = max(rows - share - 1, 2)
    if result.row and local.extent[0] > 1:
        under = draw_under(upstream, local, result, look, columns, (share, below_rows))
        if under:
            return under
    top = draw_row([upstream, local], look, columns, share, shrink=True)
    if not top or block_width(top) > columns:
        return draw_stacked(grids, look, columns, rows)
    last = draw(result, columns, rows - len(top) - 1, look)
    if top.whole and last.whole:
        return [*top, Line(), *last]
    stacked = draw_stacked(grids, look, columns, rows)
    return [*top, Line(), *last] if top.cells + last.cells >= stacked.cells else stacked


def grid_height(moment: Moment, edge: Edge, grids: Grids) -> int:
    """Lines the grids would like to have."""
    upstream, local, result = grids
    if is_table(moment.graph.index_map(edge)):
        return result.extent[0] + 4
    if not all(grid.shape for grid in grids):
        return sum(grid.extent[0] + bool(grid.shape) for grid in grids)
    above = max(upstream.extent[0], local.extent[0]) + HEADINGS
    return above + 1 + result.extent[0] + HEADINGS


def draw_table(
    upstream: Grid, local: Grid, result: Grid, look: Look, columns: int, rows: int
) -> list[Line]:
    """A multiplication table: the row above, the column at the left, products where they meet."""
    above, left = (local, upstream) if local.row else (upstream, local)
    side = draw(left, max(columns // 3, title(left, columns).width), rows - 4, look)
    room = columns - block_width(side) - 2
    top = draw(above, room, 2, look)
    inner = draw(result, room, rows - len(top) - 1, look)
    if not (side.whole and top.whole and inner.whole):
        return []
    widths = column_widths(top[1], inner[1:])
    if widths is None:
        return []
    top[1], inner[1:] = widths
    corner = [Line().pad(block_width(side)) for _ in top]
    return [*beside(corner, top, 2), Line(), *beside(side, inner, 2)]


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
    if not matrix.whole or not total.whole:
        return []
    spaced = column_widths(total[1], matrix[1:])
    if spaced is None or at + spaced[0].width > columns:
        return []
    total[1], matrix[1:] = spaced
    return [*beside(side, matrix, 2), Line(), *[Line().pad(at).extend(line) for line in total]]


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


def draw_row(
    grids: Sequence[Grid], look: Look, columns: int, rows: int, *, shrink: bool = False
) -> Block:
    """Grids side by side; nothing where they do not fit so.

    Without `shrink` each has to fit whole; with it, large ones show a window.
    """
    gap = 2
    free = columns - gap * (len(grids) - 1)
    if not shrink and any(
        grid.extent[0] >= rows or grid.extent[1] * NARROWEST > columns for grid in grids
    ):
        return NOTHING
    blocks = [draw(grid, columns, rows, look) for grid in grids]
    if sum(map(block_width, blocks)) > free:
        if not shrink:
            return NOTHING
        if any(
            block.whole and grid.extent[0] < 3 for block, grid in zip(blocks, grids, strict=True)
        ):
            # A short row of numbers is never cut to fit beside something: better below it.
            return NOTHING
        small = [block_width(block) <= free // 3 for block in blocks]
        left = free - sum(block_width(b) for b, fits in zip(blocks, small, strict=True) if fits)
        each = max(left // max(small.count(False), 1), 8)
        blocks = [
            block if fits else draw(grid, each, rows, look)
            for grid, block, fits in zip(grids, blocks, small, strict=True)
        ]
    elif not shrink and not all(block.whole for block in blocks):
        return NOTHING
    joined: list[Line] = blocks[0]
    for block in blocks[1:]:
        joined = beside(joined, block, gap)
    return together(joined, blocks)


NOTHING = Block([], 0, whole=False)
"""Where grids do not fit."""


def together(lines: list[Line], blocks: Sequence[Block]) -> Block:
    """Several grids as one block."""
    cells = sum(block.cells for block in blocks)
    return Block(lines, cells, all(block.whole for block in blocks))


def draw_stacked(grids: Sequence[Grid], look: Look, columns: int, rows: int) -> Block:
    """Grids below one another. The smallest take what they need, the others share the rest."""
    shares: dict[int, int] = {}
    left = rows
    for done, (need, at) in enumerate(
        sorted((grid.extent[0] + HEADINGS, at) for at, grid in enumerate(grids))
    ):
        shares[at] = max(min(need, left // (len(grids) - done)), 2)
        left -= shares[at]
    blocks = [draw(grid, columns, shares[at], look) for at, grid in enumerate(grids)]
    return together([line for block in blocks for line in block], blocks)


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

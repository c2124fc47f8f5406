"""Arranging upstream, local and result: as a multiplication table, in a row, or stacked.

The arrangement is chosen so that the factors meet at their product wherever there is room for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from bpdebug.debugger import Moment
from bpdebug.graph import Edge
from bpdebug.record import replace
from bpdebug.tui.draw.factor_grids import Grids, is_table
from bpdebug.tui.draw.grid import Block, Grid, cell_line, draw, title
from bpdebug.tui.draw.line import Line, beside, block_width
from bpdebug.tui.draw.sheet import FEWEST_DIGITS, NARROWEST
from bpdebug.wording import Script, align

DIGITS = 4
"""A table whose numbers have no room for so many digits is no table: they stand below."""
HEADINGS = 2
"""Lines of a grid besides its rows: the title, and column numbers where it is windowed."""


def draw_grids(
    moment: Moment, edge: Edge, grids: Grids, script: Script, columns: int, rows: int
) -> list[Line]:
    """Upstream, local and result: as a multiplication table, in a row, or above one another."""
    upstream, local, result = grids
    if is_table(moment.graph.index_map(edge)):
        table = draw_table(grids, script, columns, rows)
        if table:
            return table
    numbers = [grid for grid in grids if not grid.shape]
    if numbers:
        return draw_with_numbers(grids, numbers, script, columns, rows)
    above = max(upstream.extent[0], local.extent[0]) + HEADINGS
    below = result.extent[0] + HEADINGS
    share = min(above, max(rows - 1 - min(below, rows // 2), 2))
    if result.row and local.extent[0] > 1:
        under = draw_under(grids, script, columns, share, max(rows - share - 1, 2))
        if under:
            return under
    whole = draw_whole(grids, script, columns, rows)
    if whole:
        return whole
    top = draw_row([upstream, local], script, columns, share, shrink=True)
    stacked = draw_stacked(grids, script, columns, rows)
    if not top or block_width(top) > columns:
        return stacked
    last = draw(result, columns, rows - len(top) - 1, script)
    return [*top, Line(), *last] if top.cells + last.cells >= stacked.cells else stacked


def draw_whole(grids: Sequence[Grid], script: Script, columns: int, rows: int) -> Block:
    """Grids with every cell of theirs: with all digits in any arrangement, then with fewer.

    Nothing where they do not fit whole.
    """
    heights = [needed(grid, columns) for grid in grids]
    # Below one another they take most; what cannot fit is not drawn to find out.
    ways = [
        (draw_row, max(heights)),
        (draw_two_rows, max(heights[:-1], default=0) + 1 + heights[-1]),
        (draw_stacked, sum(heights)),
    ]
    fitting = [way for way, lines in ways if lines <= rows]
    if any(grid.extent[1] * NARROWEST > columns for grid in grids):
        return NOTHING
    for least in (script.digits, FEWEST_DIGITS):
        for way in fitting:
            block = way(grids, script, columns, rows, least)
            if block and block.whole and len(block) <= rows:
                return block
    return NOTHING


def draw_two_rows(
    grids: Sequence[Grid], script: Script, columns: int, rows: int, least: int
) -> Block:
    """All but the last side by side and the last below; nothing where they do not fit so."""
    *first, last = grids
    top = draw_row(first, script, columns, rows - 2 - last.extent[0], least) if first else NOTHING
    if not top:
        return NOTHING
    below = draw(last, columns, rows - len(top) - 1, script, least)
    return together([*top, Line(), *below], [top, below])


def grid_height(moment: Moment, edge: Edge, grids: Grids) -> int:
    """Lines the grids would like to have."""
    upstream, local, result = grids
    if is_table(moment.graph.index_map(edge)):
        return result.extent[0] + 4
    if not all(grid.shape for grid in grids):
        return sum(grid.extent[0] + bool(grid.shape) for grid in grids)
    above = max(upstream.extent[0], local.extent[0]) + HEADINGS
    return above + 1 + result.extent[0] + HEADINGS


def draw_table(grids: Grids, script: Script, columns: int, rows: int) -> list[Line]:
    """A multiplication table: the row above, the column at the left, products where they meet."""
    upstream, local, result = grids
    above, left = (local, upstream) if local.row else (upstream, local)
    side = draw(left, max(columns // 3, title(left, columns).width), rows - 4, script)
    room = columns - block_width(side) - 2
    top = draw(above, room, 2, script, DIGITS)
    inner = draw(result, room, rows - len(top) - 1, script, DIGITS)
    if not (side.whole and top.whole and inner.whole and same_columns(top, inner)):
        return []
    corner = [Line().pad(block_width(side)) for _ in top]
    return [*beside(corner, top, 2), Line(), *beside(side, inner, 2)]


def draw_under(grids: Grids, script: Script, columns: int, above: int, below: int) -> list[Line]:
    """The result as a row below the matrix whose columns it sums, cell under column.

    Nothing where they do not fit so, in as many lines above and below.
    """
    upstream, local, result = grids
    side = draw(upstream, columns // 2, above, script)
    at = block_width(side) + 2
    matrix = draw(local, columns - at, above, script)
    total = draw(result, columns - at, below, script)
    fits = matrix.whole and total.whole and same_columns(total, matrix)
    if not fits or at + total[1].width > columns:
        return []
    return [*beside(side, matrix, 2), Line(), *[Line().pad(at).extend(line) for line in total]]


def draw_with_numbers(
    grids: Grids, numbers: list[Grid], script: Script, columns: int, rows: int
) -> list[Line]:
    """A grid that is one number takes one line; the others share the rest."""
    label = max(title(grid, columns).width for grid in numbers) + 2
    texts = [draw(grid, columns, 2, script)[1] for grid in numbers]
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
    drawn = draw_row(rest, script, columns, room) or draw_stacked(rest, script, columns, room)
    return [*above, *drawn, *below]


def aligned_lines(texts: list[Line]) -> list[Line]:
    """Lines of one lit number each, aligned on the point inside their brackets."""
    found = [next(span for span in line.spans if span[1].endswith("+lit")) for line in texts]
    numbers = align([text for text, _ in found])
    return [
        cell_line(number, role.removesuffix("+lit"), lit=True)
        for number, (_, role) in zip(numbers, found, strict=True)
    ]


def draw_row(
    grids: Sequence[Grid],
    script: Script,
    columns: int,
    rows: int,
    least: int = FEWEST_DIGITS,
    *,
    shrink: bool = False,
) -> Block:
    """Grids side by side; nothing where they do not fit so.

    Each has to fit whole, all of them with the same number of digits, `least` or more; with
    `shrink`, large ones show a window.
    """
    gap = 2
    free = columns - gap * (len(grids) - 1)
    fit = not any(grid.extent[0] >= rows or grid.extent[1] * NARROWEST > columns for grid in grids)
    options = range(script.digits, min(least, script.digits) - 1, -1) if fit else range(0)
    # The fewest digits first: where they do not fit, no others do.
    if options and side_by_side(grids, replace(script, digits=options[-1]), columns, rows, free):
        for digits in options:
            blocks = side_by_side(grids, replace(script, digits=digits), columns, rows, free)
            if blocks:
                return joined(blocks, gap)
    if not shrink:
        return NOTHING
    blocks = [draw(grid, columns, rows, script) for grid in grids]
    if any(block.whole and grid.extent[0] < 3 for block, grid in zip(blocks, grids, strict=True)):
        # A short row of numbers is never cut to fit beside something: better below it.
        return NOTHING
    widths = shared([block.bare for block in blocks], free)
    blocks = [draw(grid, room, rows, script) for grid, room in zip(grids, widths, strict=True)]
    return joined(blocks, gap)


def shared(needs: Sequence[int], free: int) -> list[int]:
    """Shares of a room: the smallest have what they need, the others what is left."""
    shares = [0] * len(needs)
    for done, (need, at) in enumerate(sorted((need, at) for at, need in enumerate(needs))):
        shares[at] = min(need, free // (len(needs) - done))
        free -= shares[at]
    return shares


def side_by_side(
    grids: Sequence[Grid], script: Script, columns: int, rows: int, free: int
) -> list[Block]:
    """Each grid whole with just these digits, together in so many cells; else nothing."""
    blocks: list[Block] = []
    for grid in grids:
        block = draw(grid, columns, rows, script, script.digits)
        free -= block_width(block)
        if free < 0 or not block.whole:
            return []
        blocks.append(block)
    return blocks


def joined(blocks: Sequence[Block], gap: int) -> Block:
    """Blocks side by side."""
    lines: list[Line] = blocks[0]
    for block in blocks[1:]:
        lines = beside(lines, block, gap)
    return together(lines, blocks)


NOTHING = Block([], 0, whole=False)
"""Where grids do not fit."""


def together(lines: list[Line], blocks: Sequence[Block]) -> Block:
    """Several grids as one block."""
    cells = sum(block.cells for block in blocks)
    return Block(lines, cells, all(block.whole for block in blocks))


def draw_stacked(
    grids: Sequence[Grid], script: Script, columns: int, rows: int, least: int = FEWEST_DIGITS
) -> Block:
    """Grids below one another. The smallest take what they need, the others share the rest."""
    shares = [max(share, 2) for share in shared([needed(grid, columns) for grid in grids], rows)]
    blocks = [draw(grid, columns, shares[at], script, least) for at, grid in enumerate(grids)]
    return together([line for block in blocks for line in block], blocks)


def needed(grid: Grid, columns: int) -> int:
    """Lines that a grid takes where it is not cut: its title, its rows, and column numbers."""
    return grid.extent[0] + 1 + (grid.extent[1] * NARROWEST > columns)


def same_columns(top: Block, inner: Block) -> bool:
    """Give the row above and the grid below the same columns; False where they differ in number."""
    if len(top.widths) != len(inner.widths):
        return False
    rooms = [max(pair) for pair in zip(top.widths, inner.widths, strict=True)]
    for block in (top, inner):
        block[1:] = [spread(line, block.widths, rooms) for line in block[1:]]
    return True


def spread(line: Line, widths: Sequence[int], rooms: Sequence[int]) -> Line:
    """A grid's line with its columns as wide as `rooms`, their cells at the right of them."""
    wider, rest = Line(), line
    for cells, room in zip(widths, rooms, strict=True):
        cell, rest = rest.parted(cells)
        wider.extend(Line(" " * (room - cells)).extend(cell))
    return wider

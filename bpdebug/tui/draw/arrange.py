"""Arranging upstream, local and result: as a multiplication table, in a row, or stacked.

The arrangement is chosen so that the factors meet at their product wherever there is room for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from bpdebug.debugger import Moment
from bpdebug.graph import Edge
from bpdebug.records import replace
from bpdebug.tui.draw.factor_grids import Grids, is_table
from bpdebug.tui.draw.grid import Block, Grid, cell_line, draw, title
from bpdebug.tui.draw.line import Line, beside, block_width
from bpdebug.tui.draw.sheet import FEWEST_DIGITS, NARROWEST
from bpdebug.wording import Script, align

DIGITS = 4
"""Fewest digits of a multiplication table's numbers; with less room the grids are stacked."""
HEADINGS = 2
"""Lines of a grid besides its rows: the title, and column numbers where it is windowed."""


def draw_grids(
    moment: Moment, edge: Edge, grids: Grids, script: Script, columns: int, rows: int
) -> list[Line]:
    """Upstream, local and result in the arrangement that shows most of them in the given room.

    Where the grids make a multiplication table, that comes first, then all of them whole.
    """
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
    if any(grid.framed is not None for grid in grids):
        return draw_around_window(grids, script, columns, rows)
    top = draw_row([upstream, local], script, columns, share, shrink=True)
    stacked = draw_stacked(grids, script, columns, rows)
    if not top or block_width(top) > columns:
        return stacked
    last = draw(result, columns, rows - len(top) - 1, script)
    return [*top, Line(), *last] if top.cells + last.cells >= stacked.cells else stacked


def draw_whole(grids: Sequence[Grid], script: Script, columns: int, rows: int) -> Block:
    """Grids with all their cells: with all digits in any arrangement, then with fewer digits.

    An empty block where they do not fit whole.
    """
    heights = [needed(grid, columns) for grid in grids]
    # Drawing takes time: an arrangement that cannot fit is ruled out by its height.
    arrangements = [
        (draw_row, max(heights)),
        (draw_two_rows, max(heights[:-1], default=0) + 1 + heights[-1]),
        (draw_stacked, sum(heights)),
    ]
    fitting = [arrangement for arrangement, lines in arrangements if lines <= rows]
    if any(grid.extent[1] * NARROWEST > columns for grid in grids):
        return NOTHING
    for least in (script.digits, FEWEST_DIGITS):
        for arrangement in fitting:
            block = arrangement(grids, script, columns, rows, least)
            if block and block.whole and len(block) <= rows:
                return block
    return NOTHING


def draw_around_window(
    grids: Sequence[Grid], script: Script, columns: int, rows: int
) -> list[Line]:
    """Grids below one another, with as much as possible of the one in which a window lies.

    The others have two rows at most; with little room the first factor is left out, whose number is
    in the term.
    """
    shown = list(grids)
    for few in (TWO_ROWS, ONE_ROW):
        lines = [min(needed(grid, columns), few) for grid in shown]
        wanted = [needed(grid, columns) if grid.framed is not None else 0 for grid in shown]
        at = wanted.index(max(wanted))
        room = rows - sum(lines) + lines[at]
        if room >= wanted[at]:
            break
    if room < min(wanted[at], LEAST_AROUND) and at > 0:
        room += lines.pop(0)
        shown, at = shown[1:], at - 1
    lines[at] = max(room, ONE_ROW)
    blocks = [draw(grid, columns, lines[i], script) for i, grid in enumerate(shown)]
    return [line for block in blocks for line in block]


ONE_ROW = 2
"""Lines of a grid of which only the row with the lit cell is shown, with its title."""
TWO_ROWS = 4
"""Lines of a grid of which two rows are shown, with its title and a line that counts the rest."""
LEAST_AROUND = 6
"""Lines of a grid that shows three rows of a window, its title and what is left out."""


def draw_two_rows(
    grids: Sequence[Grid], script: Script, columns: int, rows: int, least: int
) -> Block:
    """All grids but the last side by side, the last below; an empty block if they do not fit."""
    *first, last = grids
    top = draw_row(first, script, columns, rows - 2 - last.extent[0], least) if first else NOTHING
    if not top:
        return NOTHING
    below = draw(last, columns, rows - len(top) - 1, script, least)
    return together([*top, Line(), *below], [top, below])


def grid_height(moment: Moment, edge: Edge, grids: Grids) -> int:
    """Lines that the grids take where there is room for all their rows."""
    upstream, local, result = grids
    if is_table(moment.graph.index_map(edge)):
        return result.extent[0] + 4
    if not all(grid.shape for grid in grids):
        return sum(grid.extent[0] + bool(grid.shape) for grid in grids)
    above = max(upstream.extent[0], local.extent[0]) + HEADINGS
    return above + 1 + result.extent[0] + HEADINGS


def draw_table(grids: Grids, script: Script, columns: int, rows: int) -> list[Line]:
    """A multiplication table: a row above, a column at the left, their products where they meet.

    Empty where its numbers do not fit.
    """
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
    """The result as a row below the matrix whose columns it sums, each cell under its column.

    `above` and `below` are the lines for the matrix and for the row. Empty where they do not fit.
    """
    upstream, local, result = grids
    side = draw(upstream, columns // 2, above, script)
    indent = block_width(side) + 2
    matrix = draw(local, columns - indent, above, script)
    total = draw(result, columns - indent, below, script)
    fits = matrix.whole and total.whole and same_columns(total, matrix)
    if not fits or indent + total[1].width > columns:
        return []
    return [*beside(side, matrix, 2), Line(), *[Line().pad(indent).extend(line) for line in total]]


def draw_with_numbers(
    grids: Grids, numbers: list[Grid], script: Script, columns: int, rows: int
) -> list[Line]:
    """Grids of which some are single numbers: a line for each number, the rest for the others."""
    label = max(title(grid, columns).width for grid in numbers) + 2
    texts = [draw(grid, columns, 2, script)[1] for grid in numbers]
    if len(numbers) == len(grids):
        # Three numbers on three lines align on their points.
        texts = aligned_lines(texts)
    fits = label + block_width(texts) <= columns
    above: list[Line] = []
    below: list[Line] = []
    for grid, text in zip(numbers, texts, strict=True):
        name = title(grid, columns)
        lines = [name.pad(label).extend(text)] if fits else [name, Line("  ").extend(text)]
        (below if grid is grids[2] else above).extend(lines)
    rest = [grid for grid in grids if grid.shape]
    if not rest:
        return [*above, *below]
    room = rows - len(above) - len(below) - 1
    drawn = draw_row(rest, script, columns, room) or draw_stacked(rest, script, columns, room)
    return [*above, *drawn, *below]


def aligned_lines(texts: list[Line]) -> list[Line]:
    """Lines that hold a single lit number, aligned on the point inside their brackets."""
    lit = [next(span for span in line.spans if span[1].endswith("+lit")) for line in texts]
    numbers = align([text for text, _ in lit])
    return [
        cell_line(number, role.removesuffix("+lit"), lit=True)
        for number, (_, role) in zip(numbers, lit, strict=True)
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
    """Grids side by side; an empty block where they do not fit.

    All are whole and have the same number of digits, `least` or more; with `shrink`, a large grid
    may be a window instead.
    """
    gap = 2
    free = columns - gap * (len(grids) - 1)
    fit = not any(grid.extent[0] >= rows or grid.extent[1] * NARROWEST > columns for grid in grids)
    options = range(script.digits, min(least, script.digits) - 1, -1) if fit else range(0)
    # The fewest digits first: where these do not fit, more digits do not either.
    if options and side_by_side(grids, replace(script, digits=options[-1]), columns, rows, free):
        for digits in options:
            blocks = side_by_side(grids, replace(script, digits=digits), columns, rows, free)
            if blocks:
                return joined(blocks, gap)
    if not shrink:
        return NOTHING
    blocks = [draw(grid, columns, rows, script) for grid in grids]
    if any(block.whole and grid.extent[0] < 3 for block, grid in zip(blocks, grids, strict=True)):
        # A grid of a row or two is never cut: it is read more easily below the others.
        return NOTHING
    widths = shared([block.bare for block in blocks], free)
    blocks = [draw(grid, room, rows, script) for grid, room in zip(grids, widths, strict=True)]
    return joined(blocks, gap)


def shared(needs: Sequence[int], free: int) -> list[int]:
    """Shares of `free` cells or lines: small needs are met in full, large ones split the rest."""
    shares = [0] * len(needs)
    for done, at in enumerate(sorted(range(len(needs)), key=needs.__getitem__)):
        shares[at] = min(needs[at], free // (len(needs) - done))
        free -= shares[at]
    return shares


def side_by_side(
    grids: Sequence[Grid], script: Script, columns: int, rows: int, free: int
) -> list[Block]:
    """Each grid whole, with the script's digits; an empty list if together they exceed `free`."""
    blocks: list[Block] = []
    for grid in grids:
        block = draw(grid, columns, rows, script, script.digits)
        free -= block_width(block)
        if free < 0 or not block.whole:
            return []
        blocks.append(block)
    return blocks


def joined(blocks: Sequence[Block], gap: int) -> Block:
    """Blocks side by side, as a single block."""
    lines: list[Line] = blocks[0]
    for block in blocks[1:]:
        lines = beside(lines, block, gap)
    return together(lines, blocks)


NOTHING = Block([], 0, whole=False)
"""The empty block of an arrangement that does not fit."""


def together(lines: list[Line], blocks: Sequence[Block]) -> Block:
    """A block of these lines, which show some blocks: whole where all of them are."""
    cells = sum(block.cells for block in blocks)
    return Block(lines, cells, all(block.whole for block in blocks))


def draw_stacked(
    grids: Sequence[Grid], script: Script, columns: int, rows: int, least: int = FEWEST_DIGITS
) -> Block:
    """Grids below one another: small ones take what they need, the others share the rest."""
    shares = [max(share, 2) for share in shared([needed(grid, columns) for grid in grids], rows)]
    blocks = [draw(grid, columns, shares[at], script, least) for at, grid in enumerate(grids)]
    return together([line for block in blocks for line in block], blocks)


def needed(grid: Grid, columns: int) -> int:
    """Lines of a grid with all its rows: its title, the rows, and column numbers if it is wide."""
    return grid.extent[0] + 1 + (grid.extent[1] * NARROWEST > columns)


def same_columns(top: Block, inner: Block) -> bool:
    """Widen the columns of two blocks to each other's widths; False if their numbers differ."""
    if len(top.widths) != len(inner.widths):
        return False
    rooms = [max(pair) for pair in zip(top.widths, inner.widths, strict=True)]
    for block in (top, inner):
        block[1:] = [spread(line, block.widths, rooms) for line in block[1:]]
    return True


def spread(line: Line, widths: Sequence[int], rooms: Sequence[int]) -> Line:
    """A grid's line with its columns widened from `widths` to `rooms`, their cells at the right."""
    wider, rest = Line(), line
    for cells, room in zip(widths, rooms, strict=True):
        cell, rest = rest.parted(cells)
        wider.extend(Line(" " * (room - cells)).extend(cell))
    return wider

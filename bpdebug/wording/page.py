"""How a tensor lies on a page, its rows and columns, and which part of a page or a list is shown.

A vector stands as a column, or lies as a row. Of more than two axes, the last two make a page.
"""

from __future__ import annotations

from bpdebug.ops import Index, Shape


def extent(shape: Shape, *, row: bool = False) -> tuple[int, int]:
    """Rows and columns of a page of this shape; with `row`, a vector lies as a row."""
    down, across = (*shape[-2:], 1, 1)[:2]
    return (across, down) if row and len(shape) == 1 else (down, across)


def place(cell: Index, *, row: bool = False) -> tuple[int, int]:
    """The row and the column of a cell on its page; with `row`, a vector lies as a row."""
    down, across = (*cell[-2:], 0, 0)[:2]
    return (across, down) if row and len(cell) == 1 else (down, across)


def slices(cell: Index, rows: range, columns: range, *, row: bool = False) -> tuple[slice, ...]:
    """A part of the page of a cell as slices of the tensor; leading axes stay at the cell's index.

    With `row`, a vector lies as a row.
    """
    down, across = slice(rows.start, rows.stop), slice(columns.start, columns.stop)
    if len(cell) < 2:
        return (across if row else down,)[: len(cell)]
    return (*(slice(i, i + 1) for i in cell[:-2]), down, across)


def stretch(extent: int, focus: int, room: int) -> range:
    """The places of an axis or a list that are shown: all, or `room` of them around the focus."""
    room = max(room, 1)
    if extent <= room:
        return range(extent)
    start = min(max(focus - room // 2, 0), extent - room)
    return range(start, start + room)


def scrolled(first: int, focus: int, many: int, extent: int) -> range:
    """So many places from `first` on, moved as little as needed for the focus to be among them."""
    first = max(min(max(first, focus - many + 1), focus, extent - many), 0)
    return range(first, first + many)

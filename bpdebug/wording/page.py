"""How a tensor lies on a page, its rows and columns, and which part of a page or a list is shown.

A vector stands as a column, or lies as a row. Of more than two axes, the last two make a page.
"""

from __future__ import annotations

from bpdebug.ops import Index, Shape


def page_shape(shape: Shape, *, row: bool = False) -> tuple[int, int]:
    """Rows and columns of a page of this shape; with `row`, a vector lies as a row."""
    down, across = (*shape[-2:], 1, 1)[:2]
    return (across, down) if row and len(shape) == 1 else (down, across)


def page_position(cell: Index, *, row: bool = False) -> tuple[int, int]:
    """The row and the column of a cell on its page; with `row`, a vector lies as a row."""
    down, across = (*cell[-2:], 0, 0)[:2]
    return (across, down) if row and len(cell) == 1 else (down, across)


def page_slices(
    cell: Index, rows: range, columns: range, *, row: bool = False
) -> tuple[slice, ...]:
    """A part of the page of a cell as slices of the tensor; leading axes stay at the cell's index.

    With `row`, a vector lies as a row.
    """
    down, across = slice(rows.start, rows.stop), slice(columns.start, columns.stop)
    if len(cell) < 2:
        return (across if row else down,)[: len(cell)]
    return (*(slice(i, i + 1) for i in cell[:-2]), down, across)


def visible_range(length: int, focus: int, room: int) -> range:
    """The positions of an axis or a list to show: all, or `room` of them around `focus`."""
    room = max(room, 1)
    if length <= room:
        return range(length)
    start = min(max(focus - room // 2, 0), length - room)
    return range(start, start + room)


def scrolled_range(first: int, focus: int, room: int, length: int) -> range:
    """`room` positions from `first` on, moved as little as needed to include `focus`."""
    first = max(min(max(first, focus - room + 1), focus, length - room), 0)
    return range(first, first + room)

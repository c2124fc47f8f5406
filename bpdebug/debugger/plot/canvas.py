"""A canvas of dots: eight in a cell as Braille, or a `*` where the terminal shows ASCII only.

A dot is set by its column and row, counted from the top left, and belongs to a curve; where curves
cross in a cell, the cell belongs to the curve that was drawn last.
"""

from __future__ import annotations

from bpdebug.wording import Script

BRAILLE = 0x2800
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of a dot by its row and column within a cell."""


class Canvas:
    """A rectangle of dots that begins empty; its size is given in cells of the terminal."""

    def __init__(self, columns: int, rows: int, script: Script) -> None:
        self.columns, self.rows, self.script = columns, rows, script
        self._cells = [[0] * columns for _ in range(rows)]
        self._owners = [[0] * columns for _ in range(rows)]

    @property
    def width(self) -> int:
        """Dots across."""
        return self.columns * (2 if self.script.unicode else 1)

    @property
    def height(self) -> int:
        """Dots down."""
        return self.rows * (4 if self.script.unicode else 1)

    def dot(self, x: int, y: int, owner: int = 0) -> None:
        """Set a dot of a curve; outside the canvas nothing happens."""
        if not (0 <= x < self.width and 0 <= y < self.height):
            return
        column, row = (x // 2, y // 4) if self.script.unicode else (x, y)
        self._cells[row][column] |= DOTS[y % 4][x % 2] if self.script.unicode else 1
        self._owners[row][column] = owner

    def column(self, x: int, top: int, bottom: int, owner: int = 0) -> None:
        """Set the dots of column x between two rows, which may come in either order."""
        for y in range(max(min(top, bottom), 0), min(max(top, bottom), self.height - 1) + 1):
            self.dot(x, y, owner)

    def line(self, start: tuple[int, int], end: tuple[int, int], owner: int = 0) -> None:
        """Set the dots on the straight line between two points, without the points themselves."""
        (x0, y0), (x1, y1) = start, end
        steps = max(abs(x1 - x0), abs(y1 - y0))
        for step in range(1, steps):
            x, y = x0 + round((x1 - x0) * step / steps), y0 + round((y1 - y0) * step / steps)
            self.dot(x, y, owner)

    def text(self, row: int) -> str:
        """The text of a row of cells."""
        if self.script.unicode:
            return "".join(chr(BRAILLE + bits) if bits else " " for bits in self._cells[row])
        return "".join("*" if bits else " " for bits in self._cells[row])

    def owners(self, row: int) -> list[int]:
        """The curve of each cell of a row; 0 also where a cell is empty."""
        return list(self._owners[row])

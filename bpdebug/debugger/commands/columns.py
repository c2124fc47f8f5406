"""Tables of text: rows whose cells stand below one another."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def in_columns(rows: Sequence[tuple[str, ...]], right: Collection[int] = ()) -> list[str]:
    """Lay out rows in columns two blanks apart; the columns in `right` are right-aligned."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if at in right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]

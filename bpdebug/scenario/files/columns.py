"""Arrays from the named columns of a .csv file."""

from __future__ import annotations

import csv
from array import array
from collections import Counter
from io import StringIO
from math import isinf
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from bpdebug.errors import did_you_mean
from bpdebug.expression import counted, quoted
from bpdebug.ops import Array
from bpdebug.printable import listed
from bpdebug.reading import CSV, text_of
from bpdebug.scenario.context import Budget
from bpdebug.scenario.table import TomlTable

COLUMNS = 10_000
"""Columns of a file, at most."""


def from_csv(table: TomlTable, name: str, path: Path, budget: Budget) -> Array:
    """The named columns: one gives a vector, several a matrix with one row a line."""
    try:
        lines = StringIO(text_of(path, CSV), newline="")
        found = read_csv(table, name, csv.reader(lines, strict=True))
    except csv.Error as error:
        table.fail(f"{quoted(name)} is not valid CSV: {quoted(error)[1:-1]}", "file")
    budget.take(found.shape, table.key)
    return found


def read_csv(table: TomlTable, name: str, lines: Any) -> Array:
    """The columns of an open CSV file."""
    header = [cell.strip() for cell in next(lines, [])]
    if not header:
        table.fail(f"{quoted(name)} is empty; its first line must name the columns", "file")
    if len(header) > COLUMNS:
        table.fail(f"{quoted(name)} has more than {COLUMNS:,} columns", "file")
    if all(is_number(cell) for cell in header):
        table.fail(f"{quoted(name)}: the first line must name the columns", "file")
    columns = wanted_columns(table, name, header)
    picks = [header.index(column) for column in columns]
    numbers = array("d")
    for row in lines:
        if not row:
            continue
        if len(row) != len(header):
            table.fail(
                f"{quoted(name)}: line {lines.line_num} has {counted(len(row), 'cell')}, "
                f"but the first line has {len(header)}",
                "file",
            )
        try:
            found = [float(row[at]) for at in picks]
        except ValueError:
            at = next(at for at in picks if not is_number(row[at]))
            fail_at(table, name, lines, header[at], f"{quoted(row[at], 30)} is not a number")
        if any(map(isinf, found)):
            for at in picks:
                if isinf(float(row[at])) and "inf" not in row[at].lower():
                    wrong = f"{quoted(row[at], 30)} is past float64's range; it may be inf"
                    fail_at(table, name, lines, header[at], wrong)
        numbers.extend(found)
    if not numbers:
        table.fail(f"{quoted(name)} has no line of data", "file")
    rows = np.array(numbers).reshape(-1, len(picks))
    return rows[:, 0] if "columns" in table and len(columns) == 1 else rows


def fail_at(table: TomlTable, name: str, lines: Any, column: str, problem: str) -> NoReturn:
    """Raise an error at the current line and a column of a CSV file."""
    where = f"line {lines.line_num}, column {quoted(column)}"
    table.fail(f"{quoted(name)}: {where}: {problem}", "file")


def wanted_columns(table: TomlTable, name: str, header: list[str]) -> list[str]:
    """The entry `columns`, every one of which must be in the file; all columns without it."""
    columns = table.get("columns", header)
    if not isinstance(columns, list) or not columns:
        table.fail('must be a list of column names, such as ["a", "b"]', "columns")
    count, seen = Counter(header), set()
    for column in columns:
        if not isinstance(column, str):
            table.fail("must be a list of column names in quotes", "columns")
        if column not in count:
            hint = did_you_mean(column, header) or f"; it has {listed(header)}"
            table.fail(f"{quoted(name)} has no column {quoted(column)}{hint}", "columns")
        if count[column] > 1:
            table.fail(f"{quoted(name)} has two columns named {quoted(column)}", "columns")
        if column in seen:
            table.fail(f"names the column {quoted(column)} twice", "columns")
        seen.add(column)
    return columns


def is_number(cell: str) -> bool:
    """True for what `float` takes."""
    try:
        float(cell)
    except ValueError:
        return False
    return True

"""Arrays from files beside a scenario: .csv with named columns, and numpy's .npz.

A scenario may come from a stranger, so nothing in an archive is unpickled. Where a scenario was
handed over as a text, its archives are in memory, and no disk is read.
"""

from __future__ import annotations

import csv
import zipfile
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from io import StringIO
from math import isinf
from pathlib import Path
from typing import IO, Any, NoReturn

import numpy as np

from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.expression import counted, quoted
from bpdebug.ops import Array
from bpdebug.reading import CSV, NPZ, MissingError, opened, text_of
from bpdebug.reading.npy import DamagedError, is_real, npy_data, npy_header
from bpdebug.scenario.context import Budget, LoadContext
from bpdebug.scenario.table import TomlTable

COLUMNS = 10_000
"""Columns of a .csv file, and arrays in an archive."""


def from_file(table: TomlTable, context: LoadContext) -> Array:
    """The array of `{ file = …, columns = … }` or `{ file = …, key = … }`."""
    name = table.text("file")
    if context.folder is None:
        return from_memory(table, name, context)
    suffix = Path(name).suffix.lower()
    if suffix not in (".csv", ".npz"):
        table.fail(f"{quoted(name)} is no data file; give a .csv or an .npz", "file")
    wrong = "key" if suffix == ".csv" else "columns"
    if wrong in table:
        right = "columns" if suffix == ".csv" else "key"
        table.fail(f"the key '{wrong}' does not fit a {suffix} file; use '{right}'", wrong)
    try:
        read = from_csv if suffix == ".csv" else from_npz
        return read(table, name, context.folder / name, context.budget)
    except MissingError:
        table.fail(
            f"there is no file {quoted(name)}; paths are relative to the scenario's folder", "file"
        )
    except BpdebugError as error:
        if error.key:
            raise
        table.fail(f"{quoted(name)}: {error.problem}", "file")


def from_memory(table: TomlTable, name: str, context: LoadContext) -> Array:
    """A copy of the array under `key` in an archive that was handed over with the scenario."""
    if name not in context.archives:
        has = listed(context.archives) or "none"
        table.fail(f"there is no archive {quoted(name)}; handed over with the text: {has}", "file")
    if "columns" in table:
        table.fail("the key 'columns' does not fit an archive; use 'key'", "columns")
    archive = context.archives[name]
    array = np.asarray(archive[wanted_key(table, name, archive)])
    check_real(table, name, array.dtype)
    context.budget.take(array.shape, table.key)
    return array.astype(np.float64)


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


def listed(names: Iterable[str]) -> str:
    """A few names for an error."""
    shown = [quoted(name) for name in names]
    return ", ".join(shown[:8]) + (", …" if len(shown) > 8 else "")


def from_npz(table: TomlTable, name: str, path: Path, budget: Budget) -> Array:
    """The array under `key`; the key may be left out when the archive has only one."""
    try:
        with opened(path, NPZ) as file, zipfile.ZipFile(file) as archive:
            if len(archive.namelist()) > COLUMNS:
                table.fail(f"{quoted(name)} holds more than {COLUMNS:,} arrays", "file")
            members = {entry.removesuffix(".npy"): entry for entry in archive.namelist()}
            with archive.open(members[wanted_key(table, name, members)]) as stream:
                return read_npy(table, name, stream, budget)
    except BpdebugError:
        raise
    except Exception as error:
        # A damaged or hostile archive can make the zip and the array readers raise anything.
        table.fail(f"{quoted(name)} is no valid .npz archive: {quoted(error, 120)[1:-1]}", "file")


def wanted_key(table: TomlTable, name: str, members: Mapping[str, object]) -> str:
    """The entry `key`, which must be in the archive."""
    if "key" not in table:
        if len(members) != 1:
            several = f"holds {listed(members)}; say which with 'key'"
            table.fail(f"{quoted(name)} {several if members else 'holds no array'}", "file")
        return next(iter(members))
    key = table.text("key")
    if key not in members:
        hint = did_you_mean(key, members) or f"; it holds {listed(members)}"
        table.fail(f"{quoted(name)} has no array {quoted(key)}{hint}", "key")
    return key


def read_npy(table: TomlTable, name: str, stream: IO[bytes], budget: Budget) -> Array:
    """One array of an archive, its type and size checked in its header before its data is read."""
    try:
        header = npy_header(stream)
        check_real(table, name, header.dtype)
        budget.take(header.shape, table.key)
        return npy_data(stream, header).astype(np.float64)
    except DamagedError as error:
        table.fail(f"{quoted(name)}{error.problem}", "file")


def check_real(table: TomlTable, name: str, dtype: np.dtype[Any]) -> None:
    """BpdebugError for an array of an archive that has no real numbers."""
    if not is_real(dtype):
        what = {"b": "true and false", "c": "complex numbers", "O": "Python objects"}
        table.fail(
            f"{quoted(name)} holds {what.get(dtype.kind, 'no numbers')} there; save "
            "real numbers, as a.astype(float) gives",
            "file",
        )

"""The array of an entry that names a file: which reader reads it, and which keys fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bpdebug.errors import BpdebugError
from bpdebug.expression import quoted
from bpdebug.ops import Array
from bpdebug.reading import MissingError
from bpdebug.reading.pickled import WEIGHTS, pickle_problem
from bpdebug.records import record
from bpdebug.scenario.context import Budget, LoadContext
from bpdebug.scenario.files.archives import from_memory, from_npy, from_npz, from_safetensors
from bpdebug.scenario.files.columns import from_csv
from bpdebug.scenario.table import TomlTable


@record
class Reader:
    """How files with a suffix are read, and the key that says what is taken from them."""

    read: Callable[[TomlTable, str, Path, Budget], Array]
    key: str = "key"
    """Empty where the whole file is taken."""


READERS = {
    ".csv": Reader(from_csv, "columns"),
    ".npz": Reader(from_npz),
    ".npy": Reader(from_npy, ""),
    ".safetensors": Reader(from_safetensors),
}
"""The readers, by suffix."""


def from_file(table: TomlTable, context: LoadContext) -> Array:
    """The array of `{ file = …, columns = … }`, `{ file = …, key = … }` or `{ file = … }`."""
    name = table.text("file")
    if context.folder is None:
        return from_memory(table, name, context.archives, context.budget)
    suffix = Path(name).suffix.lower()
    if suffix not in READERS:
        problem = pickle_problem(suffix, WEIGHTS, "record the model with bpdebug.record")
        *others, last = READERS
        known = f"give a {', '.join(others)} or {last} file"
        table.fail(problem or f"{quoted(name)} is no data file that is read; {known}", "file")
    reader = READERS[suffix]
    for wrong in ("key", "columns"):
        if wrong in table and wrong != reader.key:
            right = f"use '{reader.key}'" if reader.key else "it holds one array; leave it out"
            table.fail(f"the key '{wrong}' does not fit a {suffix} file; {right}", wrong)
    try:
        return reader.read(table, name, context.folder / name, context.budget)
    except MissingError:
        table.fail(
            f"there is no file {quoted(name)}; paths are relative to the scenario's folder", "file"
        )
    except BpdebugError as error:
        if error.key:
            raise
        table.fail(f"{quoted(name)}: {error.problem}", "file")

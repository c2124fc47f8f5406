"""Arrays of numpy's .npz and .npy, of .safetensors, and of archives in memory.

A scenario may come from a stranger, so nothing in a file is unpickled, and each array's type and
size are checked before its data is read.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.expression import quoted
from bpdebug.ops import Array
from bpdebug.printable import listed
from bpdebug.reading import NPY, NPZ, SAFETENSORS, FileKind, opened
from bpdebug.reading.limits import MOST_ARRAYS
from bpdebug.reading.npy import DamagedError, is_real, npy_data, npy_header
from bpdebug.reading.tensors import NUMBERS, tensors_in
from bpdebug.scenario.context import Archives, Budget
from bpdebug.scenario.table import TomlTable

NO_NUMBERS = {
    "b": "true and false",
    "c": "complex numbers",
    "O": "Python objects",
    "BOOL": "true and false",
    "C64": "complex numbers",
}
"""What an array holds that has no real numbers, by the kinds of numpy and of .safetensors."""


def from_memory(table: TomlTable, name: str, archives: Archives, budget: Budget) -> Array:
    """A copy of the array under `key` in an archive that was handed over with the scenario."""
    if name not in archives:
        has = listed(archives) or "none"
        table.fail(f"there is no archive {quoted(name)}; handed over with the text: {has}", "file")
    if "columns" in table:
        table.fail("the key 'columns' does not fit an archive; use 'key'", "columns")
    array = np.asarray(archives[name][wanted_key(table, name, archives[name])])
    check_real(table, name, array.dtype)
    budget.take(array.shape, table.key)
    return as_float64(array)


def from_npz(table: TomlTable, name: str, path: Path, budget: Budget) -> Array:
    """The array under `key`; the key may be left out when the archive has only one."""
    with reading(table, name, path, NPZ) as file, zipfile.ZipFile(file) as archive:
        check_count(table, name, archive.namelist())
        members = {entry.removesuffix(".npy"): entry for entry in archive.namelist()}
        with archive.open(members[wanted_key(table, name, members)]) as stream:
            return read_npy(table, name, stream, budget)


def from_npy(table: TomlTable, name: str, path: Path, budget: Budget) -> Array:
    """The array that the file is."""
    with reading(table, name, path, NPY) as file:
        return read_npy(table, name, file, budget)


def from_safetensors(table: TomlTable, name: str, path: Path, budget: Budget) -> Array:
    """The array under `key`; the key may be left out when the file has only one."""
    with reading(table, name, path, SAFETENSORS) as file:
        tensors = tensors_in(file)
        check_count(table, name, tensors.stored)
        tensor = tensors.stored[wanted_key(table, name, tensors.stored)]
        if not tensor.real:
            stored = NO_NUMBERS.get(tensor.dtype, f"numbers of the kind {quoted(tensor.dtype)}")
            table.fail(
                f"{quoted(name)} holds {stored} there, which are not read; save it as float32, or "
                f"as one of {', '.join(NUMBERS)}",
                "file",
            )
        budget.take(tensor.shape, table.key)
        return as_float64(tensors.read(file, tensor))


@contextmanager
def reading(table: TomlTable, name: str, path: Path, kind: FileKind) -> Iterator[IO[bytes]]:
    """Open a file of arrays; a BpdebugError at the table for whatever its readers raise."""
    try:
        with opened(path, kind) as file:
            yield file
    except DamagedError as error:
        table.fail(f"{quoted(name)}{error.problem}", "file")
    except (BpdebugError, MemoryError):
        raise
    except Exception as error:
        # A damaged or hostile file can make the zip and the array readers raise anything.
        table.fail(f"{quoted(name)} is no valid {kind.name}: {quoted(error, 120)[1:-1]}", "file")


def check_count(table: TomlTable, name: str, names: Collection[str]) -> None:
    """BpdebugError for a file with too many arrays."""
    if len(names) > MOST_ARRAYS:
        table.fail(f"{quoted(name)} holds more than {MOST_ARRAYS:,} arrays", "file")


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
    """One array as numpy saves it, its type and size checked before its data is read."""
    header = npy_header(stream)
    check_real(table, name, header.dtype)
    budget.take(header.shape, table.key)
    return as_float64(npy_data(stream, header))


def check_real(table: TomlTable, name: str, dtype: np.dtype[Any]) -> None:
    """BpdebugError for an array that has no real numbers."""
    if not is_real(dtype):
        table.fail(
            f"{quoted(name)} holds {NO_NUMBERS.get(dtype.kind, 'no numbers')} there; save "
            "real numbers, as a.astype(float) gives",
            "file",
        )


def as_float64(array: Array) -> Array:
    """A copy in float64; infinite where a wider number is past its range."""
    with np.errstate(over="ignore"):
        return array.astype(np.float64)

"""Numbers in a file: `.json`, `.toml` and `.npz`, read within the limits of all files.

A file may come from a stranger: nothing in it is run, and nothing in an archive is unpickled.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.expression import quoted, visible
from bpdebug.mistakes.handed import Precision, Precisions, precisions_of, written
from bpdebug.ops import Array
from bpdebug.reading import JSON, NPZ, SCENARIO, json_in, opened, text_of, toml_in
from bpdebug.reading.npy import DamagedError, npy_data, npy_header
from bpdebug.scenario.context import Budget

MOST_ARRAYS = 10_000
NOT_FINITE = ("nan", "inf", "infinity")
"""Texts that stand for what JSON has no numbers for."""


class Printed(float):
    """A number with the text that it was written as."""

    text: str

    def __new__(cls, text: str) -> Printed:
        """A number from its text; infinite where float64 cannot hold it."""
        made = float.__new__(cls, text)
        made.text = text
        return made


def read(path: Path) -> tuple[dict[str, Array], Precisions]:
    """The arrays of a file by name, and how precisely they are given.

    BpdebugError, with the file and the key, for all that cannot be read.
    """
    try:
        if path.suffix.lower() == ".npz":
            return from_npz(path)
        if path.suffix.lower() == ".json":
            return from_tables(json_in(text_of(path, JSON), Printed))
        if path.suffix.lower() == ".toml":
            return from_tables(toml_in(text_of(path, SCENARIO), Printed))
        raise BpdebugError(
            "numbers to compare come as .json, .toml or .npz; save them as one of these"
        )
    except BpdebugError as error:
        raise error.at(file=visible(str(path))) from None
    except MemoryError:
        raise BpdebugError(
            "there is not enough memory for these numbers", file=visible(str(path))
        ) from None


def from_tables(tables: Any) -> tuple[dict[str, Array], Precisions]:
    """Arrays from a JSON object or a TOML table."""
    if not isinstance(tables, dict):
        raise BpdebugError('must be an object with arrays by name, such as {"grad(W1)": [[…]]}')
    texts: dict[str, list[str]] = {name: [] for name in tables}
    found = {name: to_array(name, value, texts[name]) for name, value in tables.items()}
    return found, precisions_of(texts)


def to_array(name: str, value: Any, texts: list[str]) -> Array:
    """A nested list of numbers as an array; the texts of its numbers are added to `texts`."""
    flat: list[float] = []
    shape = shape_of(name, value)
    waiting = [(value, shape)]
    while waiting:
        one, rest = waiting.pop()
        length = len(one) if isinstance(one, list) else None
        if length != (rest[0] if rest else None):
            raise BpdebugError("its rows have different lengths; give a full array", key=name[:80])
        if isinstance(one, list):
            waiting.extend((part, rest[1:]) for part in reversed(one))
            continue
        if isinstance(one, str) and one.strip().lstrip("+-").lower() in NOT_FINITE:
            one = Printed(one.strip())
        if isinstance(one, bool) or not isinstance(one, int | float):
            raise BpdebugError(f"{what(one)} is no number; give numbers alone", key=name[:80])
        if isinstance(one, Printed):
            texts.append(one.text)
        elif isinstance(one, int):
            texts.append(str(one))
        flat.append(as_float(name, one))
    return np.array(flat, dtype=np.float64).reshape(shape)


def as_float(name: str, value: int | float) -> float:
    """A number as float64; BpdebugError past its range."""
    try:
        found = float(value)
    except OverflowError:
        found = float("inf")
    text = getattr(value, "text", str(value)).lower()
    if np.isinf(found) and "inf" not in text:
        raise BpdebugError(f"{quoted(text, 30)} is past float64's range", key=name[:80])
    return found


def shape_of(name: str, value: Any) -> tuple[int, ...]:
    """The shape of a nested list, by its first rows."""
    shape: list[int] = []
    while isinstance(value, list):
        shape.append(len(value))
        if not value:
            raise BpdebugError("it is empty; give its numbers, or leave it out", key=name[:80])
        value = value[0]
    if len(shape) > 8:
        raise BpdebugError("it has more than 8 axes", key=name[:80])
    return tuple(shape)


def what(value: Any) -> str:
    """What stands there instead of a number."""
    if isinstance(value, str):
        return f"the text {quoted(value, 30)}"
    if isinstance(value, Mapping):
        return "a table"
    return {True: "true", False: "false", None: "null"}.get(value, "that")


def from_npz(path: Path) -> tuple[dict[str, Array], Precisions]:
    """Arrays from numpy's archive, without unpickling anything."""
    raw: dict[str, Array] = {}
    budget = Budget()
    try:
        with opened(path, NPZ) as file, zipfile.ZipFile(file) as archive:
            if len(archive.namelist()) > MOST_ARRAYS:
                raise BpdebugError(f"it holds more than {MOST_ARRAYS:,} arrays")
            for member in archive.namelist():
                name = member.removesuffix(".npy")
                with archive.open(member) as stream:
                    raw[name] = numbers(name, stream, budget)
    except DamagedError as error:
        raise BpdebugError(f"it is no valid .npz archive: it{error.problem}") from None
    except BpdebugError:
        raise
    except Exception as error:
        # A damaged or hostile archive can make the zip and the array readers raise anything.
        raise BpdebugError(f"it is no valid .npz archive: {quoted(error, 120)[1:-1]}") from None
    return from_arrays(raw)


def from_arrays(raw: Mapping[str, Array]) -> tuple[dict[str, Array], Precisions]:
    """Arrays of real numbers in float64, and how precisely each is given.

    Arrays in float16 and float32 have the precision of these, and so have float64 arrays that were
    computed in float32; arrays of short numbers count as rounded to so many digits.
    """
    precisions = precisions_of({name: written(array) for name, array in raw.items()})
    half = Precision(significant=4, decimals=8, unit=2.0**-11)
    coarse = {name: half for name, array in raw.items() if array.dtype == np.float16}
    return {name: array.astype(np.float64) for name, array in raw.items()}, {**precisions, **coarse}


def numbers(name: str, stream: IO[bytes], budget: Budget) -> Array:
    """An array of an archive; BpdebugError where it has no real numbers, or too many."""
    header = npy_header(stream)
    if header.dtype.hasobject:
        raise BpdebugError(
            "it holds Python objects, which are never loaded; save arrays of numbers"
        )
    if not header.real:
        raise BpdebugError(
            "it holds no real numbers; save real numbers, as a.astype(float) gives", key=name[:80]
        )
    if 0 in header.shape:
        raise BpdebugError("it is empty; leave it out", key=name[:80])
    budget.take(header.shape, name[:80])
    return npy_data(stream, header)

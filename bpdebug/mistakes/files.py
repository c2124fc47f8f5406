"""Numbers in a file: `.json`, `.toml`, `.npz` and `.safetensors`, within the limits of all files.

A file may come from a stranger: nothing in it is run, and nothing in an archive is unpickled.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.expression import quoted, visible
from bpdebug.mistakes.archives import from_npz, from_safetensors
from bpdebug.mistakes.handed import Precisions, precisions_of
from bpdebug.ops import Array
from bpdebug.reading import JSON, SCENARIO, json_in, text_of, toml_in
from bpdebug.reading.pickled import GRADIENTS, pickle_problem

NOT_FINITE = ("nan", "inf", "infinity")
"""Texts that stand for what JSON has no numbers for."""

WITHOUT_NAMES = (
    'an .npy file holds one array without its name; save it as np.savez("mine.npz", W1=dW1)'
)


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
    suffix = path.suffix.lower()
    try:
        if suffix == ".npz":
            return from_npz(path)
        if suffix == ".safetensors":
            return from_safetensors(path)
        if suffix == ".json":
            return from_tables(json_in(text_of(path, JSON), Printed))
        if suffix == ".toml":
            return from_tables(toml_in(text_of(path, SCENARIO), Printed))
        raise BpdebugError(
            pickle_problem(suffix, GRADIENTS, "compare the model itself, with bpdebug.record")
            or WITHOUT_NAMES * (suffix == ".npy")
            or "numbers to compare come as .json, .toml, .npz or .safetensors; save them as one of "
            "these"
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

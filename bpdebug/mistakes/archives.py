"""Arrays by name in `.npz` and `.safetensors`, and how precisely they are given.

Each array is measured before its data is read, and nothing is unpickled.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.expression import quoted
from bpdebug.mistakes.handed import (
    BRAIN,
    HALF,
    Precision,
    Precisions,
    precisions_of,
    written,
)
from bpdebug.ops import Array, Shape
from bpdebug.reading import NPZ, SAFETENSORS, FileKind, opened
from bpdebug.reading.limits import MOST_ARRAYS
from bpdebug.reading.npy import DamagedError, npy_data, npy_header
from bpdebug.reading.tensors import BFLOAT16, NUMBERS, tensors_in
from bpdebug.scenario.context import Budget


def from_npz(path: Path) -> tuple[dict[str, Array], Precisions]:
    """The arrays of numpy's archive, and their precision."""
    raw: dict[str, Array] = {}
    budget = Budget()
    with reading(path, NPZ) as file, zipfile.ZipFile(file) as archive:
        check_count(archive.namelist())
        for member in archive.namelist():
            name = member.removesuffix(".npy")
            with archive.open(member) as stream:
                raw[name] = numbers(name, stream, budget)
    return from_arrays(raw)


def from_safetensors(path: Path) -> tuple[dict[str, Array], Precisions]:
    """The arrays of a .safetensors file, and their precision."""
    raw: dict[str, Array] = {}
    coarse: dict[str, Precision] = {}
    budget = Budget()
    with reading(path, SAFETENSORS) as file:
        tensors = tensors_in(file)
        check_count(tensors.stored)
        for name, tensor in tensors.stored.items():
            if not tensor.real:
                raise BpdebugError(
                    f"its kind of numbers, {quoted(tensor.dtype)}, is not read; save it as "
                    f"float32, or as one of {', '.join(NUMBERS)}",
                    key=name[:80],
                )
            take(budget, tensor.shape, name)
            raw[name] = tensors.read(file, tensor)
            if tensor.dtype == BFLOAT16:
                coarse[name] = BRAIN
    return from_arrays(raw, coarse)


def from_arrays(
    raw: Mapping[str, Array], coarse: Mapping[str, Precision] | None = None
) -> tuple[dict[str, Array], Precisions]:
    """Arrays of real numbers in float64, and how precisely each is given.

    `coarse` has the precision of arrays that were stored in fewer bits than they have now. Arrays
    in float16 and float32 have the precision of these, and so have float64 arrays that were
    computed in float32; arrays of short numbers count as rounded to so many digits.
    """
    half = {name: HALF for name, one in raw.items() if one.dtype == np.float16}
    # Whole numbers are no rounded ones: a buffer of integers has cut them.
    half |= {name: Precision() for name, one in raw.items() if one.dtype.kind in "iu"}
    precisions = precisions_of({name: written(array) for name, array in raw.items()})
    with np.errstate(over="ignore"):
        arrays = {name: one.astype(np.float64) for name, one in raw.items()}
    return arrays, {**precisions, **half, **(coarse or {})}


@contextmanager
def reading(path: Path, kind: FileKind) -> Iterator[IO[bytes]]:
    """Open a file of arrays; a BpdebugError for whatever its readers raise."""
    try:
        with opened(path, kind) as file:
            yield file
    except DamagedError as error:
        raise BpdebugError(f"it is no valid {kind.name}: it{error.problem}") from None
    except (BpdebugError, MemoryError):
        raise
    except Exception as error:
        # A damaged or hostile file can make the zip and the array readers raise anything.
        raise BpdebugError(f"it is no valid {kind.name}: {quoted(error, 120)[1:-1]}") from None


def check_count(names: Collection[str]) -> None:
    """BpdebugError for a file with too many arrays."""
    if len(names) > MOST_ARRAYS:
        raise BpdebugError(f"it holds more than {MOST_ARRAYS:,} arrays")


def numbers(name: str, stream: IO[bytes], budget: Budget) -> Array:
    """An array as numpy saves it; BpdebugError where it has no real numbers, or too many."""
    header = npy_header(stream)
    if header.dtype.hasobject:
        raise BpdebugError(
            "it holds Python objects, which are never loaded; save arrays of numbers"
        )
    if not header.real:
        raise BpdebugError(
            "it holds no real numbers; save real numbers, as a.astype(float) gives", key=name[:80]
        )
    take(budget, header.shape, name)
    return npy_data(stream, header)


def take(budget: Budget, shape: Shape, name: str) -> None:
    """Claim an array before it is made; BpdebugError when it is empty, or too large."""
    if 0 in shape:
        raise BpdebugError("it is empty; leave it out", key=name[:80])
    budget.take(shape, name[:80])

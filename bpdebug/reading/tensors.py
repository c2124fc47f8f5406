"""Arrays of a .safetensors file, the whole header checked before any of their data is read.

The file is eight bytes with the header's length, the header as JSON, and the arrays' bytes one
after the other. The library of that name can hand no bfloat16 to numpy, which has none; most
published weights are stored so. Here they become float32, to the last bit.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from math import prod
from types import MappingProxyType
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from bpdebug.errors import BpdebugError
from bpdebug.printable import quoted
from bpdebug.reading.forms import json_in
from bpdebug.reading.npy import DamagedError
from bpdebug.records import record

HEADER_BYTES = 4 * 2**20
"""Longest header: enough for the names and shapes of 20,000 arrays."""
BFLOAT16 = "BF16"
NUMBERS: Mapping[str, str] = MappingProxyType(
    {
        "F64": "<f8",
        "F32": "<f4",
        "F16": "<f2",
        BFLOAT16: "<u2",
        **{f"I{8 * size}": f"<i{size}" for size in (1, 2, 4, 8)},
        **{f"U{8 * size}": f"<u{size}" for size in (1, 2, 4, 8)},
    }
)
"""The kinds of real numbers that are read, by their names in the format, and how they are stored:
the upper half of a float32 for bfloat16."""


@record
class StoredTensor:
    """What the header says of an array."""

    dtype: str
    """Its kind of numbers as the format names it: `F32`, `BF16`."""
    shape: tuple[int, ...]
    start: int
    """Where its bytes begin, from those of the first array on."""
    end: int

    @property
    def real(self) -> bool:
        """True for real numbers of a kind that is read."""
        return self.dtype in NUMBERS


@record
class Tensors:
    """The arrays of a file by name, and where their bytes begin in it."""

    stored: Mapping[str, StoredTensor]
    begin: int

    def read(self, stream: IO[bytes], tensor: StoredTensor) -> NDArray[Any]:
        """Read an array's real numbers as they are stored, bfloat16 as float32."""
        stream.seek(self.begin + tensor.start)
        data = stream.read(tensor.end - tensor.start)
        if len(data) != tensor.end - tensor.start:
            raise DamagedError(" is cut short")
        flat = np.frombuffer(data, dtype=NUMBERS[tensor.dtype])
        if tensor.dtype == BFLOAT16:
            flat = (flat.astype("<u4") << 16).view("<f4")
        return flat.reshape(tensor.shape)


def tensors_in(stream: IO[bytes]) -> Tensors:
    """The arrays of a file that is open for reading; DamagedError where its header is none."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    length = int.from_bytes(stream.read(8), "little")
    if size < 8 or length > size - 8:
        raise DamagedError(" is cut short, or does not begin with the length of its header")
    if length > HEADER_BYTES:
        raise DamagedError(f" has a header of {length:,} bytes, more than {HEADER_BYTES:,}")
    try:
        header = json_in(stream.read(length).decode("utf-8"))
    except UnicodeDecodeError:
        raise DamagedError(" has a header that is not UTF-8 text") from None
    except BpdebugError as error:
        raise DamagedError(f" has a damaged header: {error.problem}") from None
    if not isinstance(header, dict):
        raise DamagedError(" has a header without names")
    stored = {
        name: stored_tensor(name, entry) for name, entry in header.items() if name != "__metadata__"
    }
    check_places(stored, size - 8 - length)
    return Tensors(stored, 8 + length)


def stored_tensor(name: str, entry: Any) -> StoredTensor:
    """An entry of the header; DamagedError where it does not say what it must."""
    try:
        dtype, shape, (start, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
        right = isinstance(dtype, str) and isinstance(shape, list)
        right = right and all(type(one) is int and one >= 0 for one in (*shape, start, end))
    except (TypeError, KeyError, ValueError):
        right = False
    if not right:
        raise DamagedError(f" says nothing useful of {quoted(name)}: its header is damaged")
    made = StoredTensor(dtype, tuple(shape), start, end)
    if made.real and prod(shape) * np.dtype(NUMBERS[dtype]).itemsize != end - start:
        raise DamagedError(f" has another number of bytes for {quoted(name)} than its shape needs")
    return made


def check_places(stored: Mapping[str, StoredTensor], size: int) -> None:
    """DamagedError where the arrays do not fill their part of the file, one after the other."""
    at = 0
    for start, end, name in sorted((one.start, one.end, name) for name, one in stored.items()):
        if start != at or end < start:
            raise DamagedError(
                f" has {quoted(name)} where another array is, or a gap: its header is damaged"
            )
        at = end
    if at != size:
        raise DamagedError(" is cut short, or longer than its header says")

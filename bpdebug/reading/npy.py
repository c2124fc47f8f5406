"""An array as numpy saves it, its header checked before its data is read; nothing is unpickled.

A small compressed archive can promise an array of any size, so the caller says yes to the shape
and the type before memory is taken for them.
"""

from __future__ import annotations

from io import BytesIO
from math import prod
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from bpdebug.errors import BpdebugError
from bpdebug.records import record

HEADER_BYTES = 10_000
"""Longest header of an array in an archive, as numpy itself allows by default."""


@record
class NpyHeader:
    """What the header of an array says."""

    shape: tuple[int, ...]
    fortran: bool
    """True where the first axis varies fastest."""
    dtype: np.dtype[Any]

    @property
    def real(self) -> bool:
        """True for real numbers, which alone are read."""
        return is_real(self.dtype)


def is_real(dtype: np.dtype[Any]) -> bool:
    """True for floats and integers, of any size."""
    return dtype.kind in "fiu"


class DamagedError(BpdebugError):
    """An array that cannot be read; its problem reads on from the file's name."""


def npy_header(stream: IO[bytes]) -> NpyHeader:
    """Read an array's header. DamagedError, or whatever numpy raises, where it is none."""
    form = np.lib.format
    version = form.read_magic(stream)
    if version not in ((1, 0), (2, 0)):
        raise DamagedError(f" has array format {version}, which is not supported")
    read = form.read_array_header_1_0 if version == (1, 0) else form.read_array_header_2_0
    # Measured here: numpy would read as much as the length says, and measure it then.
    size = stream.read(2 if version == (1, 0) else 4)
    if int.from_bytes(size, "little") > HEADER_BYTES:
        raise DamagedError(f" has an array whose header is longer than {HEADER_BYTES:,} bytes")
    text = BytesIO(size + stream.read(int.from_bytes(size, "little")))
    header = NpyHeader(*read(text, max_header_size=HEADER_BYTES))
    if any(size < 0 for size in header.shape):
        raise DamagedError(" holds an array of impossible shape")
    return header


def npy_data(stream: IO[bytes], header: NpyHeader) -> NDArray[Any]:
    """Read an array's real numbers, in the type that they are stored in."""
    count = prod(header.shape)
    data = stream.read(count * header.dtype.itemsize)
    if len(data) != count * header.dtype.itemsize:
        raise DamagedError(" is cut short")
    order = "F" if header.fortran else "C"
    return np.frombuffer(data, dtype=header.dtype).reshape(header.shape, order=order)  # type: ignore[call-overload,no-any-return]

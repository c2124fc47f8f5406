"""An array of numpy's archive, its header checked before its data is read; nothing is unpickled.

A small compressed archive can promise an array of any size, so the caller says yes to the shape
and the type before memory is taken for them.
"""

from __future__ import annotations

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
    read = form.read_array_header_1_0 if version == (1, 0) else form.read_array_header_2_0
    if version not in ((1, 0), (2, 0)):
        raise DamagedError(f": array format {version} is not supported")
    header = NpyHeader(*read(stream, max_header_size=HEADER_BYTES))
    if any(size < 0 for size in header.shape):
        raise DamagedError(" holds an array of impossible shape")
    return header


def npy_data(stream: IO[bytes], header: NpyHeader) -> NDArray[Any]:
    """Read an array's real numbers, in the type that they are stored in."""
    count = int(np.prod(header.shape, dtype=np.int64))
    data = stream.read(count * header.dtype.itemsize)
    if len(data) != count * header.dtype.itemsize:
        raise DamagedError(" is cut short")
    order = "F" if header.fortran else "C"
    return np.frombuffer(data, dtype=header.dtype).reshape(header.shape, order=order)  # type: ignore[call-overload,no-any-return]

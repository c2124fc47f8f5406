"""The target of an export: a regular file, replaced by rename; or anything else, written in place.

A failure leaves an old file whole. A symbolic link is followed. A pipe, a device and standard
output are written as they are and never replaced. A stream that the caller has opened is written to
and stays open.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, Protocol, cast

from bpdebug.errors import BpdebugError

STANDARD_OUTPUT = "-"
STREAM = "the stream"
"""What a stream is called in an error."""
BUFFER = 1 << 18
SEPARATORS = tuple(filter(None, (os.sep, os.altsep)))
"""A name that ends with any of these is a folder's."""
SIGNS = "∂δ₂ᵀ′σΣₙ⊙·−²ŷ←…"
"""An encoding that has these can show formulas."""

REMEDIES = {
    errno.ENOSPC: "free some space or choose another place",
    errno.EDQUOT: "free some space or choose another place",
    errno.EFBIG: "choose a coarser --detail or another place",
    errno.ELOOP: "a symbolic link leads back to itself; remove it or choose another name",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ENOTDIR: "part of the path is a file; choose another",
    errno.EBADF: "name a file instead",
}


class ReaderGoneError(Exception):
    """The reader of a pipe has closed it: the rest is not written, which is no mistake."""


class Sink(Protocol):
    """Takes the text of an export."""

    unicode: bool
    """False where formulas must be written in ASCII."""

    def write(self, text: str) -> object:
        """Write text; a character that the target cannot hold is written as an escape."""


class BytesSink:
    """Takes text and writes bytes, in an encoding that can always be written."""

    def __init__(self, stream: BinaryIO, encoding: str = "utf-8") -> None:
        self._stream = stream
        # Incremental, so that an encoding with a byte order mark writes it once.
        self._encoder = codecs.getincrementalencoder(encoding)("backslashreplace")
        self.unicode = can_encode(SIGNS, encoding)

    def write(self, text: str) -> object:
        """Write text; a character that the encoding lacks is written as an escape."""
        return self._stream.write(self._encoder.encode(text))


class TextSink:
    """Hands text to a stream of text, which encodes it, or holds it as it is."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._encoding = getattr(stream, "encoding", None) or "utf-8"
        self.unicode = can_encode(SIGNS, self._encoding)

    def write(self, text: str) -> object:
        """Write text; a character that the stream's encoding lacks is written as an escape."""
        if not self.unicode:
            text = text.encode(self._encoding, "backslashreplace").decode(self._encoding)
        return self._stream.write(text)


def can_encode(text: str, encoding: str) -> bool:
    """True when an encoding has all of these characters."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@contextmanager
def open_sink(target: str | Path | IO[Any]) -> Iterator[Sink]:
    """The sink for a file, or for a stream of text or bytes; `-` is standard output.

    Raises BpdebugError where it cannot be written, ReaderGoneError where a pipe was closed.
    """
    name = str(target) if isinstance(target, (str, os.PathLike)) else STREAM
    try:
        if not isinstance(target, (str, os.PathLike)):
            yield stream_sink(target)
        elif name == STANDARD_OUTPUT:
            with standard_output() as sink:
                yield sink
        elif is_written_in_place(name):
            with open(name, "wb", buffering=BUFFER) as stream:
                yield BytesSink(stream)
        else:
            with replacement(name) as stream:
                yield BytesSink(stream)
    except BrokenPipeError:
        raise ReaderGoneError from None
    except OSError as error:
        shown = "standard output" if name == STANDARD_OUTPUT else name
        reason = error.strerror or str(error)
        raise BpdebugError(f"cannot write the export: {reason}; {remedy(error)}", file=shown) from (
            None
        )
    except ValueError as error:  # a null character in the name
        raise BpdebugError(f"cannot write the export: {error}; choose another name") from None


def stream_sink(stream: IO[Any]) -> Sink:
    """The sink for an open stream: of bytes, which are UTF-8, or of text."""
    if isinstance(stream, (io.RawIOBase, io.BufferedIOBase)):
        return BytesSink(cast(BinaryIO, stream))
    return TextSink(stream)


def remedy(error: OSError) -> str:
    """What to do about a failure to write."""
    if isinstance(error, FileNotFoundError):
        return "make the folder first, or choose another"
    if isinstance(error, IsADirectoryError):
        return "name a file in it"
    if isinstance(error, PermissionError):
        return "choose a place that you may write to"
    return REMEDIES.get(error.errno or 0, "choose another place")


def is_written_in_place(name: str) -> bool:
    """True for a target that exists and is no regular file: a device, a pipe, a stream's name."""
    try:
        mode = os.stat(name).st_mode
    except FileNotFoundError:
        if name.endswith(SEPARATORS):
            raise FileNotFoundError(errno.ENOENT, "there is no such folder") from None
        return False
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(21, "it is a folder")
    return not stat.S_ISREG(mode) or os.path.abspath(name).startswith(("/dev/", "/proc/"))


@contextmanager
def replacement(name: str) -> Iterator[BinaryIO]:
    """A new file beside the old file, which it replaces when all is written."""
    real = os.path.realpath(name)
    folder = os.path.dirname(real)
    old = os.stat(real).st_mode if os.path.exists(real) else None
    if old is not None and not os.access(real, os.W_OK):
        raise PermissionError(13, "the file is read-only")
    beside = os.path.join(folder, f".bpdebug-{secrets.token_hex(8)}.part")
    try:  # from the very first: an interrupt may come at any moment
        # Opened by hand, so that the process' file mode mask decides on a new file's mode.
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        with open(handle, "wb", buffering=BUFFER) as stream:
            yield stream
            stream.flush()
            os.fsync(handle)
        if old is not None:
            os.chmod(beside, stat.S_IMODE(old))
        os.replace(beside, real)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise


@contextmanager
def standard_output() -> Iterator[Sink]:
    """Standard output as bytes; after a failure the rest of the output is dropped."""
    if sys.stdout is None:  # the caller of the program closed it
        raise OSError(errno.EBADF, "it is closed")
    try:
        sys.stdout.flush()
        if not hasattr(sys.stdout, "buffer"):  # a notebook's, which takes text alone
            yield TextSink(sys.stdout)
            return
        yield BytesSink(sys.stdout.buffer, sys.stdout.encoding or "utf-8")
        sys.stdout.buffer.flush()
    except OSError:
        drop_output()
        raise


def drop_output() -> None:
    """Point standard output at nothing.

    Else the interpreter would try to write the rest once more when it ends, and complain.
    """
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)

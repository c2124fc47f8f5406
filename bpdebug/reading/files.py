"""Files as they are opened: regular ones of a reasonable size, and text in UTF-8."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bpdebug.errors import BpdebugError
from bpdebug.printable import visible
from bpdebug.reading.limits import FileKind


class UnreadableError(BpdebugError):
    """The system refuses to open or to read a file."""


class MissingError(UnreadableError):
    """There is no such file."""


@contextmanager
def opened(path: Path, kind: FileKind) -> Iterator[IO[bytes]]:
    """A regular file of a size that may be read, open for reading.

    Raises MissingError, UnreadableError, or BpdebugError for a folder, a device, a pipe, or a file
    that is too large. A failure to read inside the `with` is an UnreadableError too.
    """
    try:
        # Looked at before it is opened, since opening a device may do something.
        check(path.stat(), kind)
        # Without waiting: by now a pipe may stand there, and nothing ever come out of it.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        number = os.open(path, flags)
    except FileNotFoundError:
        raise MissingError("there is no such file; check its name and folder") from None
    except ValueError:
        raise UnreadableError("a file's name cannot have a NUL character; check it") from None
    except OSError as error:
        raise unreadable(error) from None
    with open(number, "rb") as stream:
        try:
            check(os.fstat(number), kind)
            yield stream
        except OSError as error:
            raise unreadable(error) from None


def unreadable(error: OSError) -> UnreadableError:
    """The error for what the system refuses."""
    why = visible(error.strerror or str(error))
    return UnreadableError(f"cannot read the file: {why}; check its name and its permissions")


def check(found: os.stat_result, kind: FileKind) -> None:
    """BpdebugError for what is no regular file, or too large a one."""
    if stat.S_ISDIR(found.st_mode):
        raise BpdebugError(f"this is a folder; give a {kind.name} in it")
    if not stat.S_ISREG(found.st_mode):
        raise BpdebugError(f"this is not a regular file; give a {kind.name}")
    if found.st_size > kind.most:
        raise too_large(found.st_size, kind)


def too_large(size: int, kind: FileKind) -> BpdebugError:
    """The error about a file with too many bytes."""
    return BpdebugError(f"the file has {size:,} bytes, more than {kind.most:,}; {kind.remedy}")


def text_of(path: Path, kind: FileKind) -> str:
    """The text of a file, without a byte order mark; BpdebugError for every failure."""
    with opened(path, kind) as stream:
        data = stream.read(kind.most + 1)
    if len(data) > kind.most:
        raise too_large(len(data), kind)  # some files, as those of /proc, have no size
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BpdebugError(f"the file is not UTF-8 text (line {line}); save it as UTF-8") from None

"""An export as a stream of bytes without a file, for a browser to download."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from bpdebug.debugger.comparison import Comparison
from bpdebug.debugger.second_run import SecondRun
from bpdebug.export.export import checked_choice, format_of
from bpdebug.export.options import ExportOptions
from bpdebug.formats import DETAILS, FORMATS
from bpdebug.run import Run, Selection
from bpdebug.wording import DIGITS, Script


class ExportStream(io.RawIOBase):
    """The bytes of an export, in UTF-8, computed as they are read."""

    def __init__(self, pieces: Iterator[str]) -> None:
        super().__init__()
        self._pieces = pieces
        self._left = b""

    def readable(self) -> bool:
        """True: the stream can be read."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Stay at the start, the only position to seek to; Textual asks for it before it reads."""
        if offset or whence:
            raise io.UnsupportedOperation("an export is read once, from its start")
        return 0

    def read(self, size: int = -1) -> bytes:
        """At least one byte until the end, and no more than `size`."""
        pieces = [self._left]
        length = len(self._left)
        while size < 0 or length < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            pieces.append(piece.encode("utf-8", "backslashreplace"))
            length += len(pieces[-1])
        whole = b"".join(pieces)
        end = len(whole) if size < 0 else size
        self._left = whole[end:]
        return whole[:end]


def stream(
    run: Run,
    target: str,
    *,
    format: str | None = None,
    detail: str = "edge",
    digits: int = DIGITS,
    iterations: Selection | None = None,
    watches: Sequence[str] = (),
    comparison: Comparison | None = None,
    second: SecondRun | None = None,
) -> ExportStream:
    """The bytes that `export` would write to a file of this name.

    They come from runs of their own, since another thread may read them.
    """
    own = Run(run.problem, run.iterations)
    beside = None
    if second is not None:
        beside = SecondRun(own, Run(second.run.problem, second.run.iterations), second.label)
    options = ExportOptions(
        checked_choice("detail", detail, DETAILS), Script(digits), watches, comparison, beside
    )
    made = FORMATS[format_of(target, format)].make(options)
    selection = iterations or Selection.up_to(run.iterations)
    return ExportStream(iter(made.chunks(own, selection)))

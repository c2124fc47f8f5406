"""Where in the user's code something was computed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from bpdebug.errors import BpdebugError
from bpdebug.printable import visible
from bpdebug.records import record

OWN = str(Path(__file__).resolve().parents[1]) + os.sep
"""The folder of bpdebug's code."""


@record
class Line:
    """A line of the user's code."""

    file: str = ""
    number: int = 0
    function: str = ""

    @property
    def short(self) -> str:
        """The file's name and the line: `model.py:12`; empty where the line is not known."""
        return f"{visible(Path(self.file).name)}:{self.number}" if self.file else ""

    @property
    def where(self) -> str:
        """The whole path and the line, as an error names it."""
        return f"{visible(self.file)}:{self.number}" if self.file else ""

    def error(self, problem: str) -> BpdebugError:
        """The error about what stands in this line."""
        return BpdebugError(problem, file=self.where)


NOWHERE = Line()


def user_frames(skipped: tuple[str, ...], depth: int = 1) -> Iterator[FrameType]:
    """The frames of the user's code, the innermost first.

    Frames of bpdebug and of files in the folders `skipped` are left out.
    """
    frame: FrameType | None = sys._getframe(depth)
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith((OWN, *skipped)) and not file.startswith("<frozen"):
            yield frame
        frame = frame.f_back


def line_of(frame: FrameType | None) -> Line:
    """The line that a frame executes."""
    if frame is None:
        return NOWHERE
    return Line(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)

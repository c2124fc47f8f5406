"""The frames of the user's code: the line that runs, and the local variables in them."""

from __future__ import annotations

import sys
from types import CodeType, FrameType

import numpy as np
import torch

from bpdebug.recording.lines import NOWHERE, OWN, Line, line_of
from bpdebug.recording.names import Find, LocalNames

SKIPPED = (str(torch.__path__[0]), str(np.__path__[0]), OWN, "<frozen", "<__array_function__")
"""Where the code stands that is not the user's."""
MAIN = "forward"
"""The name of a module's function, whose variables are what the user calls the values."""


class Frames:
    """The user's frames inside the block, as they were when they were last looked at."""

    def __init__(self, block: FrameType, names: LocalNames, find: Find) -> None:
        self.block = block
        """The frame of the block: those around it are not looked at."""
        self._names, self._find = names, find
        self._theirs: dict[CodeType, bool] = {}
        self._last: list[tuple[FrameType, int]] = []

    def line(self) -> Line:
        """The line of the user's code that runs. Local variables that may be new are noted."""
        chain = self._chain()
        last = self._last
        for at, (frame, instruction) in enumerate(chain):
            # A frame that waits in the same call of the same function has executed nothing.
            waits = (
                at + 1 < len(chain)
                and at + 1 < len(last)
                and last[at][0] is frame
                and last[at][1] == instruction
                and last[at + 1][0] is chain[at + 1][0]
            )
            if not waits:
                self.look(frame)
        self._last = chain
        return line_of(chain[-1][0]) if chain else NOWHERE

    def look(self, frame: FrameType) -> None:
        """Note the local variables of a frame."""
        main = frame is self.block or frame.f_code.co_name == MAIN
        self._names.look(frame, self._find, main=main)

    def let_go(self) -> None:
        """Hold no frame any more, but for that of the block."""
        self._last = []

    def end(self) -> None:
        """Note the variables of the block as it ends, and hold no frame any more."""
        self.look(self.block)
        self._last = []

    def name_of(self, tensor: torch.Tensor) -> str:
        """The local variable that holds a tensor now, the innermost; empty where none does."""
        for frame, _ in reversed(self._chain()):
            for name, one in frame.f_locals.items():
                if one is tensor:
                    return name
        return ""

    def _chain(self) -> list[tuple[FrameType, int]]:
        """The user's frames from the block to the innermost, each with its instruction."""
        found = []
        frame: FrameType | None = sys._getframe(2)
        while frame is not None:
            theirs = self._theirs.get(frame.f_code)
            if theirs is None:
                theirs = not frame.f_code.co_filename.startswith(SKIPPED)
                self._theirs[frame.f_code] = theirs
            if theirs:
                found.append((frame, frame.f_lasti))
            if frame is self.block:
                break
            frame = frame.f_back
        found.reverse()
        return found

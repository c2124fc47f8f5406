"""When nothing is recorded: while gradients are computed, and while an optimizer steps."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Pauses:
    """Whether the recording is paused."""

    def __init__(self) -> None:
        self._count = 0
        self._step: FrameType | None = None
        """The frame that steps an optimizer; None outside of a step."""

    def __bool__(self) -> bool:
        if self._step is not None and not runs(self._step):
            self._step = None  # it raised, for which PyTorch has no hook
        return self._count > 0 or self._step is not None

    @contextmanager
    def during(self) -> Iterator[None]:
        """Record nothing for a while."""
        self._count += 1
        try:
            yield
        finally:
            self._count -= 1

    def step(self, frame: FrameType) -> None:
        """Record nothing as long as a frame runs, or until the step ends."""
        if not self:  # one that steps others is still a single step
            self._step = frame

    def end(self, frame: FrameType) -> None:
        """A frame has made its step."""
        if self._step is frame:
            self._step = None


def runs(wanted: FrameType) -> bool:
    """Whether a frame is one of those that this thread runs now."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame is not wanted:
        frame = frame.f_back
    return frame is not None

"""Where a run came from: a scenario's file, or somebody's own code."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Protocol

from bpdebug.errors import BpdebugError
from bpdebug.recording import Recording
from bpdebug.run import Run
from bpdebug.scenario.copied import save_copy


class Origin(Protocol):
    """Where a run came from: what makes the run, and what saving it writes."""

    @property
    def run(self) -> Run:
        """The run; BpdebugError while there is none, as inside the block that is recorded."""

    @property
    def recording(self) -> Recording | None:
        """The recording of somebody's own code; None for a scenario's file."""

    def save(self, folder: str | Path) -> str:
        """Save `scenario.toml` and its data files in a folder (see `save_folder`).

        Returns what the user should know of it; empty for nothing.
        """


class FileOrigin:
    """A scenario's file, with the text that it had when it was loaded."""

    def __init__(self, run: Run, text: str) -> None:
        self._run = run
        self._text = text

    @property
    def run(self) -> Run:
        """The run of the scenario."""
        return self._run

    @property
    def recording(self) -> None:
        """None: a scenario has formulas, and no code of its own."""

    def save(self, folder: str | Path) -> str:
        """Save the scenario's text as it was loaded, and copies of its data files."""
        return save_copy(self._run.problem, self._text, folder)


class RecordedOrigin:
    """Code that was recorded."""

    def __init__(
        self,
        recording: Recording | None,
        iterations: int | None = None,
        proved: Run | None = None,
    ) -> None:
        """`proved` is the run that was made to prove the recording, with so many iterations."""
        self._recording, self._proved = recording, proved
        self._iterations = iterations

    def ready(self, recording: Recording | None, proved: Run | None) -> None:
        """Take the recording of a block that has ended; None for one that ended in an error."""
        self._recording, self._proved = recording, proved

    @cached_property
    def run(self) -> Run:
        """The run of the recording; BpdebugError while there is none."""
        recording = self.recording
        return self._proved or Run(recording.problem(self._iterations))

    @property
    def recording(self) -> Recording:
        """The recording; BpdebugError while the block that is recorded runs."""
        if self._recording is None:
            raise BpdebugError(
                "the recording is not ready: use the run behind its with block, which must end "
                "without an error"
            )
        return self._recording

    def save(self, folder: str | Path) -> str:
        """Save the text of the recording, and its arrays beside it."""
        self.recording.save(folder)
        return ""

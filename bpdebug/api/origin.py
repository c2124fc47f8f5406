"""Where a run came from: a scenario's file, or somebody's own code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from bpdebug.recording.recording import Recording
from bpdebug.run import Run
from bpdebug.scenario.copied import save_copy


class Origin(Protocol):
    """Where a run came from: what makes the run, and what saving it writes."""

    @property
    def run(self) -> Run:
        """The run; BpdebugError while there is none, as inside the block that is recorded."""

    def save(self, folder: str | Path) -> None:
        """Save `scenario.toml` and its data files in a folder (see `save_folder`)."""

    def name_of(self, parameter: str) -> str:
        """The name in the scenario of a parameter that somebody's model calls so."""


class FileOrigin:
    """A scenario's file, with the text that it had when it was loaded."""

    def __init__(self, run: Run, text: str) -> None:
        self._run = run
        self._text = text

    @property
    def run(self) -> Run:
        """The run of the scenario."""
        return self._run

    def save(self, folder: str | Path) -> None:
        """Save the scenario's text as it was loaded, and copies of its data files."""
        save_copy(self._run.problem, self._text, folder)

    def name_of(self, parameter: str) -> str:
        """The name itself: a scenario's author and their model agree on names."""
        return parameter


class RecordingOrigin:
    """Somebody's own code, which was recorded."""

    def __init__(self, recording: Recording, names: Mapping[str, str] | None = None) -> None:
        """`names` gives the scenario's names of parameters that the code calls otherwise."""
        self._recording = recording
        self._names = names or {}
        self._run = Run(recording.problem())

    @property
    def run(self) -> Run:
        """The run of the recorded scenario."""
        return self._run

    def save(self, folder: str | Path) -> None:
        """Save the recorded scenario and its arrays."""
        self._recording.save(folder)

    def name_of(self, parameter: str) -> str:
        """What the scenario calls a parameter of the code."""
        return self._names.get(parameter, parameter)

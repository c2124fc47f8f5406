"""Where a run came from: a scenario's file, or somebody's own code."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol

from bpdebug.errors import BpdebugError
from bpdebug.mistakes.fresh.elsewhere import Remake
from bpdebug.ops import Array
from bpdebug.recording import Recording
from bpdebug.recording.from_numpy.arguments import Arguments
from bpdebug.recording.recording import OwnFunction
from bpdebug.run import Run
from bpdebug.scenario.copied import save_copy


class Origin(Protocol):
    """Where a run came from: what makes the run, and what saving it writes."""

    @property
    def run(self) -> Run:
        """The run; BpdebugError while there is none, as inside the block that is recorded."""

    def save(self, folder: str | Path) -> None:
        """Save `scenario.toml` and its data files in a folder (see `save_folder`)."""

    @property
    def remake(self) -> Remake | None:
        """What runs the forward pass anew; None where the scenario itself can."""

    @property
    def own_functions(self) -> Sequence[OwnFunction]:
        """Calls of functions whose backward pass is the user's own."""

    @property
    def own_code(self) -> bool:
        """True where the loss is computed by the code whose gradients are compared."""

    @property
    def whole(self) -> Collection[str]:
        """The inputs that somebody's code takes as whole numbers."""

    @property
    def given(self) -> Collection[str] | None:
        """The inputs and parameters that a caller gave; None for all."""

    @property
    def arguments(self) -> Arguments | None:
        """What somebody's function was called with; None where no function was."""

    @property
    def left_over(self) -> Mapping[str, Array]:
        """The gradients that parameters had before somebody's code ran."""


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

    @property
    def own_functions(self) -> Sequence[OwnFunction]:
        """None: a scenario has formulas alone."""
        return ()

    @property
    def own_code(self) -> bool:
        """False: what is compared is of another program, which may have a loss of another scale."""
        return False

    @property
    def remake(self) -> None:
        """None: a scenario's graph is made for any shapes."""

    @property
    def whole(self) -> Collection[str]:
        """None: how a scenario's data is used tells which of it are whole numbers."""
        return ()

    @property
    def given(self) -> None:
        """None: a scenario's inputs are all given."""

    @property
    def arguments(self) -> None:
        """None: a scenario has no function."""

    @property
    def left_over(self) -> Mapping[str, Array]:
        """None: a scenario has no gradients of its own."""
        return {}


class RecordedOrigin:
    """Code that was recorded."""

    def __init__(
        self,
        recording: Recording | None,
        iterations: int | None = None,
        proved: Run | None = None,
    ) -> None:
        """`proved` is the run that was made to prove the recording, with so many iterations."""
        self.recording = recording
        """The recording; None while the block that is recorded runs."""
        self.proved = proved
        self._iterations = iterations

    @cached_property
    def run(self) -> Run:
        """The run of the recording; BpdebugError while there is none."""
        recording = self._made()
        return self.proved or Run(recording.problem(self._iterations))

    def save(self, folder: str | Path) -> None:
        """Save the text of the recording, and its arrays beside it."""
        self._made().save(folder)

    @property
    def own_functions(self) -> Sequence[OwnFunction]:
        """Calls of functions whose backward pass is the user's own."""
        return self._made().own_functions

    @property
    def remake(self) -> Remake | None:
        """What runs the code anew on other arrays; None where that cannot be."""
        problem = self._made().remake
        if problem is None:
            return None
        return lambda data, parameters: Run(problem(data, parameters))

    @property
    def own_code(self) -> bool:
        """True: the loss was recorded from it."""
        return True

    @property
    def whole(self) -> Collection[str]:
        """The arrays that were whole numbers in the code."""
        return [name for name, one in self._made().arrays.items() if one.dtype.kind in "iu"]

    @property
    def given(self) -> Collection[str]:
        """The arrays that the caller gave, without those that the code made itself."""
        return self._made().given

    @property
    def arguments(self) -> Arguments | None:
        """What somebody's function was called with; None where no function was."""
        return self._made().arguments

    @property
    def left_over(self) -> Mapping[str, Array]:
        """The gradients that parameters had before the code ran."""
        return self._made().left_over

    def _made(self) -> Recording:
        """The recording; BpdebugError while there is none."""
        if self.recording is None:
            raise BpdebugError(
                "the recording is not ready: use the run behind its with block, which must end "
                "without an error"
            )
        return self.recording

"""A recording: the text of a scenario, and the arrays that stand beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bpdebug.ops import Array
from bpdebug.records import record
from bpdebug.run import Problem

if TYPE_CHECKING:
    from bpdebug.recording.value import Value

ARCHIVE, SCENARIO = "arrays.npz", "scenario.toml"
"""The files of a saved recording."""


@record
class Recording:
    """What somebody's code computed, as a scenario."""

    title: str
    text: str
    """The scenario; its arrays are in `arrays.npz` beside it."""
    arrays: Mapping[str, Array]
    """The arrays of `arrays.npz`, by their keys."""
    made: Mapping[str, Value]
    """What the code computed, by the names that it has in the scenario."""

    def problem(self, iterations: int | None = None) -> Problem:
        """The problem, read by the loader of scenarios; BpdebugError for what it does not take."""
        from bpdebug.scenario import load_text

        return load_text(
            self.text, name=self.title, archives={ARCHIVE: self.arrays}, iterations=iterations
        )

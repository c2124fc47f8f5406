"""A recording: the text of a scenario, and the arrays that stand beside it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bpdebug.ops import Array
from bpdebug.records import record
from bpdebug.run import Problem, Run

if TYPE_CHECKING:
    from bpdebug.recording.from_numpy.arguments import Arguments
    from bpdebug.recording.value import Value

ARCHIVE = "arrays.npz"
"""The arrays of a saved recording, beside its `scenario.toml`."""
Remake = Callable[[Mapping[str, Array], Mapping[str, Array]], Problem]
"""Takes data and parameters by name, also of other sizes; an array that is left out stays."""


@record
class OwnFunction:
    """A call of an `autograd.Function`, whose backward pass is the user's own."""

    name: str
    """The name of its class."""
    group: str
    """The group of what its forward computed, or the entry where that is a single op."""
    line: str
    """Where its backward stands: `model.py:12`, with the whole path; empty where not known."""


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
    given: tuple[str, ...] = ()
    """The names of the inputs and parameters that the caller gave."""
    left_over: Mapping[str, Array] = field(default_factory=dict)
    """The gradients that parameters had before the code ran, where it adds to them."""
    arguments: Arguments | None = None
    """The lists and dicts of arrays that somebody's function was given; None for other code."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Further names of parameters, as a model has them, and their names here."""
    models: tuple[str, ...] = ()
    """The names that stand before those of the models' parameters, a model each, in their order."""
    own_functions: tuple[OwnFunction, ...] = ()
    """Calls of functions whose backward pass is the user's own."""
    notes: tuple[str, ...] = ()
    """What the user should know about it, a sentence each; those of its scenario."""
    remake: Remake | None = None
    """Makes the problem of the code on other arrays; None where the code cannot be run again."""

    @property
    def whole(self) -> list[str]:
        """The arrays that were whole numbers in the code."""
        return [name for name, one in self.arrays.items() if one.dtype.kind in "iu"]

    def run_on(self, data: Mapping[str, Array], parameters: Mapping[str, Array]) -> Run:
        """The run of the code on other arrays, where it can be run again (`remake`)."""
        assert self.remake is not None
        return Run(self.remake(data, parameters))

    def problem(self, iterations: int | None = None) -> Problem:
        """The problem, read by the loader of scenarios; BpdebugError for what it does not take."""
        from bpdebug.scenario import load_text

        return load_text(
            self.text, name=self.title, archives={ARCHIVE: self.arrays}, iterations=iterations
        )

    def save(self, folder: str | Path) -> None:
        """Save `scenario.toml` and `arrays.npz` in a folder; BpdebugError as in `save_folder`."""
        from bpdebug.scenario.saved import save_folder

        save_folder(folder, self.text, {ARCHIVE: partial(write_archive, self.arrays)})


def write_archive(arrays: Mapping[str, Array], path: Path) -> None:
    """Write arrays as an .npz: for the same arrays, always the same bytes.

    numpy's own function writes the time too, and takes no array that is called `file`.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            # The largest size is not known before it is written, as for numpy's own.
            with archive.open(f"{name}.npy", "w", force_zip64=True) as stream:
                np.lib.format.write_array(stream, np.asarray(array), allow_pickle=False)

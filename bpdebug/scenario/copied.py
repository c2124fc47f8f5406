"""A copy of a scenario in a folder of its own: its text, and the data files that it names."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.ops import Array
from bpdebug.printable import quoted as quoted_name
from bpdebug.printable import visible
from bpdebug.reading.forms import TOML_TEXTS, toml_in
from bpdebug.run import Problem
from bpdebug.scenario.library import FILE
from bpdebug.scenario.load import load
from bpdebug.scenario.rewrite import quoted
from bpdebug.scenario.saved import MOST_NAMED, data_files, is_saved, save_folder, without_header

NAMED = re.compile(r"""(?:\bfile|"file"|'file')[ \t]*=[ \t]*""")
"""What stands before the name of a data file."""


def save_copy(problem: Problem, text: str, folder: str | Path) -> str:
    """Save the scenario of a problem, whose text is given, with copies of its data files.

    Returns a note on data files from outside of the scenario's folder; empty for none. BpdebugError
    where a saved run names such files, which are not its own, where data files have changed since
    the scenario was loaded, and as in `save_folder`.
    """
    source = Path(problem.file).parent
    named = data_files(text)
    far = [name for name in named if is_outside(source, name)]
    if far and is_saved(text):
        raise BpdebugError(
            f"the saved run names {first_few(far)} outside of its folder, which bpdebug did not "
            "save with it; copy what you want to pass on into the folder, and name it there",
            file=visible(problem.file),
        )
    text = without_header(text)
    names = places(named)
    for name, place in names.items():
        text = text if name == place else renamed(text, name, place)
    if "title" not in toml_in(text):
        text = f"title = {quoted(problem.title)}\n{text}"
    files = {place: partial(shutil.copyfile, source / name) for name, place in names.items()}
    save_folder(folder, text, files, partial(require_same, problem))
    if not far:
        return ""
    return (
        f"copied from outside of the scenario's folder: {first_few(far)}; see that they may be sent"
    )


def is_outside(folder: Path, name: str) -> bool:
    """True for a file outside of a folder, also where a link in the folder leads to it."""
    return not Path(os.path.realpath(folder / name)).is_relative_to(os.path.realpath(folder))


def first_few(names: list[str]) -> str:
    """The first few names, in quotes."""
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{', '.join(quoted_name(name, 60) for name in names[:MOST_NAMED])}{more}"


def places(names: list[str]) -> dict[str, str]:
    """By the name of each data file: where in the folder its copy is.

    A file beside or below the scenario has its own name, any other the last part of its name.
    """
    found: dict[str, str] = {}
    taken = {FILE}
    for name in sorted(names, key=lambda name: not is_below(name)):
        last = PurePosixPath(name.replace("\\", "/")).name
        place, count = name if is_below(name) else last, 2
        while place in taken:
            place, count = f"{count}_{last}", count + 1
        found[name] = place
        taken.add(place)
    return found


def is_below(name: str) -> bool:
    """True for the name of a file in the scenario's folder, or in a folder in it."""
    path = PurePosixPath(name)
    plain = not path.is_absolute() and ".." not in path.parts and path.as_posix() == name
    return plain and "\\" not in name and ":" not in name


def renamed(text: str, name: str, place: str) -> str:
    """The text of a scenario with another name for a data file."""
    parts, at = [], 0
    for found in NAMED.finditer(text):
        token = TOML_TEXTS.match(text, found.end())
        if token is not None and toml_in(f"name = {token[0]}").get("name") == name:
            parts += [text[at : found.end()], quoted(place)]
            at = token.end()
    return "".join([*parts, text[at:]])


def require_same(problem: Problem, scenario: Path) -> None:
    """BpdebugError where a saved scenario is not the one that was loaded."""
    copy = load(scenario)
    pairs = [(problem.data, copy.data), (problem.parameters, copy.parameters)]
    pairs += [(own, copy.own_states.get(name, {})) for name, own in problem.own_states.items()]
    if not all(same(*pair) for pair in pairs):
        raise BpdebugError(
            "the scenario's data files have changed since it was loaded; load it again, then save"
        )


def same(first: Mapping[str, Array], second: Mapping[str, Array]) -> bool:
    """True for the same arrays by the same names, to the last bit."""
    return first.keys() == second.keys() and all(
        np.array_equal(first[name], second[name], equal_nan=True) for name in first
    )

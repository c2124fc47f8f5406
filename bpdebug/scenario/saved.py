"""Saved runs: a folder with `scenario.toml` and the data files that it names.

A folder is replaced whole or stays as it was, and only where it is a saved run itself.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from bpdebug.errors import BpdebugError
from bpdebug.printable import quoted, visible
from bpdebug.reading import SCENARIO, json_in, text_of, toml_in
from bpdebug.scenario.library import FILE

MARK = "# Saved by bpdebug, which replaces this folder when another run is saved to it.\n"
"""The first line of a saved scenario."""
FILES = "# Its data files: "
"""What begins the second line, in front of the names of the files that were saved with it."""
WITH_FILES = ("inputs", "parameters")
"""The tables whose entries may name data files."""
MOST_NAMED = 3

Write = Callable[[Path], object]
"""Writes a data file at a path."""


def save_folder(
    folder: str | Path,
    text: str,
    files: Mapping[str, Write],
    check: Callable[[Path], None] = lambda scenario: None,
) -> None:
    """Save the text of a scenario and its data files, by their names in it, as a folder.

    `check` looks at the scenario that was written before it takes its place; it raises BpdebugError
    where that is not what was meant. An earlier saved run is replaced. BpdebugError for a folder
    with anything else in it, and where it cannot be written; it then stays as it was.
    """
    try:
        target = Path(os.path.realpath(folder))
        require_replaceable(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        made = target.parent / f".bpdebug-{secrets.token_hex(8)}.part"
        try:
            made.mkdir()
            scenario = made / FILE
            scenario.write_text(f"{header(files)}{text}", encoding="utf-8", newline="\n")
            for name, write in files.items():
                place = made / name
                place.parent.mkdir(parents=True, exist_ok=True)
                write(place)
            check(scenario)
            replace_folder(target, made)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise BpdebugError(
            f"cannot save the run: {visible(reason)}; choose another folder",
            file=visible(str(folder)),
        ) from None
    except BpdebugError as error:
        raise error.at(file=visible(str(folder))) from None


def replace_folder(target: Path, made: Path) -> None:
    """Put a folder in the place of another, which may be missing."""
    if not target.exists():
        os.rename(made, target)
        return
    old = made.with_suffix(".old")
    os.rename(target, old)
    try:
        os.rename(made, target)
    except BaseException:
        with suppress(OSError):
            os.rename(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def require_replaceable(target: Path) -> None:
    """BpdebugError for a place with anything but a saved run."""
    if not os.path.lexists(target):
        return
    if not target.is_dir():
        raise BpdebugError("this is a file; name a folder to save the run in")
    text = text_in(target)
    own = {FILE, *saved_files(text)} if is_saved(text) else set()
    names = (path.relative_to(target).as_posix() for path in files_in(target))
    # Somebody may name a folder with a million files: the first few are enough to refuse it.
    others = sorted(islice((name for name in names if name not in own), MOST_NAMED + 1))
    if others:
        more = " and more" if len(others) > MOST_NAMED else ""
        raise BpdebugError(
            f"this folder holds {', '.join(map(quoted, others[:MOST_NAMED]))}{more}, which bpdebug "
            "did not save there; choose another folder"
        )


def files_in(folder: Path) -> Iterator[Path]:
    """Every file below a folder, and what is no folder otherwise."""
    return (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def header(files: Iterable[str]) -> str:
    """The first lines of a saved scenario: what it is, and the files that were saved with it."""
    # A comment of TOML cannot have the character 7F, which JSON leaves as it is.
    names = json.dumps(sorted(files)).replace("\x7f", "\\u007f")
    return f"{MARK}{FILES}{names}\n"


def without_header(text: str) -> str:
    """The text of a scenario without the lines that saving it put above it."""
    if not is_saved(text):
        return text
    rest = text.removeprefix(MARK)
    return rest.partition("\n")[2] if rest.startswith(FILES) else rest


def is_saved(text: str) -> bool:
    """True for the text of a scenario that bpdebug saved."""
    return text.startswith(MARK)


def saved_files(text: str) -> list[str]:
    """The data files that were saved with a scenario, whatever it names by now."""
    line = text.removeprefix(MARK).partition("\n")[0]
    try:
        names = json_in(line.removeprefix(FILES)) if line.startswith(FILES) else []
    except BpdebugError:
        return []
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def text_in(folder: Path) -> str:
    """The text of a folder's scenario; empty where the folder has none."""
    try:
        return text_of(folder / FILE, SCENARIO)
    except BpdebugError:
        return ""


def data_files(text: str) -> list[str]:
    """The data files that the text of a scenario names, each once; none where it is no TOML."""
    try:
        tables = toml_in(text)
    except BpdebugError:
        return []
    found: dict[str, None] = {}
    pending: list[Any] = [tables.get(name) for name in WITH_FILES]
    while pending:
        one = pending.pop(0)
        if isinstance(one, dict):
            if isinstance(one.get("file"), str):
                found[one["file"]] = None
            pending += one.values()
    return list(found)

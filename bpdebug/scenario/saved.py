"""Saved runs: a folder with `scenario.toml` and the data files that it names.

A folder is replaced whole or stays as it was, and only where it is a saved run itself.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from bpdebug.errors import BpdebugError
from bpdebug.printable import quoted, visible
from bpdebug.reading import SCENARIO, text_of, toml_in
from bpdebug.scenario.library import FILE

MARK = "# Saved by bpdebug, which replaces this folder when another run is saved to it.\n"
"""The first line of a saved scenario."""
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
            scenario.write_text(MARK + text.removeprefix(MARK), encoding="utf-8", newline="\n")
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
    there = sorted(path.relative_to(target).as_posix() for path in files_in(target))
    text = saved_text(target)
    own = {FILE, *data_files(text)} if text else set()
    others = [quoted(name) for name in there if name not in own]
    if others:
        more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
        raise BpdebugError(
            f"this folder holds {', '.join(others[:MOST_NAMED])}{more}, which bpdebug did not save "
            "there; choose another folder"
        )


def files_in(folder: Path) -> Iterator[Path]:
    """Every file below a folder, and what is no folder otherwise."""
    return (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def saved_text(folder: Path) -> str:
    """The text of a saved run's scenario; empty where the folder has none."""
    try:
        text = text_of(folder / FILE, SCENARIO)
    except BpdebugError:
        return ""
    return text if text.startswith(MARK) else ""


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

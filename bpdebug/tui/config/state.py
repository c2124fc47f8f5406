"""The state folder: the files that the program writes for itself, and reads at the next run."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

WELCOME = "New here? :tour is a guided walk."
"""The line that a user sees at the first start, and never again."""
GREETED = "greeted"
"""The file whose existence means that this user has seen the welcome."""
SESSIONS = "kept"
"""The folder of the saved sessions. Its name stays: users have sessions in it."""


def state_folder() -> Path:
    """The state folder on this platform, which may be missing. RuntimeError without a home."""
    from platformdirs import user_state_path

    return user_state_path("bpdebug", appauthor=False)


def write(path: Path, text: str) -> None:
    """Write beside, then rename, so that a reader finds the old file or the new one, whole.

    Makes the folder where it is missing. Raises OSError, and leaves the old file as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.urandom(8).hex()}.part")
    try:
        beside.write_text(text, encoding="utf-8", errors="backslashreplace")
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


def first_start() -> bool:
    """True once for each user; the next call returns False.

    False too for a user who has saved a session before, and where nothing can be written: what
    cannot be remembered is not shown, or it would be shown at every start.
    """
    try:
        folder = state_folder()
        new = not (folder / SESSIONS).exists()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / GREETED).touch(exist_ok=False)
    except (OSError, RuntimeError):
        return False
    return new

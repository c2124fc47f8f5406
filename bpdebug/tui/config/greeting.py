"""The line that a user sees at the first start, and never again."""

from __future__ import annotations

from bpdebug.tui.config.folders import state_folder

WELCOME = "New here? :tour is a guided walk."
MARK = "greeted"
"""The file in the state folder that says that this user has seen it."""


def first_start() -> bool:
    """True once for each user; the next call returns False.

    False too for a user who has kept something before, and where nothing can be written: what
    cannot be remembered is not shown, or it would be shown at every start.
    """
    try:
        folder = state_folder()
        new = not (folder / "kept").exists()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARK).touch(exist_ok=False)
    except (OSError, RuntimeError):
        return False
    return new

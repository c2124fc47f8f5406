"""The saved session: one file a scenario, in the platform's state folder.

Whatever goes wrong with it, the debugger opens and closes, and a message names what was lost.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from bpdebug.debugger import Debugger
from bpdebug.debugger.saved_session import is_empty, merged, restore, session_data
from bpdebug.errors import BpdebugError
from bpdebug.reading import SAVED_SESSION, MissingError, UnreadableError, json_in, text_of
from bpdebug.scenario import library
from bpdebug.tui.config.state import SESSIONS, state_folder, write
from bpdebug.wording import safe

MOST_NAMED = 3
"""How many entries that do not fit are named."""


class SavedSession:
    """Restores the session that was saved on a debugger's scenario, and saves it again."""

    def __init__(self, debugger: Debugger) -> None:
        self.debugger = debugger
        self.scenario = scenario_key(debugger.run.problem.file)
        self._path: Path | None = None
        """None where nothing may be written."""
        self._synced: dict[str, Any] = {}
        """The data last read from the file or written to it; {} for none."""

    def restore(self) -> str:
        """Restore the saved session; returns a message about it, empty for none."""
        try:
            self._path = session_path(self.scenario)
            data = self._read(self._path)
            unfit = restore(self.debugger, data)
        except MissingError:
            return ""
        except (UnreadableError, OSError, RuntimeError) as error:
            self._path = None
            return f"The saved session cannot be read ({reason(error)}) and stays as it is."
        except (BpdebugError, ValueError) as error:
            return self._set_aside(str(error))
        self._synced = data
        return unfit_text(unfit)

    def save(self) -> str:
        """Save the session where it has changed; returns a message about it, empty for none."""
        own = {"scenario": self.scenario, **session_data(self.debugger)}
        if self._path is None or own == self._synced:
            return ""
        try:
            data, note = self._with_others(own, self._path)
            if self._path is None:
                return note
            if is_empty(data):
                self._path.unlink(missing_ok=True)
            else:
                import json

                write(self._path, json.dumps(data, indent=1))
        except (UnreadableError, OSError, UnicodeError) as error:
            return f"breakpoints, watches and marks were not saved: {reason(error)}"
        self._synced = own
        return note

    def _with_others(self, own: dict[str, Any], path: Path) -> tuple[dict[str, Any], str]:
        """This session's data merged with what another screen on this scenario has saved since.

        Also a message about a foreign file, empty for none.
        """
        try:
            return merged(own, self._synced, self._read(path)), ""
        except MissingError:
            return own, ""
        except UnreadableError:
            raise
        except (BpdebugError, ValueError) as error:
            return own, self._set_aside(str(error))

    def _read(self, path: Path) -> dict[str, Any]:
        """The data in a file; BpdebugError or ValueError where they are not about this scenario."""
        data = json_in(text_of(path, SAVED_SESSION))
        if not isinstance(data, dict):
            raise ValueError("it has another form")
        if data.get("scenario") != self.scenario:
            raise ValueError("it is not about this scenario")
        return data

    def _set_aside(self, why: str) -> str:
        """Rename a foreign file, or give up saving; returns a message about it."""
        path = self._path
        assert path is not None
        aside = path.with_name(f"{path.name}.bak")
        try:
            os.replace(path, aside)
        except OSError:
            self._path = None
            return f"The saved session is ignored ({why}); it stays in {safe(str(path))}."
        return f"The saved session is ignored ({why}); it is now {safe(str(aside))}."


def has_place(file: str) -> bool:
    """Whether a session on a problem can be found again: by its file, or by its program.

    False for a recording in memory, whose name is no path.
    """
    program, _, _ = file.rpartition(":")
    return os.path.isfile(file) or (program.endswith(".py") and os.path.isfile(program))


def scenario_key(file: str) -> str:
    """The key of a scenario in saved sessions: its bundled name, else the file's full path.

    That of a program is `/path/model.py:make`.
    """
    path, root = Path(os.path.realpath(file)), library.folder()
    if root is not None and path.is_relative_to(root):
        return f"bundled:{path.relative_to(root).with_suffix('').as_posix()}"
    return str(path)


def session_path(scenario: str) -> Path:
    """The path of a scenario's session: a readable part of the name, and a hash of its key."""
    stem = re.sub(
        r"[^A-Za-z0-9_-]+", "_", library.name_of(Path(scenario.removeprefix("bundled:")))
    )[:40]
    own = f"{fnv_hash(scenario.encode('utf-8', 'surrogateescape')):016x}"
    return state_folder() / SESSIONS / f"{stem}-{own}.json"


def fnv_hash(raw: bytes) -> int:
    """The 64-bit FNV-1a hash (RFC 9923): it needs no import at the start."""
    made = 0xCBF29CE484222325
    for byte in raw:
        made = (made ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return made


def unfit_text(entries: list[str]) -> str:
    """The sentence about entries that a scenario does not have any more."""
    if not entries:
        return ""
    named = ", ".join(safe(entry)[:40] for entry in entries[:MOST_NAMED])
    more = f" and {len(entries) - MOST_NAMED:,} more" if len(entries) > MOST_NAMED else ""
    return f"Left out, because this scenario no longer has it: {named}{more}"


def reason(error: Exception) -> str:
    """Why the system refused."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)

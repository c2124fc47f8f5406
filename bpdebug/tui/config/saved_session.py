"""The saved session: one file a scenario, in the platform's state folder.

Whatever goes wrong with it, the debugger opens and closes; a sentence says what was lost.
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

NAMED = 3
"""How many entries that do not fit are named."""


class SavedSession:
    """Restores the session that was saved on a debugger's scenario, and saves it again."""

    def __init__(self, debugger: Debugger) -> None:
        self.debugger = debugger
        self.scenario = identity(debugger.run.problem.file)
        self._path: Path | None = None
        """None where nothing may be written."""
        self._known: dict[str, Any] = {}
        """What this session has read from the file or written to it last; {} for nothing."""

    def restore(self) -> str:
        """Set up what was saved; returns what there is to say about it, empty for nothing."""
        try:
            self._path = file_of(self.scenario)
            data = self._read(self._path)
            unfit = restore(self.debugger, data)
        except MissingError:
            return ""
        except (UnreadableError, OSError, RuntimeError) as error:
            self._path = None
            return f"The saved session cannot be read ({reason(error)}) and stays as it is."
        except (BpdebugError, ValueError) as error:
            return self._put_aside(str(error))
        self._known = data
        return not_fitting(unfit)

    def save(self) -> str:
        """Write what there is to save; returns what there is to say about it, empty for nothing."""
        own = {"scenario": self.scenario, **session_data(self.debugger)}
        if self._path is None or own == self._known:
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
        self._known = own
        return note

    def _with_others(self, own: dict[str, Any], path: Path) -> tuple[dict[str, Any], str]:
        """This session's data, and what another screen on this scenario has saved since.

        Also what there is to say about a foreign file, which may have to stay where it is.
        """
        try:
            return merged(own, self._known, self._read(path)), ""
        except MissingError:
            return own, ""
        except UnreadableError:
            raise
        except (BpdebugError, ValueError) as error:
            return own, self._put_aside(str(error))

    def _read(self, path: Path) -> dict[str, Any]:
        """The data in a file; BpdebugError or ValueError where they are not about this scenario."""
        data = json_in(text_of(path, SAVED_SESSION))
        if not isinstance(data, dict):
            raise ValueError("it has another form")
        if data.get("scenario") != self.scenario:
            raise ValueError("it is not about this scenario")
        return data

    def _put_aside(self, why: str) -> str:
        """Rename a foreign file, or else write nothing; returns what there is to say about it."""
        path = self._path
        assert path is not None
        aside = path.with_name(f"{path.name}.bak")
        try:
            os.replace(path, aside)
        except OSError:
            self._path = None
            return f"The saved session is ignored ({why}); it stays in {safe(str(path))}."
        return f"The saved session is ignored ({why}); it is now {safe(str(aside))}."


def identity(file: str) -> str:
    """A scenario's name in the state folder: a bundled one's own, else the file's full path."""
    path, root = Path(os.path.realpath(file)), library.folder()
    if root is not None and path.is_relative_to(root):
        return f"bundled:{path.relative_to(root).with_suffix('').as_posix()}"
    return str(path)


def file_of(scenario: str) -> Path:
    """The file for a scenario: a readable part, and one that is its own."""
    stem = re.sub(r"[^A-Za-z0-9_-]+", "_", Path(scenario.removeprefix("bundled:")).stem)[:40]
    own = f"{fnv(scenario.encode('utf-8', 'surrogateescape')):016x}"
    return state_folder() / SESSIONS / f"{stem}-{own}.json"


def fnv(raw: bytes) -> int:
    """The 64-bit FNV-1a hash (RFC 9923): it tells files apart, and costs no import at the start."""
    made = 0xCBF29CE484222325
    for byte in raw:
        made = (made ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return made


def not_fitting(entries: list[str]) -> str:
    """The sentence about entries that a scenario does not have any more."""
    if not entries:
        return ""
    named = ", ".join(safe(entry)[:40] for entry in entries[:NAMED])
    more = f" and {len(entries) - NAMED:,} more" if len(entries) > NAMED else ""
    return f"Left out, because this scenario no longer has it: {named}{more}"


def reason(error: Exception) -> str:
    """Why the system refused."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)

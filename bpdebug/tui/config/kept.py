"""The file of what is kept between runs: one a scenario, in the platform's state folder.

Whatever goes wrong with it, the debugger opens and closes; a sentence says what was lost.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from bpdebug.debugger import Debugger
from bpdebug.debugger.keeping import is_empty, kept, merged, restore
from bpdebug.errors import BpdebugError
from bpdebug.reading import KEPT, MissingError, UnreadableError, json_in, text_of
from bpdebug.scenario import library
from bpdebug.tui.config.folders import state_folder
from bpdebug.wording import safe

SHOWN = 3
"""How many entries that do not fit are named."""


class Keeper:
    """Reads what was kept for a debugger's scenario, and writes it when the screen is left."""

    def __init__(self, debugger: Debugger) -> None:
        self.debugger = debugger
        self.scenario = identity(debugger.run.problem.file)
        self._path: Path | None = None
        """None where nothing may be written."""
        self._known: dict[str, Any] | None = None
        """What one knows of the file: what was read, and then what one has written oneself."""

    def open(self) -> str:
        """Set up what was kept; returns what there is to say about it, else nothing."""
        try:
            self._path = path = file_of(self.scenario)
            data = self._ours(path)
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

    def _ours(self, path: Path) -> dict[str, Any]:
        """The data in a file; BpdebugError or ValueError where they are not about this scenario."""
        data = json_in(text_of(path, KEPT))
        if not isinstance(data, dict):
            raise ValueError("it has another form")
        if data.get("scenario") != self.scenario:
            raise ValueError("it is not about this scenario")
        return data

    def _put_aside(self, why: str) -> str:
        """What is not ours is not overwritten."""
        path = self._path
        assert path is not None
        aside = path.with_name(f"{path.name}.bak")
        try:
            os.replace(path, aside)
        except OSError:
            self._path = None
            return f"The saved session is ignored ({why}); it stays in {safe(str(path))}."
        return f"The saved session is ignored ({why}); it is now {safe(str(aside))}."

    def close(self) -> str:
        """Write what there is to keep; returns what there is to say where that fails."""
        own = {"scenario": self.scenario, **kept(self.debugger)}
        if self._path is None or own == self._known:
            return ""
        try:
            data, lost = self._with_the_others(own)
            path = self._path
            if path is None:
                return lost
            if is_empty(data):
                path.unlink(missing_ok=True)
            else:
                import json

                write(path, json.dumps(data, indent=1))
            self._known = own
        except (UnreadableError, OSError, UnicodeError) as error:
            return f"breakpoints, watches and marks were not saved: {reason(error)}"
        return lost

    def _with_the_others(self, own: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """What to write: one's own, and what another screen on this scenario has kept meanwhile.

        Also what there is to say about a file that is not ours.
        """
        assert self._path is not None
        try:
            return merged(own, self._known or {}, self._ours(self._path)), ""
        except MissingError:
            return own, ""
        except UnreadableError:
            raise
        except (BpdebugError, ValueError) as error:
            return own, self._put_aside(str(error))


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
    return state_folder() / "kept" / f"{stem}-{own}.json"


def fnv(raw: bytes) -> int:
    """The 64-bit FNV-1a hash (RFC 9923): it tells files apart, and costs no import at the start."""
    made = 0xCBF29CE484222325
    for byte in raw:
        made = (made ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return made


def write(path: Path, text: str) -> None:
    """Write beside, then rename: whoever reads meets the old file or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.urandom(8).hex()}.part")
    try:
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


def not_fitting(entries: list[str]) -> str:
    """The sentence about entries that a scenario does not have any more."""
    if not entries:
        return ""
    named = ", ".join(safe(entry)[:40] for entry in entries[:SHOWN])
    more = f" and {len(entries) - SHOWN:,} more" if len(entries) > SHOWN else ""
    return f"Left out, because this scenario no longer has it: {named}{more}"


def reason(error: Exception) -> str:
    """Why the system refused."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)

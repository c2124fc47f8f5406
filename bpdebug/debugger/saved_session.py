"""A session as plain data, to be saved: its breakpoints, watches, marks and folded groups.

Any program may have written the file, so everything in it is checked: data of another form are
refused as a whole, and entries that do not fit the scenario any more are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bpdebug.debugger.breakpoints.locations import parse_group
from bpdebug.debugger.cursor import Instant
from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.folds import folded_at_first
from bpdebug.errors import BpdebugError

FORMAT, VERSION = "bpdebug-kept", 1
"""What the file says that it is. It stays: files with it are on the users' disks."""
MOST = 1_000
"""Entries of each list that are saved."""
LONGEST = 10_000
"""Characters of an entry, at the most; longer than any expression may be."""


def session_data(debugger: Debugger) -> dict[str, Any]:
    """What to save, in the order in which the user made it.

    Temporary breakpoints and hit counts are left out: they belong to this session alone.
    """
    permanent = [b for b in debugger.breakpoints if not b.temporary]
    groups = changed_folds(debugger)
    return {
        "format": FORMAT,
        "version": VERSION,
        "breakpoints": [{"text": b.text, "enabled": b.enabled} for b in permanent[:MOST]],
        "watches": [text for _, text in debugger.watches[:MOST]],
        "marks": {name: list(instant) for name, instant in list(debugger.marks.items())[:MOST]},
        **({"groups": groups} if groups else {}),
    }


def changed_folds(debugger: Debugger) -> dict[str, bool]:
    """By group, whether it is folded, for groups that are not as at first."""
    changed = debugger.folded ^ folded_at_first(debugger.run.graph())
    return {name: name in debugger.folded for name in sorted(changed)[:MOST]}


def is_empty(data: dict[str, Any]) -> bool:
    """True where the data of a session have no entries."""
    return not any(data.get(part) for part in PARTS)


def named_entries(data: dict[str, Any], part: str) -> list[tuple[str, Any]]:
    """The entries of a list, each with its name: a breakpoint's or a watch's text, a mark's name,
    a group's name.

    Empty where the data have no such list.
    """
    items = data.get(part, ())
    if isinstance(items, dict):
        return list(items.items())
    return [(item["text"] if isinstance(item, dict) else item, item) for item in items]


def merged(own: dict[str, Any], read: dict[str, Any], now: object) -> dict[str, Any]:
    """Merge this session's data with what other sessions have saved since it began.

    `read` is what this session has read or written last, {} for nothing; `now` is what the file
    holds. For entries that this session had read, its version wins, so deletions persist. Entries
    with equal names are equal. ValueError where `now` has not the form of `session_data`.
    """
    others, result = check_session(now), dict(own)
    for part in PARTS:
        entries = named_entries(own, part)
        known = {name for name, _ in (*named_entries(read, part), *entries)}
        entries += [entry for entry in named_entries(others, part) if entry[0] not in known]
        entries = entries[:MOST]
        result[part] = dict(entries) if part in BY_NAME else [entry for _, entry in entries]
    if not result["groups"]:
        del result["groups"]
    return result


def restore(debugger: Debugger, data: object) -> list[str]:
    """Set up a saved session; returns the entries that do not fit the scenario, as typed.

    A breakpoint that is set already is not set twice. ValueError, before anything is set up, where
    the data have not the form of `session_data`.
    """
    session, unfit = check_session(data), []
    for part, restore_entry in PARTS.items():
        for name, entry in named_entries(session, part):
            try:
                restore_entry(debugger, name, entry)
            except BpdebugError:
                unfit.append(f"'{name}" if part == "marks" else name)
    return unfit


def restore_breakpoint(debugger: Debugger, text: str, entry: dict[str, Any]) -> None:
    """Set a breakpoint; BpdebugError where the scenario has no such location or value."""
    if all(b.text != text for b in debugger.breakpoints):
        made = debugger.add_breakpoint(text)
        debugger.enable_breakpoints([made.number], enabled=entry["enabled"])


def restore_watch(debugger: Debugger, text: str, _: str) -> None:
    """Watch an expression; BpdebugError where the scenario has no such value."""
    debugger.try_expression(text)
    debugger.add_watch(text)


def restore_mark(debugger: Debugger, name: str, instant: list[int]) -> None:
    """Set a mark; BpdebugError where recorded time has no such instant."""
    (iteration, position), run = instant, debugger.run
    if not 1 <= iteration <= run.iterations or not (0 <= position <= run.timeline(iteration).total):
        raise BpdebugError(f"there is no tick {position} in iteration {iteration}")
    debugger.add_mark(name, Instant(iteration, position))


def restore_group(debugger: Debugger, name: str, folded: bool) -> None:
    """Fold or unfold a group; BpdebugError where the scenario has no such group."""
    debugger.fold([parse_group(debugger.run.graph(), name).name], folded=folded)


PARTS: dict[str, Callable[[Debugger, str, Any], None]] = {
    "breakpoints": restore_breakpoint,
    "watches": restore_watch,
    "marks": restore_mark,
    "groups": restore_group,
}
"""The lists of a saved session, and the function that restores an entry of each."""
BY_NAME = ("marks", "groups")
"""The parts whose entries have names of their own."""


def check_session(data: object) -> dict[str, Any]:
    """The lists alone, as in `session_data`; ValueError unless each has its form."""
    if not isinstance(data, dict) or (data.get("format"), data.get("version")) != (FORMAT, VERSION):
        raise ValueError("it is no saved session, or is of another version")
    points, watches, marks = (data.get(part) for part in ("breakpoints", "watches", "marks"))
    groups = data.get("groups", {})  # older files have none
    if not isinstance(points, list) or not isinstance(watches, list) or not isinstance(marks, dict):
        raise ValueError("a part is missing")
    if not isinstance(groups, dict) or not all(isinstance(one, bool) for one in groups.values()):
        raise ValueError("the groups have another form")
    if max(len(points), len(watches), len(marks), len(groups)) > MOST:
        raise ValueError(f"it has more than {MOST:,} entries")
    return {
        "breakpoints": [check_breakpoint(entry) for entry in points],
        "watches": [check_text(entry) for entry in watches],
        "marks": {check_text(name): check_mark(instant) for name, instant in marks.items()},
        "groups": {check_text(name): folded for name, folded in groups.items()},
    }


def check_breakpoint(entry: object) -> dict[str, Any]:
    """The text and the state of a breakpoint; ValueError for another form."""
    if not isinstance(entry, dict) or not isinstance(entry.get("enabled"), bool):
        raise ValueError("a breakpoint has another form")
    return {"text": check_text(entry.get("text")), "enabled": entry["enabled"]}


def check_text(entry: object) -> str:
    """A text that a user typed; ValueError for another form."""
    if not isinstance(entry, str) or not 0 < len(entry) <= LONGEST:
        raise ValueError("an entry is not a text, or is too long")
    return entry


def check_mark(entry: object) -> list[int]:
    """The iteration and position of a mark; ValueError for another form."""
    if not isinstance(entry, list) or len(entry) != 2 or any(type(n) is not int for n in entry):
        raise ValueError("a mark has no iteration and tick")
    return entry

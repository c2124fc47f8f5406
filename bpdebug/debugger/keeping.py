"""What a person set up on a scenario, as plain data: breakpoints, watches and marks.

The data come back from a file that anyone may have written, so nothing in them is taken on trust:
what has another form is refused as a whole, what does not fit the scenario any more is left out.
"""

from __future__ import annotations

from typing import Any

from bpdebug.debugger.cursor import Place
from bpdebug.debugger.debugger import Debugger
from bpdebug.errors import BpdebugError
from bpdebug.record import replace

FORMAT, VERSION = "bpdebug-kept", 1
PARTS = ("breakpoints", "watches", "marks")
MOST = 1_000
"""Entries of each kind that are kept."""
LONGEST = 10_000
"""Characters of one entry; longer than any expression may be."""


def kept(debugger: Debugger) -> dict[str, Any]:
    """Everything to keep, in the order in which it was made.

    Temporary breakpoints are for once, and how often one was hit belongs to one walk.
    """
    lasting = [point for point in debugger.breakpoints if not point.temporary]
    return {
        "format": FORMAT,
        "version": VERSION,
        "breakpoints": [{"text": point.text, "enabled": point.enabled} for point in lasting[:MOST]],
        "watches": [text for _, text in debugger.watches[:MOST]],
        "marks": {name: list(place) for name, place in list(debugger.marks.items())[:MOST]},
    }


def is_empty(data: dict[str, Any]) -> bool:
    """True where there is nothing to keep."""
    return not any(data[part] for part in PARTS)


def merged(own: dict[str, Any], before: dict[str, Any], now: object) -> dict[str, Any]:
    """One's own data, and what somebody else has kept since: two may work on one scenario.

    `before` is what one knew of the file, {} for nothing, and `now` is what it holds. What one knew
    is as one's own data have it, so what one deleted stays deleted. Breakpoints are told apart by
    their texts, as watches are, and marks by their names. ValueError where `now` has not the form
    that `kept` gives it.
    """
    points, watches, marks = checked(now)
    known = {part: names_in(before, part) | names_in(own, part) for part in PARTS}
    new_points = [
        {"text": text, "enabled": enabled}
        for text, enabled in points
        if text not in known["breakpoints"]
    ]
    new_watches = [text for text in watches if text not in known["watches"]]
    new_marks = [(name, list(place)) for name, place in marks if name not in known["marks"]]
    return own | {
        "breakpoints": [*own["breakpoints"], *new_points][:MOST],
        "watches": [*own["watches"], *new_watches][:MOST],
        "marks": dict([*own["marks"].items(), *new_marks][:MOST]),
    }


def names_in(data: dict[str, Any], part: str) -> set[str]:
    """What tells the entries of a part apart."""
    entries = data.get(part, ())
    return {entry["text"] if isinstance(entry, dict) else entry for entry in entries}


def restore(debugger: Debugger, data: object) -> list[str]:
    """Set up what was kept; returns what does not fit the scenario any more, as it was typed.

    What stands already is not set twice. ValueError, before anything is set up, where the data
    have not the form that `kept` gives them.
    """
    points, watches, marks = checked(data)
    unfit = []
    for text, enabled in points:
        if any(point.text == text for point in debugger.breakpoints):
            continue
        try:
            made = debugger.add_breakpoint(text)
        except BpdebugError:
            unfit.append(text)
            continue
        others = [point for point in debugger.breakpoints if point is not made]
        debugger.replace_breakpoints([*others, replace(made, enabled=enabled)])
    for text in watches:
        try:
            debugger.try_expression(text)
        except BpdebugError:
            unfit.append(text)
        else:
            debugger.add_watch(text)
    for name, place in marks:
        if not exists(debugger, place):
            unfit.append(f"'{name}")
            continue
        debugger.keep_mark(name, place)
    return unfit


def exists(debugger: Debugger, place: Place) -> bool:
    """Whether recorded time has such a place."""
    run = debugger.run
    return (
        1 <= place.iteration <= run.iterations
        and 0 <= place.position <= run.timeline(place.iteration).total
    )


def checked(data: object) -> tuple[list[tuple[str, bool]], list[str], list[tuple[str, Place]]]:
    """Breakpoints, watches and marks; ValueError unless every part has its form."""
    if not isinstance(data, dict) or (data.get("format"), data.get("version")) != (FORMAT, VERSION):
        raise ValueError("it is no such file, or of another version")
    points, watches, marks = (data.get(part) for part in PARTS)
    if not isinstance(points, list) or not isinstance(watches, list) or not isinstance(marks, dict):
        raise ValueError("a part is missing")
    if max(len(points), len(watches), len(marks)) > MOST:
        raise ValueError(f"it has more than {MOST:,} entries")
    return (
        [breakpoint_in(entry) for entry in points],
        [text_in(entry) for entry in watches],
        [(text_in(name), place_in(place)) for name, place in marks.items()],
    )


def breakpoint_in(entry: object) -> tuple[str, bool]:
    """Text and state of a breakpoint."""
    if not isinstance(entry, dict) or not isinstance(entry.get("enabled"), bool):
        raise ValueError("a breakpoint has not its form")
    return text_in(entry.get("text")), entry["enabled"]


def text_in(entry: object) -> str:
    """One entry that a person typed."""
    if not isinstance(entry, str) or not 0 < len(entry) <= LONGEST:
        raise ValueError("an entry is no text, or too long")
    return entry


def place_in(entry: object) -> Place:
    """Iteration and position."""
    if not isinstance(entry, list) or len(entry) != 2 or any(type(n) is not int for n in entry):
        raise ValueError("a mark has no place")
    return Place(*entry)

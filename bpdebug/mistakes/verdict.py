"""The verdict on numbers that were handed in: what agrees, what differs, whose fault it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from math import isfinite
from typing import Any

from bpdebug.mistakes.conventions import Convention
from bpdebug.mistakes.handed import Handed
from bpdebug.mistakes.search import Explanation
from bpdebug.ops import Array, Index
from bpdebug.records import record
from bpdebug.wording import Script

FORMAT, VERSION = "bpdebug-verdict", 1


class ArrayStatus(Enum):
    """How an array compares with the right one."""

    AGREES = "agrees"
    DIFFERS = "differs"
    TRANSPOSED = "transposed"
    SHAPE = "shape"
    NOT_FINITE = "not finite"
    UNDECIDABLE = "undecidable"


class Blame(Enum):
    """Whose error an array is that differs."""

    OWN = "own"
    """It differs although what came in is as it should be, or was taken as it came."""
    INHERITED = "inherited"
    """It is right, given what came in."""
    UNKNOWN = "unknown"
    """What came in was not handed in."""


@record
class ArrayVerdict:
    """The verdict on one array."""

    handed: Handed
    status: ArrayStatus
    right: Array
    """What it should be, from right gradients throughout."""
    expected: Array
    """What it should be, given what was handed in above it."""
    relative_error: float
    """The largest difference, over the largest entry."""
    worst: Index
    """The cell with the largest difference."""
    blame: Blame | None
    """None for an array that agrees."""

    @property
    def wrong(self) -> bool:
        """Whether it counts as different."""
        return self.status not in (ArrayStatus.AGREES, ArrayStatus.UNDECIDABLE)


@record
class NamedMistake:
    """A mistake of an explanation, in words."""

    id: str
    title: str
    at: tuple[str, ...]
    nodes: tuple[int, ...]
    line: int | None
    """The number of its line in the program of the backward pass."""
    tick: int | None
    """The first tick of that line."""
    edge: int | None
    wrong: str
    right: str
    why: str
    remedy: str
    wrong_latex: str = ""
    group: str = ""
    """The innermost group whose backward pass has that line; empty outside of all groups."""


@record
class NamedExplanation:
    """An explanation in words."""

    mistakes: tuple[NamedMistake, ...]
    relative_error: float
    """The largest that is left when the mistakes are made."""
    found: Explanation


@record
class Verdict:
    """All that is said about numbers that were handed in."""

    verdict: str
    """`agrees`, `convention`, `named`, `several` or `unknown`."""
    arrays: tuple[ArrayVerdict, ...]
    explanations: tuple[NamedExplanation, ...]
    conventions: tuple[Convention, ...]
    separate: str
    """What numbers would tell between several explanations; empty where there is one, and for a
    function, which was tried on such numbers."""
    notes: tuple[str, ...] = ()
    """What else is to be said: a kink, numbers that are rounded, a search that ran out of time."""
    digits: int = 15
    """The digits that were given."""
    right_gradients: Mapping[int, Array] = field(default_factory=dict)
    """The right gradients of the first iteration, by node."""
    order: Mapping[int, int] = field(default_factory=dict)
    """By node, when the backward pass writes its gradient."""
    places: tuple[str, ...] = ()
    """Where in the user's code the mistake is, a sentence each; these of the notes come first."""
    draws: int = 0
    """On how many sets of drawn data a function was tried beside the numbers given; 0 for numbers
    that were handed in."""

    @property
    def agrees(self) -> bool:
        """True when nothing is wrong; conventions are not."""
        return self.verdict in ("agrees", "convention")

    def document(self) -> Mapping[str, Any]:
        """The verdict for programs; its form is fixed."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "agrees": self.agrees,
            "verdict": self.verdict,
            "arrays": [array_entry(one) for one in self.arrays],
            "explanations": [
                {
                    "mistakes": [mistake_entry(one) for one in found.mistakes],
                    "relative_error": found.relative_error,
                }
                for found in self.explanations
            ],
            "conventions": [{"id": one.id, "setting": one.setting} for one in self.conventions],
            "separate": self.separate,
            "notes": list(self.notes),
        }


def array_entry(one: ArrayVerdict) -> dict[str, Any]:
    """One array as JSON has it."""
    return {
        "name": one.handed.name,
        "iteration": one.handed.iteration,
        "status": one.status.value,
        # Where shapes differ, or NaN stands there, nothing of it is right.
        "relative_error": one.relative_error if isfinite(one.relative_error) else 1.0,
        "blame": (one.blame or Blame.UNKNOWN).value,
    }


def mistake_entry(one: NamedMistake) -> dict[str, Any]:
    """One mistake as JSON has it."""
    return {
        "id": one.id,
        "title": one.title,
        "at": list(one.at),
        "line": one.line,
        "tick": one.tick,
        "wrong": one.wrong,
        "right": one.right,
        "why": one.why,
        "remedy": one.remedy,
    }


def document_text(verdict: Verdict, script: Script) -> str:
    """The verdict as one JSON object over several lines; in ASCII where the script is."""
    return json.dumps(finite(verdict.document()), indent=2, ensure_ascii=not script.unicode)


def finite(value: Any) -> Any:
    """A document with null for numbers that JSON cannot hold: an error where shapes differ."""
    if isinstance(value, float) and not isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {name: finite(one) for name, one in value.items()}
    return [finite(one) for one in value] if isinstance(value, list) else value

"""--diagnose and --format: lines for people, or a JSON document by itself."""

from __future__ import annotations

import argparse

from bpdebug.errors import BpdebugError

FORMATS = ("text", "json")
OTHERS = {"check": "--check", "command": "--command", "plain": "--plain"}
"""Arguments that write text to standard output too, and the options that set them."""


def check_format(given: argparse.Namespace) -> None:
    """BpdebugError for a --format that no output has, or that another output would break.

    Beside --export the format is the export's, and the diagnosis is text; among commands there may
    be an `export` to use it. A check by itself is text.
    """
    others = (given.diagnose, given.against, given.export, given.command, given.plain)
    if given.check and given.format not in (None, "text") and not any(others):
        raise BpdebugError(
            f"a check is text, not {given.format}; leave --format out", key="--format"
        )
    told = "diagnosis" if given.diagnose else "verdict"
    if not (given.diagnose or given.against) or given.export is not None or given.format is None:
        return
    if given.format not in FORMATS:
        raise BpdebugError(
            f"a {told} is text or json, not {given.format}; take --format json, or leave "
            "--format out",
            key="--format",
        )
    if given.diagnose and given.against and given.format == "json":
        raise BpdebugError(
            "--diagnose and --against would each write a JSON document; ask for one at a time",
            key="--format",
        )
    for name, written in OTHERS.items():
        if given.format == "json" and getattr(given, name):
            raise BpdebugError(
                f"the {told} is one JSON document, and {written} would write text into it; "
                f"leave {written} out, or --format",
                key="--format",
            )


def as_json(given: argparse.Namespace) -> bool:
    """True where the diagnosis itself is to be JSON."""
    return given.format == "json" and given.export is None

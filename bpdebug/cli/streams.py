"""Standard output and standard error: any encoding, a closed pipe, a full disk."""

from __future__ import annotations

import io
import sys
from typing import TextIO

SAMPLE = "∂δσŷ₂ᵀ⊙·−′▶●"
"""Where the output's encoding has these, formulas are written as in a textbook."""


def prepare_streams() -> bool:
    """Keep characters that an encoding lacks from raising; True where the output shows Unicode."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        SAMPLE.encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def print_text(text: str, stream: TextIO | None = None) -> None:
    """Print a text, and flush it for a reader at the end of a pipe; nothing for an empty text.

    A stream that the caller of the program has closed is no mistake.
    """
    if text:
        print(text, file=stream, flush=True)


def print_note(note: str) -> None:
    """Print on standard error what a scenario's author may have meant: `bpdebug: note: …`."""
    from bpdebug.wording.names import safe

    if sys.stderr is not None:
        print(f"bpdebug: note: {safe(note)}", file=sys.stderr, flush=True)


def print_error(problem: str) -> None:
    """Print a mistake on standard error: `bpdebug: error: …`, its control characters made visible.

    A problem may have several lines: the first is complete, an excerpt may follow.
    """
    from bpdebug.wording.names import safe

    lines = "\n".join(safe(line) for line in problem.split("\n"))
    if sys.stderr is not None:  # without it, print would take standard output
        print(f"bpdebug: error: {lines}", file=sys.stderr, flush=True)

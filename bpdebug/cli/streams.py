"""Standard output and standard error: any encoding, a closed pipe, a full disk."""

from __future__ import annotations

import io
import sys
from typing import TextIO

SAMPLE = "∂δσŷ₂ᵀ⊙·−′▶●"
"""If the output's encoding has these, formulas are written as in a textbook."""


def prepare_streams() -> bool:
    """Let no character and no closed stream raise; returns whether the output shows Unicode."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    return can_show_formulas(getattr(sys.stdout, "encoding", None) or "ascii")


def can_show_formulas(encoding: str) -> bool:
    """Whether an encoding has the signs of formulas."""
    try:
        SAMPLE.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def print_text(text: str, stream: TextIO | None = None) -> None:
    """Print an answer, and at once: whoever reads a pipe is waiting for it.

    A stream that whoever started the program has closed is no mistake: nobody listens.
    """
    if text:
        print(text, file=stream, flush=True)


def print_note(note: str) -> None:
    """Say on standard error what a scenario may have meant otherwise: `bpdebug: note: …`."""
    from bpdebug.wording.names import safe

    if sys.stderr is not None:
        print(f"bpdebug: note: {safe(note)}", file=sys.stderr, flush=True)


def print_error(problem: str) -> None:
    """Report a mistake on standard error: `bpdebug: error: …`, with nothing that a terminal obeys.

    A problem of several lines keeps them: the first is complete, an excerpt may follow.
    """
    from bpdebug.wording.names import safe

    lines = "\n".join(safe(line) for line in problem.split("\n"))
    if sys.stderr is not None:  # without it, print would take standard output
        print(f"bpdebug: error: {lines}", file=sys.stderr, flush=True)

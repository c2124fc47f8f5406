"""Standard output and standard error: any encoding, a closed pipe, a full disk."""

from __future__ import annotations

import io
import os
import sys

SAMPLE = "∂δσŷ₂ᵀ⊙·−′▶●"
"""If the output's encoding has these, formulas are written as in a textbook."""


def prepare() -> bool:
    """Let no character and no closed stream raise; returns whether the output shows Unicode."""
    if sys.stdout is None:  # it was closed by whoever started the program
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    return speaks_unicode(getattr(sys.stdout, "encoding", None) or "ascii")


def speaks_unicode(encoding: str) -> bool:
    """Whether an encoding has the signs of formulas."""
    try:
        SAMPLE.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def say(text: str) -> None:
    """Print an answer, and at once: whoever reads a pipe is waiting for it."""
    if text:
        print(text, flush=True)


def complain(problem: str) -> None:
    """Report a mistake on standard error: `bpdebug: error: …`, with nothing that a terminal obeys.

    A problem of several lines keeps them: the first is complete, an excerpt may follow.
    """
    from bpdebug.wording.names import safe

    lines = "\n".join(safe(line) for line in problem.split("\n"))
    print(f"bpdebug: error: {lines}", file=sys.stderr, flush=True)


def drop_output() -> None:
    """Point standard output at nothing, so that leaving does not fail on the closed pipe again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)

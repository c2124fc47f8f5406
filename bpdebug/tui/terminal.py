"""Whether there is a terminal, or a browser, to draw a screen on."""

from __future__ import annotations

import sys

from bpdebug.errors import BpdebugError
from bpdebug.served import served

NO_TERMINAL = "there is no terminal to draw on"
ON_COMMAND_LINE = "write the trace with --export FILE, or give commands with --plain or --command"
"""What to do instead on the command line."""


def require_terminal(instead: str = ON_COMMAND_LINE) -> None:
    """BpdebugError, with what to do instead, where there is no terminal and no browser."""
    if not served() and not all(
        stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)
    ):
        raise BpdebugError(f"{NO_TERMINAL}; {instead}")

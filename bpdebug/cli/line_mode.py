"""The debugger without a screen: commands from the command line, or from standard input."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress

from bpdebug.cli.progress_line import interruptible, show_progress
from bpdebug.cli.streams import print_error, print_text
from bpdebug.debugger import Debugger

PROMPT = "(bpdebug) "


def run_commands(debugger: Debugger, commands: Sequence[str]) -> bool:
    """Run commands in order; returns False at the first that is unknown or fails."""
    for line in commands:
        with show_progress(debugger.run):
            reply = debugger.execute(line)
        if not reply.ok:
            print_error(f"{line.strip()[:80]}: {reply.text}")
            return False
        print_text(reply.text)
        if reply.quit:
            break
    return True


def run_line_mode(debugger: Debugger) -> None:
    """Read commands from standard input, and print their replies, until `quit` or the end.

    After a mistake it goes on with the next line. Only a terminal gets a prompt. Ctrl+C cancels a
    command that is running; at the prompt it ends the program.
    """
    if sys.stdin is None:  # the caller of the program closed it
        return
    prompted = sys.stdin.isatty() and sys.stdout is not None
    if prompted:
        print_text(debugger.execute("where").text)
    while not debugger.finished:
        line = next_line(prompted)
        if line is None:
            return
        with interruptible(debugger.run, show=prompted):
            reply = debugger.execute(line)
        if reply.ok or reply.cancelled:
            print_text(reply.text)
        else:
            print_error(reply.text)


def next_line(prompted: bool) -> str | None:
    """The next line of input; None at its end."""
    if not prompted:
        return sys.stdin.readline() or None
    with suppress(ImportError):
        import readline  # noqa: F401  # importing it gives `input` its line editing
    try:
        return input(PROMPT)
    except EOFError:
        print()
        return None

"""What is told of a scenario on standard error before anything else: its notes, and hints."""

from __future__ import annotations

from bpdebug.cli.streams import print_note
from bpdebug.debugger.opening_hints import MORE, opening_hints
from bpdebug.run import Run
from bpdebug.wording import Script


def print_notes(run: Run, script: Script, *, hints: bool) -> None:
    """Print a line for each note of the scenario, and with `hints` for each fault in it."""
    for note in run.problem.notes:
        print_note(f"{run.problem.file}: {note.sentence}")
    for hint in opening_hints(run, script) if hints else ():
        print_note(f"{run.problem.file}: {hint}; {MORE}")

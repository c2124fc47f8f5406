"""What can be told of a run when its scenario is opened, before an iteration: a line per fault."""

from __future__ import annotations

from bpdebug.run import Run
from bpdebug.scenario.library import is_bundled
from bpdebug.wording import Script

MORE = "diagnose tells more"
"""Stands behind a hint in line mode."""


def opening_hints(run: Run, script: Script) -> list[str]:
    """Each fault and what it is about; empty where none can be told yet.

    It is empty for a bundled scenario, too: a lesson that shows a fault lets its reader find it.
    """
    if is_bundled(run.problem.file):
        return []
    # Imported when first needed: most starts do without.
    from bpdebug.diagnosis import hints

    try:
        found = hints(run, script)
    except Exception:
        return []  # whatever a rule raises, it must not keep a scenario from opening: `d` shows it
    return [f"{one.title} {script.dash} {one.subject}" for one in found]

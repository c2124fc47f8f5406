"""--tour: what goes with it, and the run that it walks through."""

from __future__ import annotations

import argparse

from bpdebug.errors import BpdebugError
from bpdebug.run import Run

CLASHING = {
    "scenario": "SCENARIO",
    "export": "--export",
    "iterations": "--iterations",
    "check": "--check",
    "diagnose": "--diagnose",
    "command": "--command",
    "plain": "--plain",
    "breaks": "--break",
    "list": "--list",
    "keys": "--keys",
}
"""Arguments that the tour has no use for, and how they are written."""


def refuse_others(arguments: argparse.Namespace) -> None:
    """BpdebugError where something else is asked for than the tour."""
    for name, written in CLASHING.items():
        if getattr(arguments, name) not in (None, False, []):
            raise BpdebugError(
                f"the tour is a walk through two_layer on the screen; leave {written} out",
                key="--tour",
            )


def source() -> Run:
    """The bundled scenario of the tour, whatever stands in the working directory."""
    from bpdebug.debugger.tour import SCENARIO
    from bpdebug.scenario import bundled, load

    for name, path, _ in bundled():
        if name == SCENARIO:
            return Run(load(path))
    raise BpdebugError(f"its scenario {SCENARIO} is not installed", key="--tour")

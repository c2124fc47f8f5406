"""--tour, and the arguments that it cannot use."""

from __future__ import annotations

import argparse

from bpdebug.errors import BpdebugError

NOT_FOR_TOUR = (
    *("scenario", "export", "iterations", "check", "diagnose", "against", "open", "separate"),
    *("command", "plain", "breaks", "list", "keys", "second", "no_experiments"),
)
"""Arguments that --tour cannot use."""
WRITTEN = {
    "scenario": "SCENARIO",
    "breaks": "--break",
    "second": "--with",
    "no_experiments": "--no-experiments",
}
"""Arguments that the user writes otherwise than by their names."""


def refuse_beside_tour(given: argparse.Namespace) -> None:
    """BpdebugError for an argument beside --tour that the tour cannot use."""
    for name in NOT_FOR_TOUR:
        if getattr(given, name) not in (None, False, []):
            written = WRITTEN.get(name, f"--{name}")
            raise BpdebugError(
                f"the tour is a walk through two_layer on the screen; leave {written} out",
                key="--tour",
            )

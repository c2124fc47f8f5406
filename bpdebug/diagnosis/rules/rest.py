"""A run that starts at a minimum has nothing to do, and that is no fault."""

from __future__ import annotations

from bpdebug.diagnosis.case import Case

AT_REST = 1e-12
"""Gradients below this, as a part of 1 or of their parameter, are what rounding leaves."""


def at_rest(case: Case) -> bool:
    """True where the run starts at a minimum: gradients are there, and are rounding alone."""
    if not case.finite:
        return False
    found = [s for name, s in case.finite[0].parameters.items() if name in case.trained]
    slopes = [one.gradient / max(one.before, 1.0) for one in found]
    return any(slopes) and max(slopes) < AT_REST

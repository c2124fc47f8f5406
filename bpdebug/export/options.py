"""The options of an export besides its format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bpdebug.debugger.comparison import Comparison
from bpdebug.debugger.second_run import SecondRun
from bpdebug.wording import Script


class ExportOptions(NamedTuple):
    """The options of an export besides its format."""

    detail: str
    """One of `DETAILS`: how fine the steps are."""
    script: Script
    """How formulas and numbers are written; ASCII where the target's encoding has no more."""
    watches: Sequence[str] = ()
    """Expressions that each get a column among the curves."""
    comparison: Comparison | None = None
    """Somebody's numbers to stand beside the run's; None for none."""
    second: SecondRun | None = None
    """A run whose curves stand beside the run's; None for none."""

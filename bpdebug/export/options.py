"""What an export is asked for, besides its format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bpdebug.wording import Script


class ExportOptions(NamedTuple):
    """What an export is asked for, besides its format."""

    detail: str
    """One of `DETAILS`: how fine the steps are."""
    script: Script
    """Numbers for people have its digits; it has ASCII only where the target's encoding has."""
    watches: Sequence[str] = ()
    """Expressions that curves have a column for."""

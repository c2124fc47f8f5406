"""How texts for Python code are written: in Unicode where standard output can show it."""

from __future__ import annotations

import sys

from bpdebug.export.target import SIGNS, can_encode
from bpdebug.wording import DIGITS, Script


def output_script(digits: int = DIGITS) -> Script:
    """The script of texts that will be printed, with so many significant digits."""
    return Script(digits, can_encode(SIGNS, getattr(sys.stdout, "encoding", None) or "utf-8"))

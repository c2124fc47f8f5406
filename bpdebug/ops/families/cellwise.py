"""What cell-by-cell ops share: their letters, constants, and a helper that declares them."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpdebug.ops.convention import Convention
from bpdebug.ops.declaration import Op, Partial
from bpdebug.ops.letters import letters
from bpdebug.ops.registry import register
from bpdebug.ops.spelling import Spelling

UNARY = letters("...->...", "...")
BINARY = letters("...,...->...", "...", "...")
ONE: Any = np.float64(1.0)
MINUS_ONE: Any = np.float64(-1.0)


def smooth(
    name: str,
    forward: object,
    slope: object,
    text: str,
    slope_text: str,
    latex: str,
    slope_latex: str,
    *,
    side: object = None,
    kink: object = None,
    conventions: tuple[Convention, ...] = (),
    note: str = "",
    spelled: tuple[Spelling, ...] = (),
    prefix: str = "",
    bars: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
) -> Op:
    """Declare a function of one number: its value, its slope, and how both are written."""
    return register(
        Op(
            name,
            ("a",),
            forward=forward,  # type: ignore[arg-type]
            signature=UNARY,
            text=text,
            latex=latex,
            family="elementary",
            side=side,  # type: ignore[arg-type]
            kink=kink,  # type: ignore[arg-type]
            conventions=conventions,
            note=note,
            spelled=spelled,
            prefix=prefix,
            bars=bars,
            also=also,
            partials=(
                Partial(
                    slope,  # type: ignore[arg-type]
                    slope_text,
                    slope_latex,
                    f"the slope of {text} at this {{a}} is {slope_text}",
                ),
            ),
        )
    )

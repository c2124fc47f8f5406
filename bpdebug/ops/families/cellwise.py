"""What cell-by-cell ops share: their letters, constants, and helpers that declare them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bpdebug.ops.convention import Convention
from bpdebug.ops.declaration import Op, Partial, Scores
from bpdebug.ops.letters import letters
from bpdebug.ops.limit import Limit
from bpdebug.ops.maps.index_map import ONE as ONE
from bpdebug.ops.registry import register
from bpdebug.ops.spelling import Spelling

UNARY = letters("...->...", "...")
BINARY = letters("...,...->...", "...", "...")
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
    precedence: int = 9,
    options: Mapping[str, float] | None = None,
    why: str = "",
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
            precedence=precedence,
            options=options or {},
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
                    why or f"the slope of {text} at this {{a}} is {slope_text}",
                ),
            ),
        )
    )


def activation(
    name: str,
    symbol: str,
    forward: Any,
    slope: Any,
    why: str,
    note: str,
    *,
    latex: str = "",
    side: Any = None,
    kink: Any = None,
    conventions: tuple[Convention, ...] = (),
    rectifies: int | None = None,
    options: Mapping[str, float] | None = None,
    limits: Mapping[str, Limit] | None = None,
    elsewhere: Mapping[str, str] | None = None,
    spelled: tuple[Spelling, ...] = (),
    written: str = "",
    also: tuple[str, ...] = (),
    steepest: float | None = None,
    between: tuple[float, float] | None = None,
    gives: Scores | None = None,
    keeps_scale: bool = False,
    by_result: Any = None,
    shared: Any = None,
) -> Op:
    """Declare an activation: its value and slope, the symbol both are written with, and why."""
    tex = latex or rf"\mathrm{{{{{symbol}}}}}"
    return register(
        Op(
            name,
            ("x",),
            forward=forward,
            signature=UNARY,
            text=f"{symbol}({{x}})",
            latex=f"{tex}({{x}})",
            family="activation",
            activation=True,
            spelled=spelled,
            written=written,
            also=also if symbol == name else (symbol, *also),
            steepest=steepest,
            between=between,
            gives=gives,
            keeps_scale=keeps_scale,
            by_result=by_result,
            shared=shared,
            side=side,
            kink=kink,
            conventions=conventions,
            rectifies=rectifies,
            options=options or {},
            limits=limits or {},
            elsewhere=elsewhere or {},
            note=note,
            partials=(Partial(slope, f"{symbol}′({{x}})", f"{tex}'({{x}})", why),),
        )
    )

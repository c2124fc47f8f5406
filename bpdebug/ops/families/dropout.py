"""Dropout with a given mask: what is kept is scaled up, so that the expected value stays."""

from __future__ import annotations

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.ops.convention import Convention
from bpdebug.ops.declaration import Carries, Op, Partial
from bpdebug.ops.letters import Options, Signature
from bpdebug.ops.maps.index_map import Array, Shape
from bpdebug.ops.registry import register


def dropout_signature(shapes: tuple[Shape, ...], options: Options) -> Signature:
    """Cell by cell; BpdebugError for a rate at which nothing, or less, is kept."""
    rate = options["rate"]
    if not 0 <= rate < 1:
        raise BpdebugError(f"dropout: rate is {rate:g}, but must be at least 0 and below 1")
    return Signature("...,...->...", "...", None)


def mask_problem(x: Array, mask: Array, *, rate: float) -> str | None:
    """What is wrong with a mask, if anything."""
    wrong = np.asarray(mask)[(mask != 0) & (mask != 1)]
    if wrong.size:
        return (
            f"the mask has {wrong[0]:g}; it has 1 where a cell is kept, and 0 where it is dropped"
        )
    return None


dropout = register(
    Op(
        "dropout",
        ("x", "mask"),
        forward=lambda x, mask, rate: x * mask / (1.0 - rate),
        signature=dropout_signature,
        text="dropout({x}, {mask})",
        latex=r"\mathrm{{dropout}}({x}, {mask})",
        family="dropout",
        carries=Carries.SCALES,
        options={"rate": 0.5},
        elsewhere={"p": "write rate=…"},
        validate=mask_problem,
        note="x·mask/(1 − rate), with a mask of 0 and 1 that is given as data.",
        conventions=(
            Convention(
                "what is kept is divided by 1 − rate, as PyTorch's F.dropout does in training",
                ((3.0, 3.0), (1.0, 0.0)),
                (4.0, 0.0),
                ((4.0 / 3.0, 0.0),),
                options={"rate": 0.25},
            ),
            Convention("`rate` is 0.5 unless given", (3.0, 1.0), 6.0, (2.0,)),
        ),
        partials=(
            Partial(
                lambda y, x, mask, rate: mask / np.float64(1.0 - rate),
                "{mask}/(1 − rate)",
                r"\frac{{{mask}}}{{1 - \mathrm{{rate}}}}",
                "{x} reaches {y} where the mask {mask} is 1, scaled up by 1/(1 − rate), and not at "
                "all where it is 0",
            ),
            None,
        ),
    )
)

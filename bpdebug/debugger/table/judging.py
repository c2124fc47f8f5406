"""Judging an update, and the whole run; its curves."""

from __future__ import annotations

from bpdebug.debugger import judging
from bpdebug.debugger.command import Command

JUDGING: tuple[Command, ...] = (
    Command(
        "promise",
        "promise",
        "what each update promised to do to the loss, and what it did",
        judging.promise,
        details="To first order an update changes the loss by ∂L/∂θ · Δθ. bpdebug compares that\n"
        "with the change that a forward pass on the same batch finds with the new value.",
    ),
    Command(
        "diagnose",
        "diagnose",
        "what is wrong with the run, with evidence; with a number, go to that finding",
        judging.diagnosis,
        abbreviations=("diag",),
        alone=("d",),
        keys=("d",),
        usage="diagnose [NUMBER]",
        details="It looks for vanishing and exploding gradients, dead and saturated units,\n"
        "parameters that never move or move too far, a gradient that is rounding only, a loss\n"
        "that diverges, oscillates, falls slowly or stands still, the same output for every\n"
        "example, an output that cannot reach its targets or is stretched against them, units\n"
        "that start alike, and where the first NaN is born.",
        long=True,
    ),
    Command(
        "curves",
        "curves",
        "the loss, each δ, gradient and update over all iterations",
        judging.curves,
        abbreviations=("curve",),
        keys=("L",),
        usage="curves [NAME]",
        details="NAME is one of the listed names, or an expression whose value is one number. On\n"
        "the screen, left and right move along the curve, and enter goes to an iteration.",
        long=True,
    ),
)

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
        details="To first order an update changes the loss by ∂L/∂θ · Δθ. Beside it stands the\n"
        "change that the forward pass finds with the new value, on the same batch.",
    ),
    Command(
        "diagnose",
        "diagnose",
        "what is wrong with the run, with evidence; with a number, go to it",
        judging.diagnosis,
        abbreviations=("diag",),
        alone=("d",),
        keys=("d",),
        usage="diagnose [NUMBER]",
        details="Vanishing and exploding gradients, dead and saturated units, parameters that\n"
        "never move or move too far, a gradient that is rounding only, a loss that diverges,\n"
        "oscillates, falls slowly or stands still, the same output for every example, an output\n"
        "that cannot reach its targets or is stretched against them, units that start alike, and\n"
        "where the first NaN is born.",
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
        details="The name is one of those that it lists, or an expression with one number as its\n"
        "value. On the screen, left and right go along the curve, and enter to an iteration.",
        long=True,
    ),
)

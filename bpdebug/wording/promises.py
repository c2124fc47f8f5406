"""The actual change of the loss as a part of the promised change, in words."""

from __future__ import annotations

from math import isfinite

from bpdebug.run import Promise
from bpdebug.wording.script import Script

LEAST_FRACTION = 0.5
"""An update that brings a smaller part of its promise took a step too large to predict."""


def promise_text(promise: Promise, script: Script) -> str:
    """`101 %`; after it, or in its place, what is wrong with the step."""
    if not isfinite(promise.loss):
        return "nothing can be promised: the loss is not finite before the update"
    if not promise.finite_gradient:
        return "nothing can be promised: the gradient is not finite"
    if not isfinite(promise.predicted) or not isfinite(promise.actual):
        return "not finite: the step is too large"
    if not promise.measurable:
        return "too small to tell"
    fraction = promise.fraction
    if fraction is None:
        return "nothing was promised"
    part = f"{script.number(100 * fraction, 3)} %"
    if promise.predicted > 0:
        return f"{part}; this update goes uphill"
    if fraction < 0:
        return f"{part}, the loss went the other way: the step is too large"
    if fraction < LEAST_FRACTION:
        return f"{part}, less than half: the step is too large"
    return f"{part}, more than twice" if fraction > 1 / LEAST_FRACTION else part


def step_too_large(promise: Promise) -> bool:
    """True where a fall was promised and less than half of it came, or it is not finite.

    Not where the loss or the gradient was not finite before: then the step is not to blame.
    """
    if not isfinite(promise.loss) or not promise.finite_gradient:
        return False
    if not isfinite(promise.predicted) or not isfinite(promise.actual):
        return True
    fraction = promise.fraction
    return (
        promise.predicted < 0
        and promise.measurable
        and fraction is not None
        and fraction < LEAST_FRACTION
    )

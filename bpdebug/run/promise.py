"""Does an update do what it promised? The predicted change of the loss beside the actual change.

To first order an update Δθ changes the loss by ∂L/∂θ · Δθ: that is what a gradient is. The actual
change is found by running the forward pass again on the same batch, with one parameter moved at a
time and then with all of them. The smaller the step, the better the two agree; a step too large
brings less than it promised, or the opposite.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bpdebug.ops import FLOAT64, DType, of_dtype
from bpdebug.run.run import Iteration, Run

ROUNDING = 2**14
"""A change of the loss by no more than this many of its last places is not compared: the last few
places are rounding, and the fraction is shown to three digits."""


class Promise(NamedTuple):
    """What an update predicts and does to the loss; or all updates of an iteration together."""

    parameter: str
    """The parameter's name; empty for all updates together."""
    predicted: float
    """∂L/∂θ · Δθ, summed over the cells."""
    actual: float
    """The loss with the new value, minus the loss with the old value."""
    loss: float
    """The loss before the update."""
    finite_gradient: bool = True
    """False where the gradient that promises is NaN or infinite somewhere."""
    dtype: DType = FLOAT64
    """The kind of numbers that the losses are computed in."""

    @property
    def measurable(self) -> bool:
        """True unless both changes are lost in the rounding of the loss itself."""
        lost = ROUNDING * float(np.spacing(np.abs(self.dtype.type(self.loss))))
        # Two comparisons, and not one with the larger change: a NaN in either is not small.
        return not (abs(self.predicted) <= lost and abs(self.actual) <= lost)

    @property
    def fraction(self) -> float | None:
        """Actual change / predicted change; None where no change was predicted."""
        return self.actual / self.predicted if self.predicted else None


def promises(run: Run, iteration: Iteration) -> tuple[Promise, ...]:
    """Each updated parameter's promise in the order of the updates, then all together.

    Costs a forward pass per parameter, and one more. Empty where nothing is updated.
    """
    graph = iteration.recorded.graph
    names = list(dict.fromkeys(graph.nodes[line.parameter].name for line in iteration.updates))
    if not names:
        return ()
    each = [promise_of(run, iteration, name) for name in names]
    together = run.loss_of(iteration, {name: iteration.after[name] for name in names})
    total = sum(promise.predicted for promise in each)
    finite = all(promise.finite_gradient for promise in each)
    dtype = run.problem.dtype
    return (*each, Promise("", total, together - iteration.loss, iteration.loss, finite, dtype))


def promise_of(run: Run, iteration: Iteration, name: str) -> Promise:
    """The promise of a parameter's update."""
    gradient = iteration.recorded.gradients[iteration.recorded.graph.names[name]]
    before, after = iteration.before[name], iteration.after[name]
    with np.errstate(all="ignore"):
        change = np.asarray(after) - np.asarray(before)
        predicted = float(np.sum(of_dtype(gradient, FLOAT64) * change))
    actual = run.loss_of(iteration, {name: after}) - iteration.loss
    finite = bool(np.isfinite(np.asarray(gradient)).all())
    return Promise(name, predicted, actual, iteration.loss, finite, run.problem.dtype)

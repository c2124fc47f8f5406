"""Experiments: a short stretch of the run again, with a remedy applied, to decide between causes.

They are bounded by a count of operations and not by a clock, so a diagnosis is the same on every
machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bpdebug.ops import Array
from bpdebug.records import replace
from bpdebug.run import Problem, Run
from bpdebug.run.progress import Work

BUDGET = 4_000_000_000
"""Multiplications that all experiments of a diagnosis may cost."""
OF_A_NODE = 4_000
"""What each result costs beside its multiplications, in multiplications."""
FEWEST = 10
"""Iterations of an experiment, at the least."""


class Trial(NamedTuple):
    """How the loss came out where something was changed, beside the run as it is."""

    loss: float
    """The mean of the last tenth of the losses; infinite where it is not finite."""
    beside: float
    """That of the run as it is, after as many iterations."""
    iterations: int

    @property
    def better(self) -> float:
        """The part of the run's own loss that is left; above 1 where the change does harm."""
        return self.loss / self.beside if self.beside > 0 else 1.0


class Trials:
    """The experiments on a run; each is made once, while the budget lasts."""

    def __init__(self, run: Run, *, allowed: bool) -> None:
        self.run = run
        self.allowed = allowed
        timeline = run.timeline(1)
        self.cost = timeline.total + OF_A_NODE * len(run.graph(1).nodes)
        self.left = BUDGET
        self._known: dict[tuple[str, float], Trial | None] = {}

    def rate(self, factor: float) -> Trial | None:
        """The run with another learning rate; None where that cannot be tried."""
        settings = dict(self.run.problem.settings)
        if "learning_rate" not in settings:
            return None
        settings["learning_rate"] *= factor
        return self._tried("rate", factor, replace(self.run.problem, settings=settings))

    def longer(self, factor: int) -> Trial | None:
        """The run with more iterations; None where that cannot be tried."""
        return self._tried("longer", factor, self.run.problem)

    def data(self, changed: Mapping[str, Array]) -> Trial | None:
        """The run with other data; None where that cannot be tried."""
        data = {**self.run.problem.data, **changed}
        return self._tried(",".join(sorted(changed)), 1, replace(self.run.problem, data=data))

    def _tried(self, what: str, factor: float, problem: Problem) -> Trial | None:
        key = (what, factor)
        if key not in self._known:
            self._known[key] = self._try(problem, int(factor) if what == "longer" else 1)
        return self._known[key]

    def _try(self, problem: Problem, longer: int) -> Trial | None:
        size, of = self.run.iterations * longer, self.left // self.cost
        count = int(min(size, of)) // self.run.per_epoch * self.run.per_epoch
        least = self.run.iterations + 1 if longer > 1 else max(FEWEST, self.run.per_epoch)
        if not self.allowed or count < min(least, size) or count < 1:
            return None
        self.left -= count * self.cost
        trial, work, losses = Run(problem, count), Work(self.run.progress, count), []
        for number, loss in enumerate(trial.walk_losses(1, count), start=1):
            losses.append(loss)
            work.at(number)
        beside = list(self.run.walk_losses(1, min(count, self.run.iterations)))
        return Trial(end(losses, self.run), end(beside, self.run), count)


def end(losses: list[float], run: Run) -> float:
    """The mean of the last tenth of some losses, or of the last epoch where that is longer."""
    tail: NDArray[np.float64] = np.asarray(losses[-max(len(losses) // 10, run.per_epoch, 1) :])
    with np.errstate(all="ignore"):
        mean = float(np.mean(tail))
    return mean if np.isfinite(mean) else float("inf")

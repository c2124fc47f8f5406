"""Learning-rate schedules: the rate of an iteration as a line of its own, as PyTorch defines it.

PyTorch counts a scheduler's steps from 0 and iterations here count from 1, so that each formula
has t − 1; the scheduler steps once an iteration.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bpdebug.optimizer.rule import RuleLine
from bpdebug.optimizer.setting import Setting
from bpdebug.records import record


@record
class Schedule:
    """A schedule: its settings, and the line that makes α; none for a rate that stays."""

    name: str
    settings: Mapping[str, Setting]
    line: RuleLine | None
    note: str


def length(what: str, default: float | None = None) -> Setting:
    """A whole number of iterations."""
    return Setting(default, what, low=1.0)


SCHEDULES: dict[str, Schedule] = {
    schedule.name: schedule
    for schedule in (
        Schedule("constant", {}, None, "the rate stays as it is"),
        Schedule(
            "step",
            {
                "every": length("iterations between two cuts"),
                "factor": Setting(0.1, "what the rate is multiplied by", open_low=True),
            },
            RuleLine(
                "learning_rate",
                "{learning_rate}·{factor}^⌊({t} − 1)/{every}⌋",
                r"{learning_rate} {factor}^{{\lfloor ({t} - 1)/{every} \rfloor}}",
                "the schedule multiplies the learning rate by {factor} every {every} iterations",
                lambda v: v["learning_rate"] * v["factor"] ** ((v["t"] - 1.0) // v["every"]),
            ),
            "StepLR",
        ),
        Schedule(
            "exponential",
            {"factor": Setting(0.9, "what the rate is multiplied by", open_low=True)},
            RuleLine(
                "learning_rate",
                "{learning_rate}·{factor}^({t} − 1)",
                r"{learning_rate} {factor}^{{{t} - 1}}",
                "the schedule multiplies the learning rate by {factor} after every iteration",
                lambda v: v["learning_rate"] * v["factor"] ** (v["t"] - 1.0),
            ),
            "ExponentialLR, where PyTorch has no default for the factor",
        ),
        Schedule(
            "cosine",
            {
                "over": length("iterations from the first rate to the lowest"),
                "lowest": Setting(0.0, "the rate at the bottom"),
            },
            RuleLine(
                "learning_rate",
                "{lowest} + ({learning_rate} − {lowest})·(1 + cos(π·({t} − 1)/{over}))/2",
                r"{lowest} + \tfrac12 \left({learning_rate} - {lowest}\right)"
                r"\left(1 + \cos\left(\pi ({t} - 1)/{over}\right)\right)",
                "the schedule lets the learning rate fall along half a cosine for {over} "
                "iterations; after that it rises again",
                lambda v: (
                    v["lowest"]
                    + 0.5
                    * (v["learning_rate"] - v["lowest"])
                    * (1.0 + np.cos(np.pi * (v["t"] - 1.0) / v["over"]))
                ),
            ),
            "CosineAnnealingLR; it rises again after `over`",
        ),
        Schedule(
            "warmup",
            {
                "over": length("iterations until the rate is whole", 5.0),
                "start": Setting(
                    1 / 3,
                    "the part of the rate to begin with",
                    open_low=True,
                    high=1.0,
                    open_high=False,
                ),
            },
            RuleLine(
                "learning_rate",
                "{learning_rate}·({start} + (1 − {start})·min(1, ({t} − 1)/{over}))",
                r"{learning_rate} \left({start} + \left(1 - {start}\right) "
                r"\min\left(1, ({t} - 1)/{over}\right)\right)",
                "the schedule lets the learning rate grow in a straight line for {over} "
                "iterations, and then leaves it",
                lambda v: (
                    v["learning_rate"]
                    * (
                        v["start"]
                        + (1.0 - v["start"]) * min(1.0, float((v["t"] - 1.0) / v["over"]))
                    )
                ),
            ),
            "LinearLR",
        ),
    )
}
WHOLE = ("every", "over")
"""Settings that are whole numbers of iterations."""

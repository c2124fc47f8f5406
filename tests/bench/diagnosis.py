"""A diagnosis without experiments, beside the training that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from bpdebug.diagnosis import diagnose
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.wording import Script
from tests.bench.table import Row, compared
from tests.bench.timing import in_turn

NAMES = ("iris", "xor", "vanishing")


def training(name: str) -> None:
    """All iterations of a bundled scenario, for their losses alone."""
    run = Run(load(find(name)))
    for _ in run.walk_losses(1, run.iterations):
        pass


def diagnosing(name: str) -> None:
    """The diagnosis of a bundled scenario that was not run before."""
    diagnose(Run(load(find(name))), Script(), experiments=False)


def diagnoses() -> Iterator[Row]:
    """The ratio at some bundled scenarios, against the goal of the design."""
    for name in NAMES:
        times = in_turn(partial(diagnosing, name), partial(training, name), rounds=3)
        yield compared(f"a diagnosis of {name}, no experiments", "its training", times, 2.0)

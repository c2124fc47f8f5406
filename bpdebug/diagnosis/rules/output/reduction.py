"""A loss that is a sum over the rows, where the rate is meant for a mean."""

from __future__ import annotations

from collections.abc import Iterator

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When
from bpdebug.diagnosis.rules.course.rate_high import unsteady


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield at most one finding, where a run with such a loss is unsteady."""
    targets = case.targets
    if targets is None or not targets.summed or unsteady(case) is None:
        return
    rows = case.run.batch_size(1) or targets.count
    yield Finding(
        case.loss_name,
        f"{case.loss_name} is a sum over {rows:,} rows, so its gradient is {rows:,} times that of "
        "their mean, and grows with the batch",
        f"take the mean over the rows, or a rate {rows:,} times smaller",
        *case.at_value(case.graph.loss),
        node=case.graph.loss,
        weak=True,
    )


RULE = Rule(
    "wrong-reduction",
    "a sum where a mean is meant",
    When.DURING,
    "the loss adds up the rows and does not average them, and the run is unsteady as with a rate "
    "that is too high",
    find_faults,
    looks="The loss rises or jumps, and a batch twice as large makes it worse.",
    why="A sum's gradient grows with the number of rows; a rate that is right for a mean is not.",
    mends="The mean over the rows.",
)

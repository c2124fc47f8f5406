"""The rule about NaN and infinity: where the first one is born."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Finding, Kind
from bpdebug.run import Iteration
from bpdebug.run.birth import Birth, birth_of
from bpdebug.trace import Phase
from bpdebug.wording.letters import cell_text


def not_finite(case: Case) -> Iterator[Finding]:
    """One finding, at the op, the multiplication or the update line that made the first one."""
    bad = first_bad(case)
    if bad is None:
        return
    iteration = case.run.iteration(bad)
    birth = birth_of(iteration)
    assert birth is not None  # the sample or the search found one there
    yield Finding(
        Kind.NOT_FINITE,
        f"iteration {bad}",
        f"the first one, {case.n(birth.value)}, is born in iteration {bad}, tick "
        f"{birth.position}, in {written(case, iteration, birth)}",
        "go there and look at the operands; it is often log(0), a division by 0, or a step too "
        "large",
        bad,
        birth.position,
    )


def first_bad(case: Case) -> int | None:
    """The first iteration that is known to have a NaN or infinity born in it."""
    found = [sample.number for sample in case.samples if not sample.finite]
    # A loss that is not finite need not spread to the parameters, and no sample may show it.
    found += (np.flatnonzero(~np.isfinite(case.every_loss)) + 1)[:1].tolist()
    if not found:
        return None
    bad = min(found)
    if (birth := birth_of(case.run.iteration(bad))) is None or birth.position > 0:
        return bad
    # It began with it: some iteration before made it, and every one since began with it.
    good = max((s.number for s in case.finite if s.number < bad), default=0)
    while bad - good > 1:
        middle = (good + bad) // 2
        if birth_of(case.run.iteration(middle)) is None:
            good = middle
        else:
            bad = middle
    return bad


def written(case: Case, iteration: Iteration, birth: Birth) -> str:
    """What the tick of a birth writes, with the cell."""
    if birth.position == 0:
        return "what the iteration begins with"
    tick = iteration.timeline.decode(birth.position)
    cell = f" at {cell_text(birth.cell)}" if birth.cell else ""
    if tick.phase is Phase.FORWARD:
        return f"the value of {case.label(tick.index)}{cell}"
    if tick.phase is Phase.BACKWARD:
        operand = iteration.run.graph.edges[tick.index].operand
        return f"the gradient of {case.label(operand)}{cell}"
    return f"the update of {case.label(iteration.updates[tick.index].parameter)}{cell}"

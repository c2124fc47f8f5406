"""NaN or infinity: where the first of them is born."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.diagnosis.case import Case
from bpdebug.diagnosis.finding import Finding
from bpdebug.diagnosis.rule import Rule, When
from bpdebug.run.birth import birth_cell_text, birth_of, birth_verb


def find_faults(case: Case) -> Iterator[Finding]:
    """Yield at most one finding, at the tick that made the first NaN or infinity."""
    bad = first_bad(case)
    if bad is None:
        return
    iteration = case.run.iteration(bad)
    birth = birth_of(iteration)
    assert birth is not None  # the sample or the search found a birth there
    yield Finding(
        f"iteration {bad}",
        f"the first one, {case.n(birth.value)}, {birth_verb(birth)} in iteration {bad}, tick "
        f"{birth.position}, in {birth_cell_text(iteration, birth, case.label)}",
        OPERANDS + IN_SINGLE * case.single if birth.parameter is None else GIVEN,
        bad,
        birth.position,
    )


OPERANDS = (
    "go there and look at the operands; it is often log(0), a division by 0, or a step too large"
)
GIVEN = "look at what made this parameter; an earlier step of its training gave it such numbers"
IN_SINGLE = "; in float32 also a number above 3.4e38, or one that vanished beside a larger number"


def first_bad(case: Case) -> int | None:
    """The first iteration known to give birth to a NaN or infinity; None where all are finite."""
    numbers = [sample.number for sample in case.samples if not sample.finite]
    # A loss that is not finite need not spread to the parameters, and no sample may show it.
    numbers += (np.flatnonzero(~np.isfinite(case.every_loss)) + 1)[:1].tolist()
    if not numbers:
        return None
    bad = min(numbers)
    if (birth := birth_of(case.run.iteration(bad))) is None or birth.position > 0:
        return bad
    # The iteration began with it: an earlier iteration made it, and every later began with it.
    good = max((s.number for s in case.finite if s.number < bad), default=0)
    while bad - good > 1:
        middle = (good + bad) // 2
        if birth_of(case.run.iteration(middle)) is None:
            good = middle
        else:
            bad = middle
    return bad


RULE = Rule(
    "not-finite",
    "NaN or infinity",
    When.DURING,
    "one cell of a value, a gradient or a new parameter; the first is named",
    find_faults,
    cause=False,
)

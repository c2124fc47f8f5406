"""The [[expect]] numbers of a scenario, compared in the precision in which they are printed."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.expression import NotComputed, evaluate, quoted
from bpdebug.record import record
from bpdebug.run import Expectation, Run
from bpdebug.run.at_end import AtTheEnd

ROUNDING = 8 * Decimal(2) ** -52
"""What float64 may add, as a part of the value; it counts where a number is printed in full."""


@record
class ExpectationCheck:
    """One expectation and what the run gave."""

    expectation: Expectation
    value: float | None
    """None when the run ends before the expectation's iteration."""
    agrees: bool

    @property
    def compared(self) -> bool:
        """True when the run came to its iteration."""
        return self.value is not None

    @property
    def ok(self) -> bool:
        """True when it agrees, or was never reached."""
        return self.agrees or not self.compared


def check_expectations(run: Run) -> list[ExpectationCheck]:
    """Compare every expectation, in the order of the scenario.

    BpdebugError, with the expectation's place, for an expression that gives no single number.
    """
    numbered = list(enumerate(run.problem.expectations, 1))
    found: dict[int, ExpectationCheck] = {}
    # By iteration, so that each is run once.
    for place, wanted in sorted(numbered, key=lambda pair: pair[1].iteration):
        try:
            found[place] = check_expectation(run, wanted)
        except BpdebugError as error:
            raise error.at(key=f"expect #{place}.value", file=run.problem.file) from None
    return [found[place] for place, _ in numbered]


def check_expectation(run: Run, wanted: Expectation) -> ExpectationCheck:
    """Evaluate one expectation at the end of its iteration."""
    if wanted.iteration > run.iterations:
        return ExpectationCheck(wanted, None, False)
    try:
        value = evaluate(wanted.value, AtTheEnd(run, run.iteration(wanted.iteration)))
    except NotComputed as missing:
        raise BpdebugError(
            f"{quoted(missing.what)} has no value in iteration {wanted.iteration}: "
            "nothing comes before the first"
        ) from None
    if np.size(value) != 1:
        raise BpdebugError(
            f"{quoted(wanted.value)} is no single number; name one entry, as in W1[0, 0]"
        )
    number = float(np.reshape(value, ()))
    return ExpectationCheck(wanted, number, agrees_as_printed(number, wanted.printed))


def agrees_as_printed(value: float, printed: str) -> bool:
    """True when a value is within half a unit of the last place of a printed number."""
    if not np.isfinite(value):
        return False
    target, exact = Decimal(printed), Decimal(value)
    exponent = target.as_tuple().exponent
    assert isinstance(exponent, int)
    half = Decimal(5).scaleb(exponent - 1)
    return abs(exact - target) <= half + ROUNDING * abs(exact)

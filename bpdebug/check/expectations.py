"""The [[expect]] entries of a scenario, compared in the precision in which they are printed."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.expression import NotComputed, evaluate, quoted
from bpdebug.ops import FLOAT64, Array, DType, Index, epsilon, show_shape
from bpdebug.ops.maps.index_map import unravel
from bpdebug.records import record
from bpdebug.run import Expectation, Run
from bpdebug.run.iteration_end import IterationEnd

ROUNDING = 8
"""So many times the distance between neighbours may be added by rounding, as a part of the value;
it counts where a number is printed in full."""


@record
class ExpectationCheck:
    """An expectation, and what the run gave."""

    expectation: Expectation
    value: float | None
    """What the run gave; of an array the first cell that differs, or the first of all. None when
    the run ends before the expectation's iteration."""
    agrees: bool
    differing: int = 0
    """How many cells differ."""
    cell: Index = ()
    """Of an array, the cell that `value` is."""

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
        value = evaluate(wanted.value, IterationEnd(run, run.iteration(wanted.iteration)))
    except NotComputed as missing:
        raise BpdebugError(
            f"{quoted(missing.what)} has no value in iteration {wanted.iteration}: "
            "nothing comes before the first"
        ) from None
    array = np.asarray(value, dtype=np.float64)
    if wanted.shape is not None:
        return check_cells(wanted, array, run.problem.dtype)
    if array.size != 1:
        raise BpdebugError(
            f"{quoted(wanted.value)} is no single number; name one entry, as in W1[0, 0], "
            f"or give an array of shape {show_shape(array.shape)}"
        )
    number = float(np.reshape(array, ()))
    agrees = agrees_as_printed(number, wanted.printed, run.problem.dtype)
    return ExpectationCheck(wanted, number, agrees, not agrees)


def check_cells(wanted: Expectation, array: Array, dtype: DType) -> ExpectationCheck:
    """Compare an array cell by cell; BpdebugError where its shape is another."""
    if array.shape != wanted.shape:
        raise BpdebugError(
            f"{quoted(wanted.value)} has shape {show_shape(array.shape)}, "
            f"but the expected array has {show_shape(wanted.shape or ())}"
        )
    values = array.reshape(-1).tolist()
    wrong = [
        at
        for at, (value, printed) in enumerate(zip(values, wanted.cells, strict=True))
        if not agrees_as_printed(value, printed, dtype)
    ]
    at = wrong[0] if wrong else 0
    return ExpectationCheck(wanted, values[at], not wrong, len(wrong), unravel(at, array.shape))


def agrees_as_printed(value: float, printed: str, dtype: DType = FLOAT64) -> bool:
    """True when a value is within half a unit of the last place of a printed number.

    What numbers of this kind may lose to rounding comes on top.
    `nan`, `inf` and `-inf` are themselves and nothing else.
    """
    wanted = float(printed)
    if not (np.isfinite(value) and np.isfinite(wanted)):
        return value == wanted or bool(np.isnan(value) and np.isnan(wanted))
    target, exact = Decimal(printed), Decimal(value)
    exponent = target.as_tuple().exponent
    assert isinstance(exponent, int)
    half = Decimal(5).scaleb(exponent - 1)
    return abs(exact - target) <= half + ROUNDING * Decimal(epsilon(dtype)) * abs(exact)

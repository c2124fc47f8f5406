"""Gradients against central differences, for the parameters' pane: small nets only, while idle.

A check never delays a key: it takes a parameter at a time while no key is pressed, once for each
iteration that is shown, and only where it costs a few milliseconds. `--check` compares networks of
any size.
"""

from __future__ import annotations

from math import prod

from bpdebug.debugger import Moment
from bpdebug.graph import RecordedPass
from bpdebug.ticks import Status
from bpdebug.tui.draw.parameter_plan import in_order
from bpdebug.tui.draw.parameters import Check
from bpdebug.wording import Script, cell_text

BUDGET = 20_000_000
"""About how many scalar operations one parameter may take: some 20 ms."""
DIGITS = 4
"""Digits of a slope that differs, at most."""


class Agreement:
    """The checks of one iteration."""

    def __init__(self, script: Script) -> None:
        self.checks: dict[int, Check] = {}
        self._script = script
        self._recorded: RecordedPass | None = None
        self._done: set[int] = set()

    def follow(self, moment: Moment) -> None:
        """Forget the checks of another iteration."""
        if moment.recorded is not self._recorded:
            self._recorded = moment.recorded
            self.checks.clear()
            self._done.clear()

    def next_unchecked(self, moment: Moment) -> int | None:
        """The next parameter with a whole gradient that is not checked yet; None where all are."""
        for index in in_order(moment.timeline):
            if index not in self._done and moment.gradient(index).status is Status.WHOLE:
                return index
        return None

    def check(self, moment: Moment, index: int) -> None:
        """Check a parameter's gradient, if its size allows; the result is added to `checks`."""
        self._done.add(index)
        # Imported when first needed: a start does not pay for it.
        from bpdebug.check.gradients import SAMPLES, check_entries, in_float64
        from bpdebug.check.probe import CALL_COST, Probe
        from bpdebug.check.rounding import bound, digits_within

        recorded, entries = moment.recorded, prod(moment.graph.nodes[index].shape)
        if entries * SAMPLES * CALL_COST > BUDGET:
            return
        probe = Probe(in_float64(recorded), index)
        if entries * SAMPLES * probe.cost > BUDGET:
            return
        result = check_entries(recorded, probe, entries, lambda done: None)
        worst = result.worst
        name = self._script.name(moment.graph.nodes[index].name)
        if result.strange is not None:
            value = self._script.number(result.strange.value)
            message = f"is not finite: {name}{cell_text(result.strange.first)} has {value}"
            self.checks[index] = Check(True, message)
            return
        if worst is None or not result.compared:
            return
        if result.differing and worst.estimate is not None:
            digits = digits_within(worst.estimate.error, worst.estimate.slope, DIGITS)
            slope = self._script.number(worst.estimate.slope, digits)
            at = name + cell_text(worst.cell)
            message = f"differs from central differences: at {at} they say {slope}"
            self.checks[index] = Check(True, message)
            return
        error = self._script.number(bound(worst.relative_error), 1)
        self.checks[index] = Check(
            False, f"agrees with central differences to {error}", f"checked to {error}"
        )

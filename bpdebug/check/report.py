"""The whole check of a run, and its lines of text: one for each array and each expectation."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite, isnan

import numpy as np

from bpdebug.check.expectations import ExpectationCheck, check_expectations
from bpdebug.check.gradients import NO_LOSS, ArrayCheck, check_gradients, strange_entries
from bpdebug.check.rounding import bound_text, digits_within, steady
from bpdebug.expression import counted, visible
from bpdebug.ops import FLOAT64, DType, Index, show_shape
from bpdebug.ops.maps.index_map import ravel
from bpdebug.records import record
from bpdebug.run import Iteration, Run
from bpdebug.run.birth import birth_cell_text, birth_of, birth_verb

WIDEST = 60
"""Characters of an expected array that a line shows."""


@record
class Report:
    """What a check found."""

    arrays: tuple[ArrayCheck, ...]
    expectations: tuple[ExpectationCheck, ...]
    digits: int = 6
    fault: str = ""
    """What is NaN or infinite in the iteration whose gradients are checked, and where it is born;
    empty when the loss and all gradients are finite."""
    loss: float = 0.0
    """The loss of that iteration."""
    iterations: int = 1
    """How many the run has; the gradients of the first are checked."""
    dtype: DType = FLOAT64
    """The kind of numbers that the run computes in."""

    @property
    def ok(self) -> bool:
        """True when all that is compared agrees, and something was if there was anything to."""
        agree = all(c.ok for c in self.arrays) and all(c.ok for c in self.expectations)
        return agree and not self.fault and not self.empty

    @property
    def empty(self) -> bool:
        """True when there was something to compare, and none of it could be."""
        compared = [c.compared for c in self.arrays] + [c.compared for c in self.expectations]
        return bool(compared) and not any(compared)

    def lines(self) -> list[str]:
        """One line for a fault, each array, each expectation, the iteration, and a summary."""
        lines = [self.fault] if self.fault else []
        lines += [array_line(check, self.digits) for check in self.arrays]
        lines += [sampled_line(self.arrays)] * any(map(sampled, self.arrays))
        lines += [expectation_line(check, self.digits) for check in self.expectations]
        if self.iterations > 1:
            lines.append(f"the gradients are those of iteration 1 of {self.iterations:,}")
        if self.dtype != FLOAT64 and self.arrays:
            lines.append(
                f"the gradients are {self.dtype}; the central differences are float64, at the same "
                "values"
            )
        return [*lines, self.summary()]

    def summary(self) -> str:
        """How much was compared, and how much of it differs."""
        arrays = tally([c.compared for c in self.arrays], "gradient")
        numbers = tally([c.compared for c in self.expectations], "expectation")
        comma = "," * ("," in arrays)
        return f"checked {arrays}{comma} and {numbers}: {self.verdict()}"

    def verdict(self) -> str:
        """What is wrong, most telling first; that nothing is, only where something was compared."""
        strange = sum(c.strange is not None for c in self.arrays)
        differing = sum(c.differing > 0 for c in self.arrays)
        differing += sum(not c.ok for c in self.expectations)
        parts = [f"{differing} DIFFER{'S' * (differing == 1)}"] * bool(differing)
        if not isfinite(self.loss):
            parts.append("the loss IS NOT FINITE")
        if strange:
            verb = "IS" if strange == 1 else "ARE"
            parts.append(f"{counted(strange, 'gradient')} {verb} NOT FINITE")
        elif self.fault and isfinite(self.loss):
            parts.append("a gradient on the way IS NOT FINITE")
        if parts:
            return ", ".join(parts)
        return "NOTHING COULD BE COMPARED" if self.empty else "none differs"


def check(run: Run, *, digits: int = 6) -> Report:
    """Compare the first iteration's gradients with central differences, and every expectation."""
    return Report(
        tuple(check_gradients(run)),
        tuple(check_expectations(run)),
        digits,
        fault_line(run.iteration(1)),
        run.iteration(1).loss,
        run.iterations,
        run.problem.dtype,
    )


def fault_line(iteration: Iteration) -> str:
    """`the gradient of x is NaN; it is born at tick 23, in the gradient of x at [1]`.

    Empty when the iteration's loss and all its gradients are finite.
    """
    recorded = iteration.recorded
    bad = [
        (f"the gradient of {visible(node.label)}", np.asarray(found))
        for node, found in zip(recorded.graph.nodes, recorded.gradients, strict=True)
        if found is not None and not np.isfinite(found).all()
    ]
    if not np.isfinite(iteration.loss):
        loss = f"the loss {visible(recorded.graph.nodes[recorded.graph.loss].label)}"
        bad.insert(0, (loss, np.asarray(iteration.loss)))
    birth = birth_of(iteration)
    if not bad or birth is None:
        return ""
    what, values = bad[0]
    strange = strange_entries(values)
    assert strange is not None
    where = birth_cell_text(
        iteration, birth, lambda node: visible(recorded.graph.nodes[node].label)
    )
    return (
        f"{what} is {plain(strange.value)}{' at ' * bool(strange.first)}{shown_cell(strange.first)}"
        f"; {plain(birth.value)} {birth_verb(birth)} at tick {birth.position}, in {where}"
    )


def plain(value: float) -> str:
    """`NaN`, `inf` or `-inf`."""
    return "NaN" if isnan(value) else "inf" if value > 0 else "-inf"


def sampled(found: ArrayCheck) -> bool:
    """True where only some entries of an array were checked, since all would have cost too much."""
    strange = found.strange.count if found.strange else 0
    return (
        not found.note and NO_LOSS not in found.skipped and found.checked + strange < found.entries
    )


def sampled_line(arrays: Iterable[ArrayCheck]) -> str:
    """How many entries of large arrays were drawn, and how."""
    drawn = [found for found in arrays if sampled(found)]
    checked, entries = sum(a.checked for a in drawn), sum(a.entries for a in drawn)
    return (
        f"of {counted(len(drawn), 'gradient')} only a random sample was checked, the same in every "
        f"run: {checked:,} of {entries:,} entries"
    )


def array_line(found: ArrayCheck, digits: int = 6) -> str:
    """The verdict on one array."""
    head = f"gradient of {visible(found.name)}, {shown_shape(found)}: "
    if found.note:
        return head + found.note
    parts = [strange_part(found)] if found.strange is not None else []
    parts += [differing_part(found, digits)] if found.differing else []
    parts += [agreeing_part(found)] if found.agreeing else []
    for reason, count in found.skipped.items():
        parts.append(f"{counted(count, 'entry')} not checkable here ({reason})")
    if sampled(found):
        parts.append(f"checked {found.checked:,} of {found.entries:,} entries")
    return head + "; ".join(parts)


def strange_part(found: ArrayCheck) -> str:
    """How many entries are NaN or infinite, and the first of them."""
    strange = found.strange
    assert strange is not None
    place = f"{visible(found.name)}{shown_cell(strange.first)}"
    text = f"NOT FINITE in {counted(strange.count, 'entry')}; the first, {place}, is "
    text += plain(strange.value)
    if strange.slope is not None:
        text += f", where central differences say {steady(strange.slope, 4)}"
    return text


def differing_part(found: ArrayCheck, digits: int) -> str:
    """What differs, and the worst of it with both numbers."""
    worst = found.worst
    assert worst is not None and worst.estimate is not None
    place = f"{visible(found.name)}{shown_cell(worst.cell)}"
    known = digits_within(worst.estimate.error, worst.estimate.slope, digits)
    return (
        f"DIFFERS in {counted(found.differing, 'entry')}; worst at {place}: "
        f"gradient {worst.gradient:.{digits}g}, "
        f"central differences {steady(worst.estimate.slope, known)}, "
        f"relative error {steady(worst.relative_error, 2)}"
    )


def agreeing_part(found: ArrayCheck) -> str:
    """What agrees, and a bound for how well."""
    text = f"{counted(found.agreeing, 'entry')} agree{'s' * (found.agreeing == 1)}"
    if found.unresolved:
        text += f", {found.unresolved:,} only as far as rounding lets one see"
    if found.worst is not None and not found.differing:
        text += f", relative error below {bound_text(found.worst.relative_error)}"
    return text


def expectation_line(found: ExpectationCheck, digits: int = 6) -> str:
    """The verdict on one expectation."""
    wanted = found.expectation
    shown = visible(wanted.value)
    head = f"expected in iteration {wanted.iteration}, {shown} = {cut_short(wanted.printed)}: "
    if found.value is None:
        return head + "not checked, the run ends before"
    if found.agrees:
        return head + "agrees"
    if wanted.shape is None:
        return f"{head}DIFFERS, it is {with_places(found.value, wanted.printed, digits)}"
    printed = wanted.cells[ravel(found.cell, wanted.shape)]
    return (
        f"{head}DIFFERS in {found.differing:,} of {counted(len(wanted.cells), 'entry')}; the "
        f"first, at {shown_cell(found.cell)}, is {with_places(found.value, printed, digits)}, "
        f"not {printed}"
    )


def with_places(value: float, printed: str, digits: int) -> str:
    """A value with enough digits to see the difference, however few are shown elsewhere."""
    if not isfinite(value):
        return plain(value)
    places = max(digits, sum(char.isdigit() for char in printed) + 2)
    return f"{value:.{min(places, 17)}g}"


def cut_short(text: str) -> str:
    """A long array's text, cut to fit beside its verdict."""
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def shown_shape(found: ArrayCheck) -> str:
    """`a scalar` or `shape (2, 3)`."""
    return f"shape {show_shape(found.shape)}" if found.shape else "a scalar"


def shown_cell(cell: Index) -> str:
    """`[0, 1]`, or nothing for a scalar."""
    return f"[{', '.join(map(str, cell))}]" if cell else ""


def tally(compared: list[bool], noun: str) -> str:
    """`4 gradients`, or `3 gradients, 1 not checked`."""
    text, left = counted(sum(compared), noun), compared.count(False)
    return f"{text}, {left:,} not checked" if left else text

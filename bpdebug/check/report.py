"""The whole check of a run, and its lines of text: one for each array and each expectation."""

from __future__ import annotations

from bpdebug.check.expectations import ExpectationCheck, check_expectations
from bpdebug.check.gradients import ArrayCheck, check_gradients
from bpdebug.check.rounding import bound_text, digits_within, steady
from bpdebug.expression import counted, visible
from bpdebug.ops import Index, show_shape
from bpdebug.record import record
from bpdebug.run import Run


@record
class Report:
    """What a check found."""

    arrays: tuple[ArrayCheck, ...]
    expectations: tuple[ExpectationCheck, ...]
    digits: int = 6

    @property
    def ok(self) -> bool:
        """True when nothing differs."""
        return all(c.ok for c in self.arrays) and all(c.ok for c in self.expectations)

    def lines(self) -> list[str]:
        """One line for each array and each expectation, then a summary."""
        told = [array_line(check, self.digits) for check in self.arrays]
        told += [expectation_line(check, self.digits) for check in self.expectations]
        return [*told, self.summary()]

    def summary(self) -> str:
        """How much was compared, and how much of it differs."""
        arrays = tally([c.compared for c in self.arrays], "gradient")
        numbers = tally([c.compared for c in self.expectations], "expectation")
        differing = sum(not c.ok for c in self.arrays) + sum(not c.ok for c in self.expectations)
        verdict = f"{differing} DIFFER{'S' * (differing == 1)}" if differing else "none differs"
        comma = "," * ("," in arrays)
        return f"checked {arrays}{comma} and {numbers}: {verdict}"


def check(run: Run, *, digits: int = 6) -> Report:
    """Compare the first iteration's gradients with central differences, and every expectation."""
    return Report(tuple(check_gradients(run)), tuple(check_expectations(run)), digits)


def array_line(found: ArrayCheck, digits: int = 6) -> str:
    """The verdict on one array."""
    head = f"gradient of {visible(found.name)}, {shown_shape(found)}: "
    if found.note:
        return head + found.note
    parts = [differing_part(found, digits)] if found.differing else []
    if found.agreeing:
        parts.append(agreeing_part(found))
    for reason, count in found.skipped.items():
        parts.append(f"{counted(count, 'entry')} not checkable here ({reason})")
    if found.checked < found.entries and not found.skipped.get("the loss is not finite"):
        parts.append(f"checked {found.checked:,} of {found.entries:,} entries")
    return head + "; ".join(parts)


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
    head = f"expected in iteration {wanted.iteration}, {visible(wanted.value)} = {wanted.printed}: "
    if found.value is None:
        return head + "not checked, the run ends before"
    if found.agrees:
        return head + "agrees"
    # Enough digits to see the difference, however few are shown elsewhere.
    places = max(digits, sum(char.isdigit() for char in wanted.printed) + 2)
    return head + f"DIFFERS, it is {found.value:.{min(places, 17)}g}"


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

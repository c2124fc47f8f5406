"""Expressions of a scenario as they are put together: a text, and how tightly it binds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import EllipsisType
from typing import Any

from bpdebug.records import record

SUM, PRODUCT, SIGN, POWER, WHOLE = 1, 2, 3, 4, 5
"""How tightly a text binds: a sum least, a name or a call most."""
INFIX = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "@": PRODUCT, "**": POWER}


@record
class Text:
    """An expression as a scenario has it."""

    text: str
    binds: int = WHOLE

    def within(self, least: int) -> str:
        """The text where something that binds so tightly stands around it: in brackets or not."""
        return self.text if self.binds >= least else f"({self.text})"


Form = Callable[[Sequence[Text]], Text]
"""Writes an op from the texts of its operands."""


def infix(sign: str) -> Form:
    """A sign between two operands."""
    binds = INFIX[sign]
    # a − (b − c) and a @ (b @ c) keep their brackets; a ** b binds to the right, and -a ** b is not
    # (-a) ** b.
    left, right = (binds + 1, binds) if sign == "**" else (binds, binds + 1)

    def write(operands: Sequence[Text]) -> Text:
        first, second = operands
        return Text(f"{first.within(left)} {sign} {second.within(right)}", binds)

    return write


def compared(sign: str) -> Form:
    """A comparison, which stands in brackets wherever it is used."""

    def write(operands: Sequence[Text]) -> Text:
        first, second = operands
        return Text(f"{first.within(SUM)} {sign} {second.within(SUM)}", 0)

    return write


def negative(operands: Sequence[Text]) -> Text:
    """The operand with a minus in front."""
    return Text(f"-{operands[0].within(SIGN + 1)}", SIGN)


def transposed(operands: Sequence[Text]) -> Text:
    """The operand with `.T` behind."""
    return Text(f"{operands[0].within(WHOLE)}.T")


def call(op: str, *leading: str, **options: Any) -> Form:
    """A call of an op: texts that come first (`"ij,jk->ik"`), operands, then options."""
    given = [f"{name}={literal(value)}" for name, value in options.items()]
    first = [f'"{one}"' for one in leading]

    def write(operands: Sequence[Text]) -> Text:
        return Text(f"{op}({', '.join([*first, *(one.text for one in operands), *given])})")

    return write


def indexed(key: Sequence[Any]) -> Form:
    """The first operand with an index behind.

    Entries of the key are numbers, slices, None and `...`; an entry `OPERAND` is the next operand.
    """

    def write(operands: Sequence[Text]) -> Text:
        picked = iter(operands[1:])
        parts = [next(picked).text if one is OPERAND else index_text(one) for one in key]
        return Text(f"{operands[0].within(WHOLE)}[{', '.join(parts)}]")

    return write


OPERAND = object()
"""In the key of `indexed`: an array of whole numbers, which is the next operand."""


def index_text(entry: int | slice | EllipsisType | None) -> str:
    """An entry of an index as it is written."""
    if isinstance(entry, slice):
        start, stop, step = (
            "" if part is None else str(int(part)) for part in (entry.start, entry.stop, entry.step)
        )
        return f"{start}:{stop}" + (f":{step}" if step else "")
    if entry is None:
        return "None"
    return "..." if entry is ... else str(int(entry))


def number(value: float) -> Text:
    """A number, written so that it is read as exactly this."""
    if value != value:
        raise ValueError("NaN cannot be written as a number")
    whole = value == int(value) if abs(value) < 1e15 else False
    text = str(int(value)) if whole and str(value) != "-0.0" else repr(float(value))
    return Text(text, SIGN if text.startswith("-") else WHOLE)


def literal(value: Any) -> str:
    """An option's value as it is written."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, (tuple, list)):
        parts = ", ".join(literal(one) for one in value)
        return f"({parts},)" if len(value) == 1 else f"({parts})"
    return number(value).text

"""A value of recorded code: an array, and how it was made."""

from __future__ import annotations

from enum import Enum
from itertools import count

from bpdebug.ops import Array
from bpdebug.recording.lines import NOWHERE, Line
from bpdebug.recording.texts import Form, Text


class Role(Enum):
    """What a value is in the recorded code."""

    INPUT = "input"
    PARAMETER = "parameter"
    CONSTANT = "constant"
    """An array that the code made of plain numbers; in the scenario an input like any other."""
    NUMBER = "number"
    """A plain number, which is written into the expressions."""
    RESULT = "result"


COUNT = count()


class Value:
    """An array that recorded code used or computed. Values are compared by identity."""

    __slots__ = (
        *("apart", "array", "at", "form", "group", "hint", "learned", "line", "name", "operands"),
        *("problem", "role"),
    )

    def __init__(
        self,
        array: Array,
        role: Role,
        *,
        form: Form | None = None,
        operands: tuple[Value, ...] = (),
        line: Line = NOWHERE,
        group: str = "",
        name: str = "",
        problem: str = "",
        hint: str = "",
    ) -> None:
        self.array, self.role, self.form, self.operands = array, role, form, operands
        self.line, self.group = line, group
        self.at = next(COUNT)
        """Its place in the order in which values are computed."""
        self.name = name
        """Its name in the scenario; empty as long as it has none."""
        self.hint = hint
        """What it is called where nothing else names it; empty where that is not known."""
        self.apart = False
        """Whether it has an entry of its own in any case."""
        self.problem = problem
        """Why no scenario can compute it; empty for what can be recorded."""
        self.learned: bool = role is Role.PARAMETER or any(one.learned for one in operands)
        """Whether it depends on a parameter."""

    @property
    def leaf(self) -> bool:
        """True for values that nothing recorded computes."""
        return self.role is not Role.RESULT

    @property
    def constant(self) -> bool:
        """True for plain numbers that the code made itself: neither learned nor given as data."""
        return self.role in (Role.CONSTANT, Role.NUMBER)

    def write(self, operands: list[Text]) -> Text:
        """The value as an expression over the texts of its operands."""
        assert self.form is not None
        return self.form(operands)

"""The recorder: it collects what code computes, and makes a recording of what led to the loss."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bpdebug.expression.limits import NODES
from bpdebug.ops import Array
from bpdebug.recording.lines import NOWHERE, Line
from bpdebug.recording.names import LocalNames
from bpdebug.recording.recording import Recording
from bpdebug.recording.setting import Setting
from bpdebug.recording.texts import Form, number
from bpdebug.recording.value import Role, Value
from bpdebug.recording.writing import Writer
from bpdebug.recording.written import DATA, UNDONE, Written, constant, itself

UNKNOWN: Array = np.empty(0)
"""The array of a value whose numbers the code did not compute by themselves."""


class Recorder:
    """Collects the values of recorded code, in the order in which they are computed."""

    def __init__(self) -> None:
        self.leaves: list[Value] = []
        """Inputs and parameters that the caller gave, in their order."""
        self.names = LocalNames()
        """The local variables in which the code held values."""
        self._ops = 0

    def _another(self, line: Line) -> None:
        """Count an op; BpdebugError where there are far more than a graph may have.

        Not all that is recorded leads to the loss, so that there is room for more.
        """
        self._ops += 1
        if self._ops > 2 * NODES:
            raise line.error(
                f"the code computes more than {2 * NODES:,} values, and a graph has at most "
                f"{NODES:,} nodes; record fewer steps"
            )

    def input(self, name: str, array: Array) -> Value:
        """An array of data that the caller named."""
        return self._leaf(name, array, Role.INPUT)

    def parameter(self, name: str, array: Array) -> Value:
        """An array that is learned."""
        return self._leaf(name, array, Role.PARAMETER)

    def _leaf(self, name: str, array: Array, role: Role) -> Value:
        value = Value(array, role, name=name)
        self.leaves.append(value)
        return value

    def constant(
        self, array: Array, *, line: Line = NOWHERE, group: str = "", hint: str = ""
    ) -> Value:
        """An array of data that the code made itself: a mask that it drew, a table of positions.

        Single numbers are written into the expressions, all other arrays become inputs.
        """
        array = np.asarray(array)
        if array.ndim == 0 and not np.isnan(array):
            form = number(float(array))
            return Value(array, Role.NUMBER, form=lambda _: form, line=line)
        return Value(array, Role.CONSTANT, line=line, group=group, hint=hint)

    def result(
        self,
        form: Form,
        operands: Sequence[Value],
        array: Array,
        *,
        line: Line = NOWHERE,
        group: str = "",
    ) -> Value:
        """What an op made of its operands; `form` writes it, and `array` is what it computed."""
        self._another(line)
        return Value(
            array, Role.RESULT, form=form, operands=tuple(operands), line=line, group=group
        )

    def written(
        self,
        made: Written,
        array: Array,
        lift: Callable[[Any], Value],
        known: dict[int, Value] | None = None,
        *,
        line: Line = NOWHERE,
        group: str = "",
    ) -> Value:
        """The value of a written function, whose result is `array`.

        `lift` gives the value of an argument. Parts become values of their own, whose arrays are
        `UNKNOWN`; `known` has those that were made already, so that several results share them.
        """
        known = {} if known is None else known
        if id(made) in known:
            return known[id(made)]
        where: dict[str, Any] = {"line": line, "group": group}
        if made.form is constant:
            numbers = np.asarray(array if made is DATA else made.operands[0])
            value = Value(numbers, Role.CONSTANT, hint=made.hint, **where)
        else:
            operands = tuple(
                self.written(one, UNKNOWN, lift, known, **where)
                if isinstance(one, Written)
                else lift(one)
                for one in made.operands
            )
            if made.form is itself:
                (value,) = operands
            elif made.form in UNDONE and operands[0].form is made.form:
                (value,) = operands[0].operands
            else:
                self._another(line)
                value = Value(
                    *(array, Role.RESULT),
                    form=made.form,
                    operands=operands,
                    hint=made.hint,
                    **where,
                )
                value.apart = made.apart
        known[id(made)] = value
        return value

    def refused(
        self, problem: str, operands: Sequence[Value], array: Array, *, line: Line = NOWHERE
    ) -> Value:
        """A value that no scenario can compute. It is an error only if the loss depends on it.

        What depends on data alone becomes data.
        """
        if not any(one.learned for one in operands):
            return self.constant(array, line=line)
        return Value(array, Role.RESULT, operands=tuple(operands), line=line, problem=problem)

    def finish(self, loss: Value, setting: Setting) -> Recording:
        """The recording of what led to the loss.

        BpdebugError, with the user's line, where that cannot be recorded.
        """
        return Writer(self.leaves, loss, self.names, setting).recording()

"""The recorder: it collects what code computes, and makes a recording of what led to the loss."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpdebug.ops import Array
from bpdebug.recording.lines import NOWHERE, Line
from bpdebug.recording.names import LocalNames
from bpdebug.recording.recording import Recording
from bpdebug.recording.setting import Setting
from bpdebug.recording.texts import Form, number
from bpdebug.recording.value import Role, Value
from bpdebug.recording.writing import Writer


class Recorder:
    """Collects the values of recorded code, in the order in which they are computed."""

    def __init__(self) -> None:
        self.leaves: list[Value] = []
        """Inputs and parameters that the caller gave, in their order."""
        self.names = LocalNames()
        """The local variables in which the code held values."""

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

    def constant(self, array: Array, *, line: Line = NOWHERE, group: str = "") -> Value:
        """An array of data that the code made itself: a mask that it drew, a table of positions.

        Single numbers are written into the expressions, all other arrays become inputs.
        """
        array = np.asarray(array)
        if array.ndim == 0 and not np.isnan(array):
            form = number(float(array))
            return Value(array, Role.NUMBER, form=lambda _: form, line=line)
        return Value(array, Role.CONSTANT, line=line, group=group)

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
        return Value(
            array, Role.RESULT, form=form, operands=tuple(operands), line=line, group=group
        )

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

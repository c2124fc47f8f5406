"""What an op gives where mathematics leaves a choice or its formula alone gives no number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from bpdebug.records import record


@record
class Convention:
    """A choice of an op in words, and the numbers that hold the op to them.

    At `operands` (numbers, or tuples nested as arrays are) the result is `value` and the local
    derivative for operand k is `slopes[k]`, in the shape that the op's signature gives it; None
    says nothing of that number. The documentation, `help OP` and the tests read it from here.
    """

    says: str
    """A sentence without its capital and its full stop: `at 0 the slope is taken as 0`."""
    operands: tuple[Any, ...]
    value: Any = None
    slopes: tuple[Any, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    """The options with which the numbers are computed, where they differ from the defaults."""

    @property
    def sentence(self) -> str:
        """`At 0 the slope is taken as 0.`"""
        return self.says[:1].upper() + self.says[1:] + "."

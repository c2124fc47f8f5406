"""Update rules for parameters in float32: as PyTorch has it, with settings as plain numbers.

Settings, schedules and what is made of them alone are Python's numbers, in double precision.
Beside an array of float32 such a number takes on its kind, so that parameters, gradients, states
and every line that reads them are float32 throughout.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bpdebug.ops import FLOAT64, Array, DType
from bpdebug.optimizer.rule import Rule, RuleLine, Values
from bpdebug.records import replace

Compute = Callable[[Values], Array]


def rule_of_kind(rule: Rule, dtype: DType) -> Rule:
    """The rule for parameters of this kind; the rule itself for float64."""
    if dtype == FLOAT64:
        return rule
    whole = {"theta", "g", *rule.states}

    def of_kind(lines: tuple[RuleLine, ...]) -> tuple[RuleLine, ...]:
        return tuple(
            replace(line, compute=narrowed_line(line.compute, dtype, whole=line.target in whole))
            for line in lines
        )

    return replace(
        rule,
        lines=of_kind(rule.lines),
        shared=of_kind(rule.shared),
        continued=of_kind(rule.continued),
    )


def narrowed_line(compute: Compute, dtype: DType, *, whole: bool) -> Compute:
    """A line's function with results of this kind; numbers made of settings stay Python's.

    `whole` is True for a line that makes a parameter, a gradient or a state.
    """

    def narrowed(values: Values) -> Array:
        try:
            made: Any = compute(values)
        except (OverflowError, ZeroDivisionError):
            # Python's numbers raise where numpy's become infinite.
            made = compute({name: numpys(value) for name, value in values.items()})
        if not whole and np.ndim(made) == 0 and np.asarray(made).dtype != dtype:
            return float(made)  # type: ignore[return-value]
        return np.asarray(made, dtype=dtype)

    return narrowed


def numpys(value: Any) -> Any:
    """A plain number as numpy's float64; any other value as it is."""
    return np.float64(value) if isinstance(value, float) else value

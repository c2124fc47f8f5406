"""The settings of optimizers: each with its default, its range and a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from bpdebug.records import record

SettingValue = float | bool | None


@record
class Setting:
    """A number in a range, or true and false; None as default means that it is left out."""

    default: SettingValue
    what: str
    """What the setting does, for help and tables."""
    low: float = 0.0
    open_low: bool = False
    """True when the number must be above `low`, not just at least `low`."""
    high: float = inf
    open_high: bool = True

    @property
    def flag(self) -> bool:
        """Whether it is true or false, no number."""
        return isinstance(self.default, bool)

    def allows(self, value: float) -> bool:
        """Whether a number lies in the range."""
        above = value > self.low if self.open_low else value >= self.low
        return above and (value < self.high if self.open_high else value <= self.high)

    def range_text(self) -> str:
        """The range in words: `at least 0 and below 1`."""
        text = f"{'above' if self.open_low else 'at least'} {self.low:g}"
        if self.high == inf:
            return text
        return f"{text} and {'below' if self.open_high else 'at most'} {self.high:g}"

    def default_text(self) -> str:
        """The default as a scenario writes it."""
        if isinstance(self.default, bool):
            return str(self.default).lower()
        return "none" if self.default is None else f"{self.default:g}"


def rate(default: float) -> Setting:
    """A learning rate."""
    return Setting(default, "the learning rate α", open_low=True)


def decay(what: str, default: float) -> Setting:
    """How much of a running average each step keeps."""
    return Setting(default, what, high=1.0)


def epsilon(default: float) -> Setting:
    """The small number that keeps a division from failing."""
    return Setting(default, "the small number ε that keeps the division finite")


MOMENTUM = "the part μ of the velocity that each step keeps"

COMMON: Mapping[str, Setting] = {
    "weight_decay": Setting(0.0, "coupled weight decay: λ·θ is added to the gradient"),
    "clip_value": Setting(None, "every entry of the gradient is cut to ±c", open_low=True),
    "clip_norm": Setting(
        None,
        "the gradients of all parameters that share this optimizer are scaled together to a norm "
        "of at most c; a parameter with its own optimizer counts alone",
        open_low=True,
    ),
    "maximize": Setting(False, "true takes steps uphill"),
}
"""The settings that every optimizer has beside its own."""

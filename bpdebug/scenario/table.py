"""A TOML table with the key under which it stands: typed look-ups whose errors name the key."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, time
from math import isfinite, isinf
from typing import Any, NoReturn

from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.expression import quoted, visible

MISSING: Any = object()


class TomlTable:
    """A TOML table; `key` is where it stands in the file, such as `run` or `inputs.x`."""

    def __init__(self, values: Mapping[str, Any], key: str = "") -> None:
        self.values = values
        self.key = key

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def where(self, name: str) -> str:
        """The full key of an entry."""
        shown = quoted(name) if not name.isidentifier() else name
        return f"{self.key}.{shown}" if self.key else shown

    def fail(self, problem: str, name: str = "") -> NoReturn:
        """Raise an error at an entry, or at the table itself."""
        raise BpdebugError(problem, key=self.where(name) if name else self.key)

    def only(self, *known: str) -> None:
        """BpdebugError for the first entry that is not among the `known`."""
        for name in self.values:
            if name not in known:
                hint = did_you_mean(name, known) or f"; known are {', '.join(known)}"
                raise BpdebugError(f"unknown key {quoted(name)}{hint}", key=self.key)

    def get(self, name: str, default: Any = MISSING) -> Any:
        """An entry as TOML gave it."""
        if name in self.values:
            return self.values[name]
        if default is MISSING:
            self.fail(f"the key '{name}' is missing")
        return default

    def text(self, name: str, default: Any = MISSING) -> str:
        """A text."""
        value = self.get(name, default)
        if not isinstance(value, str):
            self.fail(f"must be a text in quotes, not {kind(value)}", name)
        return value

    def choice(self, name: str, known: Mapping[str, Any], default: Any = MISSING) -> str:
        """A text from among the `known`; BpdebugError for any other."""
        if default is MISSING and name not in self:
            self.fail(f"the key '{name}' is missing; known are {', '.join(known)}")
        value = self.text(name, default)
        if value not in known:
            listed = ", ".join(known)
            hint = did_you_mean(value, known) or ""
            self.fail(f"unknown: {quoted(value)}{hint or ';'} known are {listed}", name)
        return value

    def flag(self, name: str, default: bool) -> bool:
        """true or false."""
        value = self.get(name, default)
        if not isinstance(value, bool):
            self.fail(f"must be true or false, not {kind(value)}", name)
        return value

    def whole(self, name: str, default: Any = MISSING, *, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        value = self.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int):
            self.fail(f"must be a whole number, not {kind(value)}", name)
        if not low <= value <= high:
            shown = value if abs(value) < 10**18 else "a number of that size"
            self.fail(f"must be from {low} to {high:,}, not {shown}", name)
        return value

    def number(self, name: str, default: Any = MISSING, *, above: float = -float("inf")) -> float:
        """A finite number, greater than `above`."""
        value = self.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fail(f"must be a number, not {kind(value)}", name)
        real = to_float(value)
        if not isfinite(real) or not real > above:
            low = "" if above == -float("inf") else f" above {above:g}"
            self.fail(f"must be a finite number{low}, not {real:g}", name)
        return real

    def table(self, name: str) -> TomlTable:
        """A table inside this table; empty when the file does not have it."""
        value = self.get(name, {})
        if not isinstance(value, dict):
            self.fail(f"must be a table, written [{self.where(name)}], not {kind(value)}", name)
        return TomlTable(value, self.where(name))

    def tables(self, name: str) -> list[TomlTable]:
        """The tables of a `[[…]]` list, numbered from 1 in their keys."""
        value = self.get(name, [])
        where = self.where(name)
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.fail(f"must be a list of tables, each written [[{where}]]", name)
        return [TomlTable(one, f"{where} #{at}") for at, one in enumerate(value, 1)]


def dotted(name: str, value: Mapping[str, Any], settings: Collection[str] = ()) -> str:
    """What to write where a name with dots stands without quotes, as the end of a sentence.

    TOML reads `a.w = 1` as a table `a` with an entry `w`. Empty for a table with one of the
    `settings`, which an entry of its own has, and for one without entries.
    """
    inner: Any = value
    while isinstance(inner, Mapping) and inner and inner.keys().isdisjoint(settings):
        part, inner = next(iter(inner.items()))
        name += f".{part}"
    if inner is value:
        return ""
    return f'; a name with dots stands in quotes: "{visible(name[:80])}" = …'


class TooLarge(float):
    """A number of TOML that is past float64's range: infinite, though no infinity is written."""


def parse_float(text: str) -> float:
    """A number with a point or an exponent, `inf` or `nan` as TOML writes it, for `tomllib`."""
    value = float(text)
    return TooLarge(value) if isinf(value) and "inf" not in text else value


def past_range(value: int | float) -> bool:
    """True for a number that float64 cannot hold, and not for a written `inf`."""
    return isinf(to_float(value)) and (isinstance(value, TooLarge | int))


def to_float(value: int | float) -> float:
    """The number as float64; infinity when it is past its range."""
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def kind(value: Any) -> str:
    """What a TOML value is, in words."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"the text {quoted(value, 30)}"
    if isinstance(value, int | float):
        return f"the number {to_float(value):g}"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a table"
    return "a date or time" if isinstance(value, date | time) else "that"

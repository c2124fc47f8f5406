"""A person's configuration: theme, digits and keys, one TOML file that need not be there.

A mistake in it is reported like one in a scenario: the file, the key, what is wrong, what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from textual.theme import BUILTIN_THEMES

from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.record import record
from bpdebug.tui.folders import config_file
from bpdebug.tui.palettes import DARK, THEMES
from bpdebug.wording import safe

LARGEST = 1 << 18
"""Bytes of a configuration at most."""
KNOWN_DIGITS = range(1, 18)
"""float64 has no more than 17 significant digits."""


@record
class Config:
    """What a configuration says; the defaults are what holds without one."""

    theme: str = DARK.name
    digits: int | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    """By the id of a binding: its keys, as Textual names them, joined by commas."""


def read_config() -> Config:
    """The configuration of whoever started the program; BpdebugError for a mistake in it."""
    path = config_file()
    try:
        text = text_of(path)
    except FileNotFoundError:
        return Config()
    try:
        return config_in(text)
    except BpdebugError as error:
        raise error.at(file=safe(str(path))) from None


def text_of(path: Path) -> str:
    """The file's text. BpdebugError where it cannot be read; FileNotFoundError without one."""
    try:
        if path.exists() and not path.is_file():
            raise OSError("it is no regular file")
        with path.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise OSError(f"it has more than {LARGEST:,} bytes")
        return raw.decode("utf-8-sig")
    except FileNotFoundError:
        raise
    except UnicodeDecodeError:
        raise BpdebugError("it is not UTF-8; save it as UTF-8", file=safe(str(path))) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise BpdebugError(
            f"cannot read the configuration: {why}; mend it, or set BPDEBUG_CONFIG to another file",
            file=safe(str(path)),
        ) from None


def config_in(text: str) -> Config:
    """The configuration in a text. BpdebugError names the key of a mistake."""
    import tomllib

    try:
        entries = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        why = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise BpdebugError(f"not valid TOML: {safe(why)}") from None
    readers: dict[str, Callable[[Any], Any]] = {"theme": theme, "digits": digits, "keys": keys}
    for key in entries:
        if key not in readers:
            hint = did_you_mean(key, readers) or "; known are theme, digits and [keys]"
            raise BpdebugError(f"unknown key{hint}", key=safe(key[:80]))
    return Config(**{key: readers[key](value) for key, value in entries.items()})


def theme(value: object) -> str:
    """The name of a theme."""
    known = [*(ours.name for ours in THEMES), *BUILTIN_THEMES]
    if not isinstance(value, str):
        raise BpdebugError(f"give a name in quotes, such as '{DARK.name}'", key="theme")
    if value not in known:
        short = next((one.name for one in THEMES if value and value.casefold() in one.name), value)
        hint = did_you_mean(short, known) or f"; known are {', '.join(known)}"
        raise BpdebugError(f"unknown theme '{safe(value[:40])}'{hint}", key="theme")
    return value


def digits(value: object) -> int:
    """A number of significant digits."""
    if type(value) is not int or value not in KNOWN_DIGITS:
        raise BpdebugError(
            f"give a whole number from {KNOWN_DIGITS[0]} to {KNOWN_DIGITS[-1]}, "
            f"not {safe(repr(value)[:40])}",
            key="digits",
        )
    return value


def keys(value: object) -> Mapping[str, str]:
    """Keys by the ids of bindings."""
    from bpdebug.tui.keymap import keymap

    if not isinstance(value, dict):
        raise BpdebugError('give a table: [keys], and below it step = "s,f11"', key="keys")
    return keymap(value)

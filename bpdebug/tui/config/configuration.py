"""A user's configuration: theme, digits and keys, in a TOML file, which may be missing.

A mistake in it is reported like one in a scenario: the file, the key, what is wrong, what to do.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from textual.theme import BUILTIN_THEMES

from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.reading import CONFIGURATION, MissingError, text_of, toml_in
from bpdebug.records import record
from bpdebug.tui.theme.palettes import DARK, THEMES
from bpdebug.wording import safe

CONFIG = "BPDEBUG_CONFIG"
"""The variable that names another configuration file."""
KNOWN_DIGITS = range(1, 18)
"""float64 has no more than 17 significant digits."""


@record
class Config:
    """The settings of a configuration; the defaults apply without a file."""

    theme: str = DARK.name
    digits: int | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    """By the id of a binding: its keys, as Textual names them, joined by commas."""


def read_config() -> Config:
    """The configuration of the user who started the program; BpdebugError for a mistake in it.

    A file that the variable names must exist; the file in the platform's own folder may be missing.
    """
    from platformdirs import user_config_path

    named = os.environ.get(CONFIG)
    path = Path(named) if named else user_config_path("bpdebug", appauthor=False) / "config.toml"
    try:
        return config_in(text_of(path, CONFIGURATION))
    except BpdebugError as error:
        if isinstance(error, MissingError) and not named:
            return Config()
        raise error.at(file=safe(str(path))) from None


def config_in(text: str) -> Config:
    """The configuration in a text. BpdebugError names the key of a mistake."""
    entries = toml_in(text)
    readers: dict[str, Callable[[Any], Any]] = {
        "theme": read_theme,
        "digits": read_digits,
        "keys": read_keys,
    }
    for key in entries:
        if key not in readers:
            hint = did_you_mean(key, readers) or "; known are theme, digits and [keys]"
            raise BpdebugError(f"unknown key{hint}", key=safe(key[:80]))
    return Config(**{key: readers[key](value) for key, value in entries.items()})


def read_theme(value: object) -> str:
    """The name of a theme."""
    themes = [*(ours.name for ours in THEMES), *BUILTIN_THEMES]
    if not isinstance(value, str):
        raise BpdebugError(f"give a name in quotes, such as '{DARK.name}'", key="theme")
    if value not in themes:
        short = next(
            (ours.name for ours in THEMES if value and value.casefold() in ours.name), value
        )
        hint = did_you_mean(short, themes) or f"; known are {', '.join(themes)}"
        raise BpdebugError(f"unknown theme '{safe(value[:40])}'{hint}", key="theme")
    return value


def read_digits(value: object) -> int:
    """A number of significant digits."""
    if type(value) is not int or value not in KNOWN_DIGITS:
        raise BpdebugError(
            f"give a whole number from {KNOWN_DIGITS[0]} to {KNOWN_DIGITS[-1]}, "
            f"not {safe(repr(value)[:40])}",
            key="digits",
        )
    return value


def read_keys(value: object) -> Mapping[str, str]:
    """Keys by the ids of bindings."""
    from bpdebug.tui.keys.keymap import keymap

    if not isinstance(value, dict):
        raise BpdebugError('give a table: [keys], and below it step = "s,f11"', key="keys")
    return keymap(value)

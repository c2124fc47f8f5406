"""A scenario's text: keys, texts, tables and comments, as TOML has them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bpdebug.printable import visible

BARE = re.compile(r"[A-Za-z0-9_-]+")


def key(name: str) -> str:
    """A key: bare where that can be."""
    return name if BARE.fullmatch(name) else text(name)


def text(value: str) -> str:
    """A text in quotes: in single ones where it has double ones in it and needs no escape."""
    if '"' in value and "'" not in value and value.isprintable():
        return f"'{value}'"
    # TOML has the escapes of JSON, but wants the last control character escaped, too.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def inline(value: Any) -> str:
    """A value on one line: a text, a number, a list, a table."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        rows = ", ".join(f"{key(name)} = {inline(one)}" for name, one in value.items())
        return f"{{ {rows} }}"
    if isinstance(value, Sequence):
        return f"[{', '.join(inline(one) for one in value)}]"
    return repr(value)


def table(name: str, rows: Sequence[str]) -> str:
    """A table with its rows."""
    return "\n".join([f"[{name}]", *rows, ""])


def comment(words: str) -> str:
    """A comment behind an entry; empty where there is nothing to say."""
    return f"  # {visible(words)}" if words else ""

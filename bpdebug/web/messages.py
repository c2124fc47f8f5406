"""The messages of a visitor's page. They are untrusted, so every part is checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

DEFAULT = (80, 24)
MOST = (1000, 400)
"""Columns and rows: a screen's memory grows with them."""


def parse_message(message: str) -> tuple[str, Any]:
    """A message's kind and its data; ("", None) for an unknown or malformed message.

    stdin: bytes; resize: (columns, rows); ping: a short text; focus and blur: None.
    """
    try:
        envelope = json.loads(message)
    except (ValueError, RecursionError):
        return "", None
    if not isinstance(envelope, list) or not envelope:
        return "", None
    kind, data = envelope[0], envelope[1] if len(envelope) > 1 else None
    if kind == "stdin" and isinstance(data, str):
        typed = data.encode("utf-8", "ignore")
        # Textual takes no bytes at all for the end of the input.
        return (kind, typed) if typed else ("", None)
    if kind == "resize" and isinstance(data, dict):
        return kind, size_of(data)
    if kind == "ping" and isinstance(data, str):
        return kind, data[:40]
    return (kind, None) if kind in ("focus", "blur") else ("", None)


def size_of(fields: Mapping[str, object]) -> tuple[int, int]:
    """Columns and rows, within what a screen can be."""
    width, height = (
        bounded_size(fields.get(key), default, most)
        for key, default, most in zip(("width", "height"), DEFAULT, MOST, strict=True)
    )
    return width, height


def bounded_size(value: object, default: int, most: int) -> int:
    """A whole number from 1 to `most`; the default for any other value."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return default
    return min(max(value, 1), most)

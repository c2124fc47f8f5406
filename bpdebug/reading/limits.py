"""The limits that keep a hostile file from taking the machine. docs/reference.md states them."""

from __future__ import annotations

from bpdebug.records import record

KEY_PARTS = 32
"""Parts of a dotted key. The time of Python's reader grows with the square of them."""
DIGITS = 1_000
"""Digits of one number."""
DEPTH = 100
"""Lists and tables in one another."""
ENTRIES = 2_000_000
"""Values of one file of text."""
MOST_ARRAYS = 10_000
"""Arrays of one archive."""


@record
class FileKind:
    """What is read: its name in errors, its largest size, and what to do about a larger one."""

    name: str
    most: int
    """Bytes."""
    remedy: str


SCENARIO = FileKind("scenario", 10 * 2**20, "keep large arrays in an .npz file beside it")
CONFIGURATION = FileKind("configuration", 2**18, "keep theme, digits and [keys] alone in it")
SAVED_SESSION = FileKind("saved session", 2**20, "delete it")
CSV = FileKind(".csv file", 32 * 2**20, "keep large arrays in an .npz file")
NPZ = FileKind(".npz file", 512 * 2**20, "take fewer rows")
NPY = FileKind(".npy file", 512 * 2**20, "take fewer rows")
SAFETENSORS = FileKind(".safetensors file", 16 * 2**30, "take only the arrays that you need")
JSON = FileKind(".json file", 64 * 2**20, "keep large arrays in an .npz file")

"""How every file from outside is read: measured first, and never trusted.

Scenarios, configurations, saved sessions, and data come through here, with one set of
limits and one kind of error: a sentence with what is wrong and what to do, never a hang.
"""

from bpdebug.reading.files import MissingError, UnreadableError, opened, text_of, too_large
from bpdebug.reading.forms import json_in, toml_in
from bpdebug.reading.limits import (
    CONFIGURATION,
    CSV,
    DEPTH,
    DIGITS,
    ENTRIES,
    JSON,
    KEY_PARTS,
    NPY,
    NPZ,
    SAFETENSORS,
    SAVED_SESSION,
    SCENARIO,
    FileKind,
)

__all__ = [
    "CONFIGURATION",
    "CSV",
    "DEPTH",
    "DIGITS",
    "ENTRIES",
    "JSON",
    "KEY_PARTS",
    "NPY",
    "NPZ",
    "SAFETENSORS",
    "SAVED_SESSION",
    "SCENARIO",
    "FileKind",
    "MissingError",
    "UnreadableError",
    "json_in",
    "opened",
    "text_of",
    "toml_in",
    "too_large",
]

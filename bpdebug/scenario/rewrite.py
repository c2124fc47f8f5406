"""A scenario's text with other numbers: [inputs] and [parameters] anew, all else as written.

Comments and formulas stay as their author has them. What [[expect]] says of the old numbers goes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from bpdebug.ops import FLOAT32, Array
from bpdebug.reading.forms import TOML_TEXTS, toml_in

KEPT = ("gradient", "batch", "frozen", "optimizer", "state", "finite")
"""What an entry says besides its numbers."""
LINE = 96
"""The most columns of a line of numbers."""
TITLE = re.compile(r"^[ \t]*title[ \t]*=[ \t]*", re.MULTILINE)
HEADER = re.compile(r"^[ \t]*\[\[?[ \t]*([^\]]*?)[ \t]*\]")


def with_numbers(text: str, tables: Mapping[str, Mapping[str, Array]], title: str) -> str:
    """The scenario's text with another title, and other arrays in some of its tables.

    `tables` has the arrays by name for `inputs`, and for `parameters` where they are in the file.
    Whether the text is understood so, the caller finds out by loading it.
    """
    old = toml_in(text)
    written, parts = set(), []
    for name, part in sections(text):
        if name == "":
            parts.append(titled(part, title))
        elif name == "expect":
            parts.append(trailing_comments(part))
        elif name in tables:
            if name not in written:
                parts.append(f"[{name}]\n")
                parts += entries(tables[name], old.get(name, {}))
                parts.append("\n")
            written.add(name)
            parts.append(trailing_comments(part))
        else:
            parts.append(part)
    return "".join(parts).rstrip() + "\n"


def sections(text: str) -> Iterator[tuple[str, str]]:
    """The parts of a TOML text, each with the first word of its header; empty for the top."""
    masked = TOML_TEXTS.sub(lambda found: re.sub(r"[^\n]", "q", found[0]), text)
    name, start, depth, at = "", 0, 0, 0
    for shown, line in zip(
        masked.splitlines(keepends=True), text.splitlines(keepends=True), strict=True
    ):
        header = HEADER.match(line) if depth == 0 and shown.lstrip().startswith("[") else None
        if header is not None:
            yield name, text[start:at]
            name, start = header[1].split(".")[0].strip(" \t\"'"), at
        else:
            depth += sum(map(shown.count, "[{")) - sum(map(shown.count, "]}"))
        at += len(line)
    yield name, text[start:]


def titled(top: str, title: str) -> str:
    """The top of a scenario with another title."""
    line = f"title = {quoted(title)}"
    found = TITLE.search(top)
    old = TOML_TEXTS.match(top, found.end()) if found is not None else None
    if found is None or old is None:
        return f"{line}\n{top}" if top.strip() else f"{line}\n\n"
    return top[: found.start()] + line + top[old.end() :]


def trailing_comments(part: str) -> str:
    """The comments at the end of a part that belong to the next: those behind a blank line."""
    lines = part.splitlines(keepends=True)
    at = len(lines)
    while at and (not lines[at - 1].strip() or lines[at - 1].lstrip().startswith("#")):
        at -= 1
    rest = lines[at:]
    while rest and rest[0].strip():
        rest.pop(0)
    kept = "".join(rest).strip("\n")
    return f"{kept}\n" if kept else ""


def entries(arrays: Mapping[str, Array], old: Mapping[str, Any]) -> Iterator[str]:
    """An entry for each array, with what the old entry says besides its numbers."""
    for name, array in arrays.items():
        before = old.get(name)
        kept = (
            {key: before[key] for key in KEPT if key in before} if isinstance(before, dict) else {}
        )
        value = numbers(np.asarray(array), len(name) + 3)
        if kept:
            flags = ", ".join(f"{key} = {literal(one)}" for key, one in kept.items())
            value = f"{{ value = {value}, {flags} }}"
        yield f"{key_of(name)} = {value}\n"


def numbers(array: Array, column: int = 0) -> str:
    """An array as TOML; a long one over several lines."""
    if array.dtype == FLOAT32:
        array = np.array(array.astype(str), dtype=np.float64)  # 0.1, not 0.10000000149011612
    whole = bool(np.all(np.isfinite(array)) and np.all(array == np.round(array)))
    line = nested(array, whole)
    if array.ndim == 0 or column + len(line) <= LINE:
        return line
    return "\n".join(over_lines(array, "", whole))


def over_lines(array: Array, indent: str, whole: bool) -> Iterator[str]:
    """An array over several lines: a line a row, or as many numbers as fit."""
    yield f"{indent}["
    if array.ndim == 1:
        row = ""
        for value in array:
            text = number(float(value), whole)
            if row and len(indent) + len(row) + len(text) > LINE - 6:
                yield f"{indent}  {row.rstrip()}"
                row = ""
            row += f"{text}, "
        yield f"{indent}  {row.rstrip()}"
    else:
        for part in array:
            line = f"{indent}  {nested(part, whole)}"
            if len(line) < LINE:
                yield f"{line},"
            else:
                *lines, last = over_lines(part, f"{indent}  ", whole)
                yield from lines
                yield f"{last},"
    yield f"{indent}]"


def nested(array: Array, whole: bool) -> str:
    """An array on one line."""
    if array.ndim == 0:
        return number(float(array), whole)
    return f"[{', '.join(nested(np.asarray(part), whole) for part in array)}]"


def number(value: float, whole: bool) -> str:
    """A number as TOML reads it back to the last bit."""
    return str(int(value)) if whole else repr(value)


def literal(value: Any) -> str:
    """A value on one line: a text, a number, a truth value, a list or a table."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict):
        inner = ", ".join(f"{key_of(key)} = {literal(one)}" for key, one in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    return repr(value)


def key_of(name: str) -> str:
    """A name as the key of an entry."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else quoted(name)


def quoted(text: str) -> str:
    """A text in quotes; TOML's escapes are JSON's, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

"""A scenario's file to TOML's tables, whatever the file turns out to hold."""

from __future__ import annotations

import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from bpdebug.errors import BpdebugError
from bpdebug.expression import quoted
from bpdebug.expression.limits import SCENARIO_BYTES
from bpdebug.scenario.table import parse_float

KEY_PARTS = 32
TEXTS = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+"""|\'\'\'(?:[^\']|\'(?!\'\'))*+\'\'\''
    r'|"(?:[^"\\\n]|\\.)*+"|\'[^\'\n]*+\'|\#[^\n]*+',
    re.DOTALL,
)
DIGITS = re.compile(r"\d{4000}")
DOTTED = re.compile(rf"(?<![\w+.\- \t])[ \t]*+(?:[\w+\-]++[ \t]*+\.[ \t]*+){{{KEY_PARTS}}}")


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a scenario file. BpdebugError for everything that can be wrong with it."""
    text = read_text(path)
    if not text.strip():
        raise BpdebugError("the file is empty; a scenario needs [inputs] and [graph] or [network]")
    # tomllib's time grows with the square of a key's parts; a scenario's keys have two or three.
    deep = DOTTED.search(TEXTS.sub("q", text))
    if deep is not None:
        raise BpdebugError(f"not a scenario: a key has more than {KEY_PARTS} parts")
    try:
        return tomllib.loads(text, parse_float=parse_float)
    except tomllib.TOMLDecodeError as error:
        end = f"at {line_and_column(text, len(text))}, the end of the file"
        said = quoted(str(error).replace("at end of document", end), 300)[1:-1]
        raise BpdebugError(f"not valid TOML: {said}{bare_key_hint(text, said)}") from None
    except RecursionError:
        raise BpdebugError("not valid TOML: lists or tables are nested too deep") from None
    except (ValueError, OverflowError):
        digits = DIGITS.search(text)
        where = f" (at {line_and_column(text, digits.start())})" if digits else ""
        raise BpdebugError(
            f"not valid TOML: a number has too many digits{where}; write it as 1.5e300"
        ) from None


def line_and_column(text: str, at: int) -> str:
    """Where a character stands, counted from 1."""
    text = text[:at].replace("\r\n", "\n")
    return f"line {text.count(chr(10)) + 1}, column {len(text) - text.rfind(chr(10))}"


def bare_key_hint(text: str, said: str) -> str:
    """What to do where TOML stumbled over a name such as δ, which it allows in quotes only."""
    found = re.search(r"at line (\d+), column (\d+)", said)
    lines = text.replace("\r\n", "\n").split("\n")
    if found is None or int(found[1]) > len(lines):
        return ""
    name = re.match(r"\s*(\w+)\s*=", lines[int(found[1]) - 1])
    if name is None or name[1].isascii():
        return ""
    return f'; put names with letters beyond a–z in quotes: "{name[1][:60]}" = …'


def read_text(path: Path) -> str:
    """The text of a regular file of reasonable size."""
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise BpdebugError("this is a folder; give a scenario file in it")
        if not stat.S_ISREG(found.st_mode):
            raise BpdebugError("this is not a regular file")
        if found.st_size > SCENARIO_BYTES:
            raise BpdebugError(
                f"the file has {found.st_size:,} bytes, more than {SCENARIO_BYTES:,}; "
                "keep large arrays in an .npz file beside it"
            )
        with path.open("rb") as stream:
            data = stream.read(SCENARIO_BYTES + 1)
    except FileNotFoundError:
        raise BpdebugError("there is no such file; --list shows the bundled scenarios") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise BpdebugError(f"cannot read the file: {why}") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BpdebugError(f"the file is not UTF-8 text (line {line}); save it as UTF-8") from None

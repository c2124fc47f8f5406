"""The command table as help: one line a command, or one command in full."""

from __future__ import annotations

from collections.abc import Iterable

from bpdebug.debugger.command import Command

KEY_SIGNS = {
    "slash": "/",
    "question_mark": "?",
    "comma": ",",
    "full_stop": ".",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "apostrophe": "'",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
}
"""Textual's names of keys that are one sign."""


def overview(commands: Iterable[Command]) -> str:
    """Every command that can be typed, with its shortest form."""
    lines = [
        f"{command.name:<12} {', '.join(command.abbreviations[:1]):<4} {command.summary}"
        for command in commands
        if command.name
    ]
    return "\n".join([*lines, "`help COMMAND` says more about one of them."])


def described(command: Command) -> str:
    """One command in full."""
    lines = [command.form, f"  {command.summary}."]
    lines += [f"  {line}" for line in command.details.splitlines()]
    if command.abbreviations:
        lines.append(f"  short: {', '.join(command.abbreviations)}")
    if command.keys:
        lines.append(f"  keys on the screen: {', '.join(key_text(key) for key in command.keys)}")
    return "\n".join(lines)


def key_text(key: str) -> str:
    """A key as people write it: `/`, `F10`, `shift+F10`."""
    lead, plus, last = key.rpartition("+")
    last = KEY_SIGNS.get(last, last)
    function = last[:1] == "f" and last[1:].isdigit()
    return lead + plus + (last.upper() if function else last)

"""Help: one line a command, one command in full, or what a word of the screen means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from textwrap import fill

from bpdebug.debugger.commands.command import Command
from bpdebug.ops import REGISTRY, Op
from bpdebug.optimizer import OPTIMIZERS, RULES
from bpdebug.wording import general_line
from bpdebug.wording.glossary import entry_of

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


LINE = 72
"""Cells of a line of help. A box on a screen of 80 columns has room for it, and breaks no other."""


def overview(commands: Iterable[Command]) -> str:
    """Every command that can be typed, with its shortest form."""
    lines = [
        f"{command.name:<12} {', '.join(command.abbreviations[:1]):<4} {command.summary}"
        for command in commands
        if command.name
    ]
    more = "`help COMMAND` says more about one of them, `help WORD` what a word or sign means."
    return "\n".join([*lines, more])


def command_text(command: Command) -> str:
    """One command in full."""
    lines = [command.form, wrap_prose(f"{command.summary}.")]
    lines += [
        wrap_prose(text) if prose else f"  {text}" for text, prose in paragraphs(command.details)
    ]
    if command.short:
        lines.append(f"  short: {', '.join(command.short)}")
    if command.keys:
        lines.append(f"  keys on the screen: {', '.join(key_text(key) for key in command.keys)}")
    return "\n".join(lines)


def ops_listing() -> str:
    """Every op, by family."""
    families: dict[str, list[str]] = {}
    for op in REGISTRY.values():
        families.setdefault(op.family, []).append(op.name)
    across = max(map(len, families)) + 4
    lines = [
        fill(
            f"  {family:<{across - 2}}{', '.join(names)}",
            LINE,
            subsequent_indent=" " * across,
            break_long_words=False,
        )
        for family, names in families.items()
    ]
    return "\n".join(["the ops, by family; `help relu` explains one", *lines])


def optimizers_listing() -> str:
    """Every optimizer, with the line that moves a parameter."""
    across = max(map(len, RULES)) + 2
    lines = [
        f"  {name:<{across}}{general_line(rule, len(rule.steps) - 1)}"
        for name, rule in RULES.items()
    ]
    head = "the optimizers, each with its last line; `help adam` explains one"
    return "\n".join([head, *lines])


LISTINGS: Mapping[str, Callable[[], str]] = {"ops": ops_listing, "optimizers": optimizers_listing}
"""What `help` lists by a word for all of them."""


def word_texts(word: str) -> list[str]:
    """What a word or sign of the screen, an op or an optimizer is; empty where it is none."""
    parts = [LISTINGS[word]()] if word in LISTINGS else []
    entry = entry_of(word)
    if entry is not None:
        parts.append(f"{entry.word}\n{wrap_prose(entry.meaning)}")
    if word in REGISTRY:
        parts.append(op_text(REGISTRY[word]))
    if word in OPTIMIZERS:
        lines = [f"  {general_line(RULES[word], at)}" for at in range(len(RULES[word].steps))]
        parts.append(
            "\n".join([f"{word}, an optimizer", *lines, wrap_prose(OPTIMIZERS[word].note)])
        )
    return parts


def paragraphs(details: str) -> list[tuple[str, bool]]:
    """A command's details: each sentence as one line, and True; each example, and False.

    A sentence begins with a capital letter or a quoted command and goes on until its full stop.
    """
    found: list[tuple[str, bool]] = []
    under_way = False
    for line in details.splitlines():
        if under_way:
            found[-1] = f"{found[-1][0]} {line.strip()}", True
        else:
            found.append((line, line[:1].isupper() or line[:1] == "`"))
        under_way = found[-1][1] and not line.rstrip().endswith((".", ":"))
    return found


def wrap_prose(text: str) -> str:
    """Sentences in lines that fit a box on a screen of 80 columns, indented by two."""
    return fill(text, LINE, initial_indent="  ", subsequent_indent="  ", break_long_words=False)


def op_text(op: Op) -> str:
    """An op: its value, the local derivative for each operand, and its conventions."""
    names = {name: name for name in op.operands} | {"y": "y", "n": "n", "per": "", "per2": "2·"}
    lines = [f"{op.name}, an op", f"  y = {op.text.format(**names)}"]
    for name, partial in zip(op.operands, op.partials, strict=False):
        if partial is not None:
            lines.append(f"  ∂y/∂{name} = {partial.text.format(**names)}")
    return "\n".join([*lines, wrap_prose(op.about)] if op.about else lines)


def key_text(key: str) -> str:
    """A key as people write it: `/`, `F10`, `shift+F10`."""
    lead, plus, last = key.rpartition("+")
    last = KEY_SIGNS.get(last, last)
    function = last[:1] == "f" and last[1:].isdigit()
    return lead + plus + (last.upper() if function else last)

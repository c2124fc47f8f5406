"""Texts of `help`: the commands, a command in full, what a word or sign of the screen means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from textwrap import fill

from bpdebug.debugger.commands.command import Command
from bpdebug.ops import Array, Composite, Op, declarations, declared, show_shape
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
    "minus": "-",
    "equals_sign": "=",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "left_parenthesis": "(",
    "right_parenthesis": ")",
}
"""Textual's names of keys that print a sign."""


LINE = 72
"""Columns of a line of help: a box on a screen of 80 columns has room for it."""


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
    """Describe a command in full."""
    lines = [command.form, wrap_prose(f"{command.summary}.")]
    for text, is_prose in paragraphs(command.details):
        lines.append(wrap_prose(text) if is_prose else f"  {text}")
    if command.short:
        lines.append(f"  short: {', '.join(command.short)}")
    if command.keys:
        lines.append(f"  keys on the screen: {', '.join(key_text(key) for key in command.keys)}")
    return "\n".join(lines)


def ops_listing() -> str:
    """List every op, by family."""
    families: dict[str, list[str]] = {}
    for op in declarations().values():
        families.setdefault(op.family, []).append(op.name)
    column = max(map(len, families)) + 4
    lines = [
        wrap_prose(f"{family:<{column - 2}}{', '.join(names)}", column)
        for family, names in families.items()
    ]
    return "\n".join(["the ops, by family; `help relu` explains one", *lines])


def optimizers_listing() -> str:
    """List every optimizer, with the line that moves a parameter."""
    column = max(map(len, RULES)) + 2
    lines = [
        f"  {name:<{column}}{general_line(rule, len(rule.steps) - 1)}"
        for name, rule in RULES.items()
    ]
    head = "the optimizers, each with its last line; `help adam` explains one"
    return "\n".join([head, *lines])


LISTINGS: Mapping[str, Callable[[], str]] = {"ops": ops_listing, "optimizers": optimizers_listing}
"""What `help` lists under a plural."""


def word_texts(word: str) -> list[str]:
    """Explain a word or sign of the screen, an op or an optimizer; empty for other words."""
    parts = [LISTINGS[word]()] if word in LISTINGS else []
    entry = entry_of(word)
    if entry is not None:
        parts.append(f"{entry.word}\n{wrap_prose(entry.meaning)}")
    op = declared(word)
    if op is not None:
        parts.append(op_text(op) if isinstance(op, Op) else composite_text(op))
    if word in OPTIMIZERS:
        lines = [f"  {general_line(RULES[word], at)}" for at in range(len(RULES[word].steps))]
        parts.append(
            "\n".join([f"{word}, an optimizer", *lines, wrap_prose(OPTIMIZERS[word].note)])
        )
    return parts


def paragraphs(details: str) -> list[tuple[str, bool]]:
    """Split a command's details into sentences, each with True, and examples, each with False.

    A sentence begins with a capital letter or a quoted command and goes on until its full stop.
    """
    parts: list[tuple[str, bool]] = []
    in_sentence = False
    for line in details.splitlines():
        if in_sentence:
            parts[-1] = f"{parts[-1][0]} {line.strip()}", True
        else:
            parts.append((line, line[:1].isupper() or line[:1] == "`"))
        in_sentence = parts[-1][1] and not line.rstrip().endswith((".", ":"))
    return parts


def wrap_prose(text: str, column: int = 2) -> str:
    """Break a text into lines of `LINE` columns; lines after the first begin at `column`."""
    further = " " * column
    return fill(text, LINE, initial_indent="  ", subsequent_indent=further, break_long_words=False)


def op_text(op: Op) -> str:
    """Describe an op: its value, the local derivative for each operand, and its conventions."""
    names = {name: name for name in op.operands} | {"y": "y", "n": "n", "per": "", "per2": "2·"}
    lines = [f"{op.name}, an op", f"  y = {op.text.format(**names)}"]
    for name, partial in zip(op.operands, op.partials, strict=False):
        if partial is not None:
            lines.append(f"  ∂y/∂{name} = {partial.text.format(**names)}")
    return "\n".join([*lines, wrap_prose(op.about)] if op.about else lines)


def composite_text(op: Composite) -> str:
    """Describe a composite: its formula, its call, the lines that it becomes, and its note."""
    names = {name: name for name in op.operands}
    given = [f"{name}={value!r}".replace("'", '"') for name, value in op.options.items()]
    optional = op.operands[op.least or len(op.operands) :]
    operands = [f"[{name}]" if name in optional else name for name in op.operands]
    shown = zip(op.operands, op.shown, strict=False)
    shapes = ", ".join(f"{name} {show_shape(shape)}" for name, shape in shown)
    lines = [
        f"{op.name}, a composite: an op that is made of others",
        wrap_prose(f"y = {op.template(len(op.operands), op.options).format(**names)}", 6),
        wrap_prose(f"{op.name}({', '.join([*operands, *given])})", 6),
        wrap_prose(f"its lines, for {shapes}:"),
    ]
    for name, line in op.expanded(op.shown, op.options):
        lines.append(wrap_prose(f"  {name} = {line_text(line)}", 8))
    return "\n".join([*lines, wrap_prose(op.about)])


def line_text(line: str | Array) -> str:
    """A line of a composite: its expression, or what its constant is."""
    if isinstance(line, str):
        return line
    return f"{float(line):g}" if line.shape == () else f"an array of shape {show_shape(line.shape)}"


def key_text(key: str) -> str:
    """A key as the screen and the guide write it: `/`, `F10`, `shift+F10`."""
    modifiers, plus, name = key.rpartition("+")
    name = KEY_SIGNS.get(name, name)
    is_function_key = name[:1] == "f" and name[1:].isdigit()
    return modifiers + plus + (name.upper() if is_function_key else name)

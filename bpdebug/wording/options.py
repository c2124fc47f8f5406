"""An op's options inside its formula, but for the defaults: `max(c, axis=1, keepdims=True)`."""

from __future__ import annotations

import re
from typing import Any

from bpdebug.graph import Node
from bpdebug.ops import Op

WORD = re.compile(r"\\mathrm\{\{(?:\w|\\_)+(?=\}\})")
"""A word in LaTeX, which has the options as a subscript inside its braces: behind a brace it would
begin an emphasis in Markdown."""
CALL = re.compile(r"\w+\((.*)\)", re.DOTALL)


def op_of(node: Node) -> Op:
    """The op that makes a result; not for leaves."""
    assert node.op is not None
    return node.op


def operands_named(node: Node, field: str) -> tuple[int, ...]:
    """The operands that a field of an op's template stands for: `{a}`, or by its position `{1}`.

    Several for the last operand of an op that may repeat it; none for any other field.
    """
    op = op_of(node)
    if field.isdigit():
        return (node.operands[int(field)],)
    if field not in op.operands:
        return ()
    at = op.operands.index(field)
    repeats = op.variadic and at + 1 == len(op.operands)
    return node.operands[at:] if repeats else (node.operands[at],)


def with_options(node: Node, *, latex: bool = False) -> str:
    """The op's template with the options that are not its defaults.

    They stand as they are typed in a scenario; in LaTeX as a subscript. An op whose sign leaves no
    room for them, `‖a‖`, is written as the call that it is.
    """
    op = op_of(node)
    template = op.latex if latex else op.text
    names = op.operands if op.variadic else op.operands[: len(node.operands)]
    for left_out in op.operands[len(names) :]:
        template = template.replace(f", {{{left_out}}}", "")
    if op.text_first:
        typed = node.options[op.text_first]
        first = latex_letters(typed, braces=2) if latex else f'"{typed}"'
        template = template.replace("(", f"({first}, ", 1)
    shown = [
        (name, value)
        for name, value in node.options.items()
        if value != op.options.get(name) and not shown_by_formula(op, name)
    ]
    if not shown:
        return template
    if latex:
        # A switch is written by its name alone.
        low = ", ".join(n if v is True else option_text(n, v) for n, v in shown)
        word = None if op.operator else WORD.search(template)
        at = len(template) if word is None else word.end()
        if op.operator:
            at = template.index(op.operator) + len(op.operator)
        low = rf"_{{{{\mathrm{{{{{low}}}}}}}}}" if word is None else f"_{{{{{low}}}}}"
        return template[:at] + low + template[at:]
    call = CALL.fullmatch(template)
    if call is None:
        # The call has no 1/n that would show a mean.
        template = f"{op.name}({', '.join(f'{{{name}}}' for name in names)})"
        shown = [(n, v) for n, v in node.options.items() if v != op.options.get(n)]
    words = ", ".join(option_text(*option) for option in shown)
    return f"{template[:-1]}, {words})"


def shown_by_formula(op: Op, name: str) -> bool:
    """True where the formula shows an option already: in brackets, in front of the operands, or by
    the 1/n of a mean."""
    return op.key is not None or name in (op.mean_or_sum, op.text_first)


def latex_letters(text: str, *, braces: int = 1) -> str:
    """Index letters with their arrow in LaTeX; in a template braces are doubled."""
    words = text.replace("->", r" \to ").replace("...", r"\ldots ")
    return rf"\mathrm{'{' * braces}{words}{'}' * braces}"


def option_text(name: str, value: Any) -> str:
    """`axis=1`, `shape=(2,3)`, `keepdims=True`."""
    return f"{name}={value_text(value)}"


def value_text(value: Any) -> str:
    """An option's value, without blanks."""
    if isinstance(value, tuple):
        return f"({','.join(str(part) for part in value)}{',' * (len(value) == 1)})"
    if isinstance(value, float):
        short = f"{value:g}"
        return short if float(short) == value else repr(value)
    return str(value)

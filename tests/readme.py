"""The tables of the README, made from the program's own declarations.

`python -m tests.readme` writes them into README.md; a test holds the file to them.
"""

from __future__ import annotations

import re
from pathlib import Path

from bpdebug.debugger import COMMANDS, key_text
from bpdebug.expression import limits
from bpdebug.ops import REGISTRY, Op
from bpdebug.optimizer import RULES
from bpdebug.scenario import bundled
from bpdebug.tui.keys import SCREEN_KEYS

README = Path(__file__).parent.parent / "README.md"


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines
    )


def commands() -> str:
    """Every command: how it is typed, its short forms, its keys, what it does."""
    rows = [
        (
            f"`{command.form}`" if command.name else "",
            " ".join(command.abbreviations),
            " ".join(key_text(key) for key in command.keys),
            command.summary,
        )
        for command in COMMANDS
    ]
    rows += [("", "", {"colon": ":"}.get(key, key), what) for _, key, _, what in SCREEN_KEYS]
    return table(("command", "short", "keys", "what it does"), rows)


def ops() -> str:
    """Every op: its formula, the derivative for each operand, conventions."""
    return table(
        ("op", "value", "local derivatives", "note"),
        [(f"`{op.name}`", op_text(op), partials(op), op.note) for op in REGISTRY.values()],
    )


def op_text(op: Op) -> str:
    return fill(op, op.text)


def partials(op: Op) -> str:
    """The local derivative for each operand, as the screen writes it."""
    return ", ".join(
        f"{name}: {fill(op, partial.text)}"
        for name, partial in zip(op.operands, op.partials, strict=False)
        if partial is not None
    )


def fill(op: Op, template: str) -> str:
    return template.format(**{name: name for name in op.operands}, y="y", n="n", per="", per2="2·")


def scenarios() -> str:
    """Every bundled scenario."""
    return table(("scenario", "title"), [(f"`{name}`", title) for name, _, title in bundled()])


def sizes() -> str:
    """The limits that keep a hostile file from taking the machine."""
    rows = [
        ("characters of an expression", limits.EXPRESSION_LENGTH),
        ("brackets open at once", limits.BRACKETS),
        ("operations that wait for one another in an expression", limits.EXPRESSION_DEPTH),
        ("nodes of a graph", limits.NODES),
        ("axes of an array", limits.AXES),
        ("elements of one array", limits.ELEMENTS),
        ("elements of all arrays of a graph", limits.TOTAL_ELEMENTS),
        ("bytes of a scenario file", limits.SCENARIO_BYTES),
        ("bytes of a .csv file", limits.CSV_BYTES),
        ("bytes of an .npz file", limits.NPZ_BYTES),
        ("iterations", limits.ITERATIONS),
    ]
    return table(("limit", "most"), [(what, f"{most:,}") for what, most in rows])


def optimizers() -> str:
    """Every update rule, line by line."""
    rows = []
    for rule in RULES.values():
        symbols = {"theta": "θ", "g": "g", **{n: n for n in rule.settings}, **rule.symbols}
        lines = "; ".join(
            f"{symbols.get(line.target, line.target)} ← {line.text.format(**symbols)}"
            for line in rule.lines
        )
        rows.append((f"`{rule.name}`", lines))
    return table(("optimizer", "lines"), rows)


TABLES = {
    "commands": commands,
    "ops": ops,
    "scenarios": scenarios,
    "limits": sizes,
    "optimizers": optimizers,
}


def filled(text: str) -> str:
    """The README with every table as it should be."""
    for name, make in TABLES.items():
        pattern = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
        text, found = re.subn(
            pattern, lambda m, make=make: f"{m[1]}{make()}\n{m[2]}", text, flags=re.S
        )
        if found != 1:
            raise SystemExit(f"README.md has no place for the table '{name}'")
    return text


if __name__ == "__main__":
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")

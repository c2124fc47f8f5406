"""The tables of the reference and the guide, made from the program's own declarations.

`python -m tests.readme` writes them into the files; tests hold the files to them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from bpdebug import reading
from bpdebug.debugger import Command, key_text
from bpdebug.debugger.commands.table import GENERAL, GROUPS
from bpdebug.diagnosis.causes import OUTCOMES
from bpdebug.diagnosis.rules import RULES as FAULTS
from bpdebug.expression import limits
from bpdebug.mistakes.catalogue import CATALOGUE
from bpdebug.mistakes.mistake import Family
from bpdebug.ops import COMPOSITES, REGISTRY, Composite, Op
from bpdebug.optimizer import OPTIMIZERS, RULES, SCHEDULES, Setting
from bpdebug.optimizer.setting import COMMON, SettingValue
from bpdebug.reading import tensors
from bpdebug.reading.limits import MOST_ARRAYS
from bpdebug.scenario import bundled, library
from bpdebug.scenario.network.kinds import ENDING, EVERY, KINDS, LEARNING
from bpdebug.tui.keys.bindings import SCREEN_KEYS, key_label
from bpdebug.tui.keys.keymap import usual_keys
from bpdebug.tui.overlays.help import ELSEWHERE
from bpdebug.tui.panes.pane_spec import SPECS
from bpdebug.wording import general_line
from bpdebug.wording.glossary import CHAPTERS

README = Path(__file__).parent.parent / "README.md"
GUIDE = README.parent / "docs" / "guide.md"
REFERENCE = README.parent / "docs" / "reference.md"
MISTAKES = README.parent / "docs" / "mistakes.md"
DIAGNOSIS = README.parent / "docs" / "diagnosis.md"
ARCHITECTURE = README.parent / "docs" / "architecture.md"


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines
    )


def command_table(declared: Sequence[Command], more: Sequence[tuple[str, ...]] = ()) -> str:
    """Some of the commands as a table."""
    rows = [
        (
            f"`{command.form}`" if command.name else "",
            " ".join(command.short),
            " ".join(key_text(key) for key in command.keys),
            command.summary,
        )
        for command in declared
    ]
    return table(("command", "short", "keys", "what it does"), [*rows, *more])


def screen_rows() -> list[tuple[str, ...]]:
    """The keys that concern the screen alone."""
    return [("", "", key_label(key), what) for _, key, _, what in SCREEN_KEYS]


def panes() -> str:
    """What each pane shows, and its own keys."""
    parts = []
    for spec in SPECS:
        rows = table(("keys and mouse", "what they do"), list(spec.keys))
        parts.append(f"### {spec.key} {spec.name}\n\n{spec.shows}\n\n{rows}")
    return "\n\n".join(parts)


def reference() -> str:
    """Every command in groups, with what `help COMMAND` says beyond its summary."""
    elsewhere = [("", "", keys, what) for keys, what in ELSEWHERE]
    parts = [f"### {heading}\n\n{command_table(of)}{details(of)}" for heading, of in GROUPS]
    parts.append(f"### The screen\n\n{command_table(GENERAL, [*screen_rows(), *elsewhere])}")
    return "\n\n".join(parts)


def details(declared: Sequence[Command]) -> str:
    """How the commands of a group are used, one below the other."""
    lines = [
        f"`{command.name}`\n\n```text\n{command.details}\n```"
        for command in declared
        if command.name and command.details
    ]
    return "".join(f"\n\n{line}" for line in lines)


def ops() -> str:
    """Every op: its formula, the derivative for each operand, conventions."""
    return table(
        ("op", "value", "local derivatives", "note"),
        [(f"`{op.name}`", op_text(op), partials(op), op.about) for op in REGISTRY.values()],
    )


def composites() -> str:
    """Every composite: its call, its formula, its note."""
    return table(
        ("composite", "value", "note"),
        [(f"`{call_text(one)}`", formula(one), one.about) for one in COMPOSITES.values()],
    )


def call_text(op: Composite) -> str:
    """`layer_norm(x, gamma, beta, eps=1e-05)`; what may be left out stands in square brackets."""
    least = op.least or len(op.operands)
    operands = [name if at < least else f"[{name}]" for at, name in enumerate(op.operands)]
    options = [f"{name}={value!r}".replace("'", '"') for name, value in op.options.items()]
    return f"{op.name}({', '.join([*operands, *options])})"


def formula(op: Composite) -> str:
    return op.template(len(op.operands), op.options).format(**{name: name for name in op.operands})


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


def layers() -> str:
    """Every kind of layer of a network with its keys, and the keys that many share."""
    parts = []
    for kind in KINDS.values():
        keys = dict(kind.keys) | (LEARNING if kind.learns else {}) | (ENDING if kind.ends else {})
        more = [name for name in (*LEARNING, *ENDING) if name in keys]
        own = "; ".join(f"`{name}`: {kind.keys[name]}" for name in kind.keys)
        parts.append((f"`{kind.name}`", kind.note, own, ", ".join(f"`{name}`" for name in more)))
    shared = [(f"`{name}`", what) for name, what in (EVERY | LEARNING | ENDING).items()]
    kinds = table(("kind", "what it computes", "keys", "and"), parts)
    return f"{kinds}\n\n{table(('key of several kinds', 'what it says'), shared)}"


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
        ("bytes of a scenario file", reading.SCENARIO.most),
        ("bytes of a .csv file", reading.CSV.most),
        ("bytes of an .npz or .npy file", reading.NPZ.most),
        ("bytes of a .safetensors file", reading.SAFETENSORS.most),
        ("bytes of its header", tensors.HEADER_BYTES),
        ("arrays of such a file", MOST_ARRAYS),
        ("bytes of a configuration", reading.CONFIGURATION.most),
        ("parts of a key in a file", reading.KEY_PARTS),
        ("digits of a number in a file", reading.DIGITS),
        ("lists and tables in one another in a file", reading.DEPTH),
        ("iterations", limits.ITERATIONS),
    ]
    return table(("limit", "most"), [(what, f"{most:,}") for what, most in rows])


def optimizers() -> str:
    """Every optimizer: its lines, its own settings with their defaults, which variant it is."""
    return table(
        ("optimizer", "lines", "settings", "note"),
        [
            (
                f"`{one.name}`",
                "; ".join(general_line(RULES[one.name], at) for at in range(len(rule.steps))),
                settings_text(one.own),
                one.note,
            )
            for one, rule in zip(OPTIMIZERS.values(), RULES.values(), strict=True)
        ],
    )


def settings_text(settings: Mapping[str, Setting]) -> str:
    """`rho` = 0.9, `eps` = 1e-08: settings with their defaults."""
    return ", ".join(
        f"`{name}`" + (f" = {setting.default_text()}" if setting.default is not None else "")
        for name, setting in settings.items()
    )


OPTION_CASES: Mapping[str, SettingValue] = {
    "weight_decay": 0.1,
    "clip_value": 1.0,
    "clip_norm": 1.0,
    "maximize": True,
}


def options() -> str:
    """What every optimizer can be told, with the lines that appear then."""
    rows = []
    for name, setting in COMMON.items():
        rule = OPTIMIZERS["sgd"].rule({name: OPTION_CASES[name]})
        lines = [general_line(rule, at) for at in range(len(rule.steps) - 1)]
        rows.append((f"`{name}`", "; ".join(lines), setting.what))
    return table(("option", "lines", "what it does"), rows)


def schedules() -> str:
    """Every learning-rate schedule with its line."""
    rows = []
    for name, schedule in SCHEDULES.items():
        rule = OPTIMIZERS["sgd"].rule({}, name, dict.fromkeys(schedule.settings, 1.0))
        line = general_line(rule, 0) if schedule.line is not None else ""
        rows.append((f"`{name}`", line, settings_text(schedule.settings), schedule.note))
    return table(("schedule", "line", "settings", "in PyTorch"), rows)


def ids() -> str:
    """The id of every binding, with its usual keys."""
    return table(
        ("id", "keys"), [(f"`{ident}`", " ".join(keys)) for ident, keys in usual_keys().items()]
    )


def findings() -> str:
    """What each finding of a diagnosis takes, with the thresholds of its rule."""
    return table(
        ("finding", "id", "when", "what it takes"),
        [(one.title, f"`{one.id}`", one.when.value, one.criterion) for one in FAULTS],
    )


OTHER_LESSONS = {
    "not-finite": "nan_birth",
    "exploding-gradient": "exploding",
    "vanishing-gradient": "vanishing",
    "dying-relu": "dead_relu",
    "bad-init": "symmetric_init",
    "learning-rate-too-high": "too_large_step",
}
"""By id of a finding: the lesson that shows it, where none in `faults/` is called like it."""


def lesson(ident: str) -> str:
    """The command that opens the lesson of a finding; empty where there is none."""
    name = OTHER_LESSONS.get(ident, f"{library.FAULTS}/{ident.replace('-', '_')}")
    return f"bpdebug {name}" if name in library.paths() else ""


def faults(*, causes: bool) -> str:
    """By id of the causes, or of the symptoms: what it looks like, why it happens, what helps."""
    parts = []
    for ident in dict.fromkeys(one.id for one in FAULTS if one.cause is causes):
        rules = [one for one in FAULTS if one.id == ident]
        titles = "; ".join(one.title for one in rules)
        told = next((one for one in rules if one.looks), None)
        text = f"### {ident}\n\n{titles[0].upper()}{titles[1:]}."
        if told is not None:
            text += f" {told.looks}\n\n*Why.* {told.why}\n\n*What helps.* {told.mends}"
        symptoms = [each for one in rules for each in one.explains if each not in OUTCOMES]
        if symptoms:
            listed = ", ".join(f"`{each}`" for each in dict.fromkeys(symptoms))
            text += f"\n\n*Explains*, beside how the run goes: {listed}."
        if lesson(ident):
            text += f"\n\n*Lesson.* `{lesson(ident)}`"
        parts.append(text)
    return "\n\n".join(parts)


def rule_count() -> str:
    """How the rules of the diagnosis are declared, for the page on how bpdebug is built."""
    by_room: dict[str, int] = {}
    for one in FAULTS:
        room = getattr(one.find, "func", one.find).__module__.split(".")[-2]
        by_room[room] = by_room.get(room, 0) + 1
    rows = [(f"`rules/{room}`", str(number)) for room, number in by_room.items()]
    return table(("folder of `bpdebug/diagnosis`", "rules"), rows)


def glossary() -> str:
    """Every word and sign of the screen, in chapters."""
    parts = []
    for chapter in CHAPTERS:
        rows = [(entry.word, entry.meaning) for entry in chapter.entries]
        parts.append(f"### {chapter.title}\n\n{table(('word or sign', 'meaning'), rows)}")
    return "\n\n".join(parts)


LINE = {
    "left": "∂L/∂x",
    "upstream": "∂L/∂y",
    "local": "∂y/∂x",
    "right": "∂L/∂y · ∂y/∂x",
    "into": "x",
    "output": "y",
    "other": "a",
    "function": "f",
    "detail": "…",
}
"""What the line of a mistake in a gradient reads in general: y = f(x) is any op."""
UPDATE_LINE = {"left": "θ", "into": "θ", "right": "θ − step", "step": "step"}


def mistakes() -> str:
    """Every mistake of the catalogue, by family, with its line and its marks."""
    parts = []
    for family in Family:
        line = UPDATE_LINE if family is Family.UPDATE else LINE
        rows = [
            (f"`{one.id}`", one.title, one.text.format(**line), one.separates, one.hidden)
            for one in CATALOGUE
            if one.family is family
        ]
        head = ("id", "what was done", "the wrong line", "told apart by", "hidden when")
        parts.append(f"### {family.value.capitalize()}\n\n{table(head, rows)}")
    return "\n\n".join(parts)


TABLES = {
    "reference": reference,
    "ids": ids,
    "scenarios": scenarios,
    "layers": layers,
    "ops": ops,
    "composites": composites,
    "optimizers": optimizers,
    "options": options,
    "schedules": schedules,
    "limits": sizes,
}
GUIDE_TABLES = {"panes": panes, "findings": findings, "glossary": glossary}
MISTAKE_TABLES = {"mistakes": mistakes}
DIAGNOSIS_TABLES = {
    "causes": partial(faults, causes=True),
    "symptoms": partial(faults, causes=False),
}
ARCHITECTURE_TABLES = {"rules": rule_count}
PAGES = (
    (REFERENCE, TABLES),
    (GUIDE, GUIDE_TABLES),
    (MISTAKES, MISTAKE_TABLES),
    (DIAGNOSIS, DIAGNOSIS_TABLES),
    (ARCHITECTURE, ARCHITECTURE_TABLES),
)


def filled(text: str, tables: Mapping[str, Callable[[], str]] = TABLES) -> str:
    """A page with every table as it should be."""
    for name, make in tables.items():
        pattern = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
        text, found = re.subn(
            pattern, lambda m, make=make: f"{m[1]}{make()}\n{m[2]}", text, flags=re.S
        )
        if found != 1:
            raise SystemExit(f"the page has no place for the table '{name}'")
    return text


if __name__ == "__main__":
    for page, tables in PAGES:
        page.write_text(filled(page.read_text(encoding="utf-8"), tables), encoding="utf-8")

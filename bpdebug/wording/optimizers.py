"""An optimizer in words: its settings, its lines in general terms, and which variant it is."""

from __future__ import annotations

from collections.abc import Mapping

from bpdebug.optimizer import Rule
from bpdebug.wording.notation import fill
from bpdebug.wording.numbers import number
from bpdebug.wording.script import Script


def setting_symbol(rule: Rule, name: str) -> str:
    """How a setting's chosen value is written: α, or α₀ where a schedule makes α of it."""
    if name in rule.first_symbols and any(line.target == name for line in rule.steps):
        return rule.first_symbols[name][0]
    return rule.symbols.get(name, name)


def optimizer_line(rule: Rule, settings: Mapping[str, float], script: Script) -> str:
    """`adam, α = 0.001, β₁ = 0.9`: an optimizer with the settings that its lines read.

    Settings that are true, as `amsgrad`, stand at the end by their names.
    """
    digits = script.digits
    settings_texts = [
        f"{setting_symbol(rule, name)} = {number(v, digits)}" for name, v in settings.items()
    ]
    return ", ".join([rule.name, *settings_texts, *rule.flags])


def general_line(rule: Rule, at: int) -> str:
    """A line of a rule for a parameter θ with gradient g: `θ ← θ − α·g`."""
    line, symbols = rule.steps[at], {"theta": "θ", "g": "g", **rule.symbols}

    def resolve(field: str, needed: int) -> str:
        set_before = field in ("theta", "g") or any(x.target == field for x in rule.steps[:at])
        return symbols.get(field, field) if set_before else setting_symbol(rule, field)

    return f"{symbols.get(line.target, line.target)} ← {fill(line.text, resolve)}"


def optimizer_text(rule: Rule, settings: Mapping[str, float], script: Script) -> str:
    """All about an optimizer, as lines: settings, lines with their reasons, the variant."""
    text = [optimizer_line(rule, settings, script)]
    symbols = {"theta": "θ", "g": "g", **rule.symbols}
    for at, line in enumerate(rule.steps):
        why = fill(line.why, lambda field, needed: symbols.get(field, field))
        text += [f"  {general_line(rule, at)}", f"      {why}"]
    if rule.note:
        text.append(f"  this is {rule.note.replace('`', '')}")
    return script.finish("\n".join(text))

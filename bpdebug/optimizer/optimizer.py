"""An optimizer's declaration: its settings, and the lines that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from string import Formatter

from bpdebug.optimizer import gradient
from bpdebug.optimizer.rule import Rule, RuleLine
from bpdebug.optimizer.schedules import SCHEDULES
from bpdebug.optimizer.setting import COMMON, Setting, SettingValue
from bpdebug.optimizer.symbols import FIRST, SYMBOLS
from bpdebug.records import record

ChosenSettings = Mapping[str, SettingValue]
"""Every setting with its value."""


@record
class Parts:
    """What an optimizer does with its settings: lines, states with first values, shared lines."""

    lines: tuple[RuleLine, ...]
    states: Mapping[str, float] = field(default_factory=dict)
    shared: tuple[RuleLine, ...] = ()
    continued: tuple[RuleLine, ...] = ()
    """The lines for a parameter whose states were given; empty where `lines` serve for it too."""


@record
class Optimizer:
    """An optimizer: a name, its settings, and a function from settings to lines."""

    name: str
    own: Mapping[str, Setting]
    build: Callable[[ChosenSettings], Parts]
    note: str = ""
    """Which variant this is where published texts differ, for the default settings."""
    variant: Callable[[ChosenSettings], str] | None = None
    """`note` for the chosen settings; None where it does not depend on them."""
    decoupled: bool = False
    """True where weight decay is among the optimizer's own lines."""

    @property
    def settings(self) -> Mapping[str, Setting]:
        """All that a scenario may set: its own, then what every optimizer has."""
        return {**self.own, **{k: s for k, s in COMMON.items() if k not in self.own}}

    def rule(
        self,
        given: ChosenSettings | None = None,
        schedule: str = "constant",
        planned: ChosenSettings | None = None,
    ) -> Rule:
        """The rule for some settings; the others have their defaults.

        `planned` are the schedule's settings. The caller has checked the ranges.
        """
        chosen = {name: one.default for name, one in self.settings.items()} | dict(given or {})
        plan = SCHEDULES[schedule]
        chosen_plan = {name: one.default for name, one in plan.settings.items()} | dict(
            planned or {}
        )
        parts = self.build(chosen)
        shared = parts.shared if plan.line is None else (plan.line, *parts.shared)
        if chosen["clip_norm"] is not None:
            shared += (gradient.norm, gradient.scale)
        before = first_lines(chosen, self.decoupled)
        lines = (*before, *parts.lines)
        names = named(shared + lines)
        return Rule(
            self.name,
            settings={
                name: float(value)
                for name, value in {**chosen, **chosen_plan}.items()
                if name in names and value is not None
            },
            lines=lines,
            symbols={name: SYMBOLS[name][0] for name in names if name in SYMBOLS},
            states=parts.states,
            shared=shared,
            latex={name: SYMBOLS[name][1] for name in names if name in SYMBOLS},
            first_symbols=FIRST,
            continued=(*before, *parts.continued) if parts.continued else (),
            note=self.note if self.variant is None else self.variant(chosen),
            flags=tuple(name for name, one in self.settings.items() if one.flag and chosen[name]),
        )


def first_lines(chosen: ChosenSettings, decoupled: bool) -> tuple[RuleLine, ...]:
    """The lines that change the gradient first; those that would do nothing are left out."""
    wanted = (
        (gradient.scaled, chosen["clip_norm"] is not None),
        (gradient.cut, chosen["clip_value"] is not None),
        (gradient.uphill, bool(chosen["maximize"])),
        (gradient.coupled, bool(chosen["weight_decay"]) and not decoupled),
    )
    return tuple(line for line, there in wanted if there)


def named(lines: Iterable[RuleLine]) -> dict[str, None]:
    """The names that lines read and write, in their order."""
    names: dict[str, None] = {}
    for line in lines:
        found = [part for _, part, _, _ in Formatter().parse(line.text) if part is not None]
        names.update(dict.fromkeys((*found, line.target)))
    return names

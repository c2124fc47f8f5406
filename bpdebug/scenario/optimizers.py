"""The table [optimizer], and the optimizer of a single parameter."""

from __future__ import annotations

from collections.abc import Mapping

from bpdebug.optimizer import OPTIMIZERS, SCHEDULES, WHOLE, Rule, Setting
from bpdebug.scenario.table import TomlTable, kind

ITERATIONS_MOST = 2**53
GivenSettings = dict[str, float | bool | None]

ELSEWHERE = {
    "lr": "learning_rate",
    "alpha": "rho",
    "decay": "rho",
    "gamma": "factor",
    "betas": "beta1 and beta2",
    "step_size": "every",
    "T_max": "over",
    "eta_min": "lowest",
    "total_iters": "over",
    "start_factor": "start",
    "mu": "momentum",
    "l2": "weight_decay",
    "epsilon": "eps",
    "nesterov": 'name = "nesterov"',
    "clip": "clip_value or clip_norm",
}
"""What other programs call it, and what it is called here."""


def read_main_optimizer(top: TomlTable) -> tuple[Rule | None, int]:
    """The rule of [optimizer], and how many steps it has taken before the first iteration."""
    if "optimizer" not in top:
        return None, 0
    table = top.table("optimizer")
    taken = table.whole("steps_taken", 0, low=0, high=ITERATIONS_MOST)
    rest = {name: value for name, value in table.values.items() if name != "steps_taken"}
    return read_optimizer(TomlTable(rest, table.key)), taken


def read_optimizer(table: TomlTable) -> Rule:
    """The update rule with its settings, defaults filled in."""
    declared = OPTIMIZERS[table.choice("name", OPTIMIZERS)]
    if "steps_taken" in table:
        table.fail("stands in [optimizer], for all parameters", "steps_taken")
    known = ("name", *declared.settings, "schedule")
    for name in table:
        having = [other.name for other in OPTIMIZERS.values() if name in other.settings]
        if name not in known and having:
            others = f"{', '.join(having)} {'has' if len(having) == 1 else 'have'} it"
            table.fail(f"unknown key '{name}'; {declared.name} has none, {others}")
    known_only(table, known)
    given = read_settings(table, declared.settings)
    if given.get("clip_value") is not None and given.get("clip_norm") is not None:
        table.fail("stands beside clip_norm; choose one of them", "clip_value")
    return declared.rule(given, *read_schedule(table))


def read_schedule(table: TomlTable) -> tuple[str, GivenSettings]:
    """The learning-rate schedule; constant unless the scenario says otherwise."""
    if "schedule" not in table:
        return "constant", {}
    if not isinstance(table.get("schedule"), dict):
        example = '{ name = "step", every = 10, factor = 0.1 }'
        table.fail(
            f"must be a table such as {example}, not {kind(table.get('schedule'))}", "schedule"
        )
    inner = table.table("schedule")
    schedule = SCHEDULES[inner.choice("name", SCHEDULES)]
    known_only(inner, ("name", *schedule.settings))
    for name, setting in schedule.settings.items():
        if setting.default is None and name not in inner:
            inner.fail(f"the key '{name}' is missing: {setting.what}")
    given = read_settings(inner, schedule.settings)
    first = table.get("learning_rate", None)
    lowest = given.get("lowest")
    if lowest is not None and isinstance(first, int | float) and lowest > first:
        inner.fail(
            f"must be at most the learning rate {first:g}, from which it falls; not {lowest:g}",
            "lowest",
        )
    return schedule.name, given


def known_only(table: TomlTable, known: tuple[str, ...]) -> None:
    """BpdebugError for the first unknown key, with bpdebug's word for it where it has one."""
    for name in table:
        ours = ELSEWHERE.get(name, "")
        if name not in known and ours and (ours in known or " " in ours):
            table.fail(f"unknown key '{name}'; here that is {ours}")
    table.only(*known)


def read_settings(table: TomlTable, settings: Mapping[str, Setting]) -> GivenSettings:
    """The settings that a table gives, each checked against its range."""
    given: GivenSettings = {}
    for name, setting in settings.items():
        if name not in table:
            continue
        if setting.flag:
            given[name] = table.flag(name, False)
        elif name in WHOLE:
            given[name] = float(table.whole(name, low=int(setting.low), high=ITERATIONS_MOST))
        else:
            given[name] = in_range(table, name, setting)
    return given


def in_range(table: TomlTable, name: str, setting: Setting) -> float:
    """A number of a setting's range."""
    if name == "learning_rate":
        return table.number(name, above=0.0)
    value = table.number(name)
    if not setting.allows(value):
        usual = "" if setting.default is None else f"; {setting.default_text()} is usual"
        table.fail(f"must be {setting.range_text()}, not {value:g}{usual}", name)
    return value

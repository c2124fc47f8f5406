"""Update rules as named lines."""

from bpdebug.optimizer.rule import Rule, RuleLine, UpdateLine, run_rule
from bpdebug.optimizer.rules import OPTIMIZERS, RULES
from bpdebug.optimizer.schedules import SCHEDULES, WHOLE
from bpdebug.optimizer.setting import Setting
from bpdebug.optimizer.update import ParameterGroup, Updater, rate_at

__all__ = [
    "OPTIMIZERS",
    "RULES",
    "SCHEDULES",
    "WHOLE",
    "ParameterGroup",
    "Rule",
    "RuleLine",
    "Setting",
    "UpdateLine",
    "Updater",
    "rate_at",
    "run_rule",
]

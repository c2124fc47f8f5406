"""Update rules as named lines."""

from bpdebug.optimizer.optimizer import Optimizer
from bpdebug.optimizer.rule import Rule, RuleLine, UpdateLine, apply_rule, run_rule
from bpdebug.optimizer.rules import OPTIMIZERS, RULES
from bpdebug.optimizer.schedules import SCHEDULES, WHOLE, Schedule
from bpdebug.optimizer.setting import Setting
from bpdebug.optimizer.update import ParameterGroup, Updater, rate_at

__all__ = [
    "OPTIMIZERS",
    "RULES",
    "SCHEDULES",
    "WHOLE",
    "Optimizer",
    "ParameterGroup",
    "Rule",
    "RuleLine",
    "Schedule",
    "Setting",
    "UpdateLine",
    "Updater",
    "apply_rule",
    "rate_at",
    "run_rule",
]

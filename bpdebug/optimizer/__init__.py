"""Update rules as named lines."""

from bpdebug.optimizer.rule import Line, Rule, UpdateLine, apply_rule, run_rule
from bpdebug.optimizer.rules import RULES

__all__ = ["RULES", "Line", "Rule", "UpdateLine", "apply_rule", "run_rule"]

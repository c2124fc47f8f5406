"""The expression language: text to nodes, and watches and conditions."""

from bpdebug.expression.build import build, unknown_name
from bpdebug.expression.evaluate import evaluate, evaluate_partly, truth
from bpdebug.expression.excerpt import counted, quoted, visible
from bpdebug.expression.functions import Allow, reserved
from bpdebug.expression.known import Environment, Known, NotComputed
from bpdebug.expression.parse import parse
from bpdebug.expression.tree import Expression, looks_back

__all__ = [
    "Allow",
    "Environment",
    "Expression",
    "Known",
    "NotComputed",
    "build",
    "counted",
    "evaluate",
    "evaluate_partly",
    "looks_back",
    "parse",
    "quoted",
    "reserved",
    "truth",
    "unknown_name",
    "visible",
]

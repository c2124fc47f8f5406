"""The expression language: text to nodes, and watches and conditions."""

from bpdebug.expression.build import build
from bpdebug.expression.evaluate import evaluate, evaluate_partly, truth
from bpdebug.expression.functions import Allow, reserved
from bpdebug.expression.hints import unknown_name
from bpdebug.expression.known import Environment, Known, NotComputed
from bpdebug.expression.parse import parse, parse_watch
from bpdebug.expression.tree import Expression, looks_back
from bpdebug.printable import counted, quoted, visible

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
    "parse_watch",
    "quoted",
    "reserved",
    "truth",
    "unknown_name",
    "visible",
]

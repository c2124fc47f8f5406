"""Formulas: lines in the language of scenarios, with arguments in the place of names.

    formula("input + weight * (end - input)", input=x, end=y, weight=0.5)

Several lines have names, `centred = x - mean(x)`, which those below use; the last is the result. A
line that two others use is a value of its own in the recording, under its name. Names stand for
arguments and, in options and indices, for what is written there: a number, a tuple, a slice.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from textwrap import dedent
from typing import Any

from bpdebug.ops import declared
from bpdebug.recording.texts import OPERAND, call, compared, indexed, infix, negative
from bpdebug.recording.texts import transposed as turned
from bpdebug.recording.written import Written, alike, written
from bpdebug.records import replace

SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.MatMult: "@",
    ast.Pow: "**",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


def formula(text: str, **given: Any) -> Written:
    """The last line of a formula."""
    made = list(formulas(text, **given).values())[-1]
    return made if isinstance(made, Written) else alike(made)


def formulas(text: str, **given: Any) -> dict[str, Any]:
    """All lines of a formula, by their names; that of a line without one is empty."""
    found: dict[str, Any] = {}
    for name, expression in lines_of(text):
        made = _Reader({**given, **found}).read(expression)
        named = isinstance(made, Written) and name and not made.hint
        found[name] = replace(made, hint=name) if named else made
    return found


@lru_cache(maxsize=512)
def lines_of(text: str) -> list[tuple[str, ast.expr]]:
    """The lines of a formula, each with its name."""
    found = []
    for line in ast.parse(dedent(text).strip()).body:
        if isinstance(line, ast.Assign):
            assert isinstance(line.targets[0], ast.Name)
            found.append((line.targets[0].id, line.value))
        else:
            assert isinstance(line, ast.Expr)
            found.append(("", line.value))
    return found


class _Reader:
    """Reads a line; a mistake in it is one of bpdebug's own code, and any error says so."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.given = given

    def read(self, node: ast.expr) -> Any:
        """An expression: `Written`, or an argument or number as it is."""
        match node:
            case ast.Name(id=name):
                return self.given[name]
            case ast.Constant(value=value):
                return value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return -value
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return written(negative, self.read(inner))
            case ast.BinOp(left=left, op=sign, right=right):
                return written(infix(SIGNS[type(sign)]), self.read(left), self.read(right))
            case ast.Compare(left=left, ops=[sign], comparators=[right]):
                return written(compared(SIGNS[type(sign)]), self.read(left), self.read(right))
            case ast.Call(func=ast.Name(id=op)):
                return self.call(node, op)
            case ast.Subscript(value=value, slice=key):
                return self.index(self.read(value), key)
            case ast.Attribute(value=value, attr="T"):
                return written(turned, self.read(value))
        raise ValueError(f"no formula has {ast.unparse(node)}")

    def call(self, node: ast.Call, op: str) -> Written:
        """A call of an op; options that have their defaults are left out."""
        operands: list[Any] = []
        for one in node.args:
            if isinstance(one, ast.Starred):
                operands += self.read(one.value)
            else:
                operands.append(self.read(one))
        leading = [one for one in operands if isinstance(one, str)]
        options = {str(word.arg): self.option(word.value) for word in node.keywords}
        declaration = declared(op)
        assert declaration is not None, op
        known = {
            name: value for name, value in options.items() if value != declaration.options[name]
        }
        operands = [one for one in operands if not isinstance(one, str)]
        return written(call(op, *leading, **known), *operands)

    def option(self, node: ast.expr) -> Any:
        """The value of an option: a number, a text, a tuple, or what a name stands for."""
        if isinstance(node, ast.Name):
            return self.given[node.id]
        return ast.literal_eval(node)

    def index(self, value: Any, node: ast.expr) -> Written:
        """Brackets behind a value."""
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        if isinstance(node, ast.Name) and isinstance(self.given[node.id], tuple):
            return picked(value, self.given[node.id])
        return picked(value, tuple(self.part(one) for one in parts))

    def part(self, node: ast.expr) -> Any:
        """A part of an index."""
        if isinstance(node, ast.Slice):
            ends = (node.lower, node.upper, node.step)
            return slice(*(None if end is None else self.read(end) for end in ends))
        return self.read(node)


def picked(value: Any, key: tuple[Any, ...]) -> Written:
    """A value with an index behind, whose parts that are no numbers, slices and None are arrays."""
    arrays = [one for one in key if not isinstance(one, (int, slice, type(None)))]
    parts = [OPERAND if any(one is array for array in arrays) else one for one in key]
    return written(indexed(parts), value, *arrays)

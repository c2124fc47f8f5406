"""What is written out in an expression: numbers, indices, and the values of options."""

from __future__ import annotations

import ast
from enum import Enum
from typing import Any

from bpdebug.expression.functions import (
    CONSTANTS,
    example,
    is_number,
    operand_problem,
    option_problem,
    text_option,
    whole_number,
)
from bpdebug.expression.hints import NAMES, after
from bpdebug.expression.limits import WHOLE_NUMBER
from bpdebug.expression.source import SourceText
from bpdebug.ops import INDEX_ARRAY
from bpdebug.printable import quoted

INFINITY = float("inf")
ARRAY = "a literal array belongs into [inputs] as data; write its name here"


def number(source: SourceText, node: ast.Constant, sign: int = 1) -> float:
    """A number as float64; texts, True, None and the like are refused."""
    value: Any = node.value
    if not is_number(value):
        what = "a text" if isinstance(value, str | bytes) else quoted(value)
        if isinstance(value, complex):
            what = "an imaginary number"
        raise source.error(node, f"{what} has no place here; a value is a number, a name or a call")
    try:
        real = sign * float(value)
    except OverflowError:
        real = INFINITY
    if abs(real) == INFINITY:
        raise source.error(node, "the number is too large; the largest is about 1.8e308")
    return real


def negative(node: ast.expr) -> ast.Constant | None:
    """The constant of `-2`; None when the node is no negative number."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = node.operand
        if isinstance(inner, ast.Constant) and is_number(inner.value):
            return inner
    return None


def literal(source: SourceText, node: ast.expr) -> Any:
    """A number, a text, True, False, None, or a tuple of numbers."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        if node.id in CONSTANTS:
            return CONSTANTS[node.id]
        if node.id in NAMES:
            raise source.error(node, NAMES[node.id])
        # A formula shows the text of an option without quotes: reduction=sum.
        return source.name(node)
    minus: Any = negative(node)
    if minus is not None:
        return -minus.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = node.operand
        if isinstance(inner, ast.Name) and inner.id in CONSTANTS:
            return -CONSTANTS[inner.id]
    if isinstance(node, ast.Tuple | ast.List) and len(node.elts) <= 32:
        nested = any(isinstance(part, ast.Tuple | ast.List) for part in node.elts)
        if not nested:
            return tuple(literal(source, part) for part in node.elts)
    raise source.error(
        node, "an option is a number, a text, True, False or a tuple of whole numbers"
    )


def arguments(
    source: SourceText, node: ast.Call, name: str
) -> tuple[list[ast.expr], dict[str, Any]]:
    """The operands of a call, and its options, each checked against the op's declaration.

    An option is given by name, or as a text in front of the operands where the op has one there.
    """
    found: dict[str, Any] = {}
    operands = node.args
    first = text_option(name)
    if first and operands and isinstance(operands[0], ast.Constant):
        value = operands[0].value
        if isinstance(value, str):
            found[first], operands = value, operands[1:]
    for keyword in node.keywords:
        if keyword.arg is None:
            raise source.error(keyword.value, "'**' is not allowed in a call")
        option = source.spelled(keyword.arg, node)
        if option in found:
            raise source.error(keyword.value, f"the option '{option}' is given twice")
        problem = operand_problem(name, option)
        if problem:
            raise source.error(keyword.value, problem)
        value = literal(source, keyword.value)
        problem = option_problem(name, option, value)
        if problem:
            raise source.error(keyword.value, problem)
        found[option] = value
    for argument in operands:
        value = argument.value if isinstance(argument, ast.Constant) else 0
        if bracketed_comparison(argument) is not None:
            continue
        if isinstance(argument, ast.Tuple | ast.List) or not is_number(value):
            raise source.error(argument, f"{name}: {misplaced(argument, name)}")
    return operands, found


def bracketed_comparison(node: ast.expr) -> ast.Compare | None:
    """The comparison in `[x > 0]`, as the screen writes the 1 or 0 that it gives; else None."""
    if isinstance(node, ast.List) and len(node.elts) == 1 and isinstance(node.elts[0], ast.Compare):
        return node.elts[0]
    return None


def misplaced(argument: ast.expr, name: str) -> str:
    """What to do with an argument that is no operand: an array or an option written out."""
    remedies = []
    if isinstance(argument, ast.Tuple | ast.List):
        remedies.append(ARRAY)
    if example(name) or not remedies:
        remedies.append(f"options are given by name{example(name)}")
    return "; ".join(remedies)


class Brackets(Enum):
    """What brackets behind a value do, by what stands in them."""

    CELLS = "cells"
    """Whole numbers and slices alone."""
    NEW_AXES = "new axes"
    """These, and `None`."""
    ARRAYS = "arrays"
    """Any of these, and expressions: arrays of indices."""


def brackets(node: ast.expr) -> Brackets:
    """What brackets do in which this stands."""
    parts = parts_of(node)
    if any(isinstance(part, EXPRESSIONS) and not negative(part) for part in parts):
        return Brackets.ARRAYS
    return Brackets.NEW_AXES if new_axes(node)[0] else Brackets.CELLS


EXPRESSIONS = (ast.Name, ast.Call, ast.Subscript, ast.Attribute, ast.BinOp, ast.UnaryOp, ast.List)
"""Syntax nodes in an index that are no whole number: they give arrays of indices."""


def key(source: SourceText, node: ast.expr) -> tuple[Any, ...]:
    """An index: whole numbers and slices of whole numbers."""
    return tuple(
        piece(source, part) if isinstance(part, ast.Slice) else bound(source, part)
        for part in parts_of(node)
    )


def key_with_arrays(source: SourceText, node: ast.expr) -> tuple[tuple[Any, ...], list[ast.expr]]:
    """An index in which expressions stand, and these expressions in their order."""
    found: list[Any] = []
    arrays: list[ast.expr] = []
    for part in parts_of(node):
        word = part.attr if isinstance(part, ast.Attribute) else ""
        if isinstance(part, EXPRESSIONS) and not negative(part) and word not in NAMES:
            found.append(INDEX_ARRAY)
            arrays.append(part)
        elif isinstance(part, ast.Constant) and part.value is None:
            found.append(None)
        else:
            found.append(
                piece(source, part) if isinstance(part, ast.Slice) else bound(source, part)
            )
    return tuple(found), arrays


def parts_of(node: ast.expr) -> list[ast.expr]:
    """The parts of an index, axis by axis."""
    return node.elts if isinstance(node, ast.Tuple) else [node]


def new_axes(node: ast.expr) -> tuple[tuple[int, ...], list[ast.expr]]:
    """The axes that every `None` of an index adds to the result, and the other parts.

    Of other parts that all stand for whole axes, `:`, none is left.
    """
    axes: list[int] = []
    rest: list[ast.expr] = []
    at = 0
    for part in parts_of(node):
        if isinstance(part, ast.Constant) and part.value is None:
            axes.append(at)
            at += 1
        else:
            rest.append(part)
            at += isinstance(part, ast.Slice)
    every = all(isinstance(p, ast.Slice) and not (p.lower or p.upper or p.step) for p in rest)
    return tuple(axes), [] if every and axes else rest


def piece(source: SourceText, node: ast.Slice) -> slice:
    """One slice; a step of 0 would never move."""
    lower, upper, step = (
        None if part is None else bound(source, part)
        for part in (node.lower, node.upper, node.step)
    )
    if step == 0:
        raise source.error(node, "the step of a slice cannot be 0")
    return slice(lower, upper, step)


def bound(source: SourceText, node: ast.expr) -> int:
    """One whole number of an index."""
    minus: Any = negative(node)
    value: Any = node.value if isinstance(node, ast.Constant) else None
    value = -minus.value if minus is not None else value
    if not whole_number(value):
        problem = (
            "an index is a whole number, a slice of them, an input of them or None, as in a[0], "
            "a[1:3], a[rows] or a[:, None]"
        )
        if value is ...:
            problem = (
                "an index is written without '...'; write a : for each axis that is kept whole, as "
                "in a[:, 0]; the last of them may be left out"
            )
        if is_number(value) and isinstance(value, int):
            problem = f"an index is at most {WHOLE_NUMBER:,}, and at least {-WHOLE_NUMBER:,}"
        word = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
        raise source.error(node, problem + after(NAMES.get(word, "")))
    return int(value)

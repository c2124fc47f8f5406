"""How expressions write ops without a call, as declared: `a + b`, `-a`, `a > b`, `a.T`, `a[0]`."""

from __future__ import annotations

import ast

from bpdebug.expression.literals import Brackets, brackets
from bpdebug.ops import REGISTRY


def way(node: ast.expr) -> object:
    """What tells one way of writing from another: an operator, an attribute, a kind of brackets."""
    if isinstance(node, ast.BinOp | ast.UnaryOp):
        return type(node.op)
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Compare):
        return type(node.ops[0])
    if isinstance(node, ast.Subscript):
        return brackets(node.slice)
    return type(node)


WRITTEN = {
    way(ast.parse(op.written, mode="eval").body): op for op in REGISTRY.values() if op.written
}
"""Ops by the way in which they are written."""
COMPARISONS = {
    op.written.split()[1]: op
    for op in WRITTEN.values()
    if isinstance(ast.parse(op.written, mode="eval").body, ast.Compare)
}
"""Ops that compare, by their sign as it is typed."""
SIGNS_OF = {op.name: sign for sign, op in COMPARISONS.items()}
"""The signs of ops that compare, by name."""
INDEXING = WRITTEN[Brackets.CELLS]
"""The op of brackets behind a value; its option `key` is what stands in them."""
PICKING = WRITTEN[Brackets.ARRAYS]
"""The op of brackets in which expressions stand, which are its further operands."""
BARE = WRITTEN[ast.Name]
"""The op that gives a bare name or number a node of its own."""

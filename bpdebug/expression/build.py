"""Tree to nodes: an expression becomes part of a graph."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import TypeGuard

from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.expression.functions import CONSTANTS, example
from bpdebug.expression.hints import for_name, for_operands
from bpdebug.expression.limits import ELEMENTS, NODES
from bpdebug.expression.parse import parse
from bpdebug.expression.tree import Call, Expression, Name, Number, Span, Tree
from bpdebug.graph import GraphBuilder
from bpdebug.ops import REGISTRY, Op, Shape, show_shape
from bpdebug.printable import quoted


def build(source: str | Expression, builder: GraphBuilder, name: str) -> int:
    """Add an expression's nodes to a graph; its result carries `name`. Returns its index.

    Names must stand in the graph already. BpdebugError for an unknown name, for shapes that do
    not fit and past the limits, each with the excerpt and a caret.
    """
    expression = parse(source) if isinstance(source, str) else source
    return _Builder(expression, builder, name).run()


class _Builder:
    """One expression on its way into a graph."""

    def __init__(self, expression: Expression, builder: GraphBuilder, name: str) -> None:
        self.expression = expression
        self.builder = builder
        self.name = name
        self.made: dict[int, int] = {}
        """By place in the expression: the node of the graph."""
        self.waiting: dict[int, tuple[int, ...]] = {}
        """Products and transposes that may become part of an affine node: their operands."""
        self.fusable = fusable_parts(expression)

    def run(self) -> int:
        """The nodes in order, operands first."""
        last = len(self.expression.nodes) - 1
        for at, node in enumerate(self.expression.nodes):
            if isinstance(node, Number):
                self.limit(node.span)
                self.made[at] = self.builder.constant(node.value, self.expression.source(at))
            elif isinstance(node, Name):
                self.made[at] = self.look_up(node)
            elif isinstance(node, Call):
                self.call(at, node)
            else:
                raise self.expression.error("this makes no node of a graph", node.span)
        if not isinstance(self.expression.root, Call):
            # A bare name or number: a node of its own, so that the new name stands.
            self.apply(last, REGISTRY["identity"], (self.made[last],))
        return self.made[last]

    def look_up(self, node: Name) -> int:
        """The node that a name stands for."""
        if node.name not in self.builder.names:
            if node.name in CONSTANTS:
                self.limit(node.span)
                return self.builder.constant(CONSTANTS[node.name], node.name)
            raise self.expression.error(unknown_name(node.name, self.builder.names), node.span)
        return self.builder.names[node.name]

    def call(self, at: int, node: Call) -> None:
        """Add one op, or leave it waiting for the addition that may take it in."""
        if at in self.fusable:
            self.waiting[at] = node.operands
            return
        affine = self.affine_operands(node)
        if affine is not None:
            self.apply(at, REGISTRY["affine"], affine)
            return
        for operand in node.operands:
            self.settle(operand)
        operands = tuple(self.made[operand] for operand in node.operands)
        self.apply(at, REGISTRY[node.function], operands)

    def affine_operands(self, node: Call) -> tuple[int, int, int] | None:
        """W, x and b of `W @ x + b` or `x @ W.T + b`, when their shapes make a dense layer."""
        if not is_call(node, "add", 2) or node.operands[0] not in self.waiting:
            return None
        left, right = self.waiting[node.operands[0]]
        if right in self.waiting:
            (inner,) = self.waiting[right]
            w, x, rank = self.made[inner], self.made[left], 2
        else:
            w, x, rank = self.made[left], self.made[right], 1
        b = self.made[node.operands[1]]
        weights, rows, bias = (self.builder.nodes[i].shape for i in (w, x, b))
        fits = (len(weights), len(rows), len(bias)) == (2, rank, 1)
        if fits and weights[1] == rows[-1] and weights[0] == bias[0]:
            return w, x, b
        return None

    def settle(self, at: int) -> None:
        """Add what was left waiting after all: a product, and first its transpose."""
        if at not in self.waiting:
            return
        node = self.expression.nodes[at]
        assert isinstance(node, Call)
        for operand in self.waiting.pop(at):
            self.settle(operand)
        operands = tuple(self.made[operand] for operand in node.operands)
        self.apply(at, REGISTRY[node.function], operands)

    def apply(self, at: int, op: Op, operands: tuple[int, ...]) -> None:
        """Add the result of an op; the whole expression's result takes the name."""
        node = self.expression.nodes[at]
        self.limit(node.span)
        top = at == len(self.expression.nodes) - 1
        try:
            made = self.builder.apply(
                op,
                operands,
                node.options if isinstance(node, Call) else {},
                name=self.name if top else "",
                source=self.expression.source(at),
            )
        except BpdebugError as error:
            raise self.expression.error(
                error.problem + self.hint(op, operands), node.span
            ) from None
        check_size(self.builder.nodes[made].shape, self.expression, node.span)
        self.made[at] = made

    def hint(self, op: Op, operands: tuple[int, ...]) -> str:
        """What to do where options were given in the place of operands."""
        too_many = len(operands) > len(op.operands) and not op.variadic and op.options
        meant = for_operands(op.name, [self.builder.nodes[at].shape for at in operands])
        return meant or (f"; options are given by name{example(op.name)}" if too_many else "")

    def limit(self, span: Span) -> None:
        """An error when the graph is full."""
        if len(self.builder.nodes) >= NODES:
            raise self.expression.error(f"the graph has more than {NODES:,} nodes", span)


def is_call(node: Tree, function: str, operands: int) -> TypeGuard[Call]:
    """True for a call of this function with so many operands."""
    return isinstance(node, Call) and node.function == function and len(node.operands) == operands


def fusable_parts(expression: Expression) -> set[int]:
    """Places of the products in `a @ b + name` and of the transposes in `a @ b.T + name`."""
    found: set[int] = set()
    for node in expression.nodes:
        if not is_call(node, "add", 2):
            continue
        product, bias = (expression.nodes[operand] for operand in node.operands)
        if is_call(product, "matmul", 2) and isinstance(bias, Name):
            found.add(node.operands[0])
            right = product.operands[1]
            if is_call(expression.nodes[right], "transpose", 1):
                found.add(right)
    return found


def unknown_name(name: str, known: Iterable[str]) -> str:
    """The problem of a name that stands for nothing."""
    if name.lower() == "nan":
        return "there is no value nan, which nothing equals; a watch or a condition says isnan(…)"
    known = list(known)
    hint = for_name(name) and f"; {for_name(name)}"
    hint = hint or did_you_mean(name, known)
    if not hint and known:
        hint = f"; there are {', '.join(known[:8])}{', …' if len(known) > 8 else ''}"
    return f"unknown name {quoted(name)}{hint}"


def check_size(shape: Shape, expression: Expression, span: Span) -> None:
    """An error for an array past the limit; nothing has been allocated yet."""
    if prod(shape) > ELEMENTS:
        raise expression.error(
            f"the result has shape {show_shape(shape)}: {prod(shape):,} elements, "
            f"more than {ELEMENTS:,}",
            span,
        )

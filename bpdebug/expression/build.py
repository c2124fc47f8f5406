"""Tree to nodes: an expression becomes part of a graph."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from math import prod
from typing import Any

from bpdebug.errors import BpdebugError
from bpdebug.expression.functions import CONSTANTS, operands_hint
from bpdebug.expression.hints import unknown_name
from bpdebug.expression.limits import ELEMENTS, NODES
from bpdebug.expression.parse import parse
from bpdebug.expression.tree import Call, Expression, Name, Number, TextSpan
from bpdebug.expression.words import Words
from bpdebug.expression.written import BARE, SIGNS_OF
from bpdebug.graph import GraphBuilder
from bpdebug.graph.graph import free
from bpdebug.ops import (
    COMPOSITES,
    REGISTRY,
    Array,
    Composite,
    Fusion,
    Op,
    Shape,
    show_shape,
)
from bpdebug.ops.spelling import matched
from bpdebug.records import record


def build(source: str | Expression, builder: GraphBuilder, name: str) -> int:
    """Add an expression's nodes to a graph; its result carries `name`. Returns its index.

    Names must stand in the graph already. BpdebugError for an unknown name, for shapes that do
    not fit and past the limits, each with the excerpt and a caret.
    """
    if isinstance(source, str):
        source = parse(source, words=Words(frozenset(builder.names)))
    return _Builder(source, builder, name).run()


class _Builder:
    """Builds the nodes of an expression in a graph."""

    def __init__(
        self,
        expression: Expression,
        builder: GraphBuilder,
        name: str,
        scope: Mapping[str, int] | None = None,
    ) -> None:
        self.expression = expression
        self.builder = builder
        self.name = name
        self.scope = scope
        """The nodes of the names in a line of a composite; None for an entry of the scenario."""
        self.given = scope is not None
        """Whether the name is generated."""
        self.made: dict[int, int] = {}
        """The node of the graph, by its index in the expression."""
        self.fusions = fusions(expression)
        self.waiting = {at for fusion in self.fusions.values() for at in fusion.inside}
        """Calls that become part of another call's node where its shapes fit."""

    def run(self) -> int:
        """Add the nodes in order, operands first; its result is the last.

        With a composite as a part of it, the whole expression is a group.
        """
        parts = self.expression.nodes[:-1]
        whole = any(isinstance(one, Call) and one.function in COMPOSITES for one in parts)
        with self.builder.inside(self.name) if whole else nullcontext():
            return self.add_nodes()

    def add_nodes(self) -> int:
        """Add the nodes in order, operands first; its result is the last."""
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
            self.apply(last, BARE, (self.made[last],))
        return self.made[last]

    def look_up(self, node: Name) -> int:
        """The node that a name stands for."""
        known = self.builder.names if self.scope is None else self.scope
        if node.name not in known:
            if node.name in CONSTANTS:
                self.limit(node.span)
                return self.builder.constant(CONSTANTS[node.name], node.name)
            raise self.expression.error(unknown_name(node.name, known), node.span)
        return known[node.name]

    def call(self, at: int, node: Call) -> None:
        """Add an op, or leave it waiting for the op that may replace it."""
        if at in self.waiting:
            return
        fused = self.fusions.get(at)
        if fused is not None:
            operands = tuple(self.made[operand] for operand in fused.operands)
            if self.fits(fused, operands):
                self.apply(at, fused.op, operands)
                return
        self.settle(at, node)

    def fits(self, fused: Fused, operands: tuple[int, ...]) -> bool:
        """True when these operands fit an op that replaces several."""
        shapes = tuple(self.builder.nodes[i].shape for i in operands)
        return fused.fusion.fits([len(shape) for shape in shapes]) and fused.op.fits(shapes)

    def settle(self, at: int, node: Call) -> None:
        """Add an op, after those of its operands that were left waiting."""
        for operand in node.operands:
            inner = self.expression.nodes[operand]
            if operand not in self.made and isinstance(inner, Call):
                self.settle(operand, inner)
        operands = tuple(self.made[operand] for operand in node.operands)
        if node.function in COMPOSITES:
            self.expand(at, node, COMPOSITES[node.function], operands)
        else:
            self.apply(at, REGISTRY[node.function], operands)

    def expand(self, at: int, node: Call, composite: Composite, operands: tuple[int, ...]) -> None:
        """Add the ops of a composite as a group of their own."""
        top = at == len(self.expression.nodes) - 1
        group = self.name
        if not top or group in self.builder.declared:
            taken = ChainMap[str, Any](self.builder.names, self.builder.declared)
            group = free(f"{group}.{composite.name}", taken)
        shapes = tuple(self.builder.nodes[i].shape for i in operands)
        scope = dict(zip(composite.operands, operands, strict=False))
        try:
            options = {**composite.options, **node.options}
            lines = composite.expanded(shapes, options)
            with self.builder.inside(group, composite, operands, options) as group:
                for name, line in lines[:-1]:
                    scope[name] = self.line(line, f"{group}.{name}", scope)
                inner = _Builder(line_of(lines[-1][1], scope), self.builder, group, scope)
                if top:
                    inner.name, inner.given = self.name, self.given
                self.made[at] = inner.run()
        except BpdebugError as error:
            problem = error.problem.partition("\n")[0] + operands_hint(composite.name, shapes)
            raise self.expression.error(problem, node.span) from None

    def line(self, line: str | Array, name: str, scope: Mapping[str, int]) -> int:
        """Add a line of a composite: the nodes of its expression, or a constant."""
        if isinstance(line, str):
            return _Builder(line_of(line, scope), self.builder, name, scope).run()
        return self.builder.constant(line, name=name)

    def apply(self, at: int, op: Op, operands: tuple[int, ...]) -> None:
        """Add the result of an op; the whole expression's result takes the name."""
        node = self.expression.nodes[at]
        source = self.source(at)
        if op.name in SIGNS_OF:
            source = f"[{source}]"  # without brackets a watch takes it for a condition
        self.limit(node.span)
        top = at == len(self.expression.nodes) - 1
        try:
            made = self.builder.apply(
                op,
                operands,
                node.options if isinstance(node, Call) else {},
                name=self.name if top else "",
                source=source,
                given=top and self.given,
            )
        except BpdebugError as error:
            hint = operands_hint(op.name, [self.builder.nodes[one].shape for one in operands])
            raise self.expression.error(error.problem + hint, node.span) from None
        check_size(self.builder.nodes[made].shape, self.expression, node.span)
        self.made[at] = made

    def source(self, at: int) -> str:
        """A part of the expression as text; in a composite with the names of the graph."""
        if self.scope is None:
            return self.expression.source(at)
        start, end = self.expression.nodes[at].span
        text, upto = "", start
        for node in sorted(self.expression.nodes, key=lambda one: one.span):
            if isinstance(node, Name) and start <= node.span[0] < end and node.name in self.scope:
                made = self.builder.nodes[self.scope[node.name]]
                text += self.expression.text[upto : node.span[0]]
                text += made.name or f"({made.label})"
                upto = node.span[1]
        return " ".join((text + self.expression.text[upto:end]).split())

    def limit(self, span: TextSpan) -> None:
        """An error when the graph is full."""
        if len(self.builder.nodes) >= NODES:
            raise self.expression.error(f"the graph has more than {NODES:,} nodes", span)


def line_of(text: str | Array, scope: Iterable[str]) -> Expression:
    """A line of a composite as an expression over its operands and the lines before it."""
    assert isinstance(text, str)  # a constant is no expression, and no result of a composite
    return parse(text, words=Words(frozenset(scope)))


@record
class Fused:
    """Calls of an expression that a single op can replace, with the indices of its operands."""

    op: Op
    fusion: Fusion
    operands: tuple[int, ...]
    inside: tuple[int, ...]
    """The calls below the last, which are part of nothing else."""


FUSING: dict[str, list[tuple[Op, Fusion]]] = {}
"""Ops that replace several, by the function of the last."""
for _op in REGISTRY.values():
    for _fusion in _op.fuses:
        FUSING.setdefault(_fusion.spelling[0], []).append((_op, _fusion))


def fusions(expression: Expression) -> dict[int, Fused]:
    """The calls that a single op can replace, by the index of their last call."""
    found: dict[int, Fused] = {}

    def read_at(at: int) -> tuple[str, tuple[int, ...]] | float | None:
        node = expression.nodes[at]
        if isinstance(node, Call):
            return node.function, node.operands
        return node.value if isinstance(node, Number) else None

    for at, node in enumerate(expression.nodes):
        for op, fusion in FUSING.get(node.function, ()) if isinstance(node, Call) else ():
            match = matched(fusion.spelling, at, read_at)
            if at in found or match is None:
                continue
            if all(isinstance(expression.nodes[match.operands[n]], Name) for n in fusion.named):
                operands = tuple(match.operands[name] for name in op.operands)
                found[at] = Fused(op, fusion, operands, tuple(match.inside))
    return found


def check_size(shape: Shape, expression: Expression, span: TextSpan) -> None:
    """An error for an array past the limit; nothing has been allocated yet."""
    if prod(shape) > ELEMENTS:
        raise expression.error(
            f"the result has shape {show_shape(shape)}: {prod(shape):,} elements, "
            f"more than {ELEMENTS:,}",
            span,
        )

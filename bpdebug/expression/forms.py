"""Results without a name, found by what makes them: `a − b`, `h₁ ⊙ h₁`, `W·x + b`.

Two expressions have one form when the same ops are applied to the same operands, however they are
written. Forms are numbered, operands first, so that comparing two is comparing two numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from bpdebug.expression.tree import Call, Expression, Name, Number
from bpdebug.graph import Graph, Node
from bpdebug.ops import REGISTRY, Shape
from bpdebug.record import record

ALIKE = {"multiply": "product", "matmul": "product"}
"""Ops that the screen writes with one sign."""


@record
class Forms:
    """The forms of a graph's nodes."""

    numbers: dict[tuple[Any, ...], int]
    """Of each form its number."""
    shapes: dict[int, Shape]
    """By number: the shape of the results of that form."""
    nodes: dict[int, list[int]]
    """By number: the results without a name of the scenario's that have the form."""
    alike: bool
    """True where `·` is one op, and a square is a power."""


found: WeakKeyDictionary[Graph, tuple[Forms, Forms]] = WeakKeyDictionary()


def made_so(graph: Graph, expression: Expression, last: int) -> list[int]:
    """The results without a name that are made as the part of an expression up to a node says.

    As it is typed first; where nothing is, as the screen writes it.
    """
    if graph not in found:
        found[graph] = (forms_of(graph, alike=False), forms_of(graph, alike=True))
    for forms in found[graph]:
        nodes = forms.nodes.get(form_of(expression, last, forms, graph), [])
        if nodes:
            return nodes
    return []


def forms_of(graph: Graph, *, alike: bool) -> Forms:
    """The forms of all nodes of a graph."""
    forms = Forms({}, {}, {}, alike)
    of: list[int] = []
    for node in graph.nodes:

        def number(key: tuple[Any, ...], node: Node = node) -> int:
            made = forms.numbers.setdefault(key, len(forms.numbers))
            forms.shapes.setdefault(made, node.shape)
            return made

        if node.name and not node.given:
            of.append(number(("name", node.name)))
        elif node.op is None:
            plain = node.value is not None and not node.shape
            key = ("number", float(np.asarray(node.value))) if plain else ("data", node.index)
            of.append(number(key))
        else:
            operands = tuple(of[i] for i in node.operands)
            of.append(applied(node.op.name, operands, node.options, forms, number))
            forms.nodes.setdefault(of[-1], []).append(node.index)
            if node.given:
                # Its own expression and the name that it was given have one form.
                forms.numbers[("name", node.name)] = of[-1]
    return forms


def form_of(expression: Expression, last: int, forms: Forms, graph: Graph) -> int:
    """The number of an expression's form; -1 for a form that the graph does not have."""

    def number(key: tuple[Any, ...]) -> int:
        return forms.numbers.get(key, -1)

    of: dict[int, int] = {}
    for at, node in enumerate(expression.nodes[: last + 1]):
        of[at] = -1
        if isinstance(node, Name):
            loss = node.name == "loss" and "loss" not in graph.names
            of[at] = number(("name", graph.nodes[graph.loss].name if loss else node.name))
        elif isinstance(node, Number):
            of[at] = number(("number", node.value))
        elif isinstance(node, Call):
            operands = tuple(of[i] for i in node.operands)
            if -1 not in operands:
                of[at] = applied(node.function, operands, node.options, forms, number)
    return of[last]


def applied(
    function: str,
    operands: tuple[int, ...],
    options: Mapping[str, Any],
    forms: Forms,
    number: Callable[[tuple[Any, ...]], int],
) -> int:
    """The number of the form of a function of some forms."""
    if function == "affine" and len(operands) == 3:
        # A dense layer is written as the product and the sum that it was made of.
        weights, rows, bias = operands
        pair = (weights, rows)
        if len(forms.shapes[rows]) == 2:
            pair = (rows, applied("transpose", (weights,), {}, forms, number))
        product = applied("matmul", pair, {}, forms, number)
        return applied("add", (product, bias), {}, forms, number)
    if forms.alike:
        if function == "square":
            function, operands = "power", (*operands, number(("number", 2.0)))
        function = ALIKE.get(function, function)
    op = REGISTRY.get(function)
    usual = op.options if op is not None else {}
    if function == "index":
        told: Any = picked(options["key"], forms.shapes[operands[0]])
    else:
        told = tuple(sorted((k, repr(v)) for k, v in options.items() if v != usual.get(k)))
    if function == "product":
        told = ()
    return number((function, operands, told))


def picked(key: tuple[Any, ...], shape: Shape) -> tuple[Any, ...]:
    """A key by the cells that it picks: `[0]` of a matrix is `[0,:]`."""
    if not all(isinstance(one, int | slice) for one in key) or len(key) > len(shape):
        return tuple(map(repr, key))
    full = (*key, *[slice(None)] * (len(shape) - len(key)))
    return tuple(
        range(*one.indices(extent)) if isinstance(one, slice) else one % max(extent, 1)
        for one, extent in zip(full, shape, strict=True)
    )

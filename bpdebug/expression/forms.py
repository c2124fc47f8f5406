"""Results without a name, found by what makes them: `a − b`, `h₁ ⊙ h₁`, `W·x + b`.

Two expressions have the same form when the same ops are applied to the same operands, however
they are written. Forms are numbered, operands first, so that two are compared by their numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import gcd, nan
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from bpdebug.expression.functions import CONSTANTS, Allow
from bpdebug.expression.parse import PRODUCT, parse
from bpdebug.expression.tree import Call, Expression, Name, Number
from bpdebug.expression.words import Words
from bpdebug.expression.written import INDEXING
from bpdebug.graph import Graph, Node
from bpdebug.ops import REGISTRY, Op, Passes, Shape, Spelling
from bpdebug.record import record

Numbered = Callable[[tuple[Any, ...]], int]
"""Gives a form its number."""
ALIKE = {name: PRODUCT for name, op in REGISTRY.items() if op.text == "{a}·{b}"}
"""Ops that the screen writes with the same sign."""


@record
class Forms:
    """The forms of a graph's nodes."""

    numbers: dict[tuple[Any, ...], int]
    """The number of each form."""
    shapes: dict[int, Shape]
    """The shape of the results of a form, by its number."""
    nodes: dict[int, list[int]]
    """The results of a form that the scenario gives no name, by its number."""
    values: dict[int, float]
    """The value of a form that is a number."""
    scaled: dict[int, tuple[float, int]]
    """Number and form of a form that is a number times a form."""
    alike: bool
    """True where all products with `·` count as the same op, and a square as a power."""


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
    forms = Forms({}, {}, {}, {}, {}, alike)
    of: list[int] = []

    def number(key: tuple[Any, ...]) -> int:
        return forms.numbers.setdefault(key, len(forms.numbers))

    for node in graph.nodes:
        if node.name and not node.given:
            of.append(number(("name", node.name)))
        elif node.op is None:
            plain = node.value is not None and not node.shape
            value = float(np.asarray(node.value)) if plain else nan
            of.append(constant(value, forms) if plain else number(("data", node.index)))
        else:
            of.append(of_result(graph, node, of, forms, number))
            forms.nodes.setdefault(of[-1], []).append(node.index)
            if node.given:
                # Its own expression and the name that it was given have one form.
                forms.numbers[("name", node.name)] = of[-1]
        forms.shapes.setdefault(of[-1], node.shape)
    return forms


def of_result(graph: Graph, node: Node, of: list[int], forms: Forms, number: Numbered) -> int:
    """The number of the form of an op's result, where `of` has those of the nodes before it."""
    assert node.op is not None
    operands = tuple(of[i] for i in node.operands)
    usual, given = node.op.options, node.options
    as_call = any(given[name] != usual.get(name) for name in given if name != "reduction")
    if not forms.alike or as_call or node.op.averaged is None or "Σ" not in node.op.text:
        return applied(node.op.name, operands, node.options, forms, number)
    # A loss that the screen writes out has the form of what is written.
    shapes = tuple(graph.nodes[i].shape for i in node.operands)
    n = node.op.averaged(shapes, node.options)
    per = {name: factor(times, n) for name, times in (("per", 1), ("per2", 2))}
    names = dict(zip(node.op.operands, operands, strict=True))
    text = node.op.text.format(n=n, **per, **{name: name for name in names})
    written = parse(text, allow=Allow.WATCH, words=Words(frozenset(names)))
    return walked(written, len(written.nodes) - 1, forms, number, names)


def factor(over: int, under: int) -> str:
    """`1/5·`, as the screen writes what a loss is averaged by; nothing for 1."""
    shared = gcd(over, under)
    over, under = over // shared, under // shared
    return "" if over == under else f"{over}·" if under == 1 else f"{over}/{under}·"


def form_of(expression: Expression, last: int, forms: Forms, graph: Graph) -> int:
    """The number of an expression's form; -1 for a form that the graph does not have."""

    def number(key: tuple[Any, ...]) -> int:
        return forms.numbers.get(key, -1)

    names = (
        {} if "loss" in graph.names else {"loss": number(("name", graph.nodes[graph.loss].name))}
    )
    for name, value in CONSTANTS.items():
        if name not in graph.names:
            names[name] = constant(value, forms)
    return walked(expression, last, forms, number, names)


def walked(
    expression: Expression, last: int, forms: Forms, number: Numbered, names: Mapping[str, int]
) -> int:
    """The number of an expression's form; `names` has those of names that stand for others."""
    of: dict[int, int] = {}
    for at, node in enumerate(expression.nodes[: last + 1]):
        of[at] = -1
        if isinstance(node, Name):
            of[at] = names.get(node.name, -1) if node.name in names else number(("name", node.name))
        elif isinstance(node, Number):
            of[at] = constant(node.value, forms)
        elif isinstance(node, Call):
            operands = tuple(of[i] for i in node.operands)
            if -1 not in operands:
                of[at] = applied(node.function, operands, node.options, forms, number)
    return of[last]


def constant(value: float, forms: Forms) -> int:
    """The number of the form of a number; where the graph lacks it, it may be a part of ½."""
    made = forms.numbers.setdefault(("number", value), len(forms.numbers))
    forms.values[made] = value
    return made


def applied(
    function: str,
    operands: tuple[int, ...],
    options: Mapping[str, Any],
    forms: Forms,
    number: Numbered,
) -> int:
    """The number of the form of a function of some forms."""
    op = REGISTRY.get(function)
    spelling = spelling_of(op, operands, forms) if op is not None else None
    if op is not None and spelling is not None and len(operands) == len(op.operands):
        named = dict(zip(op.operands, operands, strict=True))
        return written_out(spelling, named, forms, number)
    if forms.alike and len(operands) == 2:
        function = ALIKE.get(function, function)
        if function == PRODUCT or (op is not None and op.passes is Passes.SCALES):
            return scaled(function, *operands, forms, number)
    usual = op.options if op is not None else {}
    if function == INDEXING.name:
        told: Any = picked(options["key"], forms.shapes.get(operands[0], ()))
    else:
        told = tuple(sorted((k, repr(v)) for k, v in options.items() if v != usual.get(k)))
    return number((function, operands, told))


def spelling_of(op: Op, operands: tuple[int, ...], forms: Forms) -> Spelling | None:
    """What an op counts as: what it was made of where it takes the place of other ops, and, as the
    screen writes it, what else it is written as. None where it counts as itself."""
    if op.fuses:
        ranks = tuple(len(forms.shapes.get(operand, ())) for operand in operands)
        return next((one for one in op.fuses if one.ranks == ranks), op.fuses[-1]).spelling
    return op.spelled[0] if forms.alike and op.spelled and not op.activation else None


def written_out(
    spelling: Spelling, named: Mapping[str, int], forms: Forms, number: Numbered
) -> int:
    """The number of the form of a spelling, by the forms of the operands that it names."""
    if isinstance(spelling, str):
        return named[spelling]
    if isinstance(spelling, float):
        return constant(spelling, forms)
    function, *parts = spelling
    operands = tuple(written_out(part, named, forms, number) for part in parts)
    return applied(function, operands, {}, forms, number)


def scaled(function: str, first: int, second: int, forms: Forms, number: Numbered) -> int:
    """A product or quotient with its numbers combined: ½·x, 0.5·x and 1·½·x are the same."""
    a, b = forms.values.get(first), forms.values.get(second)
    if a is not None and b is not None and (b or function == PRODUCT):
        found = a * b if function == PRODUCT else REGISTRY[function].forward(a, b)
        return constant(float(f"{found:.14g}"), forms)
    if a is not None and function == PRODUCT:
        more, rest = forms.scaled.get(second, (1.0, second))
        factor = constant(float(f"{a * more:.14g}"), forms)
        made = number((function, (factor, rest), ()))
        if made >= 0:
            forms.scaled[made] = (forms.values[factor], rest)
        return made
    return number((function, (first, second), ()))


def picked(key: tuple[Any, ...], shape: Shape) -> tuple[Any, ...]:
    """A key by the cells that it picks: `[0]` of a matrix is `[0,:]`."""
    if not all(isinstance(one, int | slice) for one in key) or len(key) > len(shape):
        return tuple(map(repr, key))
    full = (*key, *[slice(None)] * (len(shape) - len(key)))
    return tuple(
        range(*one.indices(extent)) if isinstance(one, slice) else one % max(extent, 1)
        for one, extent in zip(full, shape, strict=True)
    )

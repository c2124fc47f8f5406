"""Results without a name, found by what makes them: `a − b`, `h₁ ⊙ h₁`, `W·x + b`.

Two expressions have the same form when the same ops are applied to the same operands, however
they are written. Forms are numbered, operands first, so that two are compared by their numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd, nan
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from bpdebug.expression.functions import CONSTANTS, Allow
from bpdebug.expression.parse import PRODUCT, parse
from bpdebug.expression.tree import Call, Compare, Expression, Name, Number
from bpdebug.expression.words import Words
from bpdebug.expression.written import COMPARISONS, INDEXING
from bpdebug.graph import Graph, Node
from bpdebug.ops import REGISTRY, Carries, Op, Shape, Spelling

ALIKE = {name: PRODUCT for name, op in REGISTRY.items() if op.sign}
"""Ops that the screen writes with the same sign."""


class Forms:
    """The forms of a graph's nodes, numbered. A form that the graph does not have is -1.

    With `alike`, all products with `·` count as the same op, and a square as a power.
    """

    def __init__(self, graph: Graph, *, alike: bool) -> None:
        self.alike = alike
        self.nodes: dict[int, list[int]] = {}
        """The results of a form that the scenario gives no name, by its number."""
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._shapes: dict[int, Shape] = {}
        """The shape of the results of a form, by its number."""
        self._values: dict[int, float] = {}
        """The value of a form that is a number."""
        self._scaled: dict[int, tuple[float, int]] = {}
        """Number and form of a form that is a number times a form."""
        self._complete = False
        of: list[int] = []
        for node in graph.nodes:
            if node.name and not node.given:
                of.append(self.number(("name", node.name)))
            elif node.op is None:
                plain = node.value is not None and not node.shape
                value = float(np.asarray(node.value)) if plain else nan
                of.append(self.constant(value) if plain else self.number(("data", node.index)))
            else:
                of.append(self.of_result(graph, node, of))
                self.nodes.setdefault(of[-1], []).append(node.index)
                if node.given:
                    # Its own expression and the name that it was given have one form.
                    self._numbers[("name", node.name)] = of[-1]
            self._shapes.setdefault(of[-1], node.shape)
        self._complete = True

    def number(self, key: tuple[Any, ...]) -> int:
        """The number of a form; a new one while the graph's nodes are read."""
        if self._complete:
            return self._numbers.get(key, -1)
        return self._numbers.setdefault(key, len(self._numbers))

    def constant(self, value: float) -> int:
        """The number of the form of a number; where the graph lacks it, it may be a part of ½."""
        made = self._numbers.setdefault(("number", value), len(self._numbers))
        self._values[made] = value
        return made

    def of_result(self, graph: Graph, node: Node, of: list[int]) -> int:
        """The number of the form of an op's result, where `of` has those of the nodes before it."""
        assert node.op is not None
        operands = tuple(of[i] for i in node.operands)
        usual, given = node.op.options, node.options
        shown = node.op.mean_or_sum
        as_call = any(given[name] != usual.get(name) for name in given if name != shown)
        if not self.alike or as_call or node.op.averaged is None or not shown:
            return self.applied(node.op.name, operands, node.options)
        # A loss that the screen writes out has the form of what is written.
        shapes = tuple(graph.nodes[i].shape for i in node.operands)
        n = node.op.averaged(shapes, node.options)
        per = {name: factor(times, n) for name, times in (("per", 1), ("per2", 2))}
        names = dict(zip(node.op.operands, operands, strict=True))
        text = node.op.text.format(n=n, **per, **{name: name for name in names})
        written = parse(text, allow=Allow.WATCH, words=Words(frozenset(names)))
        return self.walked(written, len(written.nodes) - 1, names)

    def walked(self, expression: Expression, last: int, names: Mapping[str, int]) -> int:
        """The number of an expression's form; `names` has those of names that stand for others."""
        of: dict[int, int] = {}
        for at, node in enumerate(expression.nodes[: last + 1]):
            of[at] = -1
            if isinstance(node, Name):
                known = node.name in names
                of[at] = names[node.name] if known else self.number(("name", node.name))
            elif isinstance(node, Number):
                of[at] = self.constant(node.value)
            elif isinstance(node, Call):
                operands = tuple(of[i] for i in node.operands)
                if -1 not in operands:
                    of[at] = self.applied(node.function, operands, node.options)
            elif isinstance(node, Compare) and len(node.symbols) == 1:
                operands = tuple(of[i] for i in node.operands)
                if -1 not in operands:
                    of[at] = self.applied(COMPARISONS[node.symbols[0]].name, operands, {})
        return of[last]

    def applied(self, function: str, operands: tuple[int, ...], options: Mapping[str, Any]) -> int:
        """The number of the form of a function of some forms."""
        op = REGISTRY.get(function)
        spelling = self.spelling_of(op, operands) if op is not None else None
        if op is not None and spelling is not None and len(operands) == len(op.operands):
            return self.written_out(spelling, dict(zip(op.operands, operands, strict=True)))
        if self.alike and len(operands) == 2:
            function = ALIKE.get(function, function)
            if function == PRODUCT or (op and op.carries is Carries.SCALES and not op.options):
                return self.scaled(function, *operands)
        usual = op.options if op is not None else {}
        if function == INDEXING.name:
            details: Any = picked(options["key"], self._shapes.get(operands[0], ()))
        else:
            details = tuple(sorted((k, repr(v)) for k, v in options.items() if v != usual.get(k)))
        return self.number((function, operands, details))

    def spelling_of(self, op: Op, operands: tuple[int, ...]) -> Spelling | None:
        """What an op counts as: what it was made of where it takes the place of other ops, and, as
        the screen writes it, what else it is written as. None where it counts as itself."""
        if op.fuses:
            ranks = [len(self._shapes.get(operand, ())) for operand in operands]
            return next((one for one in op.fuses if one.fits(ranks)), op.fuses[-1]).spelling
        return op.spelled[0] if self.alike and op.spelled and not op.activation else None

    def written_out(self, spelling: Spelling, named: Mapping[str, int]) -> int:
        """The number of the form of a spelling, by the forms of the operands that it names."""
        if isinstance(spelling, str):
            return named[spelling]
        if isinstance(spelling, float):
            return self.constant(spelling)
        function, *parts = spelling
        return self.applied(function, tuple(self.written_out(one, named) for one in parts), {})

    def scaled(self, function: str, first: int, second: int) -> int:
        """A product or quotient with its numbers combined: ½·x, 0.5·x and 1·½·x are the same."""
        a, b = self._values.get(first), self._values.get(second)
        if a is not None and b is not None and (b or function == PRODUCT):
            found = a * b if function == PRODUCT else REGISTRY[function].forward(a, b)
            return self.constant(float(f"{found:.14g}"))
        if a is not None and function == PRODUCT:
            more, rest = self._scaled.get(second, (1.0, second))
            factor = self.constant(float(f"{a * more:.14g}"))
            made = self.number((function, (factor, rest), ()))
            if made >= 0:
                self._scaled[made] = (self._values[factor], rest)
            return made
        return self.number((function, (first, second), ()))


found: WeakKeyDictionary[Graph, tuple[Forms, Forms]] = WeakKeyDictionary()


def made_so(graph: Graph, expression: Expression, last: int) -> list[int]:
    """The results without a name that are made as the part of an expression up to a node says.

    As it is typed first; where nothing is, as the screen writes it.
    """
    if graph not in found:
        found[graph] = (Forms(graph, alike=False), Forms(graph, alike=True))
    for forms in found[graph]:
        loss = {"loss": forms.number(("name", graph.nodes[graph.loss].name))}
        given = loss | {name: forms.constant(value) for name, value in CONSTANTS.items()}
        names = {name: number for name, number in given.items() if name not in graph.names}
        nodes = forms.nodes.get(forms.walked(expression, last, names), [])
        if nodes:
            return nodes
    return []


def factor(over: int, under: int) -> str:
    """`1/5·`, as the screen writes what a loss is averaged by; nothing for 1."""
    shared = gcd(over, under)
    over, under = over // shared, under // shared
    return "" if over == under else f"{over}·" if under == 1 else f"{over}/{under}·"


def picked(key: tuple[Any, ...], shape: Shape) -> tuple[Any, ...]:
    """A key by the cells that it picks: `[0]` of a matrix is `[0,:]`."""
    if not all(isinstance(one, int | slice) for one in key) or len(key) > len(shape):
        return tuple(map(repr, key))
    full = (*key, *[slice(None)] * (len(shape) - len(key)))
    return tuple(
        range(*one.indices(extent)) if isinstance(one, slice) else one % max(extent, 1)
        for one, extent in zip(full, shape, strict=True)
    )

"""An expression as data: a flat row of nodes in which operands stand before what uses them.

Like the graph that it becomes, the row is walked with a loop, so depth costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from bpdebug.errors import BpdebugError
from bpdebug.expression.excerpt import mistake
from bpdebug.records import record

TextSpan = tuple[int, int]
"""First character of the text, and the end: the character after the last."""


@record
class Number:
    """A number as written."""

    span: TextSpan
    value: float


@record
class Name:
    """A node of the graph, or `loss` or `iteration` in a watch."""

    span: TextSpan
    name: str


@record
class Call:
    """A call of a function. Every operator, index and `.T` is a call too, under its op's name."""

    span: TextSpan
    function: str
    operands: tuple[int, ...]
    options: Mapping[str, Any]


@record
class Compare:
    """`a < b <= c`: one symbol between each two operands, all of which must hold."""

    span: TextSpan
    symbols: tuple[str, ...]
    operands: tuple[int, ...]
    as_number: bool = False
    """True for `[a < b]`, which is 1 or 0, as the result of a graph's comparison is."""


@record
class Logic:
    """`and`, `or` over two or more operands; `not` over one."""

    span: TextSpan
    word: str
    operands: tuple[int, ...]


class Aspect(Enum):
    """The aspects of a node that an expression can read."""

    VALUE = "value"
    GRADIENT = "gradient"
    CHANGE = "change"
    NEW = "new value"


@record
class NodeAspect:
    """`grad(n)`, `change(n)`, `new(n)` or `value(n)`: one aspect of a node.

    `of` names the node, as an expression of its own: a name, one of its cells, or what makes an
    intermediate result. It is not evaluated.
    """

    span: TextSpan
    aspect: Aspect
    of: Expression


@record
class Nth:
    """`(h * h)#2`: the second of several results with the same expression."""

    span: TextSpan
    number: int
    operands: tuple[int, ...]


@record
class Delta:
    """`delta(k)`: the gradient at the pre-activation of layer k."""

    span: TextSpan
    number: int


@record
class Previous:
    """`previous(expr)`: the value of `of`, an expression of its own, in the previous iteration."""

    span: TextSpan
    of: Expression


@record
class State:
    """`state(W, m)`: a state of a parameter's optimizer, or an intermediate of its lines."""

    span: TextSpan
    parameter: str
    name: str


Tree = Number | Name | Call | Compare | Logic | NodeAspect | Nth | Delta | Previous | State


@record
class Expression:
    """A parsed expression; the last node is the whole of it."""

    text: str
    nodes: tuple[Tree, ...]

    @property
    def root(self) -> Tree:
        """The whole expression."""
        return self.nodes[-1]

    def source(self, node: int) -> str:
        """The text of one node, with single spaces."""
        start, end = self.nodes[node].span
        return " ".join(self.text[start:end].split())

    def names(self) -> dict[str, TextSpan]:
        """The names that it uses, each with the place of its first use."""
        found: dict[str, TextSpan] = {}
        for node in self.nodes:
            if isinstance(node, Name):
                found.setdefault(node.name, node.span)
        return found

    def leaves(self) -> Iterator[Tree]:
        """Every node, and every node inside `previous(…)`."""
        for node in self.nodes:
            yield node
            if isinstance(node, Previous):
                yield from node.of.leaves()

    def error(self, problem: str, span: TextSpan) -> BpdebugError:
        """A mistake in this expression, with the excerpt and a caret below it."""
        return mistake(problem, self.text, span)


def looks_back(expression: Expression) -> int:
    """How many iterations back an expression reads."""
    inner = (looks_back(node.of) for node in expression.nodes if isinstance(node, Previous))
    return max((1 + depth for depth in inner), default=0)

"""The table [backward]: a backward pass written by hand, a line for each gradient."""

from __future__ import annotations

from collections.abc import Mapping

from bpdebug.errors import BpdebugError
from bpdebug.expression import Allow, Expression, parse, quoted, unknown_name
from bpdebug.expression.functions import CONSTANTS
from bpdebug.expression.named import inside, named, no_update, pre_activation
from bpdebug.expression.tree import (
    Aspect,
    Delta,
    Logic,
    Name,
    NodeAspect,
    Previous,
    State,
    Tree,
)
from bpdebug.expression.words import words_of
from bpdebug.graph import Graph
from bpdebug.optimizer import Rule
from bpdebug.run import BackwardLine
from bpdebug.scenario.table import TomlTable

NOT_HERE = "does not belong in [backward], where a line is numbers alone"
MOMENT = ("iteration", "first_nan")
"""Names of watches that are no number of the pass."""


def read_backward(
    table: TomlTable, graph: Graph, rules: Mapping[str, Rule]
) -> tuple[BackwardLine, ...]:
    """The lines of [backward], each checked as far as it can be without running anything.

    `rules` has the update rule of every parameter that is updated. BpdebugError, with the key, for
    an unknown node, for a node without a gradient, for what cannot be parsed, and for a line that
    uses the gradient of a line below.
    """
    nodes = {name: node_of(graph, name, table.where(name)) for name in table}
    lines: dict[int, BackwardLine] = {}
    for name, node in nodes.items():
        key, text = table.where(name), table.text(name)
        if node in lines:
            problem = f"there are two lines for the gradient of '{graph.nodes[node].label}'"
            raise BpdebugError(f"{problem}; join them in one expression", key=key)
        below = set(nodes.values()) - lines.keys()
        try:
            expression = parse(text, allow=Allow.WATCH, words=words_of(graph))
            check(expression, graph, rules, node, below)
        except BpdebugError as error:
            raise error.at(key=key) from None
        lines[node] = BackwardLine(graph.nodes[node].label, node, text, key)
    return tuple(lines.values())


def node_of(graph: Graph, name: str, key: str) -> int:
    """The node whose gradient a line gives; BpdebugError where there is none."""
    try:
        found = named(graph, name)
    except BpdebugError as error:
        problem = error.problem.partition("\n")[0]
        raise BpdebugError(
            f"{problem}; the key of a line is a node of the graph, such as {example(graph)}",
            key=key,
        ) from None
    label = graph.nodes[found.node].label
    if found.key is not None:
        raise BpdebugError(f"give the whole gradient of '{label}', not some of its cells", key=key)
    if found.aspect not in (Aspect.VALUE, Aspect.GRADIENT):
        raise BpdebugError(f"a line gives a gradient; write '{label}' alone as its key", key=key)
    if not graph.has_gradient(found.node):
        raise BpdebugError(
            f"'{label}' has no gradient: it is data, or does not reach the loss; "
            "leave the line out",
            key=key,
        )
    return found.node


def example(graph: Graph) -> str:
    """The names of some nodes with a gradient, those of the last layer first."""
    labels = [graph.nodes[node].label for node in graph.into]
    return ", ".join(labels[:4])


def check(
    expression: Expression,
    graph: Graph,
    rules: Mapping[str, Rule],
    node: int,
    below: set[int],
) -> None:
    """BpdebugError, with a caret, for the first part of a line that cannot be there."""
    for part in expression.nodes:
        try:
            look_at(part, graph, rules, node, below)
        except BpdebugError as error:
            raise expression.error(error.problem, part.span) from None


def look_at(
    part: Tree, graph: Graph, rules: Mapping[str, Rule], node: int, below: set[int]
) -> None:
    """BpdebugError when a part of a line says something that a line cannot say."""
    if isinstance(part, Logic):
        raise BpdebugError(
            f"'{part.word}' {NOT_HERE}; multiply conditions, as in (a > 0) * (b > 0)"
        )
    if isinstance(part, Previous):
        raise BpdebugError(f"'previous' {NOT_HERE} of one iteration; leave it out")
    if isinstance(part, State):
        raise BpdebugError(f"'state' {NOT_HERE}; the optimizer comes after the backward pass")
    if isinstance(part, Name) and part.name not in graph.names:
        if part.name in MOMENT:
            raise BpdebugError(f"'{part.name}' {NOT_HERE}; leave it out")
        if part.name not in CONSTANTS and part.name != "loss":
            raise BpdebugError(unknown_name(part.name, graph.names))
    if isinstance(part, Delta):
        in_order(graph, pre_activation(graph, part.number), node, below)
    if isinstance(part, NodeAspect):
        of_a_node(part, graph, rules, node, below)


def of_a_node(
    part: NodeAspect, graph: Graph, rules: Mapping[str, Rule], node: int, below: set[int]
) -> None:
    """BpdebugError for a gradient that is not there yet, and for an update that never is."""
    target = inside(graph, part).node
    label = graph.nodes[target].label
    if part.aspect is Aspect.CHANGE:
        raise BpdebugError(f"'change' {NOT_HERE}; write new({label}) - {label}")
    if part.aspect is Aspect.NEW and graph.nodes[target].name not in rules:
        raise no_update(label)
    if part.aspect is not Aspect.VALUE:
        in_order(graph, target, node, below)


def in_order(graph: Graph, target: int, node: int, below: set[int]) -> None:
    """BpdebugError where the line that a gradient comes from is this one, or stands below."""
    label = graph.nodes[target].label
    if target == node:
        raise BpdebugError(
            f"the line of {quoted(label)} uses its own gradient; write how it is made"
        )
    if target in below:
        raise BpdebugError(
            f"this uses the gradient of '{label}', whose line stands below; move that line above "
            "this one"
        )

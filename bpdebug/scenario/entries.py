"""The entries of [graph]: parsed, checked against one another, and built in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.expression import Allow, Expression, build, parse
from bpdebug.expression.limits import TOTAL_ELEMENTS
from bpdebug.expression.words import Words
from bpdebug.graph import Graph, GraphBuilder, Kind
from bpdebug.ops import Shape
from bpdebug.records import record, replace
from bpdebug.run.problem import Build
from bpdebug.scenario.leaves import Leaf


@record
class GraphEntry:
    """`name = text` of [graph]; `key` is where it stands in the scenario."""

    name: str
    text: str
    key: str
    group: str = ""
    """The layer of a network that it belongs to; empty where its name says its group."""


@record
class Parsed:
    """An entry with its expression."""

    name: str
    key: str
    expression: Expression
    group: str = ""
    """The group that it belongs to; empty outside of all groups."""
    layer: bool = False
    """True where that group is a layer of a network."""


def parse_entries(entries: Iterable[GraphEntry], leaves: Iterable[str]) -> tuple[Parsed, ...]:
    """Parse all entries; BpdebugError for an entry that uses a name defined below it."""
    parsed = []
    entries, leaves = list(entries), list(leaves)
    words = Words(frozenset([*leaves, *(entry.name for entry in entries)]))
    groups = groups_of(entry.name for entry in entries)
    for entry in entries:
        try:
            expression = parse(entry.text, allow=Allow.GRAPH, words=words)
        except BpdebugError as error:
            raise error.at(key=entry.key) from None
        group = entry.group or (entry.name if entry.name in groups else above(entry.name))
        parsed.append(Parsed(entry.name, entry.key, expression, group, bool(entry.group)))
    check_order(parsed, set(leaves))
    return tuple(parsed)


def groups_of(names: Iterable[str]) -> set[str]:
    """The groups that dotted names make: `block1` and `block1.attn` for `block1.attn.q`."""
    found: set[str] = set()
    for name in names:
        while name := above(name):
            found.add(name)
    return found


def above(name: str) -> str:
    """The group that a name belongs to, as its dots say; empty for a name without dots."""
    return name.rpartition(".")[0]


def check_order(entries: Sequence[Parsed], leaves: set[str]) -> None:
    """An error for a cycle, and for a name that is used before its definition."""
    later = {entry.name: entry for entry in entries}
    for entry in entries:
        for name, span in entry.expression.names().items():
            if name in leaves or name not in later:
                continue
            path = path_between(later, name, entry.name)
            if path:
                shown = [entry.name, *path]
                loop = " → ".join(shown if len(shown) <= 8 else [*shown[:4], "…", *shown[-3:]])
                problem = f"a cycle: {loop}; no value can be computed before the others"
            else:
                problem = f"'{name}' is used before it is defined; move its entry above this one"
            raise entry.expression.error(problem, span).at(key=entry.key)
        del later[entry.name]


def path_between(entries: Mapping[str, Parsed], start: str, goal: str) -> list[str]:
    """A path from `start` to `goal` along the names that entries use; empty when there is none."""
    came: dict[str, str] = {start: ""}
    pending = [start]
    while pending:
        name = pending.pop()
        if name == goal:
            path = [name]
            while came[path[0]]:
                path.insert(0, came[path[0]])
            return path
        for used in entries[name].expression.names():
            if used in entries and used not in came:
                came[used] = name
                pending.append(used)
    return []


@record
class Recipe:
    """The recipe of a scenario's graph, for any number of rows in a batch."""

    leaves: tuple[Leaf, ...]
    inputs: frozenset[str]
    batched: frozenset[str]
    entries: tuple[Parsed, ...]
    loss: str

    def shape(self, leaf: Leaf, rows: int | None) -> Shape:
        """The shape of a leaf in a batch of so many rows."""
        shape = leaf.values.shape
        return (rows, *shape[1:]) if rows is not None and leaf.name in self.batched else shape

    def reshaped(self, shapes: Mapping[str, Shape]) -> Build:
        """What builds the graph for inputs and parameters of other shapes, by name."""
        leaves = tuple(
            replace(leaf, values=np.broadcast_to(0.0, shapes.get(leaf.name, leaf.values.shape)))
            for leaf in self.leaves
        )
        return replace(self, leaves=leaves).build

    def build(self, rows: int | None) -> Graph:
        """The graph; BpdebugError with the entry's key when something does not fit."""
        builder = GraphBuilder()
        for leaf in self.leaves:
            kind = Kind.INPUT if leaf.name in self.inputs else Kind.PARAMETER
            builder.leaf(leaf.name, kind, self.shape(leaf, rows), gradient=leaf.gradient)
        total, counted = 0, 0
        for entry in self.entries:
            try:
                with builder.inside(entry.group, layer=entry.layer):
                    build(entry.expression, builder, entry.name)
            except BpdebugError as error:
                raise error.at(key=entry.key) from None
            total += sum(prod(node.shape) for node in builder.nodes[counted:])
            counted = len(builder.nodes)
            if total > TOTAL_ELEMENTS:
                raise BpdebugError(
                    f"up to here the values have {total:,} elements together, "
                    f"more than {TOTAL_ELEMENTS:,}",
                    key=entry.key,
                )
        try:
            return builder.finish(builder.names[self.loss])
        except BpdebugError as error:
            raise error.at(key=self.key_of(builder.names, builder.names[self.loss])) from None

    def build_with(self, built: Mapping[int | None, Graph]) -> Build:
        """What builds the graph, but for numbers of rows for which it is built already."""
        return lambda rows: built[rows] if rows in built else self.build(rows)

    def key_of(self, names: Mapping[str, int], node: int) -> str:
        """Where the entry stands that made a node: an entry's own node is its last."""
        return next(entry.key for entry in self.entries if names[entry.name] >= node)

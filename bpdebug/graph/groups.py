"""Groups: named parts of the graph, each with a result; they nest as the dots of their names say.

An entry with a dotted name, `block1.attn.q`, belongs to the group `block1.attn`, which is a part of
`block1`. A call of a composite is a group, and so is a layer of a network. Inputs and parameters
belong to no group: a group reads them.

A name that stands only before numbered groups is that of a list: `blocks` of `blocks.0.attn` and
`blocks.1.attn` is no group.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import field
from enum import Enum
from itertools import pairwise
from typing import Any

from bpdebug.graph.node import Node
from bpdebug.ops import Composite
from bpdebug.records import record, replace


class Origin(Enum):
    """Where a group comes from."""

    NAMES = "names"
    """Entries with dotted names."""
    COMPOSITE = "composite"
    """The call of a composite."""
    LAYER = "layer"
    """A layer of a network: the ruler of layers passes over it, so it stands open at first."""


@record
class Declared:
    """What made a group, where that was not the names of entries."""

    composite: Composite | None = None
    operands: tuple[int, ...] = ()
    """The operands of the composite's call, as written."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """All options of that call."""

    @property
    def origin(self) -> Origin:
        """A composite, else a layer."""
        return Origin.LAYER if self.composite is None else Origin.COMPOSITE


@record
class Group:
    """A named part of the graph: the ops that compute its result from its operands."""

    name: str
    """Its name with those of the groups around it: `block1.attn`."""
    nodes: tuple[int, ...]
    """The results of ops in it and in the groups inside it, in the order of computation."""
    results: tuple[int, ...]
    """Those of its nodes that are read outside of it, or the last of all: nearly always one."""
    operands: tuple[int, ...]
    """The nodes outside of it that it reads, but for constants, in the order of their first use."""
    composite: Composite | None = None
    """The composite whose call it is; None for any other group."""
    call: tuple[int, ...] = ()
    """The operands of that call, as written; empty for any other group."""
    origin: Origin = Origin.NAMES
    options: Mapping[str, Any] = field(default_factory=dict)
    """All options of that call; empty for any other group."""
    depth: int = 0
    """How many groups are around it."""

    @property
    def result(self) -> int:
        """The node that stands for the group: the last of its results."""
        return self.results[-1]

    @property
    def title(self) -> str:
        """Its own name, without those of the groups around it: `attn`, and `blocks.0`."""
        return own_name(self.name)


def own_name(name: str) -> str:
    """A name without those of the groups around it, `q` for `blocks.0.attn.q`.

    A number says nothing alone, so what stands before it stays: `blocks.0` for `net.blocks.0`.
    """
    parts = name.split(".")
    first = len(parts) - 1
    while first and is_number(parts[first]):
        first -= 1
    return ".".join(parts[first:])


def titles(groups: Sequence[Group]) -> list[str]:
    """The own names of groups that nest, from the outermost: `blocks.0`, `attn`.

    A group whose name stands in that of the next, as `blocks` in `blocks.0`, is left out.
    """
    inner = [*(group.title for group in groups[1:]), ""]
    pairs = zip(groups, inner, strict=True)
    return [one.title for one, behind in pairs if not behind.startswith(f"{one.title}.")]


def is_number(part: str) -> bool:
    """Whether a part of a name is a number, as the 0 of `blocks.0.attn`.

    So is the `0_2` of `blocks.0_2.attn`, where that ran a second time.
    """
    return NUMBER.fullmatch(part) is not None


NUMBER = re.compile(r"[0-9]+(?:_[0-9]+)?")


def find_groups(nodes: tuple[Node, ...], declared: dict[str, Declared]) -> dict[str, Group]:
    """The groups of a graph by name, each before those inside it."""
    members: dict[str, list[int]] = {}
    results = [node for node in nodes if node.op is not None]
    lists = lists_in({node.group for node in results})
    for node in results:
        for name in around(node.group):
            if name not in lists:
                members.setdefault(name, []).append(node.index)
    readers = readers_of(nodes)
    groups = {}
    for name, inside in members.items():
        depth = sum(outer in members for outer in around(name)) - 1
        made = Group(name, tuple(inside), *boundary(nodes, inside, readers), depth=depth)
        known = declared.get(name)
        groups[name] = (
            made
            if known is None
            else replace(
                made,
                composite=known.composite,
                call=known.operands,
                origin=known.origin,
                options=known.options,
            )
        )
    return groups


def lists_in(groups: Collection[str]) -> set[str]:
    """The names that stand only before numbered groups, from the innermost group of each result."""
    numbered: set[str] = set()
    other = set(groups)
    for group in groups:
        for outer, inner in pairwise(around(group)):
            (numbered if is_number(inner[len(outer) + 1 :]) else other).add(outer)
    return numbered - other


def readers_of(nodes: Sequence[Node]) -> dict[int, list[int]]:
    """By node: the results that are computed from it; none for a node that nothing reads."""
    readers: dict[int, list[int]] = {}
    for node in nodes:
        for operand in dict.fromkeys(node.operands):
            readers.setdefault(operand, []).append(node.index)
    return readers


def boundary(
    nodes: Sequence[Node], inside: Sequence[int], readers: Mapping[int, Sequence[int]]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The results of some nodes, and their operands: what is read of them outside, or the last of
    all, and what they read outside, but for constants."""
    own = set(inside)
    read = dict.fromkeys(i for at in inside for i in nodes[at].operands if i not in own)
    ends = tuple(at for at in inside if not own.issuperset(readers.get(at, ())))
    return ends or (inside[-1],), tuple(i for i in read if nodes[i].value is None)


def around(group: str) -> Iterator[str]:
    """The names of the groups that a group is in, the outermost first, itself last."""
    parts = group.split(".") if group else []
    yield from (".".join(parts[: n + 1]) for n in range(len(parts)))

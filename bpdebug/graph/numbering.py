"""Numbers of layers, by depth; the uses of the same weights at several times share one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set

from bpdebug.graph.node import Node


class Numbering:
    """The number of every pre-activation.

    Pre-activations with common weights are one layer, used several times. A layer's depth is that
    of its first use; layers of equal depth stand side by side and share a number.
    """

    def __init__(
        self, nodes: tuple[Node, ...], found: Sequence[int], weights: Mapping[int, Set[object]]
    ) -> None:
        self.stages = stages(nodes, set(found))
        group = groups(found, weights)
        first: dict[int, int] = {}
        for index in found:
            depth = self.stages[index]
            first[group[index]] = min(first.get(group[index], depth), depth)
        ranks = {depth: rank for rank, depth in enumerate(sorted(set(first.values())), start=1)}
        self.numbers = {index: ranks[first[group[index]]] for index in found}
        self._count = Counter(self.numbers.values())

    def alone(self, number: int) -> bool:
        """Whether a single pre-activation has this number."""
        return self._count[number] == 1


def stages(nodes: tuple[Node, ...], found: Set[int]) -> dict[int, int]:
    """By pre-activation: how many pre-activations the longest path to it has, itself included."""
    depth: list[int] = []
    for node in nodes:
        below = max((depth[i] for i in node.operands), default=0)
        depth.append(below + (node.index in found))
    return {index: depth[index] for index in found}


def groups(found: Sequence[int], weights: Mapping[int, Set[object]]) -> dict[int, int]:
    """By pre-activation: the first that it shares weights with, directly or through others."""
    parent = {index: index for index in found}

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    by_weight: dict[object, int] = {}
    for index in found:
        for weight in weights[index]:
            other = by_weight.setdefault(weight, index)
            low, high = sorted((root(other), root(index)))
            parent[high] = low
    return {index: root(index) for index in found}

"""The words that a graph gives to the expressions over it: its names, and which is the loss."""

from __future__ import annotations

import re
from collections.abc import Mapping
from unicodedata import normalize
from weakref import WeakKeyDictionary

from bpdebug.expression.functions import BUILT_IN
from bpdebug.graph import Graph
from bpdebug.records import record

HAT = re.compile("([^\\W\\d_])\u0302([0-9]*)")


@record
class Words:
    """The names that a text may use. They win over whatever else a word could mean."""

    names: frozenset[str] = frozenset()
    loss: str = ""
    """The name of the loss; empty where that is not known."""

    def name(self, word: str) -> str | None:
        """The name that a word is, as it was typed (`y_hat1`) or as it is shown (`ŷ₁`)."""
        plain = normalize("NFKC", word)
        if plain in self.names:
            return plain
        typed = ".".join(map(without_hat, plain.split(".")))
        if typed in self.names:
            return typed
        group, dot, last = plain.rpartition(".")
        typed = f"{group}{dot}{without_hat(last)}"
        return typed if typed in self.names else None

    def within(self, group: str) -> bool:
        """Whether a word is the group of some name: what stands before a dot in it."""
        start = f"{normalize('NFKC', group)}."
        return any(name.startswith(start) for name in self.names)

    def is_loss(self, word: str) -> bool:
        """Whether a word is what stands above in ∂L/∂W."""
        name = self.name(word)
        if name is None:
            return word == "loss"
        return name == self.loss or not self.loss


def without_hat(part: str) -> str:
    """A part of a name as it is typed, `y_hat1` for `ŷ1`; other parts as they are."""
    hat = HAT.fullmatch(normalize("NFD", part))
    return f"{hat[1]}_hat{hat[2]}" if hat else part


NONE = Words()
called: WeakKeyDictionary[Graph, Mapping[str, int]] = WeakKeyDictionary()
found: WeakKeyDictionary[Graph, Words] = WeakKeyDictionary()


def words_of(graph: Graph) -> Words:
    """The words of a graph; the same object every time, so that what is parsed stays cached."""
    if graph not in found:
        found[graph] = Words(frozenset(nodes_called(graph)), graph.nodes[graph.loss].name)
    return found[graph]


def nodes_called(graph: Graph) -> Mapping[str, int]:
    """The nodes by name; then, by the name of each group that no node has, the group's result.

    A group's name does not hide a word such as `loss`.
    """
    if graph not in called:
        groups = {group.name: group.result for group in graph.groups.values()}
        words = {*graph.names, *BUILT_IN}
        own = {name: node for name, node in groups.items() if name not in words}
        called[graph] = {**graph.names, **own}
    return called[graph]

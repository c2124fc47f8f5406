"""Where output and target meet, read from the graph: what the loss takes, and what it is given.

Names, spelling and layout play no part: a loss counts as what it computes, whether it is an op of
the registry or written out, and so does the activation before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np

from bpdebug.diagnosis.network import Network
from bpdebug.graph import Kind, Node
from bpdebug.graph.spelled import activations, reader
from bpdebug.ops import Carries, Op, Product, Scores
from bpdebug.ops.families.softmax import SHARED
from bpdebug.ops.spelling import matched
from bpdebug.ops.written_losses import (
    BOUNDS,
    COMPLEMENT,
    EXPONENTIALS,
    LOGARITHMS,
    MINUS,
    PLUS_ONE,
    SOFT_RECTIFIERS,
)

TINY = 1e-3
"""A number that is added below this keeps a logarithm finite, and means nothing else."""


class Comparison(NamedTuple):
    """A place where the output meets a target."""

    takes: Scores | None
    """What the loss takes as its prediction; None for a difference, which may be of anything."""
    at: int
    """The node where they meet."""
    prediction: int
    """The output as the loss is given it, without what only clips it or divides it by its sum."""
    target: int
    """What it is compared with: data, or a result of data alone."""
    shared: bool = False
    """True where the output is divided by its own sum on the way."""


class Comparisons:
    """What the loss of a graph compares its output with."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.nodes = network.nodes
        self.learned, self.data = self._sources()
        self.read_at = reader(self.nodes)
        self.activated = {result: (at, op) for result, at, op in activations(self.nodes)}
        """By result of an activation: what it is computed from, and the activation."""

    def _sources(self) -> tuple[list[bool], list[bool]]:
        """By node: whether it depends on parameters, and whether on data."""
        learned: list[bool] = []
        data: list[bool] = []
        for node in self.nodes:
            learned.append(node.kind is Kind.PARAMETER or any(learned[i] for i in node.operands))
            data.append(node.kind is Kind.INPUT or any(data[i] for i in node.operands))
        return learned, data

    def is_target(self, at: int) -> bool:
        """Whether a node is data, or computed from data alone."""
        return self.data[at] and not self.learned[at]

    @cached_property
    def found(self) -> tuple[Comparison, ...]:
        """The comparisons, in the order of computation."""
        outputs = self.network.behind | self.network.ends
        found: list[Comparison] = []
        for index in sorted(self.network.behind):
            node = self.nodes[index]
            targets = [i for i in node.operands if self.is_target(i)]
            others = [i for i in node.operands if i in outputs and self.learned[i]]
            if node.op is not None and targets and others:
                found += self._at(node, targets, others)
        return tuple(self._joined(found))

    def _at(self, node: Node, targets: list[int], others: list[int]) -> Iterator[Comparison]:
        """What is compared at a node that takes results and data."""
        op = node.op
        assert op is not None
        if op.loss:
            yield self._compared(op.takes, node, others[0], targets[0])
        elif op.carries is Carries.SUBTRACTS:
            yield self._compared(None, node, others[0], targets[0])
        elif op.chooses or op.indices_from is not None or op.product is not Product.NONE:
            for other in others:
                yield from self._weighed(node, other, targets[-1])

    def _weighed(self, node: Node, other: int, target: int) -> Iterator[Comparison]:
        """What is compared where data weighs, chooses or picks from a result."""
        for at in self._unbent(other):
            op = self.nodes[at].op
            given = self.activated.get(at, (0, None))[1]
            if given is not None and given.gives is Scores.LOG_SHARES:
                yield self._compared(Scores.LOG_SHARES, node, at, target)
            elif op in LOGARITHMS:
                complement = self._complement(at)
                takes = Scores.SHARES if complement is None else Scores.PROBABILITIES
                of = self.nodes[at].operands[0] if complement is None else complement
                yield self._compared(takes, node, of, target)
            elif given in SOFT_RECTIFIERS:
                yield from self._softplus(node, at, target)
            elif at == self._unbent_end(other) and self._in_log(node, at):
                picks = self.nodes[node.index].op
                picked = picks is not None and picks.indices_from is not None
                yield self._compared(Scores.LOGITS if picked else Scores.LOG_ODDS, node, at, target)

    def _unbent(self, start: int) -> list[int]:
        """A node, and what it is computed from through ops that bend nothing, down to the output
        or to the first op that bends."""
        found, pending = [start], [start]
        while pending:
            node = self.nodes[pending.pop()]
            if node.index in self._floor or self._bends(node):
                continue
            new = [i for i in node.operands if self.learned[i] and i not in found]
            found += new
            pending += new
        return found

    def _bends(self, node: Node) -> bool:
        """Whether a result is no weighted sum of what it is computed from."""
        if node.op is None or node.op.carries is Carries.NONE:
            return True
        activation = self.activated.get(node.index, (0, None))[1]
        return activation is not None or matched(SHARED, node.index, self.read_at) is not None

    def _unbent_end(self, start: int) -> int:
        return self._unbent(start)[-1]

    @cached_property
    def _floor(self) -> set[int]:
        return self.network.ends

    def _in_log(self, node: Node, score: int) -> bool:
        """Whether the loss also takes softplus of a score, or a logarithm of exponentials."""
        for index in self.network.behind:
            given = self.activated.get(index, (0, None))[1]
            if given in SOFT_RECTIFIERS and score in self._unbent(self.nodes[index].operands[0]):
                return True
            if self.nodes[index].op in LOGARITHMS and index != node.index:
                under = self.network.below(index, {score})
                if score in under and any(self.nodes[i].op in EXPONENTIALS for i in under):
                    return True
        return False

    def _softplus(self, node: Node, at: int, target: int) -> Iterator[Comparison]:
        """t·softplus(−z), or (1 − t)·softplus(z): each is half of a cross-entropy of scores."""
        inside = self.activated[at][0]
        negated = matched(MINUS, inside, self.read_at)
        if negated is not None:
            yield self._compared(Scores.LOG_ODDS, node, negated.operands["z"], target)
            return
        other = matched(COMPLEMENT, target, self.read_at)
        if other is not None:
            yield self._compared(Scores.LOG_ODDS, node, inside, other.operands["p"])

    def _complement(self, log: int) -> int | None:
        """The p of ln(1 − p); None for the logarithm of anything else."""
        node = self.nodes[log]
        inside = self._unclipped(node.operands[0])[0]
        if node.op in PLUS_ONE:
            return next(iter(self.nodes[inside].operands), None)
        found = matched(COMPLEMENT, inside, self.read_at)
        return None if found is None else found.operands["p"]

    def _compared(self, takes: Scores | None, node: Node, given: int, target: int) -> Comparison:
        at, shared = self._unclipped(given)
        return Comparison(takes, node.index, at, target, shared)

    def _unclipped(self, at: int) -> tuple[int, bool]:
        """What a result is, without what only clips it, and whether it is divided by its sum."""
        shared = False
        while at not in self._floor and at not in self.activated:
            node = self.nodes[at]
            inner = [i for i in node.operands if self.learned[i]]
            if node.op is None or not inner:
                break
            if matched(SHARED, at, self.read_at) is not None:
                shared = True
            elif not (len(inner) == 1 and self._keeps(node)):
                break
            at = inner[0]
        while at in self.activated and self.activated[at][1].keeps_scale:
            at = self.activated[at][0]  # the identity
        return at, shared

    def _keeps(self, node: Node) -> bool:
        """Whether a result is one of its operands, moved, clipped or with a tiny number more."""
        assert node.op is not None
        if node.op.carries is Carries.MOVES or node.op in BOUNDS:
            return True
        others = [i for i in node.operands if not self.learned[i]]
        if not others or any(self.data[i] for i in others):
            return False
        if node.op.keeps_scale and node.rectified is None:
            return True
        values = [self.nodes[i].value for i in others]
        tiny = all(value is not None and np.all(np.abs(value) <= TINY) for value in values)
        return node.op.carries is Carries.ADDS and tiny

    def _joined(self, found: list[Comparison]) -> Iterator[Comparison]:
        """The comparisons, those of one prediction as one: t·ln p and (1 − t)·ln(1 − p).

        The target is that of the first half.
        """
        order = [Scores.PROBABILITIES, Scores.LOG_ODDS, Scores.LOGITS, *Scores, None]
        for prediction in dict.fromkeys(one.prediction for one in found):
            alike = [one for one in found if one.prediction == prediction]
            first = min(alike, key=lambda one: order.index(one.takes))
            halves = [one for one in alike if one.takes is Scores.SHARES]
            if first.takes is Scores.PROBABILITIES and halves:
                first = first._replace(target=halves[0].target)
            yield first

    @cached_property
    def penalties(self) -> list[int]:
        """The terms of the loss that are computed from parameters alone."""
        found, pending = [], [self.network.graph.loss] if self.data[self.network.graph.loss] else []
        while pending:
            node = self.nodes[pending.pop()]
            if self.learned[node.index] and not self.data[node.index]:
                found.append(node.index)
            elif node.op is not None and node.op.carries is Carries.ADDS:
                pending += node.operands
        return found

    # What the loss is given.

    def function(self, one: Comparison) -> Op | None:
        """The activation that a comparison is given; None for bare scores."""
        return self.activated[one.prediction][1] if one.prediction in self.activated else None

    def beneath(self, one: Comparison) -> Op | None:
        """The activation whose result the activation of a comparison is taken of, beside the
        identity; None for bare scores."""
        at = self.activated.get(one.prediction, (one.prediction, None))[0]
        inner = self.activated[at][1] if at in self.activated else None
        return None if inner is None or inner.keeps_scale else inner

    def shares(self, at: int) -> bool:
        """Whether a result is a softmax, also one that is written out."""
        if at in self.activated:
            return self.activated[at][1].gives is Scores.SHARES
        found = matched(SHARED, at, self.read_at)
        return found is not None and self.nodes[found.operands["a"]].op in EXPONENTIALS

    def gives(self, one: Comparison) -> Scores | None:
        """What a comparison is given; None for what no score is declared of, as relu's."""
        function = self.function(one)
        if one.shared:
            share = function is not None and function.gives is Scores.SHARES
            return Scores.SHARES if share or self.nodes[one.prediction].op in EXPONENTIALS else None
        return Scores.LOGITS if function is None else function.gives

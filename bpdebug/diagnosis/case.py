"""A run and its samples, as every rule sees them; and where evidence stands in time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bpdebug.diagnosis.survey import Sample
from bpdebug.graph import Graph, Layer
from bpdebug.run import Run
from bpdebug.wording import delta_of, node_name, number


class Case:
    """What there is to judge."""

    def __init__(self, run: Run, samples: Sequence[Sample], *, unicode: bool = True) -> None:
        self.run = run
        self.samples = samples
        self.unicode = unicode
        self.graph: Graph = run.graph(1)
        self.layers: tuple[Layer, ...] = run.timeline(1).layers

    @cached_property
    def finite(self) -> Sequence[Sample]:
        """The samples before the first that is not finite."""
        return [sample for sample in self.samples if sample.finite]

    @property
    def batched(self) -> bool:
        """True where iterations see different rows, so that their losses differ anyway."""
        return self.run.per_epoch > 1

    @cached_property
    def every_loss(self) -> NDArray[np.float64]:
        """The losses of all iterations; empty where they are not known one by one."""
        known = self.run.losses
        if known.width != 1 or not known.known:
            return np.empty(0)
        return known.curve(1, known.known, known.known).values

    @cached_property
    def losses(self) -> NDArray[np.float64]:
        """The losses to judge: of all iterations, or of each epoch its mean.

        Empty where they are not all known one by one, in a very long run.
        """
        values, size = self.every_loss, self.run.per_epoch
        whole = len(values) // size * size
        return values if size == 1 else values[:whole].reshape(-1, size).mean(axis=1)

    # Words.

    def n(self, value: float) -> str:
        """A number in evidence, with four digits."""
        return number(value, 4, unicode=self.unicode)

    def name(self, name: str) -> str:
        """A named node as it is shown."""
        return node_name(self.graph, self.graph.names[name], unicode=self.unicode)

    @property
    def loss_name(self) -> str:
        """The loss as the scenario calls it."""
        node = self.graph.nodes[self.graph.loss]
        return self.name(node.name) if node.name else "the loss"

    def label(self, node: int) -> str:
        """Any node as it is shown; an intermediate result by its expression."""
        return node_name(self.graph, node, unicode=self.unicode)

    def delta(self, layer: Layer) -> str:
        """A layer's δ as it is shown."""
        return delta_of(layer.number, unicode=self.unicode)

    def units(self, layer: Layer) -> int:
        """How many units a layer has."""
        shape = self.graph.nodes[layer.pre_activation].shape
        return 1 if layer.units_axis is None else shape[layer.units_axis]

    # Places.

    def at_delta(self, layer: Layer, iteration: int) -> tuple[int, int]:
        """Where a layer's δ is whole."""
        timeline = self.run.timeline(iteration)
        edges = timeline.graph.into[timeline.layers[layer.at].pre_activation]
        return iteration, timeline.edge_span(edges[-1].index)[1]

    def at_gradient(self, name: str, iteration: int) -> tuple[int, int]:
        """Where a parameter's gradient is whole; the end of the pass where it has none."""
        timeline = self.run.timeline(iteration)
        edges = timeline.graph.into.get(timeline.graph.names[name])
        last = timeline.edge_span(edges[-1].index)[1] if edges else timeline.backward_end
        return iteration, last

    def at_loss(self, iteration: int) -> tuple[int, int]:
        """Where an iteration's loss is computed."""
        return iteration, self.run.timeline(iteration).forward

    def at_end(self, iteration: int) -> tuple[int, int]:
        """The end of an iteration: everything is updated."""
        return iteration, self.run.timeline(iteration).total

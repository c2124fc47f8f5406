"""A run and its samples, as every rule sees them; and where evidence stands in time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bpdebug.check.rounding import NOISE
from bpdebug.diagnosis.network import Network
from bpdebug.diagnosis.survey import IterationSample, last_epoch, term_sizes
from bpdebug.graph import Graph, Layer
from bpdebug.ops import Array
from bpdebug.run import Run
from bpdebug.wording import Script, gradient_name, node_name

LEARNED = 0.5
"""A run has learned where its loss ends below this part of what it began with."""
FEWEST = 10
"""Losses that are needed to speak of a tendency."""
AT_REST = 1e-12
"""Gradients below this, as a part of 1 or of their parameter, are what rounding leaves."""
ROUNDED = 1e-9
"""Below this a difference, or a sum whose terms cancel, may be rounding: only a bound is told."""


class Case:
    """A run and its samples, with the look-ups and words that rules share."""

    def __init__(self, run: Run, samples: Sequence[IterationSample], script: Script) -> None:
        self.run = run
        self.samples = samples
        self.script = script
        self.graph: Graph = run.graph(1)
        self.layers: tuple[Layer, ...] = self.graph.layers
        self.network = Network(self.graph, run.problem)

    @cached_property
    def finite(self) -> Sequence[IterationSample]:
        """The samples before the first that is not finite."""
        return [sample for sample in self.samples if sample.finite]

    @cached_property
    def last_epoch(self) -> Sequence[IterationSample]:
        """Samples in which every row was seen, the latest there are; empty where none were."""
        found = {sample.number: sample for sample in self.finite}
        numbers: Sequence[int] = last_epoch(self.run)
        if self.samples and not self.samples[-1].finite:
            numbers = [] if self.batched or not found else [max(found)]
        known = [found[number] for number in numbers if number in found]
        return known if len(known) == len(numbers) else []

    @property
    def batched(self) -> bool:
        """True where iterations see different rows, so that their losses differ anyway."""
        return self.run.per_epoch > 1

    @cached_property
    def every_loss(self) -> NDArray[np.float64]:
        """The losses of all iterations; empty where not every loss is known by itself."""
        known = self.run.losses
        return known.curve(1, known.exact, known.exact).values

    @cached_property
    def losses(self) -> NDArray[np.float64]:
        """The losses to judge: of all iterations, or of each epoch its mean, while finite.

        Empty in a very long run, where not every loss is known by itself. A batch counts by its
        rows, so that a smaller batch weighs less.
        """
        values, size = self.every_loss, self.run.per_epoch
        whole = len(values) // size * size
        means = values
        if size > 1:
            rows = [self.run.batch_size(number) or 0 for number in range(1, size + 1)]
            means = np.average(values[:whole].reshape(-1, size), axis=1, weights=rows)
        bad = np.flatnonzero(~np.isfinite(means))
        return means[: bad[0]] if bad.size else means

    @cached_property
    def learned(self) -> bool:
        """True where the loss ends well below where it began: what is odd costs little then."""
        if len(self.losses) < 2 or not self.samples[-1].finite:
            return False
        tenth = max(len(self.losses) // 10, 1)
        first, last = float(self.losses[0]), float(np.mean(self.losses[-tenth:]))
        return first - last > (1 - LEARNED) * abs(first)

    @cached_property
    def first_terms(self) -> Sequence[Array | None]:
        """By node, the sizes of what its gradient is the sum of in iteration 1 (`term_sizes`)."""
        return term_sizes(self.run.iteration(1))

    @cached_property
    def at_rest(self) -> bool:
        """True where the run starts at a minimum, which is no fault: all gradients are rounding."""
        if not self.finite:
            return False
        found = [s for name, s in self.finite[0].parameters.items() if name in self.trained]
        slopes = [one.gradient / max(one.before, 1.0) for one in found]
        return any(slopes) and max(slopes) < AT_REST

    @cached_property
    def failed(self) -> bool:
        """True where the run does not learn although a gradient reaches an output at least once.

        Where none does, what is odd in the layers before the output is not the reason.
        """
        ends = [layer.at for layer in self.network.outputs]
        reached = any(s.layers[at].delta for s in self.finite for at in ends)
        return reached and not self.learned

    @cached_property
    def trained(self) -> list[str]:
        """The parameters that an optimizer should move."""
        return list(self.run.problem.rules)

    # Words.

    def n(self, value: float) -> str:
        """A number in evidence, with four digits that rounding does not change."""
        return self.script.number(float(f"{value:.{NOISE}g}"), 4)

    @property
    def rounded(self) -> str:
        """`1e−9`, the bound that is told of what may be rounding."""
        return self.n(ROUNDED)

    def difference(self, value: float) -> str:
        """A difference of two results of the pass; a bound where it may be rounding."""
        return f"less than {self.rounded}" if value < ROUNDED else self.n(value)

    def name(self, name: str) -> str:
        """A named node as it is shown."""
        return node_name(self.graph, self.graph.names[name], self.script)

    @property
    def loss_name(self) -> str:
        """The loss as the scenario calls it."""
        node = self.graph.nodes[self.graph.loss]
        return self.name(node.name) if node.name else "the loss"

    @property
    def loss_phrase(self) -> str:
        """The loss, or with batches its mean: what `losses` holds."""
        return f"the mean of {self.loss_name} over an epoch" if self.batched else self.loss_name

    def when(self, at: int) -> str:
        """What the loss at a place of `losses` belongs to."""
        return f"epoch {at + 1}" if self.batched else f"iteration {at + 1}"

    def label(self, node: int) -> str:
        """Any node as it is shown; an intermediate result by its expression."""
        return node_name(self.graph, node, self.script)

    def delta(self, layer: Layer) -> str:
        """A layer's δ as it is shown: `δ₂`, or `∂L/∂z_i` where δ₂ does not say of which it is."""
        where = layer.pre_activation
        return gradient_name(self.graph, where, self.script)

    def layer(self, layer: Layer) -> str:
        """A layer as it is shown: `layer 2`, with its pre-activation where others share it."""
        number = f"layer {layer.number}"
        return number if layer.alone else f"{number} ({self.label(layer.pre_activation)})"

    def norm(self, text: str) -> str:
        """A length as it is shown."""
        return f"‖{text}‖" if self.script.unicode else f"|{text}|"

    def slope(self, name: str) -> str:
        """∂L/∂name as it is shown."""
        sign = self.script.say("∂")
        return f"{sign}{self.loss_name}/{sign}{self.name(name)}"

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

    def at_value(self, node: int, iteration: int = 1) -> tuple[int, int]:
        """Where a result of the graph is computed; the start for what is given."""
        order = self.run.timeline(iteration).graph.forward_order
        return iteration, order.index(node) + 1 if node in order else 0

    def at_loss(self, iteration: int) -> tuple[int, int]:
        """Where an iteration's loss is computed."""
        return iteration, self.run.timeline(iteration).forward

    def at_loss_of(self, at: int) -> tuple[int, int]:
        """Where the loss at a place of `losses` is computed, in its epoch's first iteration."""
        return self.at_loss(at * self.run.per_epoch + 1)

    def at_end(self, iteration: int) -> tuple[int, int]:
        """The end of an iteration: everything is updated."""
        return iteration, self.run.timeline(iteration).total

"""A run and its samples, as every rule reads them, and the instants of evidence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bpdebug.check.rounding import NOISE
from bpdebug.diagnosis.network import Network
from bpdebug.diagnosis.survey import IterationSample, last_epoch, term_sizes
from bpdebug.graph import Graph, Layer
from bpdebug.ops import FLOAT32, Array
from bpdebug.run import Run
from bpdebug.wording import Script, gradient_name, node_name

LEARNED = 0.5
"""A run has learned where its loss ends below this part of its first loss."""
FEWEST = 10
"""Losses that a tendency needs, at the least."""
AT_REST, AT_REST_SINGLE = 1e-12, 1e-6
"""Gradients below this part of 1 or of their parameter are rounding, in float64 and in float32."""
ROUNDED, ROUNDED_SINGLE = 1e-9, 1e-5
"""A difference below this may be rounding, in float64 and in float32: evidence gives only a
bound."""


class Case:
    """A run and its samples, with the properties and texts that rules share."""

    def __init__(self, run: Run, samples: Sequence[IterationSample], script: Script) -> None:
        self.run = run
        self.samples = samples
        self.script = script
        self.graph: Graph = run.graph(1)
        self.layers: tuple[Layer, ...] = self.graph.layers
        self.network = Network(self.graph, run.problem)

    @property
    def single(self) -> bool:
        """True where the run computes in float32."""
        return self.run.problem.dtype == FLOAT32

    @property
    def rounding(self) -> float:
        """A difference below this may be rounding."""
        return ROUNDED_SINGLE if self.single else ROUNDED

    @cached_property
    def finite(self) -> Sequence[IterationSample]:
        """The samples before the first that is not finite."""
        return [sample for sample in self.samples if sample.finite]

    @cached_property
    def last_epoch(self) -> Sequence[IterationSample]:
        """The samples of the last whole epoch, which saw every row; empty where one is missing."""
        if self.samples and not self.samples[-1].finite:
            return [] if self.batched else self.finite[-1:]
        numbers = last_epoch(self.run)
        samples = [sample for sample in self.finite if sample.number in numbers]
        return samples if len(samples) == len(numbers) else []

    @property
    def batched(self) -> bool:
        """True where iterations see different rows, so that their losses differ in any run."""
        return self.run.per_epoch > 1

    @cached_property
    def every_loss(self) -> NDArray[np.float64]:
        """The losses of all iterations; empty in a run too long to have each of them."""
        losses = self.run.losses
        return losses.curve(1, losses.exact, losses.exact).values

    @cached_property
    def losses(self) -> NDArray[np.float64]:
        """The loss of each iteration, or with batches its mean in each epoch, while finite.

        Empty in a very long run, which has not each loss. The mean weighs a batch by its rows.
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
        """True where the loss ends well below its first value: oddities do such a run no harm."""
        if len(self.losses) < 2 or not self.samples[-1].finite:
            return False
        tenth = max(len(self.losses) // 10, 1)
        first, last = float(self.losses[0]), float(np.mean(self.losses[-tenth:]))
        return first - last > (1 - LEARNED) * abs(first)

    @cached_property
    def first_terms(self) -> Sequence[Array | None]:
        """By node, the `term_sizes` of its gradient in iteration 1."""
        return term_sizes(self.run.iteration(1))

    @cached_property
    def at_rest(self) -> bool:
        """True where the run starts at a minimum, which is no fault: its gradients are rounding."""
        if not self.finite:
            return False
        parameters = self.finite[0].parameters
        samples = [parameters[name] for name in self.trained if name in parameters]
        slopes = [sample.gradient / max(sample.before, 1.0) for sample in samples]
        return any(slopes) and max(slopes) < (AT_REST_SINGLE if self.single else AT_REST)

    @cached_property
    def failed(self) -> bool:
        """True where the run does not learn although a gradient reaches an output at least once.

        Where none does, the layers before the output are not the reason.
        """
        ends = [layer.at for layer in self.network.outputs]
        reached = any(s.layers[at].delta for s in self.finite for at in ends)
        return reached and not self.learned

    @cached_property
    def trained(self) -> list[str]:
        """The parameters that an optimizer should move."""
        return list(self.run.problem.rules)

    # Texts.

    def n(self, value: float) -> str:
        """A number in evidence, with four digits that rounding does not change."""
        return self.script.number(float(f"{value:.{NOISE}g}"), 4)

    @property
    def rounded(self) -> str:
        """`1e−9`, the bound that evidence gives for what may be rounding."""
        return self.n(self.rounding)

    def difference(self, value: float) -> str:
        """A difference of two results of a pass; a bound where it may be rounding."""
        return f"less than {self.rounded}" if value < self.rounding else self.n(value)

    def name(self, name: str) -> str:
        """A named node as the screen writes it."""
        return node_name(self.graph, self.graph.names[name], self.script)

    @property
    def loss_name(self) -> str:
        """The loss's name in the scenario, else `the loss`."""
        node = self.graph.nodes[self.graph.loss]
        return self.name(node.name) if node.name else "the loss"

    @property
    def loss_phrase(self) -> str:
        """What `losses` holds: the loss, or with batches its mean over an epoch."""
        return f"the mean of {self.loss_name} over an epoch" if self.batched else self.loss_name

    def when(self, at: int) -> str:
        """The iteration or epoch of an entry of `losses`."""
        return f"epoch {at + 1}" if self.batched else f"iteration {at + 1}"

    def label(self, node: int) -> str:
        """Any node as the screen writes it; a result without a name by its expression."""
        return node_name(self.graph, node, self.script)

    def delta(self, layer: Layer) -> str:
        """A layer's δ: `δ₂`, or `∂L/∂z_i` where layer 2 has several pre-activations."""
        return gradient_name(self.graph, layer.pre_activation, self.script)

    def layer(self, layer: Layer) -> str:
        """`layer 2`, with its pre-activation where layer 2 has several."""
        number = f"layer {layer.number}"
        return number if layer.alone else f"{number} ({self.label(layer.pre_activation)})"

    def norm(self, text: str) -> str:
        """The norm of a text: `‖W₁‖`."""
        return f"‖{text}‖" if self.script.unicode else f"|{text}|"

    def slope(self, name: str) -> str:
        """The gradient of a named node: `∂L/∂W₁`."""
        sign = self.script.text("∂")
        return f"{sign}{self.loss_name}/{sign}{self.name(name)}"

    # Iterations and ticks.

    def at_delta(self, layer: Layer, iteration: int) -> tuple[int, int]:
        """The iteration and tick where a layer's δ is whole."""
        timeline = self.run.timeline(iteration)
        edges = timeline.graph.into[timeline.layers[layer.at].pre_activation]
        return iteration, timeline.edge_span(edges[-1].index)[1]

    def at_gradient(self, name: str, iteration: int) -> tuple[int, int]:
        """Where a parameter's gradient is whole; without a gradient, the end of the pass."""
        timeline = self.run.timeline(iteration)
        edges = timeline.graph.into.get(timeline.graph.names[name])
        last = timeline.edge_span(edges[-1].index)[1] if edges else timeline.backward_end
        return iteration, last

    def at_value(self, node: int, iteration: int = 1) -> tuple[int, int]:
        """The iteration and tick where a result is computed; tick 0 for a leaf."""
        order = self.run.timeline(iteration).graph.forward_order
        return iteration, order.index(node) + 1 if node in order else 0

    def at_loss_of(self, at: int) -> tuple[int, int]:
        """The iteration and tick of an entry of `losses`; of an epoch the first iteration."""
        iteration = at * self.run.per_epoch + 1
        return iteration, self.run.timeline(iteration).forward

    def at_end(self, iteration: int) -> tuple[int, int]:
        """The iteration and its last tick."""
        return iteration, self.run.timeline(iteration).total

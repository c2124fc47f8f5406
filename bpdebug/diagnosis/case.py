"""A run and its samples, as every rule reads them, and the instants of evidence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bpdebug.check.rounding import NOISE
from bpdebug.diagnosis.comparison import Comparison, Comparisons
from bpdebug.diagnosis.network import Network
from bpdebug.diagnosis.probe import Probe
from bpdebug.diagnosis.survey import IterationSample, last_epoch, term_sizes
from bpdebug.diagnosis.targets import Targets
from bpdebug.diagnosis.trials import Trials
from bpdebug.expression import counted
from bpdebug.graph import Graph, Layer
from bpdebug.ops import FLOAT32, Array
from bpdebug.run import Run
from bpdebug.wording import Script, gradient_name, node_name

LEARNED = 0.5
"""A run has learned where its loss ends below this part of what the best constant answer has, or,
where that is not known, of its first loss."""
LACKING = 0.1
"""Much is left to learn above this part of what the best constant answer has."""
BEATS = 0.8
"""A run whose loss has halved has learned where it ends below this part of what the best constant
answer has …"""
FROM = 2.0
"""… and began below so many times that."""
FEWEST = 10
"""Losses that a tendency needs, at the least."""
AT_REST, AT_REST_SINGLE = 1e-12, 1e-6
"""Gradients below this part of 1 or of their parameter are rounding, in float64 and in float32."""
ROUNDED, ROUNDED_SINGLE = 1e-9, 1e-5
"""A difference below this may be rounding, in float64 and in float32: evidence gives only a
bound."""


class Case:
    """A run and its samples, with the properties and texts that rules share."""

    def __init__(
        self,
        run: Run,
        samples: Sequence[IterationSample],
        script: Script,
        *,
        experiments: bool = True,
    ) -> None:
        self.run = run
        self.samples = samples
        self.script = script
        self.graph: Graph = run.graph(1)
        self.network = Network(self.graph, run.problem)
        self.layers: tuple[Layer, ...] = self.network.layers
        self.trials = Trials(run, allowed=experiments)

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

    @property
    def ended(self) -> float | None:
        """The mean of the last tenth of the losses, without penalties; None where they end in a
        NaN."""
        if len(self.losses) < 2 or not self.samples or not self.samples[-1].finite:
            return None
        mean = float(np.mean(self.losses[-max(len(self.losses) // 10, 1) :]))
        return mean - self.penalty(self.finite[-1].number)

    def penalty(self, iteration: int) -> float:
        """What the terms of the loss that are of parameters alone add up to."""
        terms = self.comparisons.penalties
        values = self.run.iteration(iteration).recorded.values if terms else []
        return float(sum(float(values[at]) for at in terms))

    @cached_property
    def excess(self) -> float | None:
        """How far the loss ends above that of an answer that is right in every row, as a part of
        what the best constant answer is above it; None where that is not known."""
        if self.ended is None or self.constant is None or self.certain is None:
            return None
        return (self.ended - self.certain) / (self.constant - self.certain)

    @cached_property
    def learned(self) -> bool:
        """True where the loss ends well below that of a constant answer, and well below its first
        value or far below the constant answer: oddities do such a run no harm."""
        if self.ended is None:
            return False
        first = float(self.losses[0])
        halved = first - self.ended > (1 - LEARNED) * abs(first)
        if self.excess is None or self.constant is None:
            return halved
        near = first < FROM * self.constant
        return self.excess < (BEATS if halved and near else LEARNED)

    @property
    def lacking(self) -> bool:
        """True where much of a constant answer's loss is left at the end, so that a run which has
        learned may yet do far better."""
        return self.excess is not None and self.excess > LACKING

    # Output and targets.

    @cached_property
    def probe(self) -> Probe:
        """The graph of all rows, to ask for values."""
        return Probe(self.run.problem)

    @cached_property
    def comparisons(self) -> Comparisons:
        """What the loss compares the output with."""
        return Comparisons(self.network)

    @cached_property
    def compared(self) -> Comparison | None:
        """The one comparison of output and target; None where there are several, or none."""
        found = self.comparisons.found
        return found[0] if len(found) == 1 else None

    @cached_property
    def targets(self) -> Targets | None:
        """What the output is compared with; None where there is not one comparison."""
        return None if self.compared is None else Targets(self.compared, self.network, self.probe)

    @cached_property
    def constant(self) -> float | None:
        """The loss of the best constant answer, of as many rows as an iteration has, without
        penalties."""
        return None if self.targets is None else self._of_batch(self.targets.constant)

    @cached_property
    def certain(self) -> float | None:
        """The loss of an answer that is right in every row."""
        found = None if self.targets is None else self._of_batch(self.targets.certain)
        apart = found is not None and self.constant is not None and found < self.constant
        return found if apart else None

    def _of_batch(self, loss: float | None) -> float | None:
        """A loss of all rows as a batch has it: a sum is smaller there."""
        if loss is None:
            return None
        loss -= self.penalty(1)
        summed = self.targets is not None and self.targets.summed
        return loss / self.run.per_epoch if self.batched and summed else loss

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

    inverse_e = float(np.exp(-1.0))

    def output_units(self, one: Comparison) -> int:
        """How many units a comparison is given."""
        axis = None if self.network.output is None else self.network.output.units_axis
        shape = self.graph.nodes[one.prediction].shape
        return shape[axis] if axis is not None and axis < len(shape) else 1

    def units_of(self, layer: Layer) -> int:
        """How many units a layer has."""
        shape = self.graph.nodes[layer.pre_activation].shape
        return 1 if layer.units_axis is None else shape[layer.units_axis]

    def parameters_below(self, node: int) -> list[str]:
        """The trained parameters that a node is computed from."""
        names = self.graph.names
        below = self.network.below(node, set())
        return [name for name in self.trained if names[name] in below]

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

    def iterations(self, count: int) -> str:
        """`400 iterations`."""
        return counted(count, "iteration")

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

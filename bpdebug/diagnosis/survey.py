"""The samples that a diagnosis reads: a few numbers of many iterations, from one walk.

A short run is sampled whole. Of a long run the first and the last iterations are sampled, and pairs
of neighbours evenly between, so that a step can be compared with the next. The sample depends on
the run's length alone, so a diagnosis repeats itself exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from math import sqrt
from typing import NamedTuple

import numpy as np

from bpdebug.graph import Layer
from bpdebug.graph.faults import Flags, alike_units, flat_units, silent_units
from bpdebug.ops import FLOAT64, Array
from bpdebug.run import Iteration, Run
from bpdebug.run.birth import all_finite, birth_of
from bpdebug.run.progress import Work

MOST = 200
"""Sampled iterations, at the most."""
ENDS = 20
"""Iterations at either end that are always sampled."""
BUDGET = 20_000_000_000
"""Multiplications that a survey may cost; of a large network fewer iterations are sampled."""
LEAST, MOST_SQUARES = 1e-280, 1e280
"""Sums of squares between these have lost nothing and have not overflowed."""
MOST_TERMS = 10_000_000
"""Multiplications of an iteration up to which `term_sizes` computes anything."""


class LayerSample(NamedTuple):
    """A layer in a sampled iteration; `Layer.units_axis` tells its units from its examples."""

    delta: float
    """The root mean square of δ."""
    silent: Flags | None
    """Per unit of a relu: True where its output is 0 for every example. None without a relu."""
    saturated: Flags | None
    """Per unit of a sigmoid or tanh: True where it is saturated for every example."""
    alike: bool
    """True where all of several units compute the same and get the same δ, for every example, as
    they do in the first sample."""
    rows: int
    """Numbers per unit: the examples, times the sizes of axes that are neither rows nor units."""
    low: Array
    high: Array
    """Per unit: the least and the greatest result, after the activation."""


class ParameterSample(NamedTuple):
    """A parameter in a sampled iteration."""

    before: float
    """‖θ‖ before the update."""
    gradient: float
    """‖∂L/∂θ‖."""
    change: float
    """‖Δθ‖; 0 without an update."""
    promised: float
    """∂L/∂θ · Δθ: what the update does to the loss, to first order."""
    largest: float
    """The largest |∂L/∂θ| of a cell."""


class IterationSample(NamedTuple):
    """The numbers of an iteration that rules read."""

    number: int
    loss: float
    finite: bool
    """False where there is a NaN, or an infinity that is not meant (see `bpdebug.run.birth`)."""
    layers: tuple[LayerSample, ...]
    parameters: dict[str, ParameterSample]


def survey(run: Run) -> tuple[IterationSample, ...]:
    """Sample a run, in order, up to and including the first iteration that is not finite.

    It reports to `Run.progress`, which may cancel it.
    """
    numbers = sampled_numbers(run.iterations, affordable(run), last_epoch(run))
    samples: list[IterationSample] = []
    work = Work(run.progress, len(numbers))
    for at, number in enumerate(numbers):
        work.at(at)
        samples.append(sample(run.iteration(number), samples[0] if samples else None))
        if not samples[-1].finite:
            break
    return tuple(samples)


def affordable(run: Run) -> int:
    """How many iterations of this run the budget allows, 2 at the least."""
    return max(2, min(MOST, BUDGET // max(run.timeline(1).total, 1)))


def last_epoch(run: Run) -> range:
    """The iterations of the last whole epoch; empty where the run is shorter than an epoch."""
    size = run.per_epoch
    whole = run.iterations // size
    return range((whole - 1) * size + 1, whole * size + 1) if whole else range(0)


def sampled_numbers(iterations: int, most: int, epoch: range = range(0)) -> list[int]:
    """The numbers of the iterations to sample, ascending.

    They include the last whole epoch where that leaves room for others.
    """
    if iterations <= most:
        return list(range(1, iterations + 1))
    epoch = epoch if len(epoch) <= most // 2 else range(0)
    most -= len(epoch)
    ends = min(ENDS, most // 4)
    first, last = range(1, ends + 1), range(iterations - ends + 1, iterations + 1)
    pairs = (most - 2 * ends - 2) // 2
    between = np.linspace(ends + 1, iterations - ends - 1, max(pairs, 0)).astype(int).tolist()
    return sorted({1, *first, *between, *(n + 1 for n in between), *last, iterations, *epoch})


def sample(iteration: Iteration, first: IterationSample | None = None) -> IterationSample:
    """Sample an iteration; units that part in the first are not compared again."""
    recorded, layers = iteration.recorded, iteration.timeline.layers
    gradients = (gradient for gradient in recorded.gradients if gradient is not None)
    arrays = chain(recorded.values, gradients, iteration.after.values())
    with np.errstate(all="ignore"):
        return IterationSample(
            iteration.number,
            iteration.loss,
            all(map(all_finite, arrays)) or birth_of(iteration) is None,
            tuple(
                layer_sample(iteration, layer, first is None or first.layers[layer.at].alike)
                for layer in layers
            ),
            {name: parameter_sample(iteration, name) for name in iteration.before},
        )


def layer_sample(iteration: Iteration, layer: Layer, compare: bool) -> LayerSample:
    """Sample a layer's δ and activation; without `compare` its units are taken to differ."""
    recorded = iteration.recorded
    gradient = recorded.gradients[layer.pre_activation]
    assert gradient is not None  # a layer is where the backward pass writes a δ
    delta = np.asarray(gradient)
    z = h = np.asarray(recorded.values[layer.pre_activation])
    axis = layer.units_axis
    silent = saturated = None
    if layer.activation is not None and layer.function is not None:
        h = np.asarray(recorded.values[layer.activation])
        silent = silent_units(h, axis) if layer.function.rectifies is not None else None
        saturated = flat_units(layer.function, h, axis)
    rows = by_unit(h, axis)
    return LayerSample(
        root_mean_square(delta),
        silent,
        saturated,
        compare and alike_units(z, axis) and alike_units(delta, axis),
        len(rows),
        rows.min(axis=0, initial=np.inf),
        rows.max(axis=0, initial=-np.inf),
    )


def by_unit(array: Array, axis: int | None) -> Array:
    """A layer's array as examples and units, shape (rows, units). See `Layer.units_axis`."""
    array = np.asarray(array)
    if axis is None:
        return array.reshape(-1, 1)
    return np.moveaxis(array, axis, -1).reshape(-1, array.shape[axis])


def root_mean_square(array: Array) -> float:
    """√(mean of squares), scaled where it would overflow or vanish on its way."""
    size = np.size(array)
    return length(array) / sqrt(size) if size else 0.0


def length(array: Array) -> float:
    """The Euclidean length over all cells; not finite where a cell is not."""
    flat = np.asarray(array, dtype=FLOAT64).ravel()
    squares = float(flat.dot(flat))
    if LEAST < squares < MOST_SQUARES:
        return sqrt(squares)
    top = float(np.max(np.abs(flat), initial=0.0))
    if top == 0 or not np.isfinite(top):
        return top
    flat = flat / top
    return top * sqrt(float(flat.dot(flat)))


def parameter_sample(iteration: Iteration, name: str) -> ParameterSample:
    """Sample a parameter's norm, gradient and change."""
    before, after = iteration.before[name], iteration.after[name]
    gradient = iteration.recorded.gradients[iteration.recorded.graph.names[name]]
    change = np.asarray(after - before, dtype=FLOAT64).ravel()
    if gradient is None:
        return ParameterSample(length(before), 0.0, length(change), 0.0, 0.0)
    g = np.asarray(gradient, dtype=FLOAT64).ravel()
    largest = float(max(g.max(), -g.min())) if g.size else 0.0
    return ParameterSample(length(before), length(g), length(change), float(g.dot(change)), largest)


def term_sizes(iteration: Iteration) -> Sequence[Array | None]:
    """By node, cell by cell: the sum of all |products| that its gradient is the sum of.

    None for nodes without a gradient, and for all where the iteration is too large.
    """
    recorded, graph = iteration.recorded, iteration.recorded.graph
    sizes: list[Array | None] = [None] * len(graph.nodes)
    if iteration.timeline.backward_end > MOST_TERMS:
        return sizes
    sizes[graph.loss] = np.ones(())
    with np.errstate(all="ignore"):
        for edge in graph.edges:
            upstream = sizes[edge.output]
            assert upstream is not None  # edges stand in the order of the backward pass
            part = recorded.index_map(edge).contract(upstream, np.abs(recorded.local(edge)))
            before = sizes[edge.operand]
            sizes[edge.operand] = part if before is None else before + part
    return sizes

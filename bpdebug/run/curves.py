"""Curves: a quantity over iterations, for the screen and for exports.

Nothing is recorded for them while training; only losses are stored, which costs nothing
(`Run.losses.curve` gives the losses so far without running anything). Any other quantity is
computed when it is asked for, in one walk over the iterations for all that are asked for at once,
which reports to `Run.progress` and lets `Cancelled` through. Memory grows with the points of a
curve alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import sqrt

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.expression import NotComputed, evaluate, looks_back, parse_watch
from bpdebug.graph import Graph, Layer
from bpdebug.ops import FLOAT64, Array
from bpdebug.ops.families.reductions import norm_forward
from bpdebug.run.iteration_end import IterationEnd
from bpdebug.run.progress import Work
from bpdebug.run.run import Iteration, Run
from bpdebug.run.series import EMPTY, Curve, Series

POINTS = 512
MOST_CACHED = 32
"""How many curves are cached, so that drawing a curve again costs nothing."""
SMALL, LARGE = 1e-250, 1e250
"""Between these, a sum of squares has neither overflowed nor lost digits."""
GRADIENT_NORM = "norm(grad({}))"
DELTA_NORM = "norm(delta({}))"
RELATIVE_CHANGE = "norm(change({0})) / norm(value({0}))"
"""The names of quantities that every run has, with a node or a layer in their braces."""
Quantity = Callable[[Iteration], float]


class Curves:
    """The curves of a run.

    A quantity is `loss`; `norm(delta(1))`, ‖δ‖ of a layer; `norm(grad(W1))`, ‖∂L/∂W‖;
    `norm(change(W1)) / norm(value(W1))`, ‖ΔW‖ / ‖W‖ of the update, with the W that the pass used;
    or any expression that is a single number at the end of an iteration.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._cache: dict[tuple[str, int, int, int], Curve] = {}

    def names(self) -> tuple[str, ...]:
        """The quantities that every run has, each a name for `curve`."""
        return tuple(self._standard())

    def family(self, word: str) -> tuple[str, ...]:
        """The quantities of one kind: every `delta`, every `grad`, or every `change` of a run.

        A layer whose δ stands in another notation is among the `delta`, and in no other.
        """
        graph = self._run.timeline().graph
        deltas = tuple(dict.fromkeys(delta_norm(graph, layer) for layer in graph.layers))
        if word == "delta":
            return deltas
        begins = {"grad": GRADIENT_NORM, "change": RELATIVE_CHANGE}[word].partition("{")[0]
        return tuple(n for n in self.names() if n.startswith(begins) and n not in deltas)

    def is_node(self, name: str) -> bool:
        """True where the graph has a node of this name."""
        return name in self._run.graph().names

    def _standard(self) -> dict[str, Quantity]:
        """The quantities of every run, by name; each computes what its name means, only faster."""
        graph, problem = self._run.timeline().graph, self._run.problem
        names = [name for name in problem.parameters if graph.has_gradient(graph.names[name])]
        trained = [name for name in names if problem.rule_of(name) is not None]
        quantities: dict[str, Quantity] = {"loss": lambda iteration: iteration.loss}
        for layer in graph.layers:
            quantities[delta_norm(graph, layer)] = gradient_norm(layer.pre_activation)
        for name in names:
            quantities[GRADIENT_NORM.format(name)] = gradient_norm(graph.names[name])
        for name in trained:
            quantities[RELATIVE_CHANGE.format(name)] = partial(relative_change, name)
        return quantities

    def curve(
        self, name: str, first: int = 1, last: int | None = None, points: int = POINTS
    ) -> Curve:
        """The curve of a quantity over iterations `first` to `last`; errors as in `curves`."""
        return self.curves([name], first, last, points)[name]

    def curves(
        self, names: Sequence[str], first: int = 1, last: int | None = None, points: int = POINTS
    ) -> dict[str, Curve]:
        """Several curves by name, in one walk. At most `points` points, each an exact value.

        A value that does not exist (`previous` in the first iteration) is NaN. BpdebugError for a
        name that is no quantity; `Cancelled` where `Run.progress` raises it.
        """
        last = self._run.iterations if last is None else last
        first, last = max(1, first), min(last, self._run.iterations)
        points = max(1, points)
        keys = {name: (name, first, last, points) for name in names}
        missing = [name for name, key in keys.items() if key not in self._cache]
        curves = {name: self._cache[key] for name, key in keys.items() if key in self._cache}
        if missing and first <= last:
            curves.update(self._computed(missing, first, last, points))
        for name, curve in curves.items():
            self._cache.pop(keys[name], None)
            self._cache[keys[name]] = curve
        while len(self._cache) > max(MOST_CACHED, len(keys)):
            del self._cache[next(iter(self._cache))]
        return {name: curves.get(name, EMPTY) for name in names}

    def values_at(self, found: Mapping[str, Curve], iteration: int) -> dict[str, float]:
        """The values of curves, as `curves` gave them, in an iteration of the run.

        Those without a point there are computed.
        """
        values, missing = {}, []
        for name, curve in found.items():
            value = curve.value_at(iteration)
            if value is None:
                missing.append(name)
            else:
                values[name] = value
        for name, curve in self.curves(missing, iteration, iteration).items():
            values[name] = float(curve.values[-1])
        return values

    def _computed(self, names: list[str], first: int, last: int, points: int) -> dict[str, Curve]:
        run, many = self._run, last - first + 1
        made = {name: Series(many, points, first) for name in names}
        work = Work(run.progress, many)
        if names == ["loss"]:
            for at, loss in enumerate(run.walk_losses(first, last)):
                work.at(at)
                made["loss"].add(first + at, loss)
        else:
            quantities = {name: self.quantity(name) for name in names}
            with np.errstate(all="ignore"):
                for iteration in run.walk(first, last):
                    work.at(iteration.number - first)
                    for name, quantity in quantities.items():
                        made[name].add(iteration.number, quantity(iteration))
        return {name: series.curve(first, last, points) for name, series in made.items()}

    def measures(self, text: str) -> bool:
        """True for an expression that is a single number, and so has a curve."""
        try:
            self.quantity(text)
        except BpdebugError:
            return False
        return True

    def quantity(self, name: str) -> Quantity:
        """The function of an iteration that a name stands for; BpdebugError when there is none."""
        standard = self._standard()
        if name == "loss" and "loss" in self._run.graph().names:
            del standard[name]  # a node of that name wins
        return standard.get(name) or self._watched(name)

    def _watched(self, text: str) -> Quantity:
        run = self._run
        expression = parse_watch(run.graph(), text)

        def value(iteration: Iteration) -> float:
            try:
                found = evaluate(expression, IterationEnd(run, iteration))
            except NotComputed:
                return float("nan")
            except BpdebugError:
                if iteration.number == 1:
                    raise
                # The expression is valid; a smaller batch may lack the row that it names.
                return float("nan")
            if np.size(found) != 1:
                raise BpdebugError(
                    f"a curve needs one number, and this has {np.size(found)}; take its norm, "
                    f"as in norm(…), or one entry"
                )
            return float(np.reshape(found, ()))

        value(run.iteration(1))
        # The operand of `previous` shows its shape only where there is an earlier iteration.
        value(run.iteration(min(1 + looks_back(expression), run.iterations)))
        return value


def delta_norm(graph: Graph, layer: Layer) -> str:
    """The norm of a layer's δ as it is typed: of `delta(2)`, or of `grad(z_i)`."""
    if layer.alone:
        return DELTA_NORM.format(layer.number)
    return GRADIENT_NORM.format(graph.nodes[layer.pre_activation].name)


def norm(array: Array | None) -> float:
    """‖array‖, the root of the sum of squares over all entries.

    The fast way where squares neither overflow nor vanish; else, and always in float32, as the op
    `norm` does it.
    """
    row = np.ravel(np.asarray(array))
    if row.dtype == FLOAT64 and SMALL < (square := float(row.dot(row))) < LARGE:
        return sqrt(square)
    return float(norm_forward(row, axis=None, keepdims=False))


def gradient_norm(node: int) -> Quantity:
    """‖∂L/∂x‖ of a node, of each iteration."""
    return lambda iteration: norm(iteration.recorded.gradients[node])


def relative_change(parameter: str, iteration: Iteration) -> float:
    """‖ΔW‖ / ‖W‖ of an update; NaN where W is 0 and stays 0."""
    before, after = iteration.before[parameter], iteration.after[parameter]
    change, size = norm(np.subtract(after, before)), norm(before)
    number = np.asarray(after).dtype.type
    with np.errstate(all="ignore"):
        return float(number(change) / number(size))

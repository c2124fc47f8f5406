"""A scenario on drawn data of given shapes, all of it in one batch."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cached_property, partial

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.graph import Kind
from bpdebug.mistakes.fresh.drawing import Drawing, Likeness
from bpdebug.mistakes.fresh.draws import alike, runnable, sound, targets_of, unused_by
from bpdebug.mistakes.fresh.sizes import Resizing, Shapes, classes_of, counts, resizing
from bpdebug.mistakes.fresh.ties import Axis
from bpdebug.ops import Array, Shape
from bpdebug.records import replace
from bpdebug.run import Problem, Run

SEED = 7_481
Remake = Callable[[Mapping[str, Array], Mapping[str, Array]], Run]
"""Runs somebody's forward pass anew: `remake(data, parameters)`, each array by its name.

What the forward pass makes itself, such as `np.arange(n)`, it makes anew whatever is given for it.
BpdebugError where the forward pass does not take these arrays.
"""


class Elsewhere:
    """A scenario that is drawn anew at shapes of one's choosing.

    `read` are the inputs that a person's program is given. What it is not given and has a pattern,
    such as zeros to start from, keeps that, since the program may count on it.
    """

    def __init__(self, run: Run, read: Collection[str], remake: Remake | None = None) -> None:
        self.run, self.read, self.remake = run, read, remake
        self.graph = run.graph(1)
        self.targets, self.unused = targets_of(self.graph), unused_by(self.graph)

    @cached_property
    def resizing(self) -> Resizing:
        """Which axes may have other sizes."""
        return resizing(self.graph, self.run.problem.data, anew=self.remake is not None)

    def own_shapes(self) -> Shapes:
        """The shapes that the first iteration has."""
        kinds = (Kind.INPUT, Kind.PARAMETER)
        return {node.name: node.shape for node in self.graph.nodes if node.kind in kinds}

    def drawn(self, shapes: Shapes, number: int, likeness: Likeness, *, real: bool) -> Run | None:
        """A run with drawn numbers; None where it cannot be run, or is not finite.

        `number` is that of the draw; with `real`, inputs that are whole numbers are drawn between
        these, too.
        """
        if not self.builds(shapes):
            return None
        rng = np.random.default_rng([SEED, number, likeness])
        classes = classes_of(self.graph, partial(self.size_at, shapes))
        data, parameters = {}, {}
        for name, values in self.run.problem.data.items():
            data[name] = self.input(
                name, np.asarray(values), shapes[name], rng, likeness, classes.get(name), real=real
            )
        for name, values in self.run.problem.parameters.items():
            drawing = Drawing(np.asarray(values), shapes[name], rng, likeness)
            parameters[name] = drawing.parameter()
        if self.remake is not None:
            return self.remade(data, parameters, likeness)
        made = self.problem(shapes, data, parameters)
        return runnable(made, self.graph, masked=likeness is Likeness.NEAR)

    def input(
        self,
        name: str,
        values: Array,
        shape: Shape,
        rng: np.random.Generator,
        likeness: Likeness,
        classes: int | None,
        *,
        real: bool,
    ) -> Array:
        """New numbers for an input."""
        patterned = pattern(values)
        rows = classes is not None and shape == (classes,) and counts(values)
        if patterned is not None and (rows or name not in self.read):
            return patterned(shape)
        target = name in self.targets
        if name in self.unused or (self.unused and target):
            return np.asarray(Drawing(values, shape, rng, Likeness.NEAR).cells())
        drawing = Drawing(values, shape, rng, likeness, classes)
        return drawing.data(target=target, real=real and not target)

    def problem(
        self, shapes: Shapes, data: Mapping[str, Array], parameters: Mapping[str, Array]
    ) -> Problem:
        """The problem with these numbers, as one batch and for one iteration."""
        problem = self.run.problem
        build = problem.build if shapes == self.own_shapes() else None
        if problem.reshape is not None:
            build = problem.reshape(shapes)
        assert build is not None  # else there was no graph
        return replace(
            problem,
            build=build,
            data=data,
            parameters=parameters,
            batched=frozenset(),
            batch_size=None,
            own_states={},
            steps_taken=0,
            iterations=1,
            expectations=(),
            backward=(),
            notes=(),
        ).of_kind(problem.dtype)

    def size_at(self, shapes: Shapes, axis: Axis) -> int:
        """The size of any axis, where inputs and parameters have these shapes."""
        ties = self.resizing.ties
        for name, shape in shapes.items():
            for at, size in enumerate(shape):
                if ties.root((self.graph.names[name], at)) == ties.root(axis):
                    return size
        return ties.size(axis)

    def builds(self, shapes: Shapes) -> bool:
        """Whether the graph can be built at these shapes, and is no other then.

        A forward pass that is run anew says so itself.
        """
        if self.remake is not None or shapes == self.own_shapes():
            return True
        reshape = self.run.problem.reshape
        try:
            return reshape is not None and alike(reshape(shapes)(None), self.graph)
        except (BpdebugError, ValueError, IndexError):
            return False

    def remade(
        self, data: Mapping[str, Array], parameters: Mapping[str, Array], likeness: Likeness
    ) -> Run | None:
        """The run of the person's own forward pass on these numbers; None where it fails."""
        assert self.remake is not None
        try:
            with np.errstate(all="ignore"):
                made = self.remake(data, parameters)
                recorded = made.iteration(1).recorded
        except (BpdebugError, ValueError, IndexError):
            return None
        good = sound(made, recorded, self.graph, masked=likeness is Likeness.NEAR)
        return made if good else None


def pattern(values: Array) -> Callable[[Shape], Array] | None:
    """What makes an array like this one at any shape; None for numbers without a pattern.

    Numbers all alike, 0 to n − 1, the identity, and triangles of ones are patterns.
    """
    if values.size and np.all(values == values.flat[0]):
        return lambda shape: np.full(shape, values.flat[0])
    if counts(values):
        return lambda shape: np.arange(int(np.prod(shape)), dtype=np.float64).reshape(shape)
    if values.ndim == 2:
        for made in (np.eye, lower, upper):
            if np.array_equal(values, made(*values.shape)):
                return lambda shape, made=made: np.asarray(made(*shape))  # type: ignore[misc]
    return None


def lower(rows: int, columns: int) -> Array:
    """Ones on and below the diagonal."""
    return np.tri(rows, columns)


def upper(rows: int, columns: int) -> Array:
    """Ones on and above the diagonal."""
    return np.tri(columns, rows).T

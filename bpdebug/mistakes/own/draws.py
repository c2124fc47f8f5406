"""Fresh random data for a scenario: other numbers and batches, on which no coincidence passes."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.graph import Graph, Kind
from bpdebug.graph.indices import sources
from bpdebug.ops import FLOAT64, Array, Shape
from bpdebug.records import replace
from bpdebug.run import Problem, Run
from bpdebug.run.birth import birth_of

DRAWS = 3
"""So many times new data is drawn."""
SEED = 20_210
SMALLEST, LARGEST = 0.3, 1.0
"""Between these the typical magnitude of a drawn parameter stays, so that no unit saturates."""


class Likeness(IntEnum):
    """How much drawn numbers are like the scenario's, where free ones lead out of a domain."""

    FREE = 0
    """Signs are mixed."""
    SIGNED = 1
    """What is positive in the scenario stays positive."""
    NEAR = 2
    """The scenario's own numbers, moved a little."""


def fresh_runs(run: Run, draws: int = DRAWS) -> list[Run]:
    """The scenario on fresh data, where its loss and gradients are finite.

    Labels, rows that sum to 1, probabilities and positive data remain what they are. Where the
    scenario has batches, all draws but the first have another number of rows.
    """
    found = []
    sizes = batch_sizes(run, draws)
    for at in range(draws):
        for likeness in Likeness:
            made = fresh(run, at, likeness, sizes[at], last=at == draws - 1)
            if made is not None:
                found.append(made)
                break
    return found


def batch_sizes(run: Run, draws: int) -> list[int | None]:
    """How many rows each draw has; None where the scenario has no batches."""
    problem, graph = run.problem, run.graph(1)
    if not problem.batched:
        return [None] * draws
    rows = graph.node(min(problem.batched)).shape[0]
    taken = {extent for node in graph.nodes for extent in node.shape} | {rows}
    other = [size for size in range(2, rows + len(taken) + draws + 3) if size not in taken]
    larger = [size for size in other if size > rows]
    smaller = [size for size in other if size < rows]
    return [rows, *(smaller[-1:] + larger)[: draws - 1]]


def fresh(run: Run, at: int, likeness: Likeness, rows: int | None, *, last: bool) -> Run | None:
    """A run on drawn data; None where it cannot be run, or is not finite."""
    problem, graph = run.problem, run.graph(1)
    rng = np.random.default_rng([SEED, at, likeness])
    targets, unused = targets_of(graph), unused_by(graph)
    together = None
    if rows is not None:
        together = rng.integers(0, len(problem.data[min(problem.batched)]), rows + 1)
    data, parameters = {}, {}
    for name, values in problem.data.items():
        shape, target = values.shape, name in targets
        if unused and (target or name in unused):
            # What only the lines read belongs to the labels: the same classes as a table, or a list
            # of all classes.
            cut = together is not None and name in problem.batched
            data[name] = values[together] if cut else values
            continue
        if rows is not None and name in problem.batched:
            shape = (rows + 1, *shape[1:])  # a row more than a batch, so that it is cut
        data[name] = Drawing(np.asarray(values), shape, rng, likeness).data(
            target=target, real=last and not target
        )
    for name, values in problem.parameters.items():
        drawing = Drawing(np.asarray(values), values.shape, rng, likeness)
        parameters[name] = drawing.parameter()
    made = with_data(problem, data, parameters, rows)
    try:
        with np.errstate(all="ignore"):
            run_of = Run(made, 1)
            recorded = run_of.iteration(1).recorded
    except (BpdebugError, ValueError, IndexError):
        return None
    gradients = [one for one in recorded.gradients if one is not None]
    whole = [np.asarray(one) for one in (*recorded.values, *gradients)]
    if len(run_of.graph(1).nodes) != len(graph.nodes):
        return None
    finite = all(np.isfinite(one).all() for one in whole) or likeness is Likeness.NEAR
    finite = finite or birth_of(run_of.iteration(1)) is None  # a mask of −∞ does no harm
    invalid = any(problem_at(recorded.graph, node, recorded.values) for node in graph.forward_order)
    return run_of if finite and not invalid else None


def with_data(
    problem: Problem, data: dict[str, Array], parameters: dict[str, Array], rows: int | None
) -> Problem:
    """The problem with other data, for one iteration."""
    return replace(
        problem,
        data=data,
        parameters=parameters,
        iterations=1,
        batch_size=problem.batch_size if rows is None else rows,
        expectations=(),
        notes=(),
    ).of_kind(problem.dtype)


def problem_at(graph: Graph, index: int, values: list[Array]) -> bool:
    """True where an op does not take these operands: labels out of range, negative shares."""
    node = graph.nodes[index]
    if node.op is None or node.op.validate is None:
        return False
    operands = (np.asarray(values[i]) for i in node.operands)
    return bool(node.op.validate(*operands, **node.options))


def targets_of(graph: Graph) -> set[str]:
    """The inputs that a loss compares with, and those that pick cells."""
    losses = [node.operands for node in graph.nodes if node.op is not None and node.op.loss]
    groups = graph.groups.values()
    losses += [one.call for one in groups if one.composite is not None and one.composite.loss]
    against = (graph.nodes[operand] for operands in losses for operand in operands[1:])
    found = {node.name for node in against if node.kind is Kind.INPUT}
    for node in graph.nodes:
        if node.op is not None and node.op.indices_from is not None:
            for index in node.operands[node.op.indices_from :]:
                found |= {graph.nodes[at].name for at in sources(graph.nodes, index)}
    return found


def unused_by(graph: Graph) -> set[str]:
    """The inputs that the forward pass never reads."""
    used = {operand for node in graph.nodes for operand in node.operands}
    return {n.name for n in graph.nodes if n.kind is Kind.INPUT and n.index not in used}


def mended(values: Array, broken: Array) -> Array:
    """The values, with one of the finite ones in each broken cell; 1 where there is none."""
    finite = values[np.isfinite(values)]
    return np.where(broken, finite[0] if finite.size else 1.0, values) if broken.any() else values


class Drawing:
    """New numbers for an array, of its kind and of a given shape."""

    def __init__(
        self, values: Array, shape: Shape, rng: np.random.Generator, likeness: Likeness
    ) -> None:
        self.values = mended(values, np.isnan(values))
        self.shape, self.rng, self.likeness = shape, rng, likeness

    def data(self, *, target: bool, real: bool) -> Array:
        """Numbers for an input; `real` allows numbers between whole ones."""
        values, rng = self.values, self.rng
        if not np.isfinite(values).all():
            return self.rows()  # an infinity is a mask's
        if values.ndim and values.shape[-1] > 1 and self.sums_to_one():
            return self.shares()
        if self.whole() and not real:
            return self.rows() if self.likeness is Likeness.NEAR else self.integers(target=target)
        if self.likeness is Likeness.NEAR:
            return self.near()
        if np.all((values > 0) & (values < 1)):
            return np.asarray(rng.uniform(0.05, 0.95, self.shape))
        if np.all(values > 0) or (np.all(values >= 0) and self.likeness is Likeness.SIGNED):
            return np.asarray(self.scale(4.0) * rng.uniform(0.5, 1.5, self.shape))
        return np.asarray(self.scale(4.0) * rng.standard_normal(self.shape))

    def parameter(self) -> Array:
        """Numbers for a parameter."""
        self.values = mended(self.values, np.isinf(self.values))
        if self.likeness is Likeness.NEAR:
            return self.near()
        signs = self.rng.choice([-1.0, 1.0], self.shape)
        if self.likeness is Likeness.SIGNED:
            signs = np.where(self.values < 0, -1.0, np.where(self.values > 0, 1.0, signs))
        return np.asarray(signs * self.scale(LARGEST) * self.rng.uniform(0.2, 1.6, self.shape))

    def scale(self, largest: float) -> float:
        """The typical magnitude, within bounds."""
        size = float(np.sqrt(np.mean(np.square(self.values)))) if self.values.size else 0.0
        return min(max(size, SMALLEST), largest)

    def whole(self) -> bool:
        """True for integers."""
        return bool(np.all(self.values == np.round(self.values)))

    def sums_to_one(self) -> bool:
        """True for rows of shares."""
        rows = np.sum(self.values, axis=-1)
        rounding = 1e-9 if self.values.dtype == FLOAT64 else 1e-6
        return bool(np.all(self.values >= 0) and np.all(np.abs(rows - 1) < rounding))

    def shares(self) -> Array:
        """Rows that sum to 1; with a single 1 in each where they are so in the scenario."""
        if self.whole():
            picked = self.rng.integers(0, self.shape[-1], self.shape[:-1])
            return np.asarray(np.eye(self.shape[-1])[picked])
        made = np.exp(self.rng.standard_normal(self.shape))
        return np.asarray(made / made.sum(axis=-1, keepdims=True))

    def integers(self, *, target: bool) -> Array:
        """Integers of about the same size: labels, masks and signs from among those there are."""
        distinct = np.unique(self.values)
        few = set(distinct.tolist()) <= {-1.0, 0.0, 1.0}
        if target and few and distinct.size == 1:
            distinct = np.array([0.0, 1.0])
        if target or (few and distinct.size > 1):
            return np.asarray(self.rng.choice(distinct, self.shape), dtype=np.float64)
        most = max(3, min(9, int(np.abs(distinct).max())))
        signs = self.rng.choice([-1.0, 1.0], self.shape)
        if distinct.min() > 0 or (distinct.min() == 0 and self.likeness is Likeness.SIGNED):
            signs = np.ones(self.shape)
        return np.asarray(signs * self.rng.integers(1, most + 1, self.shape))

    def rows(self) -> Array:
        """Rows of the scenario's own, drawn anew where the shape is another."""
        if self.shape == self.values.shape:
            return self.values
        picked = self.rng.integers(0, self.values.shape[0], self.shape[0])
        return np.asarray(self.values[picked])

    def near(self) -> Array:
        """The scenario's own numbers, moved a little."""
        return np.asarray(self.rows() * (1 + 0.2 * self.rng.standard_normal(self.shape)))

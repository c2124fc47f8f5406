"""Fresh random data for a scenario: other numbers and batches, on which no coincidence passes."""

from __future__ import annotations

import numpy as np

from bpdebug.errors import BpdebugError
from bpdebug.graph import Graph, Kind, Node, RecordedPass
from bpdebug.graph.indices import sources
from bpdebug.mistakes.fresh.drawing import Drawing, Likeness
from bpdebug.ops import Array
from bpdebug.records import replace
from bpdebug.run import Problem, Run
from bpdebug.run.birth import birth_of

DRAWS = 3
"""So many times new data is drawn."""
SEED = 20_210


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
    return runnable(made, graph, masked=likeness is Likeness.NEAR)


def runnable(problem: Problem, like: Graph, *, masked: bool = False) -> Run | None:
    """The run of a problem; None where it cannot be run, is not finite, or has another graph.

    `like` is the graph that it is to have, at whatever sizes. With `masked`, an infinity that does
    no harm may stand among the values.
    """
    try:
        with np.errstate(all="ignore"):
            made = Run(problem, problem.iterations)
            recorded = made.iteration(1).recorded
    except (BpdebugError, ValueError, IndexError):
        return None
    return made if sound(made, recorded, like, masked=masked) else None


def sound(run: Run, recorded: RecordedPass, like: Graph, *, masked: bool = False) -> bool:
    """Whether a recorded pass has finite numbers that every op takes, on a graph like another."""
    graph = recorded.graph
    if not alike(graph, like):
        return False
    gradients = [one for one in recorded.gradients if one is not None]
    whole = [np.asarray(one) for one in (*recorded.values, *gradients)]
    finite = all(np.isfinite(one).all() for one in whole)
    if not finite and (not masked or birth_of(run.iteration(1)) is not None):
        return False  # a mask of −∞ does no harm
    return not any(problem_at(graph, node, recorded.values) for node in graph.forward_order)


def alike(one: Graph, other: Graph) -> bool:
    """Whether two graphs compute the same by the same ops, at whatever sizes."""
    return one.loss == other.loss and [recipe(node) for node in one.nodes] == [
        recipe(node) for node in other.nodes
    ]


def recipe(node: Node) -> tuple[object, ...]:
    """What a node is computed by, without sizes."""
    return node.name, node.kind, node.op and node.op.name, node.operands


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

"""A verdict on somebody's gradients: one planted mistake, and an array that nothing explains."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from bpdebug.mistakes import Verdict, judge, read
from bpdebug.ops import Array
from bpdebug.run import Problem, Run
from tests.bench.table import Row, seconds
from tests.graphs import drawn, network

SIZES = (
    ("784-128-10, batch 32", (784, 128, 10), 32, 2.0),
    ("784-1024-1024-10, batch 64", (784, 1024, 1024, 10), 64, 20.0),
)


def problem(sizes: tuple[int, ...], batch: int) -> Problem:
    """A dense network of sigmoids with random data and weights, and no optimizer."""
    graph = network(sizes, batch)
    values = {graph.nodes[i].name: value for i, value in drawn(graph).items()}
    data = {name: values.pop(name) for name in ("x", "y")}
    return Problem(title="", build=lambda rows: graph, data=data, parameters=values, iterations=1)


def planted(run: Run) -> dict[str, Array]:
    """The gradients of all parameters, with the first activation's slope left out."""
    recorded = run.iteration(1).recorded
    graph = recorded.graph

    def gradient(name: str) -> Array:
        found = recorded.gradients[graph.names[name]]
        assert found is not None
        return found

    names = [node.name for node in graph.nodes if node.name[:1] in "Wb" and node.op is None]
    found = {name: gradient(name) for name in names}
    wrong = gradient("h1")
    x = recorded.values[graph.names["x"]]
    return found | {"W1": wrong.T @ x, "b1": wrong.sum(axis=0)}


def strange(run: Run) -> dict[str, Array]:
    """The right gradients, but for one that is noise."""
    right = planted(run)
    recorded = run.iteration(1).recorded
    for name in ("W1", "b1"):
        found = recorded.gradients[recorded.graph.names[name]]
        assert found is not None
        right[name] = found
    return right | {"W2": np.random.default_rng(0).normal(size=right["W2"].shape)}


def timed(run: Run, arrays: dict[str, Array], folder: str) -> tuple[float, Verdict]:
    """Seconds from a file to its verdict, and the verdict."""
    path = Path(folder) / "numbers.npz"
    np.savez(path, allow_pickle=False, **arrays)
    start = perf_counter()
    verdict = judge(run, *read(path))
    return perf_counter() - start, verdict


def verdicts() -> Iterator[Row]:
    """Both verdicts at two sizes, against the goals of their design."""
    with TemporaryDirectory() as folder:
        for name, sizes, batch, goal in SIZES:
            run = Run(problem(sizes, batch))
            for what, arrays in (("one mistake", planted(run)), ("no name", strange(run))):
                spent, verdict = timed(run, arrays, folder)
                told = f"a verdict on {name}, {what} ({verdict.verdict})"
                yield Row(told, seconds(spent), "", "", spent, goal, "s")

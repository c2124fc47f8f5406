"""Markdown exports whose formulas are tested: every bundled scenario, op and update rule."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np

from bpdebug.export import export
from bpdebug.graph import Graph, Kind
from bpdebug.optimizer import OPTIMIZERS
from bpdebug.run import Problem, Run, Selection
from bpdebug.scenario import bundled, load
from tests.graphs import drawn, random_graph, two_layer_problem
from tests.op_cases import CASES, weighted
from tests.optimizer import cases as optimizers

FORMULA = re.compile(r"^\$\$\n(.*)\n\$\$$", re.MULTILINE)
SMALL = 500
"""A scenario with no more ticks than this is exported multiplication by multiplication."""


def formulas(document: str) -> list[str]:
    """The LaTeX of every formula of a document."""
    return FORMULA.findall(document)


@lru_cache(maxsize=1)
def scenarios() -> dict[str, str]:
    """Every bundled scenario's first iterations as Markdown, by the scenario's name."""
    return {name: scenario(path) for name, path, _ in bundled()}


def scenario(path: Path) -> str:
    run = Run(load(path))
    detail = "term" if run.iteration(1).timeline.total <= SMALL else "edge"
    return written(run, detail)


@lru_cache(maxsize=1)
def declared() -> str:
    """A document with every op at every shape and option, joins of many, and every update rule."""
    problems = [*ops(), *rules()]
    return "".join(written(Run(problem)) for problem in problems)


def ops() -> Iterator[Problem]:
    for case in CASES:
        operands = {f"p{k}": np.asarray(value) for k, value in enumerate(case.operands())}
        yield alone(weighted(case)[0], operands)
    for seed in range(12):
        rng = np.random.default_rng(seed)
        graph, _ = random_graph([tuple(map(int, rng.integers(0, 30, 3))) for _ in range(12)])
        leaves = drawn(graph)
        yield alone(graph, {graph.nodes[at].name: value for at, value in leaves.items()})


def alone(graph: Graph, values: dict[str, np.ndarray]) -> Problem:
    """A graph with its values as a run of one iteration."""
    given = {n.name for n in graph.nodes if n.kind is Kind.INPUT}
    return Problem(
        "op",
        lambda rows: graph,
        {name: value for name, value in values.items() if name in given},
        {name: value for name, value in values.items() if name not in given},
    )


def rules() -> Iterator[Problem]:
    for case in optimizers.CASES:
        rule = OPTIMIZERS[case.name].rule(case.settings, case.schedule, case.planned)
        yield two_layer_problem(2, rule=rule, settings=rule.settings)


def written(run: Run, detail: str = "edge") -> str:
    """The first two iterations as Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "trace.md"
        some = Selection.up_to(min(run.iterations, 2))
        export(run, target, detail=detail, iterations=some)
        return target.read_text("utf-8")

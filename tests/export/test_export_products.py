"""The quick blocks of terms are the terms that the trace knows one by one."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.export.products import (
    FactorColumn,
    Speller,
    TermBlock,
    json_chunks,
    spell_json,
    spell_text,
    term_blocks,
    term_chunks,
)
from bpdebug.graph import Engine, Graph, RecordedPass
from bpdebug.ticks import Timeline, term_at
from bpdebug.wording import Script, term_formula, term_pattern
from tests.graphs import network, random_graph
from tests.op_cases import CASES, weighted

pytestmark = pytest.mark.thorough


def check(run: RecordedPass, size: int) -> None:
    """Every term of every edge: the cell's index and the three numbers."""
    timeline = Timeline(run.graph)
    for edge in run.graph.edges:
        index_map = run.index_map(edge)
        rank = len(index_map.cell_shape)
        rows: list[tuple[tuple[int, ...], float, float, float]] = []
        for block in term_blocks(run, edge, size):
            cells = list(zip(*(block.column(axis).tolist() for axis in range(rank)), strict=True))
            numbers = zip(
                block.upstream.values.tolist(),
                block.local.values.tolist(),
                block.product.tolist(),
                strict=True,
            )
            rows += [(cells[i] if rank else (), *n) for i, n in enumerate(numbers)]
        assert len(rows) == index_map.terms
        for at, row in enumerate(rows):
            term = term_at(run, timeline, edge, at)
            assert row == (term.indices.cell, term.upstream, term.local, term.product)


@pytest.mark.parametrize("one", CASES, ids=str)
def test_blocks_are_the_terms(one):
    graph, _ = weighted(one)
    check(Engine(graph).run(dict(enumerate(one.operands()))), size=7)


def test_blocks_of_random_graphs():
    for seed in range(10):
        rng = np.random.default_rng(seed)
        graph, leaves = random_graph(
            [tuple(map(int, rng.integers(0, 30, 3))) for _ in range(10)], seed
        )
        check(Engine(graph).run(leaves), size=5)


def batch_pass() -> tuple[Graph, RecordedPass]:
    graph = network((3, 4, 2), batch=5)
    rng = np.random.default_rng(2)
    leaves = {n.index: rng.normal(size=n.shape) for n in graph.nodes if n.op is None}
    return graph, Engine(graph).run(leaves)


@pytest.mark.parametrize("unicode", [True, False])
def test_lines_say_what_the_debugger_says(unicode):
    graph, run = batch_pass()
    timeline = Timeline(graph)
    for edge in graph.edges:
        pattern = term_pattern(graph, edge, Script(unicode=unicode))
        text = "".join(term_chunks(run, edge, pattern, Script(5, unicode=unicode)))
        lines = text.splitlines()
        assert len(lines) == graph.index_map(edge).terms
        for at, line in enumerate(lines):
            term = term_at(run, timeline, edge, at)
            symbols, numbers = term_formula(graph, term, Script(5, unicode=unicode))
            # A column of numbers has no brackets round a negative factor.
            numbers = numbers.replace("× (", "× ").replace("* (", "* ").replace(") =", " =")
            assert line == f"{symbols} {numbers}"


def test_numbers_are_spelled_as_everywhere():
    values = np.array([0.1, -2.5e-7, 1e10, -1e-300, 3.0, 123456789.0, 0.0])
    for unicode in (True, False):
        script = Script(4, unicode)
        assert spell_text(script)(values) == [script.number(v) for v in values]
        odd = np.array([np.nan, np.inf, -np.inf, -0.5])
        assert spell_text(script)(odd) == [script.number(v) for v in odd]


def test_json_numbers_are_exact():
    values = np.array([0.1, -1 / 3, 1e-300, 3.0])
    assert [float(text) for text in spell_json(values)] == values.tolist()
    odd = np.array([np.nan, np.inf, -np.inf, 0.5])
    assert spell_json(odd) == ['"NaN"', '"Infinity"', '"-Infinity"', "0.5"]
    assert spell_json(np.empty(0)) == []


def test_a_nan_in_one_factor_spoils_no_other_line():
    graph, run = batch_pass()
    index = graph.names["h1"]
    spoiled = np.array(run.values[index])
    spoiled[0, 0] = np.nan
    run.values[index] = spoiled
    edge = next(e for e in graph.edges if graph.nodes[e.operand].name == "W2")
    rows = [line for chunk in json_chunks(run, edge, "") for line in chunk.split(",\n") if line]
    assert sum('"local": "NaN"' in row for row in rows) == 2
    assert sum('"product": "NaN"' in row for row in rows) == 2
    assert len(rows) == graph.index_map(edge).terms


def test_a_block_is_as_large_as_it_is_asked_to_be():
    graph, run = batch_pass()
    edge = max(graph.edges, key=lambda e: graph.index_map(e).terms)
    sizes = [len(block.product) for block in term_blocks(run, edge, 16)]
    assert all(size <= 16 for size in sizes)
    assert sum(sizes) == graph.index_map(edge).terms
    assert all(isinstance(block, TermBlock) for block in term_blocks(run, edge, 16))


def test_an_array_is_spelled_whole_only_where_that_saves_work():
    spelled: list[int] = []

    def spell(values):
        spelled.append(len(values))
        return [str(v) for v in values.tolist()]

    array, at = np.arange(100.0), np.array([3, 5, 3])
    assert Speller(spell, terms=3).factors(FactorColumn(array, at)) == ["3.0", "5.0", "3.0"]
    assert spelled == [3]
    often = Speller(spell, terms=1000)
    for _ in range(2):
        assert often.factors(FactorColumn(array, at)) == ["3.0", "5.0", "3.0"]
    assert spelled == [3, 100]

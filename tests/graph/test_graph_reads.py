"""Which cells of its operands a cell of a result reads: those, and only those, can change it."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.graph import Engine, Graph, GraphBuilder, Kind, RecordedPass
from bpdebug.graph.reads import cells_read
from bpdebug.ops import INDEX_ARRAY, REGISTRY, Array
from tests.op_cases import CASES, Case

pytestmark = pytest.mark.thorough


def alone(case: Case) -> Graph:
    """A graph in which the op stands behind its leaves, at their number."""
    builder = GraphBuilder()
    leaves = tuple(
        builder.leaf(f"p{at}", Kind.INPUT, shape) for at, shape in enumerate(case.shapes)
    )
    y = builder.apply(case.declaration, leaves, case.options, name="y")
    return builder.finish(builder.apply(REGISTRY["sum"], (y,), name="L"))


def recorded(graph: Graph, operands: list[Array] | None = None) -> RecordedPass:
    """A pass over such a graph; without operands, over zeros."""
    leaves = [np.zeros(node.shape) for node in graph.nodes if node.op is None]
    return Engine(graph).run(dict(enumerate(operands or leaves)))


def changed(case: Case, at: int, cell: tuple[int, ...]) -> set[tuple[int, ...]]:
    """The result's cells that are another number once this cell of an operand is."""
    options = {**case.declaration.options, **case.options}
    operands = case.operands()
    before = np.asarray(case.declaration.forward(*operands, **options))
    operands[at] = np.array(operands[at])
    operands[at][cell] += 0.01
    after = np.asarray(case.declaration.forward(*operands, **options))
    return {tuple(map(int, where)) for where in np.argwhere(before != after)}


@pytest.mark.parametrize("case", [c for c in CASES if not c.labels], ids=str)
def test_a_cell_changes_only_those_that_read_it(case: Case):
    graph = alone(case)
    run = recorded(graph, case.operands())
    node = len(case.shapes)
    for at, shape in enumerate(case.shapes):
        reach = {cell: changed(case, at, cell) for cell in np.ndindex(*shape)}
        for result in np.ndindex(*graph.nodes[node].shape):
            read = cells_read(run, node, at, result)
            for cell, reached in reach.items():
                reads = read is not None and all(
                    one is None or one == i for one, i in zip(read, cell, strict=True)
                )
                assert reads or result not in reached, (at, cell, result)


@pytest.mark.parametrize(
    ("shapes", "cell", "read"),
    [
        (((2, 3), (3,)), (1, 2), [(1, 2), (2,)]),
        (((1, 3), (2, 1)), (1, 2), [(0, 2), (1, 0)]),
        (((4, 2, 3), (2, 1)), (3, 1, 2), [(3, 1, 2), (1, 0)]),
        (((), (3,)), (2,), [(), (2,)]),
    ],
)
def test_a_stretched_operand_is_read_in_one_cell(shapes, cell, read):
    run = recorded(alone(Case("multiply", shapes)))
    assert [cells_read(run, 2, at, cell) for at in (0, 1)] == read


def test_what_a_cell_of_a_product_or_a_move_reads():
    product = recorded(alone(Case("matmul", ((2, 3), (3, 4)))))
    assert cells_read(product, 2, 0, (1, 2)) == (1, None)
    assert cells_read(product, 2, 1, (1, 2)) == (None, 2)
    joined = recorded(alone(Case("concat", ((2, 3), (4, 3)), {"axis": 0})))
    assert cells_read(joined, 2, 0, (1, 2)) == (1, 2)
    assert cells_read(joined, 2, 0, (2, 2)) is None
    assert cells_read(joined, 2, 1, (2, 2)) == (0, 2)
    assert cells_read(joined, 2, 1, (1, 2)) is None


def test_what_a_picked_cell_reads():
    """`p[:, i, 0]`, with `i` of two axes: a cell of p and the cell of i that says which."""
    key = (slice(None), INDEX_ARRAY, 0)
    graph = alone(Case("pick", ((2, 4, 3), (5, 1)), {"key": key}))
    p, i = np.zeros((2, 4, 3)), np.array([[3.0], [0.0], [-1.0], [1.0], [1.0]])
    run = recorded(graph, [p, i])
    assert graph.nodes[2].shape == (2, 5, 1)
    assert cells_read(run, 2, 0, (1, 2, 0)) == (1, 3, 0)
    assert cells_read(run, 2, 1, (1, 2, 0)) == (2, 0)

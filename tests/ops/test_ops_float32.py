"""Every op of the registry in float32: no number of a pass is wider, however the op writes it."""

import numpy as np
import pytest

from bpdebug.graph import Engine, GraphBuilder, Kind, derived_vjp
from bpdebug.ops import FLOAT32, REGISTRY, Array, Partial
from bpdebug.ops.maps.index_map import summed
from bpdebug.records import replace
from tests.op_cases import CASES, Case, weighted

pytestmark = pytest.mark.thorough

NEAR = 1e-4
"""Of the largest number: float32 has seven digits, and a sum of rounded terms loses a few."""


def near(found: Array, wanted: Array) -> None:
    scale = float(np.max(np.abs(wanted), initial=1e-30))
    np.testing.assert_allclose(found, wanted, rtol=NEAR, atol=NEAR * scale)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_number_of_a_pass_is_float32(case: Case):
    graph, _ = weighted(case)
    operands = [operand.astype(np.float32) for operand in case.operands()]
    run = Engine(graph, FLOAT32).run(dict(enumerate(operands)))
    wide = Engine(graph).run({at: one.astype(np.float64) for at, one in enumerate(operands)})
    assert run.dtype == np.float32
    for found, wanted in zip(run.values, wide.values, strict=True):
        assert np.asarray(found).dtype == np.float32
        near(found, wanted)
    for edge in graph.edges:
        found = run.contributions[edge.index]
        assert found.dtype == np.float32
        assert np.asarray(run.gradients[edge.operand]).dtype == np.float32
        assert run.local(edge).dtype == np.float32
        upstream, y = run.gradients[edge.output], np.asarray(run.values[edge.output])
        derived = derived_vjp(graph, edge, np.asarray(upstream), y, run.operands(edge.output))
        assert derived.dtype == np.float32
        near(found, derived)
        near(found, wide.contributions[edge.index])
        index_map = run.index_map(edge)
        if index_map.terms:
            cell = index_map.locate(0).cell
            assert run.local_row(edge, cell).dtype == np.float32


def test_the_forward_pass_of_every_op_computes_in_float32_by_itself():
    # A result that is narrowed at its end hides a sum in float64.
    for case in CASES:
        filled = {**case.declaration.options, **case.options}
        operands = [operand.astype(np.float32) for operand in case.operands()]
        value = np.asarray(case.declaration.forward(*operands, **filled))
        # Zeros and ones may come as they like: they are the same numbers in float32. A function of
        # one cell may be computed wider, and is rounded once; a sum may not.
        same = np.array_equal(value, value.astype(np.float32), equal_nan=True)
        layout = case.declaration.layout(case.shapes, filled)
        cellwise = layout.signature is not None and layout.signature.cellwise
        assert value.dtype == np.float32 or same or cellwise, str(case)


def test_an_op_that_returns_float64_is_narrowed_before_its_number_is_used():
    third = np.float64(1.0) / 3.0
    square = REGISTRY["square"]
    wide = replace(
        square,
        name="wide",
        forward=lambda a: third * a,
        partials=(Partial(lambda y, a: third, "⅓", r"\tfrac13", "{y} is a third of {a}"),),
    )
    builder = GraphBuilder()
    a = builder.leaf("a", Kind.PARAMETER, (2,), gradient=True)
    y = builder.apply(wide, (a,), name="y")
    loss = builder.apply(REGISTRY["dot"], (y, builder.constant(np.array([0.1, 7.0]))), name="L")
    graph = builder.finish(loss)
    run = Engine(graph, FLOAT32).run({a: np.array([1.0, 0.3], np.float32)})
    c = np.array([0.1, 7.0], np.float32)
    assert np.array_equal(run.gradients[a], c * np.float32(third))
    assert np.asarray(run.gradients[a]).dtype == np.float32


def test_the_sums_of_a_scattered_gradient_are_those_of_float32():
    # In float64 the three would come to 3e38; in float32 the first two are past its range.
    values = np.array([3e38, 3e38, -3e38], np.float32)
    with np.errstate(all="ignore"):
        found = summed(np.zeros(3, dtype=np.int64), values, 1)
    assert found.dtype == np.float32
    assert np.isinf(found).all()

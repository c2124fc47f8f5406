"""Every op of the registry against central differences, and its fast products against the derived.

Operands share no size unless the op demands it, so that a transposed factor cannot hide.
"""

import numpy as np
import pytest

from bpdebug.graph import Engine, derived_vjp
from bpdebug.ops import REGISTRY
from tests.op_cases import CASES, Case, central, weighted


def test_every_op_has_a_case_for_every_operand_with_a_derivative():
    assert {case.op for case in CASES} == set(REGISTRY)
    for name, op in REGISTRY.items():
        reached = {at for case in CASES if case.op == name for at in case.differentiable}
        for at, partial in enumerate(op.partials):
            assert (at in reached) == (partial is not None), f"{name}, operand {at}"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_gradient_agrees_with_central_differences(case: Case):
    graph, _ = weighted(case)
    engine = Engine(graph)
    operands = case.operands()
    run = engine.run(dict(enumerate(operands)))
    for at in case.differentiable:
        found = run.gradients[at]
        assert found is not None
        assert np.shape(found) == case.shapes[at]
        np.testing.assert_allclose(found, central(engine, operands, at), rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_product_that_runs_equals_the_one_the_letters_give(case: Case):
    graph, _ = weighted(case)
    run = Engine(graph).run(dict(enumerate(case.operands())))
    for edge in graph.edges:
        upstream = run.gradients[edge.output]
        assert upstream is not None
        y = np.asarray(run.values[edge.output])
        derived = derived_vjp(graph, edge, np.asarray(upstream), y, run.operands(edge.output))
        assert derived.shape == graph.nodes[edge.operand].shape
        np.testing.assert_allclose(run.contributions[edge.index], derived, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_shape_that_is_announced_is_the_shape_that_is_computed(case: Case):
    filled = {**case.declaration.options, **case.options}
    value = case.declaration.forward(*case.operands(), **filled)
    assert np.shape(value) == case.declaration.layout(case.shapes, filled).shape
    assert np.asarray(value).dtype == np.float64


@pytest.mark.parametrize("case", CASES, ids=str)
def test_operands_and_upstream_are_left_as_they_were(case: Case):
    graph, _ = weighted(case)
    operands = case.operands()
    kept = [value.copy() for value in operands]
    engine = Engine(graph)
    first = engine.run(dict(enumerate(operands)))
    again = engine.run(dict(enumerate(operands)))
    for value, before in zip(operands, kept, strict=True):
        np.testing.assert_array_equal(value, before)
    for one, two in zip(first.contributions, again.contributions, strict=True):
        np.testing.assert_array_equal(one, two)

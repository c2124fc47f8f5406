"""Every composite against central differences, and the graph and the value that its lines make."""

import numpy as np
import pytest

from bpdebug.expression import Allow
from bpdebug.expression.functions import callable_names
from bpdebug.graph import Engine, Kind
from bpdebug.ops import COMPOSITES, REGISTRY
from tests.composite_cases import CASES

STEP = 1e-6


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_gradient_is_that_of_central_differences(case):
    graph = case.graph(np.float64(1.0))
    shape = graph.node("y").shape
    graph = case.graph(np.random.default_rng(1).uniform(0.5, 1.5, shape))
    engine = Engine(graph)
    leaves = {graph.names[name]: array for name, array in case.operands().items()}
    recorded = engine.run(leaves)
    assert np.all(np.isfinite(recorded.values[graph.names["y"]]))
    wanted = [i for i in leaves if graph.nodes[i].kind is Kind.PARAMETER]
    for operand in wanted:
        found = np.asarray(recorded.gradients[operand])
        for cell in np.ndindex(found.shape):
            ends = []
            for by in (STEP, -STEP):
                moved = leaves[operand].copy()
                moved[cell] += by
                ends.append(engine.forward({**leaves, operand: moved})[graph.loss])
            slope = (ends[0] - ends[1]) / (2 * STEP)
            assert found[cell] == pytest.approx(slope, rel=2e-5, abs=2e-7), graph.nodes[operand]


def test_every_composite_has_a_case():
    assert {case.composite for case in CASES} == set(COMPOSITES)


@pytest.mark.parametrize("composite", COMPOSITES.values(), ids=list(COMPOSITES))
def test_a_line_has_a_name_that_no_function_has(composite):
    given = {**composite.options, **({"causal": True} if "causal" in composite.options else {})}
    lines = composite.expanded(composite.shown, given)
    names = [name for name, _ in lines]
    assert not {*names, *composite.operands} & {*callable_names(Allow.GRAPH)}
    assert len(names) == len(set(names))
    assert names[-1] == "y"


@pytest.mark.parametrize("composite", COMPOSITES.values(), ids=list(COMPOSITES))
def test_its_formulas_name_operands_alone(composite):
    names = {name: f"<{name}>" for name in composite.operands}
    for latex in (False, True):
        assert "‹" not in composite.template(
            len(composite.operands), composite.options, latex=latex
        ).format(**names)
    assert composite.name not in REGISTRY


def test_a_formula_leaves_out_what_is_not_given():
    attention = COMPOSITES["scaled_dot_product_attention"]
    plain = attention.options
    assert attention.template(4, plain) == "softmax({q}·{k}ᵀ/√d + {mask})·{v}"
    assert attention.template(3, plain) == "softmax({q}·{k}ᵀ/√d)·{v}"
    assert attention.template(3, {"causal": True}) == "softmax({q}·{k}ᵀ/√d + future)·{v}"


def test_a_formula_follows_from_the_options():
    l1, var = COMPOSITES["l1"], COMPOSITES["var"]
    assert l1.template(2, {"reduction": "sum"}) == "sum(|{p} − {t}|)"
    assert l1.template(2, {"reduction": "none"}) == "|{p} − {t}|"
    assert var.template(1, {"correction": 1}) == "sum(({a} − mean({a}))²)/(n − 1)"
    assert COMPOSITES["rnn_cell"].template(6, {"nonlinearity": "relu"}).startswith("relu(")


def test_attention_makes_no_array_of_scores_that_it_does_not_need():
    """Queries are scaled and not scores; the mask of an option is a constant, shared by calls."""
    case = next(c for c in CASES if c.composite == "scaled_dot_product_attention")
    graph = case.graph(np.float64(1.0))
    inside = graph.groups["y"].nodes
    assert [graph.nodes[i].shape for i in inside].count((3, 4)) == 2
    assert [graph.nodes[i].op.name for i in inside] == [
        *("multiply", "transpose", "matmul", "softmax", "matmul")
    ]


def test_layer_norm_has_as_many_ops_as_its_formula():
    case = next(c for c in CASES if c.composite == "layer_norm")
    graph = case.graph(np.float64(1.0))
    assert [graph.nodes[i].op.name for i in graph.groups["y"].nodes] == [
        *("mean", "subtract", "square", "mean", "add", "rsqrt", "multiply", "multiply", "add")
    ]

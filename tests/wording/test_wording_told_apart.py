"""No two things are written alike, and nothing is said to be itself."""

from __future__ import annotations

import pytest

from bpdebug.expression.build import build
from bpdebug.graph import Graph, GraphBuilder, Kind
from bpdebug.ops import REGISTRY
from bpdebug.wording import (
    Script,
    edge_formula,
    gradient_name,
    letter_formula,
    node_name,
    typed_name,
)
from tests.graphs import random_graph
from tests.op_cases import CASES, weighted
from tests.wording.formulas import built, listing

pytestmark = pytest.mark.thorough


def joined_cells() -> Graph:
    """Indices and joints between anonymous results, in which one array arrives many times."""
    builder = GraphBuilder()
    w = builder.leaf("W", Kind.PARAMETER, (2, 3), gradient=True)
    keys = ((0,), (1,), (0, slice(1, 3)), (slice(None),), (slice(None), 1))
    rows = [builder.apply(REGISTRY["index"], (w,), {"key": key}) for key in keys]
    joint = builder.apply(REGISTRY["concat"], (rows[0], rows[1], rows[2], rows[4]))
    cell = builder.apply(REGISTRY["index"], (joint,), {"key": (2,)})
    flat = builder.apply(REGISTRY["reshape"], (rows[3],), {"shape": (6,)})
    parts = [builder.apply(REGISTRY["sum"], (part,)) for part in (joint, flat)]
    total = builder.apply(REGISTRY["add"], parts)
    return builder.finish(builder.apply(REGISTRY["multiply"], (total, cell), name="L"))


def many_sums() -> Graph:
    """Anonymous results so long that their texts are cut to one."""
    builder = GraphBuilder()
    at = x = builder.leaf("x", Kind.PARAMETER, (), gradient=True)
    for _ in range(12):
        at = builder.apply(REGISTRY["add"], (at, x))
    return builder.finish(builder.apply(REGISTRY["tanh"], (at,), name="L"))


@pytest.mark.parametrize(
    "graph",
    [joined_cells(), many_sums(), *(weighted(one)[0] for one in CASES)]
    + [random_graph([(seed + at, 7 * at, at * at) for at in range(12)])[0] for seed in range(10)],
)
def test_no_formula_says_that_something_is_itself(graph):
    for edge in graph.edges:
        for unicode in (True, False):
            script = Script(unicode=unicode)
            formula = edge_formula(graph, edge, script)
            assert formula.left != formula.right
            left, _, right = letter_formula(graph, edge, script).partition(" += ")
            assert left != right
        left, _, right = formula.latex.partition(r" \mathrel{+}= " if formula.adds else " = ")
        assert left
        assert right
        assert left != right


def test_cells_of_a_joint_are_told_from_gradients_of_cells():
    lines = listing(joined_cells())
    assert "(∂L/∂W)[:,1] = ∂L/∂(W[:,1])" in lines
    assert "(∂L/∂W)[0,1:3] += ∂L/∂(W[0,1:3])" in lines
    assert "∂L/∂W += ∂L/∂(W[:,:])" in lines
    assert "∂L/∂(W[1,:]) = ∂L/∂(concat(W[0,:], W[1,:]…)[3:6]" in lines


def test_a_sum_that_is_a_factor_stands_in_brackets():
    graph = built(("_s", "add", ("a", "b")), ("z", "multiply", ("_s", "c")))
    edge = next(e for e in graph.edges if graph.nodes[e.operand].name == "c")
    assert edge_formula(graph, edge, Script()).text == "∂z/∂c = ∂z/∂z · (a + b)"
    assert letter_formula(graph, edge, Script()) == "∂z/∂c += ∂z/∂z · (a + b)"


def built_from(text: str) -> Graph:
    """The graph of an expression over h1, s, t (vectors) and p (a matrix)."""
    builder = GraphBuilder()
    for name, shape in (("h1", (2,)), ("s", (2,)), ("t", (2,)), ("p", (4, 2))):
        builder.leaf(name, Kind.PARAMETER, shape, gradient=True)
    build(text, builder, "L")
    return builder.finish(builder.names["L"])


def test_an_expression_written_twice_is_told_apart_everywhere():
    graph = built_from("sum(h1 * h1) + mean(h1 * h1)")
    lines = listing(graph)
    assert "∂L/∂(h₁ ⊙ h₁) = ∂L/∂sum(h₁ ⊙ h₁)" in lines
    assert "∂L/∂(h₁ ⊙ h₁)#2 = ∂L/∂mean(h₁ ⊙ h₁) · 1/2" in lines
    first, second = (n.index for n in graph.nodes if n.source == "h1 * h1")
    assert node_name(graph, first, Script()) == "h₁ ⊙ h₁"
    assert node_name(graph, second, Script()) == "(h₁ ⊙ h₁)#2"
    assert node_name(graph, second, Script(unicode=False)) == "(h1 * h1)#2"
    assert node_name(graph, second, Script(), limit=8) == "(h₁ …)#2"
    assert gradient_name(graph, second, Script()) == "∂L/∂(h₁ ⊙ h₁)#2"
    assert [typed_name(graph, at) for at in (0, first, second)] == ["h1", "h1 * h1", "h1 * h1 #2"]
    edge = graph.out_of[second][0]
    assert letter_formula(graph, edge, Script()) == "∂L/∂h₁[i] += ∂L/∂(h₁ ⊙ h₁)#2[i] · h₁[i]"
    assert r"\left(h_{1} \odot h_{1}\right) \sharp 2" in edge_formula(graph, edge, Script()).latex


def test_each_result_has_a_name_of_its_own_also_when_it_is_cut():
    graphs = [joined_cells(), many_sums(), built_from("sum((s + t) * (s + t) - (s+t) / (s + t))")]
    graphs += [
        random_graph([(seed + at, 7 * at, at * at) for at in range(12)])[0] for seed in range(10)
    ]
    for graph in graphs:
        made = [n.index for n in graph.nodes if n.op is not None]
        for unicode in (True, False):
            for full in (True, False):
                script = Script(unicode=unicode, full=full)
                names = [gradient_name(graph, n, script) for n in made]
                assert len(set(names)) == len(names)
                assert not [name for name in names if "node" in name]
            assert len({node_name(graph, n, Script(unicode=unicode)) for n in made}) == len(made)
        assert len({typed_name(graph, n) for n in made}) == len(made)


def test_a_document_has_whole_expressions():
    graph = built_from("sum(tanh(p - mean(p, axis=0, keepdims=True)))")
    mean = next(e for e in graph.edges if graph.nodes[e.output].source.startswith("mean"))
    shown, whole = (edge_formula(graph, mean, Script(full=full)).right for full in (False, True))
    assert shown == "∂L/∂(mean(p, axis=0, keepd…) · 1/4"
    assert whole == "∂L/∂mean(p, axis=0, keepdims=True) · 1/4"
    builder = GraphBuilder()
    at = x = builder.leaf("x", Kind.PARAMETER, (), gradient=True)
    for _ in range(3000):
        at = builder.apply(REGISTRY["add"], (at, x))
    long = builder.finish(builder.apply(REGISTRY["tanh"], (at,), name="L"))
    lines = [edge_formula(long, edge, Script().whole) for edge in long.edges]
    assert max(len(line.text) for line in lines) < 900
    assert max(len(line.latex) for line in lines) < 3000

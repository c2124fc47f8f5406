"""Formulas are those of a textbook, and their order and transposes are right."""

from __future__ import annotations

import pytest

from bpdebug.graph import GraphBuilder, Kind
from bpdebug.ops import REGISTRY
from bpdebug.wording import (
    Script,
    chain,
    edge_formula,
    gradient_name,
    local_label,
    node_name,
    value_formula,
    value_latex,
)
from tests.graphs import network, residual
from tests.wording.formulas import built, case, listing


def test_a_network_reads_as_in_the_sketch_of_the_screen():
    assert listing(network((2, 3, 2))) == [
        "∂L/∂ŷ = ∂L/∂L · (ŷ − y)",
        "δ₂ = ∂L/∂ŷ ⊙ σ′(z₂)",
        "∂L/∂W₂ = δ₂ · h₁ᵀ",
        "∂L/∂b₂ = δ₂",
        "∂L/∂h₁ = W₂ᵀ · δ₂",
        "δ₁ = ∂L/∂h₁ ⊙ σ′(z₁)",
        "∂L/∂W₁ = δ₁ · xᵀ",
        "∂L/∂b₁ = δ₁",
    ]


def test_a_batch_sums_over_its_rows():
    assert listing(network((2, 3, 2), batch=4))[:5] == [
        "∂L/∂ŷ = ∂L/∂L · 1/4·(ŷ − y)",
        "δ₂ = ∂L/∂ŷ ⊙ σ′(z₂)",
        "∂L/∂W₂ = δ₂ᵀ · h₁",
        "∂L/∂b₂ = Σₙ δ₂",
        "∂L/∂h₁ = δ₂ · W₂",
    ]


def turned_twice(op, shape):
    """A product `x @ op.T` of a matrix, or of a sum or product of matrices, in the place of op."""
    builder = GraphBuilder()
    x, a, b = (builder.leaf(n, Kind.INPUT, shape, gradient=True) for n in "xab")
    inner = builder.apply(REGISTRY[op], (a, b)) if op else a
    turned = builder.apply(REGISTRY["transpose"], (inner,))
    y = builder.apply(REGISTRY["matmul"], (x, turned), name="y")
    return builder.finish(builder.apply(REGISTRY["sum"], (y,), name="L"))


@pytest.mark.parametrize(
    ("op", "text", "ascii", "latex"),
    [
        ("", "a", "a", "a"),
        ("add", "(a + b)", "(a + b)", r"\left(a + b\right)"),
        ("matmul", "(a·b)", "(a @ b)", r"\left(a b\right)"),
    ],
)
def test_a_transpose_of_a_transpose_is_the_matrix(op, text, ascii, latex):
    graph = turned_twice(op, (3, 3))
    edge = next(e for e in graph.edges if graph.nodes[e.operand].name == "x")
    assert edge_formula(graph, edge, Script()).text == f"∂L/∂x = ∂L/∂y · {text}"
    assert edge_formula(graph, edge, Script(unicode=False)).text == f"dL/dx = dL/dy @ {ascii}"
    assert edge_formula(graph, edge, Script()).latex.endswith(rf" \cdot {latex}")


def test_ascii_has_no_other_letters():
    lines = listing(network((2, 3, 2), batch=4), unicode=False)
    assert "".join(lines).isascii()
    assert lines[1:4] == [
        "delta2 = dL/dy_hat * sigma'(z2)",
        "dL/dW2 = delta2.T @ h1",
        "dL/db2 = sum_n delta2",
    ]


def test_ascii_tells_a_matrix_product_from_one_cell_by_cell():
    graph = network((2, 3, 2))
    assert listing(graph, unicode=False)[1:5] == [
        "delta2 = dL/dy_hat * sigma'(z2)",
        "dL/dW2 = delta2 @ h1.T",
        "dL/db2 = delta2",
        "dL/dh1 = W2.T @ delta2",
    ]
    assert value_formula(graph, graph.names["z2"], Script(unicode=False)) == "W2 @ h1 + b2"
    batch = network((2, 3, 2), batch=4)
    assert value_formula(batch, batch.names["z2"], Script(unicode=False)) == "h1 @ W2.T + b2"
    scaled = case("multiply", (3,), ())
    assert listing(scaled, unicode=False)[-2:] == [
        "dL/dp0 = dL/dy * p1",
        "dL/dp1 = sum (dL/dy * p0)",
    ]
    assert value_formula(scaled, scaled.names["y"], Script(unicode=False)) == "p0*p1"


def test_values():
    graph = network((2, 3, 2))
    formulas = {n.name: value_formula(graph, n.index, Script()) for n in graph.nodes}
    assert formulas["z2"] == "W₂·h₁ + b₂"
    assert formulas["h1"] == "σ(z₁)"
    assert formulas["L"] == "½Σ(ŷ − y)²"
    assert formulas["W1"] == "W₁"
    batch = network((2, 3, 2), batch=4)
    assert value_formula(batch, batch.names["z2"], Script()) == "h₁·W₂ᵀ + b₂"
    assert value_latex(batch, batch.names["z2"]) == r"h_{1} W_{2}^\top + b_{2}"


def test_latex():
    graph = network((2, 3, 2))
    tex = [edge_formula(graph, edge, Script()).latex for edge in graph.edges]
    assert tex[1] == r"\delta_{2} = \frac{\partial L}{\partial \hat{y}} \odot \sigma'(z_{2})"
    assert tex[2] == r"\frac{\partial L}{\partial W_{2}} = \delta_{2} \cdot h_{1}^\top"


def test_local_and_chain():
    graph = network((2, 3, 2))
    labels = [local_label(graph, edge, Script()) for edge in graph.edges]
    assert labels[:5] == ["(ŷ − y)", "σ′(z₂)", "h₁", "1", "W₂"]
    assert chain(graph, graph.edges[2], Script()) == ["∂L/∂ŷ", "∂ŷ/∂z₂", "∂z₂/∂W₂"]
    assert chain(graph, graph.edges[0], Script()) == ["∂L/∂ŷ"]
    short = chain(graph, graph.edges[-1], Script(), limit=4)
    assert short == ["∂L/∂ŷ", "∂ŷ/∂z₂", "…", "∂z₁/∂b₁"]


def test_gradient_names():
    graph = network((2, 3, 2))
    names = graph.names
    assert gradient_name(graph, names["z2"], Script()) == "δ₂"
    assert gradient_name(graph, names["W2"], Script()) == "∂L/∂W₂"
    assert gradient_name(graph, graph.loss, Script()) == "∂L/∂L"


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ([("_s", "add", ("a", "b")), ("z", "multiply", ("_s", "c"))], "(a + b)·c"),
        ([("_s", "multiply", ("a", "b")), ("z", "add", ("_s", "c"))], "a·b + c"),
        ([("_s", "subtract", ("a", "b")), ("z", "subtract", ("c", "_s"))], "c − (a − b)"),
        ([("_s", "subtract", ("a", "b")), ("z", "subtract", ("_s", "c"))], "a − b − c"),
        ([("_s", "divide", ("a", "b")), ("z", "divide", ("c", "_s"))], "c/(a/b)"),
        ([("_s", "add", ("a", "b")), ("z", "power", ("_s", "2"))], "(a + b)²"),
        ([("_s", "add", ("a", "b")), ("z", "square", ("_s",))], "(a + b)²"),
        ([("z", "square", ("a",))], "a²"),
        ([("_s", "negate", ("a",)), ("z", "power", ("_s", "3"))], "(−a)³"),
        ([("_s", "negate", ("a",)), ("z", "multiply", ("b", "_s"))], "b·(−a)"),
        ([("_s", "negate", ("a",)), ("z", "multiply", ("_s", "b"))], "−a·b"),
        ([("z", "add", ("a", "-2"))], "a + (−2)"),
        ([("z", "multiply", ("-2", "a"))], "−2·a"),
        ([("_s", "add", ("a", "b")), ("z", "sigmoid", ("_s",))], "σ(a + b)"),
        ([("_s", "sigmoid", ("a",)), ("z", "power", ("_s", "-1"))], "σ(a)⁻¹"),
        ([("_s", "square", ("a",)), ("z", "power", ("_s", "b"))], "(a²)^b"),
    ],
)
def test_brackets_stand_where_they_are_needed(steps, text):
    graph = built(*steps)
    assert value_formula(graph, graph.loss, Script()) == text


def test_latex_has_brackets_too():
    graph = built(("_s", "subtract", ("a", "b")), ("z", "power", ("_s", "3")))
    assert value_latex(graph, graph.loss) == r"{\left(a - b\right)}^{3}"
    edge = graph.edges[0]
    assert local_label(graph, edge, Script()) == "3·(a − b)²"
    assert edge_formula(graph, edge, Script()).latex.endswith(r"3 {\left(a - b\right)}^{2}")


def test_a_square_has_no_power_of_one():
    graph = built(("z", "power", ("a", "2")))
    assert edge_formula(graph, graph.edges[0], Script()).text == "∂z/∂a = ∂z/∂z · 2·a"


def test_an_intermediate_result_is_called_by_its_expression():
    graph = built(("_s", "subtract", ("a", "b")), ("z", "square", ("_s",)))
    assert node_name(graph, graph.nodes[graph.loss].operands[0], Script()) == "a − b"
    assert listing(graph)[1:] == ["∂z/∂a = ∂z/∂(a − b)", "∂z/∂b = −∂z/∂(a − b)"]


def test_a_label_is_a_name_a_number_or_a_formula_not_too_long():
    graph = built(
        ("_s", "subtract", ("a", "-0.5")), ("_q", "square", ("_s",)), ("z1", "exp", ("_q",))
    )
    names = [node_name(graph, node.index, Script()) for node in graph.nodes]
    assert names == ["a", "b", "c", "−0.5", "a − (−0.5)", "(a − (−0.5))²", "z₁"]
    assert node_name(graph, 5, Script(), limit=5) == "(a −…"
    assert [node_name(graph, at, Script(unicode=False)) for at in (3, 5, 6)] == [
        "-0.5",
        "(a - (-0.5))^2",
        "z1",
    ]


def test_a_later_contribution_adds():
    graph, _ = residual(2)
    lines = listing(graph)
    assert "∂L/∂w = Σ (δ₂ ⊙ h₀)" in lines
    assert "∂L/∂w += Σ (δ₁ ⊙ x)" in lines


def test_long_formulas_are_cut():
    builder = GraphBuilder()
    at = x = builder.leaf("x", Kind.PARAMETER, (), gradient=True)
    for _ in range(300):
        at = builder.apply(REGISTRY["add"], (at, x))
    graph = builder.finish(builder.apply(REGISTRY["tanh"], (at,), name="L"))
    assert len(value_formula(graph, graph.loss, Script())) <= 60
    assert "…" in value_formula(graph, graph.loss, Script())
    assert all(len(line) < 200 for line in listing(graph))
    assert all(len(line) < 200 for line in listing(graph, unicode=False))
    assert "".join(listing(graph, unicode=False)).isascii()

"""The formulas of every op: its edges, its options, and that they say what is computed."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.graph import Engine, GraphBuilder, Kind, derived_vjp
from bpdebug.ops import REGISTRY
from bpdebug.wording import (
    Script,
    chain,
    edge_formula,
    letter_formula,
    value_formula,
    value_latex,
)
from bpdebug.wording.formulas import product_of
from bpdebug.wording.names import MATRIX
from tests.graphs import network, random_graph
from tests.op_cases import CASES, weighted
from tests.wording.formulas import case, listing


@pytest.mark.parametrize(
    ("graph", "lines"),
    [
        (case("matmul", (2, 3), (3, 4)), ["= ∂L/∂y · p₁ᵀ", "= p₀ᵀ · ∂L/∂y"]),
        (case("matmul", (2, 3), (3,)), ["= ∂L/∂y · p₁ᵀ", "= p₀ᵀ · ∂L/∂y"]),
        (case("matmul", (3,), (3, 4)), ["= p₁ · ∂L/∂y", "= p₀ · (∂L/∂y)ᵀ"]),
        (case("dot", (3,), (3,)), ["= ∂L/∂y · p₁", "= ∂L/∂y · p₀"]),
        (case("outer", (2,), (3,)), ["= ∂L/∂y · p₁", "= (∂L/∂y)ᵀ · p₀"]),
        (case("transpose", (2, 3)), ["= (∂L/∂y)ᵀ"]),
        (case("add", (3,), (2, 3)), ["= Σᵢ ∂L/∂y", "= ∂L/∂y"]),
        (case("multiply", (2, 1), (1, 3)), ["= Σⱼ (∂L/∂y ⊙ p₁)", "= Σᵢ (∂L/∂y ⊙ p₀)"]),
        (case("multiply", (3,), ()), ["= ∂L/∂y · p₁", "= Σ (∂L/∂y ⊙ p₀)"]),
        (case("sum", (2, 3, 4), axis=1), ["= ∂L/∂y"]),
        (case("mean", (2, 3, 4), axis=1, keepdims=True), ["= ∂L/∂y · 1/3"]),
        (case("max", (2, 3), axis=0), ["= ∂L/∂y ⊙ [p₀ = y]"]),
        (case("softmax", (3,)), ["= softmax′(p₀) · ∂L/∂y"]),
        (case("log_softmax", (3,)), ["= log_softmax′(p₀)ᵀ · ∂L/∂y"]),
        (case("log_softmax", (2, 3)), ["= ∂L/∂y · log_softmax′(p₀)"]),
        (case("reshape", (2, 3), shape=(6,)), ["= reshape(∂L/∂y)"]),
        (case("concat", (2, 3), (2, 4), axis=1), ["= (∂L/∂y)[:,0:3]", "= (∂L/∂y)[:,3:7]"]),
    ],
)
def test_the_right_side_of_every_kind_of_edge(graph, lines, monkeypatch):
    monkeypatch.setattr(graph, "layers", ())  # the result's gradient is no δ here
    formulas = [edge_formula(graph, edge, Script()).text for edge in graph.edges]
    found = [line.split(" ", 1)[1] for line in formulas if line.startswith("∂L/∂p")]
    assert found == lines


def test_an_index_names_the_cells_it_takes():
    graph = case("index", (4, 5, 6), key=(slice(3, 0, -1), -1, slice(1, 6, 3)))
    assert value_formula(graph, graph.names["y"], Script()) == "p₀[3:0:-1,4,1:6:3]"
    assert "(∂L/∂p₀)[3:0:-1,4,1:6:3] = ∂L/∂y" in listing(graph)


def test_an_index_that_takes_every_cell_is_still_written():
    for shape, key, text in (
        ((3,), (slice(None),), "p₀[:]"),
        ((1,), (0,), "p₀[0]"),
        ((4,), (slice(1, 2),), "p₀[1:2]"),
        ((), (), "p₀[…]"),
    ):
        graph = case("index", shape, key=key)
        assert value_formula(graph, graph.names["y"], Script()) == text


@pytest.mark.parametrize(
    ("graph", "text", "latex"),
    [
        (
            case("max", (2, 3), axis=1, keepdims=True),
            "max(p₀, axis=1, keepdims=True)",
            r"\max_{\mathrm{axis=1, keepdims}} p_{0}",
        ),
        (
            case("sum", (2, 3, 4), axis=(0, 2)),
            "sum(p₀, axis=(0,2))",
            r"\sum_{\mathrm{axis=(0,2)}} p_{0}",
        ),
        (case("mean", (2, 3)), "mean(p₀)", r"\mathrm{mean}(p_{0})"),
        (
            case("mean", (2, 3), axis=-1),
            "mean(p₀, axis=-1)",
            r"\mathrm{mean_{axis=-1}}(p_{0})",
        ),
        (
            case("norm", (2, 3), axis=0),
            "norm(p₀, axis=0)",
            r"\lVert p_{0} \rVert_{\mathrm{axis=0}}",
        ),
        (
            case("concat", (2, 3), (2, 4), axis=1),
            "concat(p₀, p₁, axis=1)",
            r"\mathrm{concat_{axis=1}}(p_{0}, p_{1})",
        ),
        (
            case("reshape", (6,), shape=(3, 2)),
            "reshape(p₀, shape=(3,2))",
            r"\mathrm{reshape_{shape=(3,2)}}(p_{0})",
        ),
        (
            case("binary_cross_entropy", (3,), (3,), reduction="sum"),
            "BCE(p₀, p₁, reduction=sum)",
            r"\mathrm{BCE_{reduction=sum}}(p_{0}, p_{1})",
        ),
        (
            case("squared_error", (2, 3), (2, 3), reduction="sum"),
            "Σ(p₀ − p₁)²",
            r"\sum (p_{0} - p_{1})^2",
        ),
    ],
)
def test_options_that_are_not_the_defaults_are_written(graph, text, latex):
    assert value_formula(graph, graph.names["y"], Script()) == text
    assert value_latex(graph, graph.names["y"]) == latex


@pytest.mark.parametrize(
    ("shape", "op", "scale", "tex"),
    [
        ((), "squared_error", "2·", "2 "),
        ((1,), "mean_squared_error", "2·", "2 "),
        ((2,), "mean_squared_error", "", ""),
        ((3,), "mean_squared_error", "2/3·", r"\tfrac{2}{3} "),
        ((4,), "mean_squared_error", "1/2·", r"\tfrac{1}{2} "),
        ((4, 3), "half_squared_error", "1/4·", r"\tfrac{1}{4} "),
        ((4, 3), "squared_error", "1/2·", r"\tfrac{1}{2} "),
    ],
)
def test_the_scale_of_an_average_is_one_number(shape, op, scale, tex):
    builder = GraphBuilder()
    s, t = (builder.leaf(name, Kind.PARAMETER, shape, gradient=True) for name in "st")
    graph = builder.finish(builder.apply(REGISTRY[op], (s, t), name="L"))
    formula = edge_formula(graph, graph.edges[0], Script())
    assert formula.right == f"∂L/∂L · {scale}(s − t)"
    assert formula.latex.split(r" \cdot ")[1].startswith(f"{tex}")
    assert formula.latex.count("2") == tex.count("2")


def test_letters():
    graph = network((2, 3, 2), batch=4)
    lines = [letter_formula(graph, edge, Script()) for edge in graph.edges]
    assert lines[2] == "∂L/∂W₂[i,j] += δ₂[n,i] · h₁[n,j]"
    assert lines[3] == "∂L/∂b₂[i] += δ₂[n,i]"
    assert lines[4] == "∂L/∂h₁[n,j] += δ₂[n,i] · W₂[i,j]"
    stretched = case("add", (2, 1), (1, 3))
    assert letter_formula(stretched, stretched.edges[-1], Script()) == "∂L/∂p₁[0,j] += ∂L/∂y[i,j]"


LINEAR = [
    c
    for c in CASES
    if c.op in ("matmul", "affine", "dot", "outer", "transpose") and max(map(len, c.shapes)) < 3
]


@pytest.mark.parametrize("one", LINEAR, ids=str)
def test_the_product_as_written_is_the_gradient(one):
    """Order and transposes of the formula, carried out in numbers, give the contribution."""
    graph, _ = weighted(one)
    run = Engine(graph).run(dict(enumerate(one.operands())))
    for edge in graph.edges:
        if graph.nodes[edge.output].name != "y":
            continue
        product = product_of(graph, edge)
        upstream = np.asarray(run.gradients[edge.output])
        local = np.asarray(run.local(edge))
        sides = []
        for factor in product.factors:
            side = upstream if factor.upstream else local
            if factor.transposed and side.ndim == 1:
                side = side[None, :]  # a vector lies down
            elif factor.transposed:
                side = side.T
            sides.append(side)
        left, right = sides
        if left.ndim == 1 and right.ndim == 2 and len(right) == 1:
            left = left[:, None]
        # `·` beside a number, `@` for every other product.
        assert product.matrix == (0 not in (left.ndim, right.ndim))
        shown = left @ right if product.matrix else left * right
        shown = shown.sum(axis=0) if product.summed and not local.ndim else shown
        y, operands = run.values[edge.output], run.operands(edge.output)
        expected = derived_vjp(graph, edge, upstream, y, operands)
        np.testing.assert_allclose(np.reshape(shown, expected.shape), expected, rtol=1e-12)


@pytest.mark.parametrize("one", CASES, ids=str)
def test_every_op_can_be_written_in_every_script(one):
    graph, _ = weighted(one)
    for edge in graph.edges:
        formula = edge_formula(graph, edge, Script())
        ascii_only = edge_formula(graph, edge, Script(unicode=False))
        assert formula.left
        assert "{" not in formula.text
        assert ascii_only.text.isascii()
        assert formula.latex.isascii()
        assert formula.latex.count("{") == formula.latex.count("}")
        assert letter_formula(graph, edge, Script(unicode=False)).isascii()
        assert MATRIX not in formula.text + formula.latex


def test_random_graphs_can_be_written():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        graph, _ = random_graph([tuple(map(int, rng.integers(0, 30, 3))) for _ in range(12)])
        for edge in graph.edges:
            assert edge_formula(graph, edge, Script()).text
            assert chain(graph, edge, Script())

"""Formulas are those of a textbook, and their order and transposes are right."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.expression.build import build
from bpdebug.graph import Engine, Graph, GraphBuilder, Kind, derived_vjp, find_layers
from bpdebug.ops import REGISTRY, LetterMap
from bpdebug.wording import (
    chain,
    edge_formula,
    gradient_name,
    letter_formula,
    local_label,
    node_name,
    typed_name,
    value_formula,
    value_latex,
)
from bpdebug.wording.formulas import product_of
from bpdebug.wording.names import MATRIX
from tests.graphs import network, random_graph, residual
from tests.op_cases import CASES, Case, weighted


def listing(graph: Graph, **how: bool) -> list[str]:
    layers = find_layers(graph)
    return [edge_formula(graph, layers, edge, **how).text for edge in graph.edges]


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
    assert value_formula(graph, graph.names["z2"], unicode=False) == "W2 @ h1 + b2"
    batch = network((2, 3, 2), batch=4)
    assert value_formula(batch, batch.names["z2"], unicode=False) == "h1 @ W2.T + b2"
    scaled = case("multiply", (3,), ())
    assert listing(scaled, unicode=False)[-2:] == [
        "dL/dp0 = delta1 * p1",
        "dL/dp1 = sum (delta1 * p0)",
    ]
    assert value_formula(scaled, scaled.names["y"], unicode=False) == "p0*p1"


def test_values():
    graph = network((2, 3, 2))
    formulas = {n.name: value_formula(graph, n.index) for n in graph.nodes}
    assert formulas["z2"] == "W₂·h₁ + b₂"
    assert formulas["h1"] == "σ(z₁)"
    assert formulas["L"] == "½Σ(ŷ − y)²"
    assert formulas["W1"] == "W₁"
    batch = network((2, 3, 2), batch=4)
    assert value_formula(batch, batch.names["z2"]) == "h₁·W₂ᵀ + b₂"
    assert value_latex(batch, batch.names["z2"]) == r"h_{1} W_{2}^\top + b_{2}"


def test_latex():
    graph = network((2, 3, 2))
    layers = find_layers(graph)
    tex = [edge_formula(graph, layers, edge).latex for edge in graph.edges]
    assert tex[1] == r"\delta_{2} = \frac{\partial L}{\partial \hat{y}} \odot \sigma'(z_{2})"
    assert tex[2] == r"\frac{\partial L}{\partial W_{2}} = \delta_{2} \cdot h_{1}^\top"


def test_local_and_chain():
    graph = network((2, 3, 2))
    layers = find_layers(graph)
    labels = [local_label(graph, edge) for edge in graph.edges]
    assert labels[:5] == ["(ŷ − y)", "σ′(z₂)", "h₁", "1", "W₂"]
    assert chain(graph, layers, graph.edges[2]) == ["∂L/∂ŷ", "∂ŷ/∂z₂", "∂z₂/∂W₂"]
    assert chain(graph, layers, graph.edges[0]) == ["∂L/∂ŷ"]
    short = chain(graph, layers, graph.edges[-1], limit=4)
    assert short == ["∂L/∂ŷ", "∂ŷ/∂z₂", "…", "∂z₁/∂b₁"]


def test_gradient_names():
    graph = network((2, 3, 2))
    layers = find_layers(graph)
    names = graph.names
    assert gradient_name(graph, layers, names["z2"]) == "δ₂"
    assert gradient_name(graph, layers, names["W2"]) == "∂L/∂W₂"
    assert gradient_name(graph, layers, graph.loss) == "∂L/∂L"


def built(*steps: tuple[str, str, tuple[str, ...]], **options: object) -> Graph:
    """A graph of scalars a, b, c and the named results of these ops; an empty name is anonymous."""
    builder = GraphBuilder()
    at = {name: builder.leaf(name, Kind.PARAMETER, (), gradient=True) for name in "abc"}
    for key, op, operands in steps:
        indices = tuple(at[o] if o in at else builder.constant(float(o), o) for o in operands)
        at[key] = builder.apply(REGISTRY[op], indices, options, name="" if key[0] == "_" else key)
    return builder.finish(at[steps[-1][0]])


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
    assert value_formula(graph, graph.loss) == text


def test_latex_has_brackets_too():
    graph = built(("_s", "subtract", ("a", "b")), ("z", "power", ("_s", "3")))
    assert value_latex(graph, graph.loss) == r"{\left(a - b\right)}^{3}"
    edge = graph.edges[0]
    assert local_label(graph, edge) == "3·(a − b)²"
    assert edge_formula(graph, (), edge).latex.endswith(r"3 {\left(a - b\right)}^{2}")


def test_a_square_has_no_power_of_one():
    graph = built(("z", "power", ("a", "2")))
    assert edge_formula(graph, (), graph.edges[0]).text == "∂z/∂a = ∂z/∂z · 2·a"


def test_an_intermediate_result_is_called_by_its_expression():
    graph = built(("_s", "subtract", ("a", "b")), ("z", "square", ("_s",)))
    assert node_name(graph, graph.nodes[graph.loss].operands[0]) == "a − b"
    assert listing(graph)[1:] == ["∂z/∂a = ∂z/∂(a − b)", "∂z/∂b = −∂z/∂(a − b)"]


def test_a_label_is_a_name_a_number_or_a_formula_not_too_long():
    graph = built(
        ("_s", "subtract", ("a", "-0.5")), ("_q", "square", ("_s",)), ("z1", "exp", ("_q",))
    )
    names = [node_name(graph, node.index) for node in graph.nodes]
    assert names == ["a", "b", "c", "−0.5", "a − (−0.5)", "(a − (−0.5))²", "z₁"]
    assert node_name(graph, 5, limit=5) == "(a −…"
    assert [node_name(graph, at, unicode=False) for at in (3, 5, 6)] == [
        "-0.5",
        "(a - (-0.5))^2",
        "z1",
    ]


def test_a_later_contribution_adds():
    graph, _ = residual(2)
    lines = listing(graph)
    assert "∂L/∂w = Σ (∂L/∂(w·h₀) ⊙ h₀)" in lines
    assert "∂L/∂w += Σ (∂L/∂(w·x) ⊙ x)" in lines


def test_long_formulas_are_cut():
    builder = GraphBuilder()
    at = x = builder.leaf("x", Kind.PARAMETER, (), gradient=True)
    for _ in range(300):
        at = builder.apply(REGISTRY["add"], (at, x))
    graph = builder.finish(builder.apply(REGISTRY["tanh"], (at,), name="L"))
    assert len(value_formula(graph, graph.loss)) <= 60
    assert "…" in value_formula(graph, graph.loss)
    assert all(len(line) < 200 for line in listing(graph))
    assert all(len(line) < 200 for line in listing(graph, unicode=False))
    assert "".join(listing(graph, unicode=False)).isascii()


def case(op: str, *shapes: tuple[int, ...], **options: object) -> Graph:
    return weighted(Case(op, shapes, options))[0]


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
def test_the_right_side_of_every_kind_of_edge(graph, lines):
    formulas = [edge_formula(graph, (), edge).text for edge in graph.edges]
    found = [line.split(" ", 1)[1] for line in formulas if line.startswith("∂L/∂p")]
    assert found == lines


def test_an_index_names_the_cells_it_takes():
    graph = case("index", (4, 5, 6), key=(slice(3, 0, -1), -1, slice(1, 6, 3)))
    assert value_formula(graph, graph.names["y"]) == "p₀[3:0:-1,4,1:6:3]"
    assert "(∂L/∂p₀)[3:0:-1,4,1:6:3] = δ₁" in listing(graph)


def test_an_index_that_takes_every_cell_is_still_written():
    for shape, key, text in (
        ((3,), (slice(None),), "p₀[:]"),
        ((1,), (0,), "p₀[0]"),
        ((4,), (slice(1, 2),), "p₀[1:2]"),
        ((), (), "p₀[…]"),
    ):
        graph = case("index", shape, key=key)
        assert value_formula(graph, graph.names["y"]) == text


@pytest.mark.parametrize(
    ("graph", "text", "latex"),
    [
        (
            case("max", (2, 3), axis=1, keepdims=True),
            "max(p₀, axis=1, keepdims=True)",
            r"\max_{\mathrm{axis}=1,\,\mathrm{keepdims}} p_{0}",
        ),
        (
            case("sum", (2, 3, 4), axis=(0, 2)),
            "sum(p₀, axis=(0,2))",
            r"\sum_{\mathrm{axis}=(0,2)} p_{0}",
        ),
        (case("mean", (2, 3)), "mean(p₀)", r"\operatorname{mean} p_{0}"),
        (
            case("mean", (2, 3), axis=-1),
            "mean(p₀, axis=-1)",
            r"\operatorname{mean}_{\mathrm{axis}=-1} p_{0}",
        ),
        (
            case("norm", (2, 3), axis=0),
            "norm(p₀, axis=0)",
            r"\lVert p_{0} \rVert_{\mathrm{axis}=0}",
        ),
        (
            case("concat", (2, 3), (2, 4), axis=1),
            "concat(p₀, p₁, axis=1)",
            r"\operatorname{concat}_{\mathrm{axis}=1}(p_{0}, p_{1})",
        ),
        (
            case("reshape", (6,), shape=(3, 2)),
            "reshape(p₀, shape=(3,2))",
            r"\operatorname{reshape}_{\mathrm{shape}=(3,2)}(p_{0})",
        ),
        (
            case("binary_cross_entropy", (3,), (3,), reduction="sum"),
            "BCE(p₀, p₁, reduction=sum)",
            r"\operatorname{BCE}_{\mathrm{reduction}=\mathrm{sum}}(p_{0}, p_{1})",
        ),
        (
            case("squared_error", (2, 3), (2, 3), reduction="sum"),
            "Σ(p₀ − p₁)²",
            r"\sum (p_{0} - p_{1})^2",
        ),
    ],
)
def test_options_that_are_not_the_defaults_are_written(graph, text, latex):
    assert value_formula(graph, graph.names["y"]) == text
    assert value_latex(graph, graph.names["y"]) == latex


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
    layers = find_layers(graph)
    for edge in graph.edges:
        for unicode in (True, False):
            formula = edge_formula(graph, layers, edge, unicode=unicode)
            assert formula.left != formula.right
            left, _, right = letter_formula(graph, layers, edge, unicode=unicode).partition(" += ")
            assert left != right
        left, _, right = formula.latex.partition(" = " if edge.first else r" \mathrel{+}= ")
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
    assert edge_formula(graph, (), edge).text == "∂z/∂c = ∂z/∂z · (a + b)"
    assert letter_formula(graph, (), edge) == "∂z/∂c += ∂z/∂z · (a + b)"


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
    assert node_name(graph, first) == "h₁ ⊙ h₁"
    assert node_name(graph, second) == "(h₁ ⊙ h₁)#2"
    assert node_name(graph, second, unicode=False) == "(h1 * h1)#2"
    assert node_name(graph, second, limit=8) == "(h₁ …)#2"
    assert gradient_name(graph, (), second) == "∂L/∂(h₁ ⊙ h₁)#2"
    assert [typed_name(graph, at) for at in (0, first, second)] == ["h1", "h1 * h1", "h1 * h1 #2"]
    edge = graph.out_of[second][0]
    assert letter_formula(graph, (), edge) == "∂L/∂h₁[i] += ∂L/∂(h₁ ⊙ h₁)#2[i] · h₁[i]"
    assert r"\left(h_{1} \odot h_{1}\right)_{\#2}" in edge_formula(graph, (), edge).latex


def test_each_result_has_a_name_of_its_own_also_when_it_is_cut():
    graphs = [joined_cells(), many_sums(), built_from("sum((s + t) * (s + t) - (s+t) / (s + t))")]
    graphs += [
        random_graph([(seed + at, 7 * at, at * at) for at in range(12)])[0] for seed in range(10)
    ]
    for graph in graphs:
        made = [n.index for n in graph.nodes if n.op is not None]
        for unicode in (True, False):
            for full in (True, False):
                names = [gradient_name(graph, (), n, unicode=unicode, full=full) for n in made]
                assert len(set(names)) == len(names)
                assert not [name for name in names if "node" in name]
            assert len({node_name(graph, n, unicode=unicode) for n in made}) == len(made)
        assert len({typed_name(graph, n) for n in made}) == len(made)


def test_a_document_has_whole_expressions():
    graph = built_from("sum(tanh(p - mean(p, axis=0, keepdims=True)))")
    mean = next(e for e in graph.edges if graph.nodes[e.output].source.startswith("mean"))
    shown, whole = (edge_formula(graph, (), mean, full=full).right for full in (False, True))
    assert shown == "∂L/∂(mean(p, axis=0, keepd…) · 1/4"
    assert whole == "∂L/∂mean(p, axis=0, keepdims=True) · 1/4"
    builder = GraphBuilder()
    at = x = builder.leaf("x", Kind.PARAMETER, (), gradient=True)
    for _ in range(3000):
        at = builder.apply(REGISTRY["add"], (at, x))
    long = builder.finish(builder.apply(REGISTRY["tanh"], (at,), name="L"))
    lines = [edge_formula(long, (), edge, full=True) for edge in long.edges]
    assert max(len(line.text) for line in lines) < 900
    assert max(len(line.latex) for line in lines) < 3000


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
    formula = edge_formula(graph, (), graph.edges[0])
    assert formula.right == f"∂L/∂L · {scale}(s − t)"
    assert formula.latex.split(r" \cdot ")[1].startswith(f"{tex}")
    assert formula.latex.count("2") == tex.count("2")


def test_letters():
    graph = network((2, 3, 2), batch=4)
    layers = find_layers(graph)
    lines = [letter_formula(graph, layers, edge) for edge in graph.edges]
    assert lines[2] == "∂L/∂W₂[i,j] += δ₂[n,i] · h₁[n,j]"
    assert lines[3] == "∂L/∂b₂[i] += δ₂[n,i]"
    assert lines[4] == "∂L/∂h₁[n,j] += δ₂[n,i] · W₂[i,j]"
    stretched = case("add", (2, 1), (1, 3))
    assert letter_formula(stretched, (), stretched.edges[-1]) == "∂L/∂p₁[0,j] += ∂L/∂y[i,j]"


LINEAR = [c for c in CASES if c.op in ("matmul", "affine", "dot", "outer", "transpose")]


@pytest.mark.parametrize("one", LINEAR, ids=str)
def test_the_product_as_written_is_the_gradient(one):
    """Order and transposes of the formula, carried out in numbers, give the contribution."""
    graph, _ = weighted(one)
    run = Engine(graph).run(dict(enumerate(one.operands())))
    for edge in graph.edges:
        if graph.nodes[edge.output].name != "y":
            continue
        index_map = graph.index_map(edge)
        assert isinstance(index_map, LetterMap)
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
    layers = find_layers(graph)
    for edge in graph.edges:
        formula = edge_formula(graph, layers, edge)
        ascii_only = edge_formula(graph, layers, edge, unicode=False)
        assert formula.left
        assert "{" not in formula.text
        assert ascii_only.text.isascii()
        assert formula.latex.isascii()
        assert formula.latex.count("{") == formula.latex.count("}")
        assert letter_formula(graph, layers, edge, unicode=False).isascii()
        assert MATRIX not in formula.text + formula.latex


def test_random_graphs_can_be_written():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        graph, _ = random_graph([tuple(map(int, rng.integers(0, 30, 3))) for _ in range(12)])
        layers = find_layers(graph)
        for edge in graph.edges:
            assert edge_formula(graph, layers, edge).text
            assert chain(graph, layers, edge)

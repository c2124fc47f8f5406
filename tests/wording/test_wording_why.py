"""The sentence of a multiplication is true where operands move together, and on a kink."""

import numpy as np
import pytest

from bpdebug.expression import build
from bpdebug.graph import Engine, GraphBuilder, Kind
from bpdebug.ops import REGISTRY
from bpdebug.ticks import Timeline, term_at
from bpdebug.wording import Script, edge_formula, letter_formula, term_why, value_formula


def sentences(text, value, operand="x"):
    """What is said of each multiplication into x, in the pass of L = sum(text)."""
    builder = GraphBuilder()
    leaf = builder.leaf("x", Kind.PARAMETER, np.shape(value), gradient=True)
    build(text, builder, "h")
    graph = builder.finish(build("sum(h)", builder, "L"))
    run = Engine(graph).run({leaf: np.asarray(value)})
    edges = [e for e in graph.edges if graph.nodes[e.operand].label == operand]
    return [
        term_why(graph, term_at(run, Timeline(graph), edge, 0), Script(), run) for edge in edges
    ]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (
            "x * x",
            "With the second x held still, x is multiplied by x: move x by 1, and h moves by x; "
            "the second x adds a contribution of its own.",
        ),
        (
            "x + x",
            "With the second x held still, h moves exactly as x does; "
            "the second x adds a contribution of its own.",
        ),
        (
            "x * sigmoid(x)",
            "With σ(x) held still, x is multiplied by σ(x): move x by 1, and h moves by σ(x); "
            "σ(x) depends on x too and adds a contribution of its own.",
        ),
    ],
)
def test_an_operand_with_several_ways_into_a_result_says_so(text, first):
    assert sentences(text, 3.0)[0] == first


@pytest.mark.parametrize("text", ["x * x", "x + x", "x - x", "x / x", "x ** x", "maximum(x, x)"])
def test_each_place_of_a_repeated_operand_speaks_of_the_other(text):
    first, second = sentences(text, 3.0)
    assert first.startswith("With the second x held still, ")
    assert second.startswith("With the first x held still, ")


@pytest.mark.parametrize("text", ["x @ x.T", "x @ x", "squared_error(x, x)"])
def test_products_and_losses_of_an_array_with_itself_do_so_too(text):
    assert any(" held still, " in one for one in sentences(text, np.eye(2) + 0.5))


@pytest.mark.parametrize("text", ["3 * x", "x * 3 + exp(x)", "tanh(x) + sin(2)"])
def test_an_operand_with_one_way_is_not_qualified(text):
    for one in sentences(text, 0.5):
        assert "held still" not in one


@pytest.mark.parametrize(
    ("text", "value", "taken"),
    [
        ("relu(x)", [0.0, 1.0], "at 0 the slope is taken as 0"),
        ("maximum(0, x)", [0.0, 1.0], "on a tie the number wins, and the slope is taken as 0"),
        ("abs(x)", [0.0, 1.0], "at 0 the slope is taken as 0"),
        ("norm(x)", [0.0, 0.0], "where the norm is 0 its derivative is taken as 0"),
        ("max(x, axis=1, keepdims=True)", [[2.0, 2.0]], "tie for the maximum share the gradient"),
    ],
)
def test_a_cell_on_a_kink_says_what_its_slope_is_taken_as(text, value, taken):
    (told,) = sentences(text, value)
    assert "this cell is exactly at the kink: " in told
    assert taken in told
    (beside,) = sentences(text, np.asarray(value) + np.arange(1.0, 1.0 + np.size(value)))
    assert taken not in beside


@pytest.mark.parametrize(("loss", "half"), [("squared_error", ""), ("half_squared_error", "½")])
def test_the_slope_along_a_target_has_its_own_sign(loss, half):
    builder = GraphBuilder()
    p = builder.leaf("p", Kind.INPUT, (1,))
    t = builder.leaf("t", Kind.PARAMETER, (1,), gradient=True)
    graph = builder.finish(builder.apply(REGISTRY[loss], (p, t), name="L"))
    run = Engine(graph).run({p: np.array([1.0]), t: np.array([3.0])})
    (edge,) = graph.edges
    told = term_why(graph, term_at(run, Timeline(graph), edge, 0), Script(), run)
    two = "" if half else "2·"
    assert told == (
        f"The error p[0] − t[0] is squared; the slope of {half}(p[0] − t[0])² along t[0] is "
        f"{two}(t[0] − p[0])."
    )


def test_of_a_picked_cell_it_says_which_index_picked_it():
    builder = GraphBuilder()
    leaf = builder.leaf("E", Kind.PARAMETER, (4, 3, 2), gradient=True)
    rows = builder.leaf("rows", Kind.INPUT, (2, 5))
    columns = builder.leaf("columns", Kind.INPUT, (5, 1))
    build("E[rows, columns[:, 0], ::-1]", builder, "x")
    graph = builder.finish(build("sum(x)", builder, "L"))
    indices = {rows: np.array([[0.0, 3, 1, 0, 3], [2, 2, -1, 0, 1]]), columns: np.full((5, 1), 2.0)}
    run = Engine(graph).run({leaf: np.zeros((4, 3, 2)), **indices})
    timeline = Timeline(graph).of_batch(run.index_map)
    (edge,) = (e for e in graph.edges if graph.nodes[e.operand].label == "E")
    said = term_why(graph, term_at(run, timeline, edge, 19), Script(), run)
    assert said == (
        "x[1,2,0] is the cell E[3,2,1], picked by rows[1,2] and columns[2,0]: "
        "move E[3,2,1] by 1, and x[1,2,0] moves by 1."
    )
    formula = edge_formula(graph, edge, Script())
    assert formula.text == "(∂L/∂E)[rows,columns[:,0],1::-1] += ∂L/∂x"
    assert r"E}[\mathrm{rows},\mathrm{columns}[:,0],1::-1] \mathrel{+}= " in formula.latex
    assert value_formula(graph, graph.names["x"], Script()) == "E[rows,columns[:,0],1::-1]"
    assert letter_formula(graph, edge, Script()) == "∂L/∂E[…] += ∂L/∂x[…]"

"""One multiplication, written out in cells, in numbers and in words."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.graph import Engine, GraphBuilder, Kind
from bpdebug.ops import REGISTRY
from bpdebug.ticks import Timeline, term_at
from bpdebug.wording import (
    Script,
    accumulation,
    edge_formula,
    letter_formula,
    term_formula,
    term_pattern,
    term_why,
)
from tests.graphs import network, recorded, two_layer
from tests.op_cases import CASES, Case, weighted

SKETCH = {
    "x": [0.05, 0.1],
    "y": [0.01, 0.99],
    "W1": [[0.15, 0.2], [0.25, 0.3], [-0.4, 0.1]],
    "b1": [0.35, 0.3, 0.1],
    "W2": [[0.4, 0.45, -0.2], [0.5, 0.55, 0.7]],
    "b2": [0.6, 0.5],
}


def sketched():
    graph = network((2, 3, 2))
    return recorded((graph, {graph.names[k]: np.array(v) for k, v in SKETCH.items()}))


def at(run, timeline, edge, number):
    return term_at(run, timeline, run.graph.edges[edge], number)


def test_the_multiplication_of_the_sketch():
    run, timeline = sketched()
    term = at(run, timeline, 2, 4)
    symbols, numbers = term_formula(run.graph, term, Script(4))
    assert symbols == "∂L/∂W₂[1,1] += δ₂[1] · h₁[1]"
    assert numbers == "= −0.02634 × 0.5848 = −0.0154"
    assert term_why(run.graph, term, Script()) == (
        "W₂[1,1] multiplies h₁[1] on its way to z₂[1]: move it by 1, and z₂[1] moves by h₁[1]."
    )


def test_the_published_numbers():
    run, timeline = recorded(two_layer())
    term = at(run, timeline, 2, 1)
    assert term_formula(run.graph, term, Script()) == (
        "∂L/∂W₂[0,1] += δ₂[0] · h₁[1]",
        "= 0.138499 × 0.596884 = 0.0826676",
    )
    assert term_formula(run.graph, term, Script(unicode=False)) == (
        "dL/dW2[0,1] += delta2[0] * h1[1]",
        "= 0.138499 * 0.596884 = 0.0826676",
    )


def test_a_negative_factor_stands_in_brackets():
    run, timeline = recorded(two_layer())
    term = at(run, timeline, 4, 1)  # ∂L/∂h₁[0], second summand
    symbols, numbers = term_formula(run.graph, term, Script())
    assert symbols == "∂L/∂h₁[0] += δ₂[1] · W₂[1,0]"
    assert numbers == "= −0.0380982 × 0.5 = −0.0190491"
    assert accumulation(term, Script()) == "0.0553994 + (−0.0190491) = 0.0363503"
    assert accumulation(at(run, timeline, 4, 0), Script()) == ""


def test_a_factor_of_one_is_written_in_a_multiplication():
    run, timeline = recorded(two_layer())
    symbols, numbers = term_formula(run.graph, at(run, timeline, 3, 0), Script())
    assert symbols == "∂L/∂b₂[0] += δ₂[0] · 1"
    assert numbers.endswith("× 1 = 0.138499")


def test_a_batch_names_its_row():
    graph = network((2, 3, 2), batch=4)
    rng = np.random.default_rng(1)
    leaves = {n.index: rng.normal(size=n.shape) for n in graph.nodes if n.op is None}
    run, timeline = Engine(graph).run(leaves), Timeline(graph)
    term = at(run, timeline, 2, 3)
    assert term_formula(graph, term, Script())[0] == "∂L/∂W₂[0,0] += δ₂[3,0] · h₁[3,0]"
    assert term_why(graph, term, Script()).endswith("; this is row 3 of the batch.")


@pytest.mark.parametrize(
    ("one", "number", "symbols"),
    [
        (Case("softmax", ((3,),)), 5, "∂L/∂p₀[1] += ∂L/∂y[2] · ∂y[2]/∂p₀[1]"),
        (Case("max", ((2, 3),), {"axis": 0}), 4, "∂L/∂p₀[1,1] += ∂L/∂y[1] · [p₀[1,1] = y[1]]"),
        (
            Case("cross_entropy", ((4, 3), (4,)), labels=3),
            7,
            "∂L/∂p₀[2,1] += ∂L/∂y · 1/4·(softmax(p₀)[2,1] − [p₁[2] = 1])",
        ),
        (Case("add", ((2, 1), (1, 3))), 4, "∂L/∂p₀[1,0] += ∂L/∂y[1,1] · 1"),
        (Case("index", ((4, 5),), {"key": (1,)}), 3, "(∂L/∂p₀)[1,3] += (∂L/∂y)[3] · 1"),
    ],
    ids=str,
)
def test_cells_of_every_kind_of_op(one, number, symbols):
    graph, _ = weighted(one)
    run = Engine(graph).run(dict(enumerate(one.operands())))
    edge = next(e for e in graph.edges if graph.nodes[e.operand].name == "p0")
    term = term_at(run, Timeline(graph), edge, number)
    assert term_formula(graph, term, Script())[0] == symbols


@pytest.mark.parametrize("one", CASES, ids=str)
def test_the_pattern_of_an_edge_writes_each_of_its_terms(one):
    graph, _ = weighted(one)
    run = Engine(graph).run(dict(enumerate(one.operands())))
    timeline = Timeline(graph)
    for edge in graph.edges:
        pattern = term_pattern(graph, edge, Script())
        index_map = run.index_map(edge)
        for number in {0, index_map.terms // 2, index_map.terms - 1}:
            term = term_at(run, timeline, edge, number)
            place = term.indices
            indices = place.cell + place.upstream + place.local
            text = pattern.text % tuple(indices[slot] for slot in pattern.slots)
            assert text == term_formula(graph, term, Script())[0]
            assert term_why(graph, term, Script()).endswith(".")
            assert term_why(graph, term, Script(unicode=False)).isascii()


def test_a_moved_cell_has_two_names():
    builder = GraphBuilder()
    w = builder.leaf("W", Kind.PARAMETER, (2, 3), gradient=True)
    row = builder.apply(REGISTRY["index"], (w,), {"key": (0,)})
    graph = builder.finish(builder.apply(REGISTRY["sum"], (row,), name="L"))
    run = Engine(graph).run({w: np.ones((2, 3))})
    edge = graph.edges[-1]
    term = term_at(run, Timeline(graph), edge, 1)
    assert edge_formula(graph, edge, Script()).text == "(∂L/∂W)[0,:] = ∂L/∂(W[0,:])"
    assert term_formula(graph, term, Script())[0] == "(∂L/∂W)[0,1] += ∂L/∂(W[0,:])[1] · 1"
    assert letter_formula(graph, edge, Script()) == "(∂L/∂W)[…] += ∂L/∂(W[0,:])[…]"
    assert term_why(graph, term, Script()) == (
        "(W[0,:])[1] is the cell W[0,1] under another name: "
        "move W[0,1] by 1, and (W[0,:])[1] moves by 1."
    )


def test_a_mean_says_what_it_divides_by():
    one = Case("squared_error", ((2, 3), (2, 3)))
    graph, _ = weighted(one)
    run = Engine(graph).run(dict(enumerate(one.operands())))
    edge = next(e for e in graph.edges if graph.nodes[e.operand].name == "p0")
    assert "the mean over 2 divides it by 2" in term_why(
        graph, term_at(run, Timeline(graph), edge, 0), Script()
    )

"""`...` beside index letters: stacks of matrices, of which the leading axes broadcast as in numpy.

Two ops are declared so, and not shipped; terms, formulas, layers, errors and checks follow from the
letters. Sizes all differ, so that no axis can be taken for another.
"""

import numpy as np
import pytest

from bpdebug.__main__ import main
from bpdebug.debugger import Debugger
from bpdebug.errors import BpdebugError
from bpdebug.expression.functions import callable_names
from bpdebug.graph import Engine
from bpdebug.ops import REGISTRY, Op, Partial, Signature
from bpdebug.run import Run
from bpdebug.scenario import load
from bpdebug.wording import Script
from bpdebug.wording.formulas import edge_formula
from bpdebug.wording.forward import forward_cell
from bpdebug.wording.notation import WHOLE, expanded
from bpdebug.wording.terms import letter_formula
from tests.op_cases import Case, central, weighted
from tests.unusual.stacked import DENSE, STACKED

SHAPES = [
    ("stacked", ((2, 3), (3, 4))),
    ("stacked", ((5, 2, 3), (5, 3, 4))),
    ("stacked", ((5, 2, 3), (3, 4))),
    ("stacked", ((2, 3), (5, 3, 4))),
    ("stacked", ((1, 2, 3), (5, 3, 4))),
    ("stacked", ((6, 1, 2, 3), (5, 3, 4))),
    ("stacked", ((1, 2, 3), (1, 3, 4))),
    ("dense_stack", ((2, 3), (3,), (2,))),
    ("dense_stack", ((2, 3), (4, 3), (2,))),
    ("dense_stack", ((2, 3), (5, 4, 3), (2,))),
]
CASES = [Case(name, shapes) for name, shapes in SHAPES]


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    for op in (STACKED, DENSE):
        monkeypatch.setitem(REGISTRY, op.name, op)
    callable_names.cache_clear()
    yield
    callable_names.cache_clear()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_gradients_are_those_of_central_differences(case):
    graph, _ = weighted(case)
    engine, operands = Engine(graph), case.operands()
    run = engine.run(dict(enumerate(operands)))
    for at in range(len(operands)):
        np.testing.assert_allclose(
            run.gradients[at], central(engine, operands, at), rtol=1e-6, atol=1e-8
        )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_terms_of_every_cell_add_up(case):
    graph, _ = weighted(case)
    operands = case.operands()
    run = Engine(graph).run(dict(enumerate(operands)))
    y = len(operands)
    for edge in graph.out_of[y]:
        index_map, op = graph.index_map(edge), graph.nodes[y].op
        local = op.local(edge.position, run.values[y], tuple(operands), {})
        local = np.broadcast_to(local, index_map.local_shape)
        total = np.zeros(index_map.cell_shape)
        for place in map(index_map.locate, range(index_map.terms)):
            total[place.cell] += run.gradients[y][place.upstream] * local[place.local]
        np.testing.assert_allclose(total, run.contributions[edge.index], rtol=1e-12)


@pytest.mark.parametrize(
    ("case", "written", "formulas", "cells"),
    [
        (
            CASES[1],
            "p₀∙p₁",
            ("∂L/∂p₀ = δ₁ · p₁ᵀ", "∂L/∂p₁ = p₀ᵀ · δ₁"),
            ("∂L/∂p₀[l,i,j] += δ₁[l,i,k] · p₁[l,j,k]", "∂L/∂p₁[l,j,k] += δ₁[l,i,k] · p₀[l,i,j]"),
        ),
        (
            CASES[2],
            "p₀∙p₁",
            ("∂L/∂p₀ = δ₁ · p₁ᵀ", "∂L/∂p₁ = Σₗ (p₀ᵀ · δ₁)"),
            ("∂L/∂p₀[l,i,j] += δ₁[l,i,k] · p₁[j,k]", "∂L/∂p₁[j,k] += δ₁[l,i,k] · p₀[l,i,j]"),
        ),
        (
            CASES[4],
            "p₀∙p₁",
            ("∂L/∂p₀ = Σₗ (δ₁ · p₁ᵀ)", "∂L/∂p₁ = p₀ᵀ · δ₁"),
            ("∂L/∂p₀[0,i,j] += δ₁[l,i,k] · p₁[l,j,k]", "∂L/∂p₁[l,j,k] += δ₁[l,i,k] · p₀[0,i,j]"),
        ),
        (
            CASES[9],
            "p₁∙p₀ᵀ + p₂",
            ("∂L/∂p₀ = Σₖ (δ₁ᵀ · p₁)", "∂L/∂p₁ = δ₁ · p₀", "∂L/∂p₂ = Σₖₗ δ₁"),
            (
                "∂L/∂p₀[i,j] += δ₁[k,l,i] · p₁[k,l,j]",
                "∂L/∂p₁[k,l,j] += δ₁[k,l,i] · p₀[i,j]",
                "∂L/∂p₂[i] += δ₁[k,l,i]",
            ),
        ),
    ],
    ids=lambda value: str(value) if isinstance(value, Case) else "",
)
def test_its_formulas_follow_from_the_letters(case, written, formulas, cells):
    graph, _ = weighted(case)
    y = len(case.shapes)
    assert expanded(graph, y, WHOLE) == written
    edges = graph.out_of[y]
    assert tuple(edge_formula(graph, edge, Script()).text for edge in edges) == formulas
    assert tuple(letter_formula(graph, edge, Script()) for edge in edges) == cells


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_cell_of_the_result_is_written_out_in_numbers(case):
    graph, _ = weighted(case)
    run = Engine(graph).run(dict(enumerate(case.operands())))
    y = len(case.shapes)
    last = tuple(n - 1 for n in graph.nodes[y].shape)
    text = forward_cell(run, y, last, Script(17)).replace("−", "-")
    _, summed, result = text.split(" = ")
    total = eval(summed.replace("×", "*"))  # sums and products of numbers
    assert total == pytest.approx(float(result), rel=1e-12)
    assert summed.count("×") == case.shapes[0][-1]


@pytest.mark.parametrize(
    ("op", "shapes", "said"),
    [
        (
            STACKED,
            ((5, 2, 3), (6, 3, 4)),
            "stacked (lij,ljk->lik): a of shape (5, 2, 3) has l = 5, but b of shape (6, 3, 4) has "
            "l = 6; sizes must be equal or 1",
        ),
        (
            STACKED,
            ((5, 2, 3), (5, 4, 6)),
            "stacked (lij,ljk->lik): a of shape (5, 2, 3) has j = 3, but b of shape (5, 4, 6) has "
            "j = 4; the two must be equal",
        ),
        (
            STACKED,
            ((3,), (5, 4, 6)),
            "stacked: a has shape (3), but '...ij,...jk->...ik' wants at least 2 axes there",
        ),
        (DENSE, ((2, 3), (5, 4, 7), (2,)), "W of shape (2, 3) has j = 3, but x of shape (5, 4, 7)"),
    ],
)
def test_shapes_that_do_not_fit(op, shapes, said):
    with pytest.raises(BpdebugError) as caught:
        op.layout(shapes, {})
    assert said in caught.value.problem


def normalised(x, gain):
    centred = x - x.mean(axis=1, keepdims=True)
    return gain * centred / np.sqrt((centred**2).mean(axis=1, keepdims=True))


LAYER_NORM = Op(
    "layer_norm",
    ("x", "gain"),
    forward=normalised,
    signature=lambda shapes, options: Signature("nj,k->nk", None, "nk", repeats=(("k", "j"),)),
    text="norm({x}, {gain})",
    latex="{x} {gain}",
    partials=(None, Partial(lambda y, x, gain: y / gain, "{y}/{gain}", "{y}", "{gain} scales {y}")),
)


def test_an_axis_that_the_result_repeats_is_checked():
    assert LAYER_NORM.layout(((4, 3), (3,)), {}).shape == (4, 3)
    with pytest.raises(BpdebugError) as caught:
        LAYER_NORM.layout(((4, 3), (5,)), {})
    assert caught.value.problem == (
        "layer_norm (nj,k->nk): x of shape (4, 3) has j = 3, but gain of shape (5) has k = 5; "
        "the two must be equal"
    )


SCENARIO = """
[inputs]
x = { shape = [5, 4, 3], init = "normal", seed = 1, batch = false }

[parameters]
W = { shape = [2, 3], init = "normal", seed = 2 }
b = { shape = [2], init = "normal", seed = 3 }
K = { shape = [2, 6], init = "normal", seed = 4 }

[graph]
z = "dense_stack(W, x, b)"
h = "tanh(z)"
q = "stacked(h, K)"
L = "sum(q ** 2) / 100"

[optimizer]
name = "sgd"
learning_rate = 0.1
"""


def test_a_scenario_of_stacks_is_checked_listed_and_exported(tmp_path, capsys):
    path = tmp_path / "stacks.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    assert main([str(path), "--check"]) == 0, capsys.readouterr()
    for form in ("text", "markdown", "json", "csv"):
        target = tmp_path / f"trace.{form}"
        words = ["--export", str(target), "--format", form, "--detail", "term"]
        assert main([str(path), *words]) == 0
    debugger = Debugger(Run(load(path)))
    assert [(one.number, one.units_axis) for one in debugger.moment.layers] == [(1, 2), (2, 2)]
    for place in ("goto W", "goto K", "goto h", "goto z"):
        debugger.execute(place)
        for command in ("step 3", "where", "list", "why", "terms W[1, 2]", "paths K[1, 2]"):
            debugger.execute(command)
    assert "· x[0,0,2]" in debugger.execute("terms W[1, 2]").text

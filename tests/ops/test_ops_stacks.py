"""`...` beside index letters: stacks of matrices, of which the leading axes broadcast as in numpy.

Formulas, layers, errors and checks follow from the letters. Sizes all differ, so that no axis can
be taken for another.
"""

import numpy as np
import pytest

from bpdebug.__main__ import main
from bpdebug.debugger import Debugger
from bpdebug.errors import BpdebugError
from bpdebug.graph import Engine
from bpdebug.ops import REGISTRY, Op, Partial, Signature
from bpdebug.run import Run
from bpdebug.scenario import load
from bpdebug.wording import Script
from bpdebug.wording.formulas import edge_formula
from bpdebug.wording.forward import forward_cell
from bpdebug.wording.notation import WHOLE, expanded
from bpdebug.wording.terms import letter_formula
from tests.op_cases import Case, weighted

SHAPES = [
    ("matmul", ((2, 3), (3, 4))),
    ("matmul", ((5, 2, 3), (5, 3, 4))),
    ("matmul", ((5, 2, 3), (3, 4))),
    ("matmul", ((2, 3), (5, 3, 4))),
    ("matmul", ((1, 2, 3), (5, 3, 4))),
    ("matmul", ((6, 1, 2, 3), (5, 3, 4))),
    ("matmul", ((1, 2, 3), (1, 3, 4))),
    ("affine", ((2, 3), (3,), (2,))),
    ("affine", ((2, 3), (4, 3), (2,))),
    ("affine", ((2, 3), (5, 4, 3), (2,))),
]
CASES = [Case(name, shapes) for name, shapes in SHAPES]


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
            "matmul",
            ((5, 2, 3), (6, 3, 4)),
            "matmul (lij,ljk->lik): a of shape (5, 2, 3) has l = 5, but b of shape (6, 3, 4) has "
            "l = 6; sizes must be equal or 1",
        ),
        (
            "matmul",
            ((5, 2, 3), (5, 4, 6)),
            "matmul (lij,ljk->lik): a of shape (5, 2, 3) has j = 3, but b of shape (5, 4, 6) has "
            "j = 4; the two must be equal",
        ),
        (
            "matmul",
            ((3,), (5, 4, 6)),
            "matmul (j,ijk->ik): a of shape (3) has j = 3, but b of shape (5, 4, 6) has j = 4; "
            "the two must be equal",
        ),
        (
            "affine",
            ((2, 3), (5, 4, 7), (2,)),
            "W of shape (2, 3) has j = 3, but x of shape (5, 4, 7)",
        ),
    ],
)
def test_shapes_that_do_not_fit(op, shapes, said):
    with pytest.raises(BpdebugError) as caught:
        REGISTRY[op].layout(shapes, {})
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
z = "x @ W.T + b"
h = "tanh(z)"
q = "h @ K"
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


ATTENTION = """
[inputs]
x = { shape = [2, 5, 6], init = "normal", seed = 1, batch = false }
mask = { shape = [5, 5], init = "zeros", batch = false }

[parameters]
Wq = { shape = [6, 6], init = "normal", seed = 2 }
Wk = { shape = [6, 6], init = "normal", seed = 3 }
Wv = { shape = [6, 6], init = "normal", seed = 4 }
bq = { shape = [6], init = "normal", seed = 5 }
Wo = { shape = [6, 4], init = "normal", seed = 6 }

[graph]
zq = "x @ Wq.T + bq"
zk = "x @ Wk.T"
zv = "x @ Wv"
q = "permute(reshape(zq, shape=(2, 5, 3, -1)), axes=(0, 2, 1, 3))"
k = "permute(reshape(zk, shape=(2, 5, 3, -1)), axes=(0, 2, 1, 3))"
v = "permute(reshape(zv, shape=(2, 5, 3, -1)), axes=(0, 2, 1, 3))"
s = "q @ swapaxes(k, axis1=-1, axis2=-2) / sqrt(2) + mask"
p = "softmax(s)"
c = "CONTEXT"
z = "reshape(permute(c, axes=(0, 2, 1, 3)), shape=(2, 5, 6)) @ Wo"
L = "sum(tanh(z) ** 2)"
"""


@pytest.mark.parametrize("context", ["p @ v", "einsum('bhqk,bhkd->bhqd', p, v)"])
def test_projections_of_attention_are_layers_and_scores_are_none(context, tmp_path, capsys):
    path = tmp_path / "attention.toml"
    path.write_text(ATTENTION.replace("CONTEXT", context), encoding="utf-8")
    assert main([str(path), "--check"]) == 0, capsys.readouterr()
    graph = Run(load(path)).graph()
    found = [
        (one.number, graph.nodes[one.pre_activation].name, one.units_axis) for one in graph.layers
    ]
    assert found == [(1, "zq", 2), (1, "zk", 2), (1, "zv", 2), (2, "z", 2)]


@pytest.mark.parametrize(
    ("moved", "axis"),
    [
        ("permute(x @ W.T, axes=(2, 0, 1))", 0),
        ("swapaxes(x @ W.T)", 1),
        ("(x @ W.T)[:, None]", 3),
        ("squeeze(x[None] @ W.T)", 2),
        ("flip(x @ W.T, axis=-1)", 2),
        ("stack(x @ W.T, x @ W.T, axis=-1)", 2),
        ("broadcast_to(x @ W.T, shape=(7, 5, 4, 2))", 3),
        ("dropout(x @ W.T, keep)", 2),
        ("einsum('btc,oc->bot', x, W)", 1),
        ("einsum('btc,oc,t->bto', x, W, data)", 2),
    ],
)
def test_the_axis_of_the_units_goes_along(moved, axis, tmp_path):
    path = tmp_path / "moved.toml"
    path.write_text(
        "[inputs]\nx = { shape = [5, 4, 3], init = 'normal', seed = 1, batch = false }\n"
        "keep = { shape = [5, 4, 2], init = 'ones', batch = false }\n"
        "data = { shape = [4], init = 'ones', batch = false }\n"
        "[parameters]\nW = { shape = [2, 3], init = 'normal', seed = 2 }\n"
        f'[graph]\nL = "sum(tanh({moved}))"\n',
        encoding="utf-8",
    )
    (layer,) = Run(load(path)).graph().layers
    assert layer.units_axis == axis

"""Einsum: its formulas, its terms in cells, a cell of its result, and how it is typed."""

import numpy as np
import pytest

from bpdebug.debugger import Debugger
from bpdebug.errors import BpdebugError
from bpdebug.expression.parse import parse
from bpdebug.graph import Engine
from bpdebug.ops import REGISTRY
from bpdebug.run import Run
from bpdebug.scenario import load
from bpdebug.ticks import term_at
from bpdebug.wording import Script, edge_formula, letter_formula, value_formula, value_latex
from bpdebug.wording.forward import forward_cell
from bpdebug.wording.terms import term_why
from tests.op_cases import EINSUMS, Case, weighted


def formulas(letters, *shapes):
    """Both formulas of every edge of an einsum, without what they are set equal to."""
    graph, _ = weighted(Case("einsum", shapes, {"letters": letters}))
    graph.layers = ()  # the gradient of the result is no δ here
    edges = graph.out_of[len(shapes)]
    return [
        (
            edge_formula(graph, edge, Script()).right,
            letter_formula(graph, edge, Script()).split("] += ")[-1],
        )
        for edge in edges
    ]


@pytest.mark.parametrize(
    ("letters", "shapes", "said"),
    [
        (
            "bqd,bkd->bqk",
            ((5, 2, 3), (5, 4, 3)),
            [
                ('einsum("bqk,bkd->bqd", ∂L/∂y, p₁)', "∂L/∂y[b,q,k] · p₁[b,k,d]"),
                ('einsum("bqk,bqd->bkd", ∂L/∂y, p₀)', "∂L/∂y[b,q,k] · p₀[b,q,d]"),
            ],
        ),
        (
            "ij,jk,kl->il",
            ((2, 3), (3, 4), (4, 5)),
            [
                (
                    'einsum("il,jl->ij", ∂L/∂y, einsum("jk,kl->jl", p₁, p₂))',
                    "∂L/∂y[i,l] · (Σₖ p₁[j,k]·p₂[k,l])",
                ),
                (
                    'einsum("il,ijkl->jk", ∂L/∂y, einsum("ij,kl->ijkl", p₀, p₂))',
                    "∂L/∂y[i,l] · (p₀[i,j]·p₂[k,l])",
                ),
                (
                    'einsum("il,ik->kl", ∂L/∂y, einsum("ij,jk->ik", p₀, p₁))',
                    "∂L/∂y[i,l] · (Σⱼ p₀[i,j]·p₁[j,k])",
                ),
            ],
        ),
        ("ij->ji", ((2, 3),), [('einsum("ji->ij", ∂L/∂y)', "∂L/∂y[j,i]")]),
        ("ij->i", ((2, 3),), [("∂L/∂y", "∂L/∂y[i]")]),
    ],
)
def test_its_formulas_have_the_letters_that_were_typed(letters, shapes, said):
    assert formulas(letters, *shapes) == said


def test_its_letters_stand_in_front_of_its_operands():
    graph, _ = weighted(Case("einsum", ((2, 3), (3, 4)), {"letters": "ij,jk->ik"}))
    assert value_formula(graph, 2, Script()) == 'einsum("ij,jk->ik", p₀, p₁)'
    assert value_latex(graph, 2) == r"\mathrm{einsum}(\mathrm{ij,jk \to ik}, p_{0}, p_{1})"


@pytest.mark.parametrize(("letters", "shapes"), EINSUMS)
def test_a_cell_of_the_result_is_written_out_in_numbers(letters, shapes):
    case = Case("einsum", shapes, {"letters": letters})
    graph, _ = weighted(case)
    run = Engine(graph).run(dict(enumerate(case.operands())))
    y = len(shapes)
    last = tuple(n - 1 for n in graph.nodes[y].shape)
    text = forward_cell(run, y, last, Script(17), most=100).replace("−", "-")
    _, summed, result = text.split(" = ")
    total = eval(summed.replace("×", "*"))  # sums and products of numbers
    assert total == pytest.approx(float(result), rel=1e-12)


@pytest.mark.parametrize(("letters", "shapes"), EINSUMS)
def test_it_computes_what_numpy_does(letters, shapes):
    operands = Case("einsum", shapes).operands()
    sums = letters.endswith("->") and "..." in letters  # as in PyTorch; numpy refuses it
    wanted = np.sum(operands[0]) if sums else np.einsum(letters, *operands)
    found = REGISTRY["einsum"].forward(*operands, letters=letters)
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-14)


SCENARIO = """
[inputs]
x = { shape = [2, 3], init = "normal", seed = 1, batch = false }
[parameters]
W = { shape = [4, 3], init = "normal", seed = 2 }
[graph]
z = "einsum('nj,ij->ni', x, W)"
L = "sum(z ** 2)"
"""


@pytest.mark.parametrize(
    "typed",
    [
        "einsum('nj,ij->ni', x, W)",
        'einsum("nj, ij -> ni", x, W)',
        'einsum("...j,...j->...", x[:, None], W)',
        'einsum("nj,ij", x, W).T',
        'einsum(x, W, letters="nj,ij->ni")',
        'einsum("...->...", z)',
    ],
)
def test_a_watch_has_it(typed, tmp_path):
    path = tmp_path / "einsum.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    debugger = Debugger(Run(load(path)))
    debugger.execute("goto $")
    assert debugger.execute(f"print norm({typed} - z) < 1e-12").text.endswith("True")
    assert debugger.execute("goto W") is not None
    assert "layer 1" in debugger.execute("where").text


def test_a_term_says_what_it_is_multiplied_by(tmp_path):
    path = tmp_path / "einsum.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    run = Run(load(path))
    one = run.iteration(1)
    (edge,) = run.graph().into[run.graph().names["W"]]
    term = term_at(one.recorded, one.timeline, edge, 0)
    assert term_why(run.graph(), term, Script()) == (
        "W[0,0] is multiplied by x[0,0] on its way to z[0,0]: move it by 1, and z[0,0] moves by "
        "x[0,0]."
    )


def test_a_condition_may_have_its_arrow(tmp_path):
    path = tmp_path / "einsum.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    debugger = Debugger(Run(load(path)))
    debugger.execute("break any(einsum('ni->in', grad(z)) != 0)")
    debugger.execute("break z -> W")
    assert "breakpoint 1" in debugger.execute("continue").text
    assert "breakpoint 2" in debugger.execute("continue").text
    debugger.execute("break einsum(loss) > 3")  # its letters are missing; no traceback
    debugger.execute("continue")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("einsum('ij->ji', 2, 'a')", "options are given by name"),
        ("sum('ij->ji', W)", "options are given by name"),
        ("einsum(1, 'ij')", "options are given by name"),
    ],
)
def test_a_text_stands_only_in_front_and_only_where_it_is_an_option(typed, said):
    with pytest.raises(BpdebugError) as caught:
        parse(typed)
    assert said in caught.value.problem

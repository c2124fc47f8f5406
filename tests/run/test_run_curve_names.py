"""The curves that a user names: lists of expressions, and words for a family."""

import pytest

from bpdebug.errors import BpdebugError
from bpdebug.run import Run
from bpdebug.run.curve_names import named_curves, parted
from bpdebug.run.curves import Curves
from bpdebug.scenario import find, load
from tests.scenario.scenarios import loaded


@pytest.fixture(scope="module")
def curves():
    return Curves(Run(load(find("vanishing"), iterations=2)))


def test_names_stand_between_commas_or_semicolons_outside_of_brackets(curves):
    assert named_curves(curves, "loss, norm(delta(1));W1[0, 1]") == (
        "loss",
        "norm(delta(1))",
        "W1[0, 1]",
    )
    assert named_curves(curves, "loss,loss , loss") == ("loss",)
    assert list(parted('graph.h="f, g"; seed=3')) == ['graph.h="f, g"', "seed=3"]


def test_a_word_stands_for_a_family(curves):
    deltas = tuple(f"norm(delta({k}))" for k in range(1, 9))
    assert named_curves(curves, "delta") == named_curves(curves, "δ") == deltas
    assert named_curves(curves, "loss, delta") == ("loss", *deltas)
    grads = named_curves(curves, "grad")
    assert len(grads) == 16
    assert set(grads) == {n for n in curves.names() if n.startswith("norm(grad(")}
    assert named_curves(curves, "change") == tuple(n for n in curves.names() if "change" in n)


def test_a_node_of_that_name_wins(tmp_path):
    text = '[parameters]\n"δ" = 2.0\n[graph]\nL = "δ ** 2"\n[optimizer]\nname = "sgd"\n'
    assert named_curves(Curves(Run(loaded(tmp_path, text))), "δ") == ("δ",)


def test_layers_that_share_a_number_are_a_family_by_their_nodes(tmp_path):
    text = (
        "[inputs]\nx = [1.0, 2.0]\n[parameters]\nA = [[1.0, 0.5]]\nB = [[0.3, 0.1]]\n"
        '[graph]\nu = "A @ x"\nv = "B @ x"\nL = "sum(tanh(u) * sigmoid(v))"\n'
    )
    found = named_curves(Curves(Run(loaded(tmp_path, text))), "delta, grad")
    assert found == ("norm(grad(u))", "norm(grad(v))", "norm(grad(A))", "norm(grad(B))")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("loss,", "nothing stands before a comma"),
        ("loss,,loss", "nothing stands before a comma"),
        ("deltas", "did you mean 'delta'?"),
        (", ".join(f"loss * {k}" for k in range(27)), "27 curves"),
    ],
)
def test_what_names_no_curve_is_told(curves, text, said):
    with pytest.raises(BpdebugError) as caught:
        named_curves(curves, text)
    assert said in str(caught.value)


def test_a_family_that_a_run_has_not_is_told():
    with pytest.raises(BpdebugError, match="no curve of 'change'"):
        named_curves(Curves(Run(load(find("exploding")))), "change")

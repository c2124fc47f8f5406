"""An infinity that is meant is no fault; NaN is born where it is made, not at a mask."""

import numpy as np
import pytest

from bpdebug.debugger import Debugger
from bpdebug.diagnosis import diagnose
from bpdebug.run import Run
from bpdebug.run.birth import birth_of
from bpdebug.wording import Script
from tests.scenario.scenarios import loaded

ATTENTION = """
[inputs]
x = {{ value = [[1.0, 0.5], [-0.5, 2.0], [0.3, -1.0]], batch = false }}
keep = {{ value = {keep}, batch = false }}
[parameters]
Wq = [[0.2, -0.1], [0.4, 0.3]]
Wk = [[0.5, 0.6], [-0.2, 0.1]]
Wv = [[0.3, -0.4], [0.1, 0.7]]
[graph]
q = "x @ Wq.T"
k = "x @ Wk.T"
v = "x @ Wv.T"
mask = "{mask}"
s = "q @ k.T / 2 ** 0.5 + mask"
p = "{softmax}"
o = "p @ v"
L = "sum(o[0:2] ** 2)"
"""
WHOLE_ROW, CAUSAL = "[[1, 0, 0], [1, 1, 0], [0, 0, 0]]", "[[1, 0, 0], [1, 1, 0], [1, 1, 1]]"
SOFTMAX = "softmax(s, axis=1)"
BY_HAND = "exp(s) / sum(exp(s), axis=1, keepdims=True)"

INFONCE = """
[inputs]
q = {{ value = [[0.6, 0.8], [1.0, 0.0]], batch = false }}
k = {{ value = [[0.8, 0.6], [0.0, 1.0], [-0.6, 0.8]], batch = false }}
keep = {{ value = [[1, 1, 0], [1, 1, 1]], batch = false }}
[parameters]
T = 0.5
Wq = [[1.0, 0.2], [-0.1, 0.9]]
[graph]
s = "(q @ Wq.T) @ k.T"
z = "{z}"
lp = "log_softmax(z, axis=1)"
L = "-(lp[0, 0] + lp[1, 1]) / 2"
"""


def run_of(tmp_path, text):
    return Run(loaded(tmp_path, text))


def told(run):
    """The birth's label and cell, and what `nan` says in its first line."""
    birth = birth_of(run.iteration(1))
    if birth is None:
        return None
    debugger = Debugger(run)
    reply = debugger.execute("nan")
    assert reply.ok
    assert debugger.instant == (1, birth.position)
    assert diagnose(run, Script()).findings[0].position == birth.position
    node = debugger.moment.graph.nodes[debugger.moment.node].label
    return node, birth.cell, reply.text.splitlines()[0]


def test_a_causal_mask_is_no_fault(tmp_path):
    run = run_of(tmp_path, ATTENTION.format(keep=CAUSAL, mask="log(keep)", softmax=SOFTMAX))
    assert told(run) is None
    debugger = Debugger(run)
    reply = debugger.execute("nan")
    assert reply.ok
    assert reply.text == (
        "no NaN in the one iteration, and no infinity in the loss, the gradients or the "
        "parameters; elsewhere the first is −∞ in cell [0,1] of mask, and it does no harm"
    )
    debugger.execute("break first_nan")
    assert "breakpoint 1" not in debugger.execute("continue").text
    assert debugger.execute("goto $").ok
    assert debugger.execute("print first_nan").text == "first_nan = False"


@pytest.mark.parametrize(
    ("softmax", "born"),
    [
        (SOFTMAX, "cell [2,0] of p = softmax(s, axis=1); operands: s[2,:] = [−∞, −∞, −∞]"),
        (BY_HAND, "operands: exp(s)[2,0] = 0, (sum(exp(s), axis=1, k…)[2,0] = 0"),
    ],
)
def test_a_row_that_is_masked_throughout_is_0_over_0_in_the_softmax(tmp_path, softmax, born):
    run = run_of(tmp_path, ATTENTION.format(keep=WHOLE_ROW, mask="log(keep)", softmax=softmax))
    node, cell, text = told(run)
    assert (node, cell) == ("p", (2, 0))
    assert text.startswith("NaN is born here: ")
    assert born in text


def test_a_mask_divided_by_a_learned_temperature_spoils_its_gradient(tmp_path):
    node, cell, text = told(run_of(tmp_path, INFONCE.format(z="(s + log(keep)) / T")))
    assert (node, cell) == ("T", ())
    assert "∂L/∂T += " in text
    assert text.endswith("operands: upstream gradient 0, local derivative ∞")


def test_a_mask_behind_the_temperature_does_no_harm(tmp_path):
    assert told(run_of(tmp_path, INFONCE.format(z="s / T + log(keep)"))) is None


def test_a_label_on_a_masked_class_makes_the_mask_the_fault(tmp_path):
    text = INFONCE.format(z="s / T + log(keep)").replace("lp[0, 0]", "lp[0, 2]")
    node, cell, line = told(run_of(tmp_path, text))
    assert (node, cell) == ("log(keep)", (0, 2))
    assert line == "−∞ is born here: cell [0,2] of ln(keep); operands: keep[0,2] = 0"


@pytest.mark.parametrize("e", ["exp(w) + log(keep)", "log(keep) + exp(w)"])
def test_an_overflow_beside_a_mask_is_the_one_to_blame(tmp_path, e):
    text = f"""
    [inputs]
    keep = {{ value = [1, 0, 1, 1], batch = false }}
    [parameters]
    w = [1.0, 2.0, 800.0, 3.0]
    [graph]
    e = "{e}"
    p = "e[1:4] / sum(e[1:3])"
    L = "sum(p)"
    """
    node, cell, line = told(run_of(tmp_path, text))
    assert (node, cell) == ("exp(w)", (2,))
    assert line.startswith("∞ is born here: cell [2] of exp(w); operands: w[2] = 800")


def test_an_overflow_that_leaves_the_loss_finite_is_blamed_for_the_gradient(tmp_path):
    """1/(1 + exp(−z)) by hand: 0 in the forward pass, 0·∞ on the way back."""
    text = """
    [parameters]
    w = [-800.0, 0.5]
    [graph]
    L = "sum(1 / (1 + exp(-w)))"
    """
    node, cell, _ = told(run_of(tmp_path, text))
    assert (node, cell) == ("exp(-w)", (0,))


def test_a_where_by_a_mask_is_born_in_the_product_of_0_and_infinity(tmp_path):
    text = """
    [inputs]
    m = [0.0, 1.0]
    [parameters]
    x = [16.0, 0.0]
    [graph]
    L = "sum(m * (x / 2) + (1 - m) * (sqrt(x) + 1))"
    """
    node, cell, line = told(run_of(tmp_path, text))
    assert (node, cell) == ("x", (1,))
    assert line.endswith("operands: upstream gradient 0, local derivative ∞")


def test_an_infinity_that_leads_nowhere_is_no_fault(tmp_path):
    text = """
    [parameters]
    w = [0.0, 2.0]
    [graph]
    beside = "1 / w"
    L = "sum(w ** 2)"
    """
    assert told(run_of(tmp_path, text)) is None


def test_a_nan_that_leads_nowhere_is_one_all_the_same(tmp_path):
    text = """
    [parameters]
    w = [0.0, 2.0]
    [graph]
    beside = "w / w"
    L = "sum(w ** 2)"
    """
    node, cell, _ = told(run_of(tmp_path, text))
    assert (node, cell) == ("beside", (0,))


@pytest.mark.parametrize("seed", range(8))
def test_random_masks_are_faults_only_where_a_whole_row_is_masked(tmp_path, seed):
    keep = np.random.default_rng(seed).integers(0, 2, (3, 3))
    text = ATTENTION.format(keep=keep.tolist(), mask="log(keep)", softmax=SOFTMAX)
    found = told(run_of(tmp_path, text))
    empty = np.flatnonzero(keep.sum(axis=1) == 0)
    if len(empty):
        assert found is not None
        assert found[:2] == ("p", (empty[0], 0))
    else:
        assert found is None


@pytest.mark.parametrize("moved", ["concat(m, e)", "concat(e, m)", "concat(m, e)[::-1]"])
def test_an_infinity_is_followed_through_cells_that_move(tmp_path, moved):
    """Beside the overflow of e lies a mask of data, and neither is mistaken for the other."""
    text = f"""
    [inputs]
    keep = {{ value = [0, 1], batch = false }}
    [parameters]
    w = [1.0, 900.0]
    [graph]
    m = "log(keep)"
    e = "exp(w)"
    both = "reshape({moved}, shape=(2, 2)).T"
    d = "both - both"
    L = "sum(d[0:1])"
    """
    run = run_of(tmp_path, text)
    label, cell, _ = told(run)
    values = run.iteration(1).recorded.values
    graph = run.graph()
    both = np.asarray(values[graph.names["both"]])
    first = both[np.isinf(both)][0]  # the first NaN of d, in C order, is made of it
    assert (label, cell) == (
        ("e", (1,)) if first > 0 else ("d", tuple(np.argwhere(both < -1e300)[0]))
    )


CHOSEN = """
[inputs]
x = [{x}, 2.0, 0.5]
[parameters]
w = [1.0, 1.0, 1.0]
[graph]
z = "w * x"
h = "where(z > 0, {h}, 0.1 * z)"
L = "sum(h)"
"""


def test_a_nan_that_is_not_chosen_does_no_harm(tmp_path):
    run = run_of(tmp_path, CHOSEN.format(x=-1.0, h="2 * log(z)"))
    assert told(run) is None
    assert Debugger(run).execute("nan").text == (
        "no NaN and no infinity in the loss, the gradients or the parameters in the one iteration; "
        "elsewhere the first is NaN in cell [0] of ln(z), and it does no harm"
    )


def test_a_nan_that_is_not_chosen_and_spoils_a_slope_is_born_where_it_is_made(tmp_path):
    node, cell, text = told(run_of(tmp_path, CHOSEN.format(x=-1.0, h="sqrt(z)")))
    assert (node, cell) == ("sqrt(z)", (0,))
    assert text == "NaN is born here: cell [0] of √(z); operands: z[0] = −1"


def test_an_infinite_slope_under_what_is_not_chosen_is_born_in_its_term(tmp_path):
    node, cell, text = told(run_of(tmp_path, CHOSEN.format(x=0.0, h="sqrt(z)")))
    assert (node, cell) == ("z", (0,))
    assert text.endswith("operands: upstream gradient 0, local derivative ∞")


@pytest.mark.parametrize("h", ["log(z) + 0 * sum(log(z))", "where(log(z) > 0, 1, 2)"])
def test_a_nan_that_reaches_anything_else_is_born_where_it_is_made(tmp_path, h):
    node, cell, _ = told(run_of(tmp_path, CHOSEN.format(x=-1.0, h=h)))
    assert (node, cell) == ("log(z)", (0,))


def test_a_mask_by_where_is_no_fault(tmp_path):
    text = ATTENTION.format(keep=CAUSAL, mask="log(keep)", softmax=SOFTMAX)
    text = text.replace("q @ k.T / 2 ** 0.5 + mask", "where(keep, q @ k.T / 2 ** 0.5, -inf)")
    assert told(run_of(tmp_path, text)) is None

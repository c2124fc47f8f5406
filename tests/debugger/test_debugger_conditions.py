"""Comparisons and `where` as ops of a graph: written, named, typed, checked, without a gradient."""

import numpy as np
import pytest

from bpdebug.check import check
from bpdebug.debugger import Debugger
from bpdebug.errors import BpdebugError
from bpdebug.run import Run
from bpdebug.wording import Script, value_formula, value_latex
from tests.debugger.sessions import do
from tests.scenario.scenarios import failure, loaded, write

TEXT = """
[inputs]
x = [[1.0, -2.0, 0.5], [0.3, 0.7, -1.0]]
keep = [1, 0]
[parameters]
W = [[0.5, -0.3, 0.8], [0.1, 0.9, -0.4]]
t = 0.2
[graph]
z = "x @ W.T"
h = "z * (z > 0)"
m = "h >= t"
g = "where(keep, h, -0.5 * z)"
c = "clip(g + m, low=-0.25, high=0.9)"
n = "2 * (z != 1) + (z == 1)"
L = "sum(c) + sum(n) + sum((z < 0) * z)"
"""


@pytest.fixture
def debugger(tmp_path):
    return Debugger(Run(loaded(tmp_path, TEXT)))


def test_comparisons_are_written_in_brackets(debugger):
    graph = debugger.run.graph()
    texts = {name: value_formula(graph, graph.names[name], Script()) for name in "hmgcnL"}
    assert texts == {
        "h": "z ⊙ [z > 0]",
        "m": "[h ≥ t]",
        "g": "where(keep, h, −0.5·z)",
        "c": "clip(g + m, low=-0.25, high=0.9)",
        "n": "2·[z ≠ 1] + [z == 1]",
        "L": "sum(c) + sum(n) + sum([z < 0] ⊙ z)",
    }
    assert value_formula(graph, graph.names["m"], Script(unicode=False)) == "[h >= t]"
    assert value_formula(graph, graph.names["n"], Script(unicode=False)) == "2*[z != 1] + [z == 1]"
    assert value_latex(graph, graph.names["m"]) == r"[h \geq t]"
    assert value_latex(graph, graph.names["h"]) == r"z \odot [z > 0]"


@pytest.mark.parametrize("name", "hmgcn")
def test_what_is_written_can_be_typed(debugger, name):
    text = value_formula(debugger.run.graph(), debugger.run.graph().names[name], Script())
    do(debugger, "goto $")
    shown = do(debugger, f"print {text}").partition(" = [")[2]
    assert shown == do(debugger, f"print {name}").partition(" = [")[2]


def test_brackets_make_a_number_of_a_comparison_and_name_the_result(debugger):
    do(debugger, "goto $")
    assert do(debugger, "print [z > 0]") == "[z > 0] = [[1, 0], [0, 1]]"
    assert do(debugger, "print z > 0") == "z > 0 = [[True, False], [False, True]]"
    assert do(debugger, "print sum(z > 0) - [t > 0]") == "sum(z > 0) - [t > 0] = 1"
    assert do(debugger, "info [z > 0]").startswith("[z > 0]  result of greater, 2×2")
    assert do(debugger, "print grad([z < 0] ⊙ z)").endswith("= [[1, 1], [1, 1]]")
    assert "· forward ·" in do(debugger, "goto [z > 0]", "where").splitlines()[0]


def test_a_breakpoint_on_a_comparison_is_a_condition_and_in_brackets_the_result(tmp_path):
    text = '[inputs]\nx = 2.0\n[parameters]\nw = 1.0\n[graph]\ny = "w * x"\nL = "y * (y > 1)"'
    debugger = Debugger(Run(loaded(tmp_path, text)))
    do(debugger, "break y > 1", "break [y > 1]")
    lines = do(debugger, "breakpoints").splitlines()
    assert [line.split("hits")[1].split()[0] for line in lines] == ["condition", "node"]
    do(debugger, "goto [y > 1]", "delete", "break")
    assert do(debugger, "breakpoints").endswith("node       [y > 1]")


def test_no_gradient_goes_through_a_comparison(debugger):
    graph = debugger.run.graph()
    assert not graph.has_gradient(graph.names["m"])
    do(debugger, "goto $")
    assert "gradient   none: no gradient goes through a comparison" in do(debugger, "info m")
    assert "it is made of a comparison, and no gradient goes" in do(debugger, "info n")
    assert "it reaches the loss only through a comparison" in do(debugger, "info t")
    reply = debugger.execute("print grad(m)")
    assert not reply.ok
    assert "grad(m) has no gradient: no gradient goes through a comparison" in reply.text
    do(debugger, "goto m")
    forward = debugger.moment
    assert forward.graph.nodes[forward.node].name == "m"


def test_differences_agree_and_say_what_has_no_gradient(debugger):
    lines = check(debugger.run).lines()
    assert lines[0] == "gradient of W, shape (2, 3): 6 entries agree, relative error below 1e-6"
    assert "reaches the loss only through a comparison: no gradient to check" in lines[1]


def test_a_value_on_a_jump_is_not_compared_with_differences(tmp_path):
    text = '[inputs]\nx = 1.0\n[parameters]\nw = 0.0\n[graph]\nL = "w + (w > 0) * x"'
    (line, _) = check(Run(loaded(tmp_path, text))).lines()
    assert "on the kink of greater at [w > 0]: where both are equal it is 0" in line


@pytest.mark.parametrize(
    ("graph", "said"),
    [
        ('L = "sum(w > 0)"', "only through comparisons, and no gradient goes through a comparison"),
        ('L = "sum(where(w, x, 1))"', "where has no derivative for its operand c (w)"),
        ('L = "sum(where(x, w, 1))"', "where: c holds 2; it must be 1 or 0 in each cell"),
        ('L = "sum(w * (0 < x < 1))"', "a chain of comparisons belongs in a watch"),
        ('L = "sum(w * [x > 0])"', "round brackets"),
        ('L = "sum(w * (not x))"', "1 - (a > 0)"),
        ('L = "sum(w ≤ x)"', "write <="),
    ],
)
def test_a_mistake_says_what_to_write(tmp_path, graph, said):
    text = f"[inputs]\nx = [1.0, 2.0]\n[parameters]\nw = [0.5, 0.5]\n[graph]\n{graph}"
    error = failure(write(tmp_path, text))
    assert said in error.problem.splitlines()[0]


def test_a_mask_may_come_in_batches(tmp_path):
    text = """
    [inputs]
    c = [[1, 0], [0, 1], [1, 1], [0, 0]]
    [parameters]
    w = [0.5, -0.5]
    [graph]
    L = "sum(where(c, w, where(w > 0, 0, 1)))"
    [run]
    batch_size = 2
    iterations = 2
    """
    run = Run(loaded(tmp_path, text))
    gradients = [run.iteration(k).recorded.gradients[run.graph(k).names["w"]] for k in (1, 2)]
    np.testing.assert_array_equal(np.sum(gradients, axis=0), [2, 2])
    bad = text.replace("[0, 0]]", "[0, 3]]")
    with pytest.raises(BpdebugError, match="c holds 3"):
        loaded(tmp_path, bad)

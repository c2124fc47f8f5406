"""Data may hold ±∞, expressions know `inf`, and neither takes a name from a scenario."""

import numpy as np
import pytest

from bpdebug.check import check
from bpdebug.debugger import Debugger
from bpdebug.diagnosis import diagnose
from bpdebug.errors import BpdebugError
from bpdebug.run import Run
from bpdebug.wording import Script, value_formula, value_latex
from tests.scenario.scenarios import failure, loaded, write

MASK = """
[inputs]
mask = {mask}
[parameters]
w = [1.0, 2.0]
[graph]
L = "sum(softmax(w + mask) * w)"
"""


def answer(debugger, line):
    reply = debugger.execute(line)
    assert reply.ok, reply.text
    return reply.text


@pytest.mark.parametrize(
    "mask",
    [
        "[0, -inf]",
        "{ value = [0.0, -inf], batch = false }",
        '{ file = "m.csv" }',
        '{ file = "m.npz" }',
    ],
)
def test_data_from_everywhere_may_be_infinite(tmp_path, mask):
    write(tmp_path, "a\n0\n-inf\n", "m.csv")
    np.savez(tmp_path / "m.npz", np.array([0.0, -np.inf]))
    if "csv" in mask:
        mask = '{ file = "m.csv", columns = ["a"] }'
    run = Run(loaded(tmp_path, MASK.format(mask=mask)))
    assert run.iteration(1).loss == 1.0
    np.testing.assert_array_equal(
        run.iteration(1).recorded.gradients[run.graph().names["w"]], [1, 0]
    )


@pytest.mark.parametrize(
    ("mask", "said"),
    [
        ("[0, nan]", "holds NaN (not a number) at [1]"),
        ("[0, 1e999]", "past float64's range at [1]; give a finite number"),
        ("[0, -1e999]", "past float64's range at [1]"),
        (f"[0, {10**400}]", "past float64's range at [1]"),
        ("{ value = [0, inf], standardize = true }", "data with inf has no mean"),
    ],
)
def test_nan_and_numbers_that_are_too_large_stay_errors(tmp_path, mask, said):
    error = failure(write(tmp_path, MASK.format(mask=mask)))
    assert error.key.startswith("inputs.mask")
    assert said in error.problem


def test_a_parameter_is_finite(tmp_path):
    text = MASK.format(mask="[0, 0]").replace("[1.0, 2.0]", "[1.0, inf]")
    error = failure(write(tmp_path, text))
    assert (error.key, "only [inputs] may hold inf" in error.problem) == ("parameters.w", True)


GRAPH = """
[inputs]
keep = [1, 0]
[parameters]
w = [1.0, 2.0]
[graph]
low = "minimum(w, inf)"
L = "sum(maximum(low, -inf))"
"""


def test_expressions_know_inf(tmp_path):
    debugger = Debugger(Run(loaded(tmp_path, GRAPH)))
    answer(debugger, "goto $")
    assert answer(debugger, "print low") == "low = [1, 2]"
    assert answer(debugger, "print grad(w)") == "grad(w) = [1, 1]"
    assert answer(debugger, "print all(w < inf)") == "all(w < inf) = True"
    assert answer(debugger, "print -inf") == "-inf = −∞"
    assert answer(debugger, "print grad(maximum(low, −∞))") == "grad(maximum(low, −∞)) = [1, 1]"
    assert answer(debugger, "break loss < inf and iteration < inf").startswith("breakpoint 1")


def test_formulas_write_inf_as_a_sign(tmp_path):
    run = Run(loaded(tmp_path, GRAPH))
    low = run.graph().names["low"]
    assert value_formula(run.graph(), low, Script()) == "minimum(w, ∞)"
    assert value_formula(run.graph(), low, Script(unicode=False)) == "minimum(w, inf)"
    assert value_latex(run.graph(), low) == r"\min(w, \infty)"


@pytest.mark.parametrize("line", ["print nan", "print w == nan", "break norm(w) != nan"])
def test_nan_is_no_word_to_compare_with(tmp_path, line):
    debugger = Debugger(Run(loaded(tmp_path, GRAPH)))
    reply = debugger.execute(line)
    assert not reply.ok
    assert "a watch or a condition says isnan(…)" in reply.text


def test_a_graph_has_no_nan(tmp_path):
    with pytest.raises(BpdebugError, match="there is no value nan"):
        loaded(tmp_path, GRAPH.replace("minimum(w, inf)", "w * nan"))


def test_a_scenario_may_call_its_own_values_inf_and_nan(tmp_path):
    text = """
    [inputs]
    inf = 3.0
    [parameters]
    nan = 2.0
    [graph]
    L = "inf * nan"
    """
    debugger = Debugger(Run(loaded(tmp_path, text)))
    answer(debugger, "goto $")
    assert answer(debugger, "print inf + nan + L") == "inf + nan + L = 11"
    assert answer(debugger, "print grad(nan)") == "grad(nan) = 3"
    answer(debugger, "first")
    answer(debugger, "break inf > 2 and nan < 3 and L > 5")
    assert answer(debugger, "continue").startswith("breakpoint 1")


def test_what_infinite_data_spoils_comes_in_from_the_data(tmp_path):
    text = """
    [inputs]
    x = [1.0, inf]
    [parameters]
    w = [0.5, 0.3]
    [graph]
    L = "sum(w * x)"
    """
    run = Run(loaded(tmp_path, text))
    assert answer(Debugger(run), "nan").splitlines()[0] == (
        "∞ comes in from the data here: cell [1] of w ⊙ x; operands: w[1] = 0.3, x[1] = ∞"
    )
    assert check(run).lines()[0] == (
        "the loss L is inf; inf comes in from the data at tick 1, in the value of w * x at [1]"
    )
    assert "comes in from the data in iteration 1" in diagnose(run, Script()).findings[0].evidence

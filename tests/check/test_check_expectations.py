"""Expectations: half a unit of the last printed place, at the end of an iteration."""

import numpy as np
import pytest

from bpdebug.check import agrees_as_printed, check, check_expectations
from bpdebug.errors import BpdebugError
from bpdebug.run import Expectation, Run
from tests.graphs import two_layer_problem
from tests.scenario.scenarios import loaded


@pytest.mark.parametrize(
    ("value", "printed", "agrees"),
    [
        (0.12345, "0.1234", True),
        (0.12345, "0.1235", True),
        (0.12346, "0.1234", False),
        (0.1234499, "0.1234", True),
        (0.5, "0.50", True),
        (0.504, "0.50", True),
        (0.506, "0.50", False),
        (-0.022602540477475067, "-0.022602540", True),
        (0.022602540477475067, "-0.022602540", False),
        (5.4, "5", True),
        (5.6, "5", False),
        (1540.0, "1.5e3", True),
        (1560.0, "1.5e3", False),
        (1.23e-300, "1.2e-300", True),
        (1.26e-300, "1.2e-300", False),
        (0.0, "0", True),
        (-0.0, "0.000", True),
        (1e-9, "0.000", True),
        (1.0, "1.", True),
        (0.1 + 0.2, "0.3000000000000000000000", True),
        (0.3000001, "0.3000000000000000000000", False),
        (float("nan"), "0", False),
        (float("inf"), "1e308", False),
        (float("nan"), "nan", True),
        (float("nan"), "inf", False),
        (0.0, "nan", False),
        (float("inf"), "inf", True),
        (float("inf"), "-inf", False),
        (float("-inf"), "-inf", True),
        (1.7e308, "inf", False),
    ],
)
def test_half_a_unit_of_the_last_place(value, printed, agrees):
    assert agrees_as_printed(value, printed) is agrees


def run_with(*wanted: tuple[int, str, str], iterations: int = 3) -> Run:
    expectations = tuple(Expectation(*one) for one in wanted)
    return Run(two_layer_problem(iterations, expectations=expectations, file="two.toml"))


def test_the_published_numbers():
    """Mazur's biases stay; only what they do not touch is compared here."""
    run = run_with(
        (1, "L", "0.298371109"),
        (1, "loss", "0.298371109"),
        (1, "h1[0]", "0.593269992"),
        (1, "grad(W2)[0, 0]", "0.082167041"),
        (1, "delta(2)[0]", "0.138498562"),
        (1, "grad(z2)[0]", "0.138498562"),
        (1, "W2[0, 0]", "0.35891648"),
        (1, "iteration", "1"),
        (1, "norm(grad(W1)) < 1e-6", "0"),
    )
    assert [c.agrees for c in check_expectations(run)] == [True] * 9


def test_parameters_are_those_after_the_update_and_values_those_of_the_iteration():
    run = Run(two_layer_problem(3))
    after, values = run.iteration(2).after, run.iteration(2).recorded.values
    z = np.asarray(values[run.graph().names["z1"]])
    run = run_with((2, "W1[1, 0]", repr(float(after["W1"][1, 0]))), (2, "z1[1]", repr(float(z[1]))))
    assert [c.agrees for c in check_expectations(run)] == [True, True]


def test_order_is_the_scenarios_though_each_iteration_is_run_once():
    run = run_with((3, "iteration", "3"), (1, "iteration", "1"), (2, "iteration", "9"))
    found = check_expectations(run)
    assert [c.expectation.iteration for c in found] == [3, 1, 2]
    assert [c.agrees for c in found] == [True, True, False]
    assert found[2].value == 2.0


def test_an_iteration_that_is_not_run_is_not_checked():
    problem = two_layer_problem(3, expectations=(Expectation(3, "L", "7"),))
    (found,) = check_expectations(Run(problem, iterations=2))
    assert found.value is None
    assert found.ok
    report = check(Run(problem, iterations=2))
    assert report.ok
    assert any("not checked, the run ends before" in line for line in report.lines())
    assert report.lines()[-1] == (
        "checked 4 gradients and 0 expectations, 1 not checked: none differs"
    )


def test_an_expression_that_is_no_number_names_its_place():
    run = run_with((1, "L", "0"), (1, "W1", "0.1"))
    with pytest.raises(BpdebugError, match="name one entry, as in") as caught:
        check_expectations(run)
    assert caught.value.key == "expect #2.value"
    assert caught.value.file == "two.toml"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("grad(x)[0]", "has no gradient"),
        ("grad(W9)", "unknown name 'W9'"),
        ("delta(3)[0]", "there is no layer 3; the layers of this graph are 1 to 2"),
    ],
)
def test_what_is_not_there_is_an_error(value, said):
    with pytest.raises(BpdebugError, match=said):
        check_expectations(run_with((1, value, "0")))


def test_the_report_has_one_line_for_each():
    report = check(run_with((1, "L", "0.298371109"), (1, "iteration", "3")))
    lines = report.lines()
    assert not report.ok
    assert len(lines) == 4 + 2 + 1 + 1
    assert lines[0].startswith(
        "gradient of W1, shape (2, 2): 4 entries agree, relative error below 1e-6"
    )
    assert lines[4] == "expected in iteration 1, L = 0.298371109: agrees"
    assert lines[5] == "expected in iteration 1, iteration = 3: DIFFERS, it is 1"
    assert lines[6] == "the gradients are those of iteration 1 of 3"
    assert lines[7] == "checked 4 gradients and 2 expectations: 1 DIFFERS"
    assert all("\n" not in line for line in lines)


def test_the_report_of_what_agrees():
    report = check(run_with((1, "L", "0.298371109")))
    assert report.ok
    assert report.lines()[-1] == "checked 4 gradients and 1 expectation: none differs"


def test_control_characters_are_shown_and_not_obeyed():
    report = check(run_with((1, "L  \t", "0.298371109")))
    assert "\t" not in "".join(report.lines())


ARRAYS = """
[inputs]
mask = [0.0, -inf]
[parameters]
w = [1.25, 800.0]
W = [[1.0, 2.0], [3.0, 4.0]]
[graph]
big = "exp(w) + 0 * mask"
L = "sum(w * w) + sum(W)"
[[expect]]
value = "{value}"
is = {printed}
"""


@pytest.mark.parametrize(
    ("value", "printed", "agrees"),
    [
        ("w", '["1.25", "800"]', True),
        ("w", '["1.3", "8.0e2"]', True),
        ("w", '["1.24", "800"]', False),
        ("w", "[1.25, 800]", True),
        ("w", "[1.3, 800.0]", True),
        ("w", "[1.2, 800.0]", True),
        ("w", "[1.1, 800.0]", False),
        ("mask", '[0, "-inf"]', True),
        ("mask", "[0.0, -inf]", True),
        ("mask", '["0", "−∞"]', True),
        ("mask", "[0.0, inf]", False),
        ("mask", "[0.0, 0.0]", False),
        ("big", '["3.49", "nan"]', True),
        ("big", "[3.49, nan]", True),
        ("grad(W)", "[[1, 1], [1, 1]]", True),
        ("W", '[["1", "2"], ["3", "5"]]', False),
        ("w[1] * mask[1]", '"-inf"', True),
        ("big[1]", '"NaN"', True),
        ("w[0]", '"−1.25"', False),
    ],
)
def test_arrays_and_numbers_that_are_not_finite(tmp_path, value, printed, agrees):
    run = Run(loaded(tmp_path, ARRAYS.format(value=value, printed=printed)))
    (found,) = check_expectations(run)
    assert found.agrees is agrees
    assert found.ok is agrees


def test_an_array_that_differs_names_its_first_cell_that_does(tmp_path):
    text = ARRAYS.format(value="W", printed='[["1", "2.5"], ["3", "nan"]]')
    report = check(Run(loaded(tmp_path, text)))
    assert report.lines()[-2] == (
        "expected in iteration 1, W = [[1, 2.5], [3, nan]]: "
        "DIFFERS in 2 of 4 entries; the first, at [0, 1], is 2, not 2.5"
    )


def test_an_array_of_another_shape_is_an_error(tmp_path):
    run = Run(loaded(tmp_path, ARRAYS.format(value="W", printed="[[1, 2]]")))
    with pytest.raises(
        BpdebugError, match=r"has shape \(2, 2\), but the expected array has \(1, 2\)"
    ):
        check_expectations(run)


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("1.25", "must be a number in quotes"),
        ('"infx"', '"nan", "inf", "-inf", or an array of them'),
        ('[1.25, "eight"]', "must be a number, not the text 'eight' at [1]"),
        ("[[1, 2], [3]]", "the array is ragged"),
        ("[true, 1]", "must be a number, not true at [0]"),
        ("[1e999, 1]", "must be a number, not the number inf at [0]"),
        ("[]", "the array is empty"),
    ],
)
def test_what_is_no_number_and_no_array_is_an_error_of_the_file(tmp_path, printed, said):
    with pytest.raises(BpdebugError) as caught:
        loaded(tmp_path, ARRAYS.format(value="w", printed=printed))
    assert said in caught.value.problem
    assert caught.value.key == "expect #1.is"


def test_nan_and_infinity_need_no_quotes(tmp_path):
    text = (
        '[parameters]\nw = [-1.0, 0.0]\n[graph]\nr = "log(w)"\nL = "sum(w)"\n'
        '[[expect]]\nvalue = "r[0]"\nis = nan\n[[expect]]\nvalue = "r[1]"\nis = -inf\n'
    )
    checked = check_expectations(Run(loaded(tmp_path, text)))
    assert [one.agrees for one in checked] == [True, True]

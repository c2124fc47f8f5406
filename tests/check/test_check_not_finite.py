"""A check says what is NaN or infinite, and where, and never takes it for agreement."""

import numpy as np
import pytest

from bpdebug.check import check
from bpdebug.cli.main import main
from bpdebug.run import Run
from tests.scenario.scenarios import loaded, write


def report(tmp_path, text):
    return check(Run(loaded(tmp_path, text)))


WHERE = """
[inputs]
m = [0.0, 1.0]
[parameters]
x = [16.0, 0.0]
[graph]
L = "sum(m * (x / 2) + (1 - m) * (sqrt(x) + 1))"
"""
LOG_OF_0 = """
[parameters]
w = [1.0, 0.0]
v = 2.0
[graph]
L = "v * sum(log(w))"
"""
MASKED = """
[inputs]
mask = [[0.0, -inf], [{last}, -inf]]
[parameters]
s = [[0.3, 0.1], [0.2, 0.7]]
[graph]
p = "softmax(s + mask, axis=1)"
L = "sum(p[0:1] ** 2 * 0.5) + s[0, 0] * s[1, 1]"
"""


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        (
            WHERE,
            "the gradient of x is NaN at [1]; NaN is born at tick 21, in the gradient of x at [1]",
            "checked 1 gradient and 0 expectations: 1 gradient IS NOT FINITE",
        ),
        (
            LOG_OF_0,
            "the loss L is -inf; -inf is born at tick 1, in the value of log(w) at [1]",
            "checked 0 gradients, 2 not checked, and 0 expectations: the loss IS NOT FINITE, "
            "2 gradients ARE NOT FINITE",
        ),
        (
            MASKED.format(last="-inf"),
            "the gradient of s is NaN at [1, 0]; NaN is born at tick 2, in the value of p at [1,0]",
            "checked 1 gradient and 0 expectations: 1 gradient IS NOT FINITE",
        ),
    ],
)
def test_what_is_not_finite_and_where_it_is_born(tmp_path, capsys, text, first, last):
    found = report(tmp_path, text)
    assert (found.lines()[0], found.lines()[-1]) == (first, last)
    assert not found.ok
    assert main([str(write(tmp_path, text)), "--check"]) == 1
    assert capsys.readouterr().out.splitlines()[0] == first


def test_the_entry_is_named_with_what_central_differences_say_there(tmp_path):
    lines = report(tmp_path, MASKED.format(last="-inf")).lines()
    assert lines[1] == (
        "gradient of s, shape (2, 2): NOT FINITE in 2 entries; the first, s[1, 0], is NaN, "
        "where central differences say 0; 2 entries agree, relative error below 1e-6"
    )


def test_a_mask_that_does_no_harm_is_none_of_the_checks_business(tmp_path):
    found = report(tmp_path, MASKED.format(last="0.0"))
    assert found.ok
    assert found.fault == ""
    assert found.lines()[-1] == "checked 1 gradient and 0 expectations: none differs"


@pytest.mark.parametrize("seed", range(6))
def test_a_random_mask_passes_unless_it_takes_a_whole_row(tmp_path, seed):
    mask = np.where(np.random.default_rng(seed).random((3, 2)) < 0.5, "-inf", "0.0")
    rows = ", ".join(f"[{', '.join(row)}]" for row in mask)
    text = f"""
    [inputs]
    mask = [{rows}]
    [parameters]
    s = [[0.3, 0.1], [0.2, 0.7], [-1.0, 0.4]]
    [graph]
    L = "sum(softmax(s + mask, axis=1) ** 2)"
    """
    whole = (mask == "-inf").all(axis=1).any()
    assert report(tmp_path, text).ok is not bool(whole)


def test_what_could_not_be_compared_is_no_agreement(tmp_path):
    text = """
    [parameters]
    w = [0.0, 0.0]
    [graph]
    L = "sum(relu(w))"
    """
    found = report(tmp_path, text)
    assert not found.ok
    assert found.lines()[-1] == (
        "checked 0 gradients, 1 not checked, and 0 expectations: NOTHING COULD BE COMPARED"
    )
    beside = report(tmp_path, text.replace("[0.0, 0.0]", "[0.0, 1.0]"))
    assert beside.ok


def test_an_infinite_input_that_asks_for_a_gradient_is_not_checkable_there(tmp_path):
    text = """
    [inputs]
    mask = { value = [0.0, -inf, 0.5], gradient = true }
    [parameters]
    w = [1.0, 2.0, 0.5]
    [graph]
    L = "sum(softmax(w + mask) * w)"
    """
    found = report(tmp_path, text)
    assert found.ok
    (line,) = [line for line in found.lines() if "gradient of mask" in line]
    assert "2 entries agree" in line
    assert "1 entry not checkable here (its value is infinite)" in line

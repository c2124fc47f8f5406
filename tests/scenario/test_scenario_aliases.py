"""[aliases]: further names of parameters, by which gradients are handed in."""

import numpy as np
import pytest

from bpdebug.errors import BpdebugError
from bpdebug.mistakes import judge
from bpdebug.mistakes.handed import Precision
from bpdebug.run import Run
from tests.scenario.scenarios import loaded

SCENARIO = """
[inputs]
x = [1.0, 2.0]
[parameters]
w = [0.5, -1.5]
b = 0.25
[graph]
z = "sum(w * x) + b"
L = "z ** 2"
[aliases]
"0.weight" = "w"
head = "w"
"""


@pytest.mark.parametrize(
    "key", ["0.weight", "head", "grad(0.weight)", "d0.weight", "head.grad", "grad( head )@1", "w"]
)
def test_gradients_are_handed_in_by_any_name(key, tmp_path):
    run = Run(loaded(tmp_path, SCENARIO), 1)
    right = np.array([-4.5, -9.0])
    assert judge(run, {key: right}, Precision()).agrees
    wrong = judge(run, {key: right + np.array([1.0, 0.0])}, Precision())
    assert not wrong.agrees
    assert wrong.arrays[0].handed.name == "grad(w)"


def test_both_names_of_a_parameter_are_one_array(tmp_path):
    run = Run(loaded(tmp_path, SCENARIO), 1)
    right = np.array([-4.5, -9.0])
    assert judge(run, {"head": right, "0.weight": right}, Precision()).agrees
    with pytest.raises(BpdebugError, match="given twice, and not alike"):
        judge(run, {"head": right, "0.weight": np.zeros(2)}, Precision())


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('c = "v"', "aliases.c: there is no parameter 'v'; "),
        ('c = "x"', "aliases.c: there is no parameter 'x'"),
        ("c = 3", "aliases.c: must be a text in quotes"),
        ('w = "b"', "aliases.w: this is the name of a parameter itself"),
        (f'{"c" * 101} = "w"', "aliases: has a name of more than 100 characters"),
    ],
)
def test_what_is_no_alias(line, problem, tmp_path):
    with pytest.raises(BpdebugError) as caught:
        loaded(tmp_path, f"{SCENARIO}{line}\n")
    assert problem in str(caught.value)

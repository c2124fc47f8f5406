"""How a backward function is called, and what is said of one that cannot be."""

from functools import partial, wraps
from pathlib import Path

import numpy as np
import pytest

from bpdebug.errors import BpdebugError
from bpdebug.mistakes import judge_function
from tests.mistakes.functions import CLASSIC, SHARES

HERE = Path(__file__)


def shares(x, W, b, t):
    """The right gradients of the network of shares."""
    return SHARES.function()(x, t, W, b)


def line_of(function, text):
    """The line of this file where a text stands, in a function."""
    lines = HERE.read_text(encoding="utf-8").splitlines()
    first = function.__code__.co_firstlineno
    return next(n for n, line in enumerate(lines[first - 1 :], first) if text in line)


def error_of(tmp_path, function):
    """The error of a function that cannot be judged."""
    with pytest.raises(BpdebugError) as caught:
        judge_function(SHARES.run(tmp_path), function)
    return caught.value


def test_its_parameters_may_be_any_values_by_name(tmp_path):
    def backward(p, z, t, x):
        assert p.shape == z.shape
        d_p = (p - t) / len(x)
        d_z = p * (d_p - (d_p * p).sum(axis=1, keepdims=True))
        return {"dW": x.T @ d_z, "grad(b)": d_z.sum(axis=0), "delta(1)": d_z, "value(p)": p}

    verdict = judge_function(SHARES.run(tmp_path), backward)
    assert verdict.verdict == "agrees"
    assert [one.handed.name for one in verdict.arrays] == [
        "grad(W)",
        "grad(b)",
        "grad(z)",
        "value(p)",
    ]


def test_every_kind_of_parameter_and_of_function_will_do(tmp_path):
    run = SHARES.run(tmp_path)

    def by_position(x, W, /, b, *more, t, scale=1.0, **rest):
        assert (more, rest, scale) == ((), {}, 1.0)
        return shares(x, W, b, t)

    def everything(**arrays):
        assert set(arrays) == {"x", "t", "W", "b"}
        return shares(**arrays)

    @wraps(shares)
    def wrapped(*args, **named):
        return shares(*args, **named)

    class Layer:
        def __call__(self, x, W, b, t):
            return shares(x, W, b, t)

        def backward(self, x, W, b, t):
            return shares(x, W, b, t)

    ways = (by_position, everything, wrapped, partial(shares), Layer(), Layer().backward)
    for way in ways:
        assert judge_function(run, way).verdict == "agrees"


def test_labels_are_whole_numbers_and_scalars_are_numbers(tmp_path):
    kinds = {}

    def backward(x, y, W1, b1, W2, b2, L):
        kinds.update(y=y.dtype, x=x.dtype, L=type(L))
        return CLASSIC.function()(x, y, W1, b1, W2, b2)

    assert judge_function(CLASSIC.run(tmp_path), backward).verdict == "agrees"
    assert kinds == {"y": np.int64, "x": np.float64, "L": np.float64}


def test_a_name_with_dots_is_written_with_underscores(tmp_path):
    text = SHARES.scenario.replace('z = "', '"block.z" = "').replace("(z)", "(block.z)")

    def backward(block_z, x, t, W, b):
        assert block_z.shape == t.shape
        return shares(x, W, b, t)

    assert judge_function(SHARES.run(tmp_path, text=text), backward).verdict == "agrees"


def test_it_may_write_into_what_it_is_given(tmp_path):
    def backward(x, t, W, b, p):
        found = shares(x, W, b, t)
        for array in (x, t, W, b, p):
            array *= 0
        return found

    run = SHARES.run(tmp_path)
    before = run.problem.parameters["W"].copy()
    assert judge_function(run, backward).verdict == "agrees"
    assert np.array_equal(run.problem.parameters["W"], before)


def test_a_parameter_that_is_no_value_is_one_error(tmp_path):
    def backward(x, w):
        raise AssertionError("it is never called")

    error = error_of(tmp_path, backward)
    assert error.file == f"{HERE}:{line_of(backward, 'def backward')}"
    assert error.problem == (
        "backward has a parameter 'w', and no value of the forward pass is called so; did you "
        "mean 'W'?"
    )


def test_what_it_raises_is_told_with_its_line_and_the_shapes(tmp_path):
    def backward(x, W):
        wrong = x @ W.T
        return {"W": wrong}

    error = error_of(tmp_path, backward)
    assert error.file == f"{HERE}:{line_of(backward, 'wrong = ')}"
    assert error.problem.startswith("backward raised ValueError: matmul: ")
    assert error.problem.endswith("it was given x (4, 3), W (3, 5)")


@pytest.mark.parametrize(
    ("returned", "says"),
    [
        (None, "returned None; return its gradients by name"),
        ((1.0, 2.0), "returned a tuple; return its gradients by name"),
        ({}, "returned no gradients"),
        ({1: 2.0}, "returned numbers under 1; give each a name in quotes"),
        ({"W": None}, "W: <lambda> returned None there, not real numbers"),
        ({"W": "text"}, "W: <lambda> returned a str there, not real numbers"),
        ({"W": 1j}, "W: <lambda> returned a complex there, not real numbers"),
        ({"W": [[1.0], [1.0, 2.0]]}, "W: <lambda> returned a list there, not real numbers"),
        ({"W": []}, "W: it is empty; leave it out"),
        ({"W@2": 1.0}, "W@2: a function computes a single iteration"),
        ({"V": 1.0}, "V: unknown name 'V'"),
        ({"x": 1.0}, "x: 'x' has no gradient"),
        ({"W": 1.0, "dW": 2.0}, "dW: these numbers are given twice"),
    ],
    ids=str,
)
def test_what_it_may_not_return(returned, says, tmp_path):
    error = error_of(tmp_path, lambda x: returned)
    assert error.file.startswith(f"{HERE}:")
    assert says in str(error)


def test_what_has_no_parameters_to_read_is_one_error(tmp_path):
    assert "cannot be read" in str(error_of(tmp_path, min))

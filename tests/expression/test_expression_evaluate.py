"""Watches and conditions: values, and what is settled while a gradient is still filling in."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from bpdebug.errors import BpdebugError
from bpdebug.expression import Known, NotComputed, evaluate, evaluate_partly, truth
from bpdebug.expression.words import Words

NAN, INF = np.nan, np.inf


class Shelf:
    """An environment of given arrays; a gradient is (values, final, running)."""

    def __init__(self, gradients=None, **values):
        self.values = {name: np.asarray(value, dtype=float) for name, value in values.items()}
        self.gradients = gradients or {}
        self.iteration = 3
        self.loss = Known(np.asarray(0.25))

    @property
    def words(self):
        return Words(frozenset(self.values))

    @property
    def dtype(self):
        return np.dtype(np.float64)

    @property
    def names(self):
        return self.values.keys()

    def part(self, part):
        return self.gradient(part.of.text), None

    def value(self, name):
        return Known(self.values[name])

    def gradient(self, name):
        if name not in self.gradients:
            raise BpdebugError(f"'{name}' has no gradient")
        found = self.gradients[name]
        if found is None:
            raise NotComputed(f"grad({name})")
        values, final, running = found
        return Known(
            np.asarray(values, dtype=float),
            np.asarray(final, dtype=bool),
            np.asarray(running, dtype=bool),
        )

    def delta(self, number):
        return self.gradient(f"z{number}")


def half_known(values, final, running=None):
    """An environment in which g's gradient is known in part."""
    return Shelf({"g": (values, final, running or [False] * len(values))}, g=[0.0] * len(values))


W = np.array([[1.0, -2.0], [3.0, 0.5]])
x = np.array([0.5, -1.0])
AT = Shelf(W=W, x=x, s=2.0, n=[1.0, NAN, INF])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("W @ x + x", W @ x + x),
        ("W.T[0]", W.T[0]),
        ("norm(W)", np.sqrt(np.sum(W * W))),
        ("max(abs(W))", 3.0),
        ("min(W)", -2.0),
        ("min(W, axis=0)", W.min(0)),
        ("mean(W, axis=1)", W.mean(1)),
        ("sum(isnan(n))", 1.0),
        ("(s + 1e-7 - s) / 1e-7", (2 + 1e-7 - 2) / 1e-7),
        ("loss * iteration", 0.75),
        ("softmax(x)", np.exp(x) / np.exp(x).sum()),
        ("x > 0", [True, False]),
        ("-1 <= x", [True, True]),
        ("0 < x < 1", [True, False]),
        ("W > x", x < W),
        ("isnan(n)", [False, True, False]),
        ("isfinite(n)", [True, False, False]),
    ],
)
def test_values(text, expected):
    found = evaluate(text, AT)
    np.testing.assert_allclose(np.asarray(found, dtype=float), np.asarray(expected, dtype=float))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s > 1", True),
        ("s == 2 and loss < 0.5", True),
        ("not s == 2 or s != 2", False),
        ("any(x < 0) and not all(x < 0)", True),
        ("1 < s < 2", False),
        ("iteration >= 3", True),
        ("any(isnan(n))", True),
    ],
)
def test_conditions(text, expected):
    assert evaluate(text, AT) is expected
    assert truth(text, AT) is expected


def test_overflow_and_division_by_zero_are_values():
    assert evaluate("isfinite(exp(1e6))", AT) is False
    assert evaluate("isnan(0 / (s - 2))", AT) is True


def test_nothing_known_yet():
    at = Shelf({"g": None}, g=0.0)
    for text in ("grad(g)", "norm(grad(g))", "grad(g) < 1", "any(isnan(grad(g)))", "-grad(g)[0]"):
        with pytest.raises(NotComputed, match=r"^grad\(g\): not computed yet$"):
            evaluate(text, at)
    assert truth("grad(g) < 1", at) is None


def test_a_partly_known_array_is_not_a_value_but_shows_its_cells():
    at = half_known([1.0, 2.0, NAN], [True, True, False])
    with pytest.raises(NotComputed, match=r"grad\(g\)"):
        evaluate("grad(g) * 2", at)
    found = evaluate_partly("grad(g) * 2", at)
    np.testing.assert_array_equal(found.settled(), [True, True, False])
    np.testing.assert_array_equal(found.values[:2], [2.0, 4.0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("grad(g)[0]", 1.0),
        ("grad(g)[:2]", [1.0, 2.0]),
        ("reshape(grad(g), shape=(3, 1))[1, 0]", 2.0),
        ("concat(grad(g), grad(g))[4]", 2.0),
        ("exp(grad(g))[0] + 1", np.exp(1.0) + 1),
    ],
)
def test_settled_cells_can_be_picked_out(text, expected):
    at = half_known([1.0, 2.0, NAN], [True, True, False])
    np.testing.assert_allclose(evaluate(text, at), expected)


@pytest.mark.parametrize("text", ["grad(g)[2]", "sum(grad(g))", "norm(grad(g))", "min(grad(g))"])
def test_open_cells_are_never_taken_for_zero(text):
    at = half_known([1.0, 2.0, 0.0], [True, True, False])
    with pytest.raises(NotComputed):
        evaluate(text, at)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("any(grad(g) > 1)", True),
        ("any(grad(g) > 9)", None),
        ("all(grad(g) > 1)", False),
        ("all(grad(g) > 0)", None),
        ("any(grad(g) > 9) or s > 0", True),
        ("s > 0 or any(grad(g) > 9)", True),
        ("any(grad(g) > 9) and s < 0", False),
        ("any(grad(g) > 9) and s > 0", None),
        ("any(grad(g) > 9) or s < 0", None),
        ("not any(grad(g) > 9)", None),
        ("not any(grad(g) > 1)", False),
        ("0 > grad(g)[0] > grad(g)[2]", False),
        ("3 > grad(g)[0] > grad(g)[2]", None),
    ],
)
def test_kleene_logic(text, expected):
    at = half_known([1.0, 2.0, NAN], [True, True, False])
    at.values["s"] = np.asarray(1.0)
    assert truth(text, at) is expected


@pytest.mark.parametrize(
    ("running", "text", "expected"),
    [
        (NAN, "any(isnan(grad(g)))", True),
        (NAN, "all(isfinite(grad(g)))", False),
        (INF, "any(isnan(grad(g)))", None),
        (INF, "all(isfinite(grad(g)))", False),
        (-INF, "isfinite(grad(g))[1]", False),
        (1.0, "any(isnan(grad(g)))", None),
        (1.0, "all(isfinite(grad(g)))", None),
        (NAN, "grad(g)[1] > 0", None),
    ],
)
def test_a_running_sum_decides_only_what_nothing_added_can_change(running, text, expected):
    at = half_known([1.0, running], [True, False], [False, True])
    assert truth(text, at) is expected


def test_what_is_not_there_at_all_is_neither_nan_nor_finite_yet():
    at = half_known([1.0, NAN], [True, False], [False, False])
    assert truth("any(isnan(grad(g)))", at) is None
    assert truth("all(isfinite(grad(g)))", at) is None


def test_delta_and_the_gradient_of_an_expression_reach_the_environment():
    gradient = ([0.5], [True], [False])
    at = Shelf({"z2": gradient, "y - ŷ": gradient}, y=1.0)
    assert evaluate("delta(2)[0]", at) == 0.5
    assert evaluate("grad(y  -  ŷ)[0]", at) == 0.5


@pytest.mark.parametrize(
    ("text", "said", "marked"),
    [
        ("1 + losss", "did you mean 'loss'?", "losss"),
        ("1 + grad(W)", "'W' has no gradient", "grad(W)"),
        ("1 + W @ n", "matmul", "W @ n"),
        ("x < n", "shapes (2) and (3) cannot be compared", "x < n"),
        ("x and s > 0", "compare it", "x"),
        ("x > 0 and s > 0", "any(…) or all(…)", "x > 0"),
        ("min(x, axis=3)", "min: axis 3 is out of range", "min(x, axis=3)"),
        ("cross_entropy(x, s + 7)", "label 9 is out of range", "cross_entropy(x, s + 7)"),
    ],
)
def test_errors_name_the_place(text, said, marked):
    with pytest.raises(BpdebugError) as caught:
        evaluate(text, AT)
    problem, shown, carets = caught.value.problem.split("\n")
    assert said in problem
    at = carets.index("^")
    assert shown[at : at + carets.count("^")] == marked


@pytest.mark.parametrize(("text", "said"), [("s + 1", "a number"), ("x > 0", "2 truth values")])
def test_a_condition_is_one_truth_value(text, said):
    with pytest.raises(BpdebugError, match=said):
        truth(text, AT)


def test_all_results_together_have_a_limit(monkeypatch):
    monkeypatch.setattr(sys.modules[evaluate.__module__], "TOTAL_ELEMENTS", 30)
    at = Shelf(v=np.arange(4.0))
    assert evaluate("sum(v + v + v + v + v)", at) == 30.0
    assert evaluate("v[0] + v[1] + v[2] + v[3]", at) == 6.0
    with pytest.raises(BpdebugError, match="up to here the values have 32 elements together"):
        evaluate("outer(v, v) + outer(v, v)", at)


@pytest.mark.parametrize("text", ["outer(v, v)", "v < reshape(v, shape=(-1, 1))"])
def test_gigantic_results_are_refused(text):
    with pytest.raises(BpdebugError, match="100,000,000 elements"):
        evaluate(text, Shelf(v=np.zeros(10_000)))

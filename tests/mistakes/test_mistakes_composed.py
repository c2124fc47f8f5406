"""A function that several ops compute, whose derivative is written wrong as a whole."""

import numpy as np
import pytest

from bpdebug.mistakes import judge_function
from tests.mistakes.functions import Program
from tests.mistakes.judging import ids, judged

FUNCTIONS = {
    "softplus": ("log(1 + exp(z))", "np.log(1 + np.exp(z))", "sigmoid({})"),
    "silu": ("z * sigmoid(z)", "z * sigmoid(z)", "sigmoid({0}) * (1 + {0} * (1 - sigmoid({0})))"),
    "sigmoid": ("1 / (1 + exp(-z))", "sigmoid(z)", "sigmoid({0}) * (1 - sigmoid({0}))"),
    "tanh": (
        "(exp(z) - exp(-z)) / (exp(z) + exp(-z))",
        "np.tanh(z)",
        "(1 - np.tanh({0}) ** 2)",
    ),
    "powers": ("2 * z ** 3 + z", "2 * z ** 3 + z", "(6 * {0} ** 2 + 1)"),
}
"""By name: a function as the graph has it, as numpy has it, and its derivative at `{0}`."""
WRONG = {
    "missing-local-derivative": "g",
    "missing-upstream": "{here}",
    "derivative-at-output": "g * {there}",
    "constant-factor": "2 * g * {here}",
    "sign-flipped": "-g * {here}",
}

KINDS = [
    pytest.param(False, id="an expression"),
    pytest.param(True, id="a group", marks=pytest.mark.thorough),
]


def program(name, group):
    """A network whose hidden layer is the function, alone or as a group."""
    written, computed, derivative = FUNCTIONS[name]
    out = '"Own.out"' if group else "h"
    layer = out.strip('"')
    here, there = derivative.format("z"), derivative.format("h")
    graph = f"""
z = "x @ W1 + b1"
{out} = "{written}"
o = "{layer} @ W2 + b2"
L = "half_squared_error(o, y)"
"""
    lines = f"""
z = x @ W1 + b1
h = {computed}
d_o = (h @ W2 + b2 - y) / len(x)
d_W2 = h.T @ d_o
d_b2 = d_o.sum(axis=0)
g = d_o @ W2.T
d_z = g * {here}
d_W1 = x.T @ d_z
d_b1 = d_z.sum(axis=0)
"""
    shapes = {"W1": (3, 5), "b1": (5,), "W2": (5, 2), "b2": (2,)}
    return Program(graph, lines, shapes, {"x": (6, 3), "y": (6, 2)}), here, there


@pytest.mark.parametrize("group", KINDS)
@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("wanted", WRONG)
def test_it_is_named_first(wanted, name, group, tmp_path):
    made, here, there = program(name, group)
    verdict = made.verdict(tmp_path, {"d_z": WRONG[wanted].format(here=here, there=there)})
    assert ids(verdict) == [wanted]
    if wanted != "constant-factor":  # where the product rule has two terms, each may be doubled
        assert verdict.verdict == "named"


@pytest.mark.parametrize("group", KINDS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_right_one_agrees(name, group, tmp_path):
    made, _, _ = program(name, group)
    assert made.verdict(tmp_path).verdict == "agrees"


@pytest.mark.parametrize(
    ("name", "line", "wanted"),
    [
        ("softplus", "g * (1 - np.tanh(z) ** 2)", "wrong-derivative"),
        ("softplus", "g * h * (1 - h)", "wrong-derivative"),
        ("softplus", "g * (1 - np.exp(-z))", "derivative-formula-at-input"),
        ("silu", "g * sigmoid(z) * (1 - sigmoid(z))", "wrong-derivative"),
        ("tanh", "g * (1 - z ** 2)", "derivative-formula-at-input"),
    ],
)
def test_the_derivative_of_something_else_is_named(name, line, wanted, tmp_path):
    made, _, _ = program(name, group=False)
    verdict = made.verdict(tmp_path, {"d_z": line})
    assert (verdict.verdict, ids(verdict)) == ("named", [wanted])


@pytest.mark.parametrize("written", ["maximum(0, z)", "where(z > 0, z, 0)", "z * (z > 0)"])
@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("g", "missing-local-derivative"),
        ("np.maximum(g, 0)", "mask-from-upstream"),
        ("g * np.where(z > 0, 1, 0.01)", "wrong-derivative"),
    ],
)
def test_relu_is_known_however_it_is_written(written, line, wanted, tmp_path):
    FUNCTIONS["relu"] = (written, "np.maximum(z, 0)", "({} > 0)")
    made, _, _ = program("relu", group=False)
    del FUNCTIONS["relu"]
    verdict = made.verdict(tmp_path, {"d_z": line})
    assert (verdict.verdict, ids(verdict)) == ("named", [wanted])


def told(folder, group):
    """The mistake in words for numbers without the local derivative."""
    made, _, _ = program("softplus", group)
    run = made.run(folder)
    values = run.iteration(1).recorded.values
    names = run.graph(1).names
    given = {name: values[names[name]] for name in ("x", "y", "W1", "b1", "W2", "b2")}
    numbers = made.function({"d_z": "g"})(**given)
    (mistake,) = judged(folder, run, numbers).explanations[0].mistakes
    return mistake


def test_it_is_told_by_the_name_of_the_group(tmp_path):
    mistake = told(tmp_path, group=True)
    assert (mistake.wrong, mistake.at) == ("δ₁ = ∂L/∂Own.out", ("z",))
    assert mistake.right == "δ₁ = ∂L/∂Own.out ⊙ Own′(z)"
    assert mistake.group == "Own"
    assert "Own′(z)" in mistake.why
    assert "Own′(z)" in mistake.remedy


def test_without_a_name_it_is_told_as_f(tmp_path):
    mistake = told(tmp_path, group=False)
    assert (mistake.wrong, mistake.at) == ("δ₁ = ∂L/∂h", ("z",))
    assert mistake.right == "δ₁ = ∂L/∂h ⊙ f′(z), where h = f(z)"


def test_it_is_a_habit_where_two_functions_have_it(tmp_path):
    graph = """
z1 = "x @ W1"
h1 = "log(1 + exp(z1))"
z2 = "h1 @ W2"
h2 = "z2 * sigmoid(z2)"
L = "half_squared_error(h2, y)"
"""
    lines = """
z1 = x @ W1
h1 = np.log(1 + np.exp(z1))
z2 = h1 @ W2
h2 = z2 * sigmoid(z2)
g2 = (h2 - y) / len(x)
d_z2 = g2 * sigmoid(z2) * (1 + z2 * (1 - sigmoid(z2)))
d_W2 = h1.T @ d_z2
d_z1 = (d_z2 @ W2.T) * sigmoid(z1)
d_W1 = x.T @ d_z1
"""
    made = Program(graph, lines, {"W1": (3, 5), "W2": (5, 2)}, {"x": (6, 3), "y": (6, 2)})
    verdict = made.verdict(tmp_path, {"d_z2": "g2", "d_z1": "d_z2 @ W2.T"})
    assert ids(verdict) == ["missing-local-derivative"]
    assert set(verdict.explanations[0].mistakes[0].at) == {"z1", "z2"}


def test_a_way_around_that_is_left_out_is_a_missing_path(tmp_path):
    graph = """
z = "x @ W1"
h = "z + tanh(z)"
L = "half_squared_error(h, y)"
"""
    lines = """
z = x @ W1
d_h = (z + np.tanh(z) - y) / len(x)
d_z = d_h + d_h * (1 - np.tanh(z) ** 2)
d_W1 = x.T @ d_z
"""
    made = Program(graph, lines, {"W1": (3, 5)}, {"x": (6, 3), "y": (6, 5)})
    assert ids(made.verdict(tmp_path, {"d_z": "d_h"})) == ["path-missing"]


SOFTMAX = {
    "its exponentials": 'e = "exp(z)"\np = "e / sum(e, axis=1, keepdims=True)"',
    "one expression": 'p = "exp(z) / sum(exp(z), axis=1, keepdims=True)"',
    "less the maximum": (
        'm = "max(z, axis=1, keepdims=True)"\n'
        'e = "exp(z - m)"\np = "e / sum(e, axis=1, keepdims=True)"'
    ),
}


@pytest.mark.parametrize("written", SOFTMAX)
def test_the_diagonal_of_a_softmax_that_is_written_out(written, tmp_path):
    graph = f'z = "x @ W + b"\n{SOFTMAX[written]}\nL = "half_squared_error(p, t)"'
    lines = """
p = softmax(x @ W + b)
d_p = (p - t) / len(x)
d_z = p * (d_p - (d_p * p).sum(axis=1, keepdims=True))
d_W = x.T @ d_z
d_b = d_z.sum(axis=0)
"""
    made = Program(graph, lines, {"W": (3, 5), "b": (5,)}, {"x": (4, 3), "t": (4, 5)})
    assert made.verdict(tmp_path).verdict == "agrees"
    verdict = judge_function(made.run(tmp_path), made.function({"d_z": "d_p * p * (1 - p)"}))
    assert (verdict.verdict, ids(verdict)) == ("named", ["softmax-diagonal"])
    assert verdict.explanations[0].mistakes[0].at == ("z",)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_single_precision_is_enough(dtype, tmp_path):
    made, _, _ = program("silu", group=True)
    right = made.function({"d_z": "g"})

    def backward(x, y, W1, b1, W2, b2):
        found = right(x, y, W1, b1, W2, b2)
        return {name: np.asarray(values, dtype) for name, values in found.items()}

    assert ids(judge_function(made.run(tmp_path), backward)) == ["missing-local-derivative"]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [("g * (1 - np.tanh(z) ** 2)", "wrong-derivative"), ("np.maximum(g, 0)", "mask-from-upstream")],
)
def test_clip_may_be_relu(line, wanted, tmp_path):
    FUNCTIONS["clip"] = ("clip(z, low=0)", "np.maximum(z, 0)", "({} > 0)")
    made, _, _ = program("clip", group=False)
    del FUNCTIONS["clip"]
    verdict = made.verdict(tmp_path, {"d_z": line})
    assert (verdict.verdict, ids(verdict)) == ("named", [wanted])

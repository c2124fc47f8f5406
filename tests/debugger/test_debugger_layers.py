"""δ and layers as the user meets them: by number, by a given name, by the expression."""

import numpy as np
import pytest

from bpdebug.debugger import Debugger
from bpdebug.diagnosis import diagnose
from bpdebug.export import export
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.wording import Script
from tests.scenario.scenarios import DEAD_UNIT, FORTY_STEPS, loaded

ONE_LINE = """
[inputs]
x = [1.0, 1.0]
y = 0.0
[parameters]
w0 = [[0.9, 0.1], [0.3, 0.5]]
w1 = [0.8, 0.7]
[graph]
h = "sigmoid(x @ w0)"
y0 = "sigmoid(h @ w1)"
E = "0.5 * (y - y0) ** 2"
"""
COLUMNS = """
[inputs]
X = [[0.9, 0.4, 0.7, 0.2, 1.0], [0.3, 1.0, 0.6, 0.8, 0.1]]
Y = [[0.5, 0.2, 0.4, 0.1, 0.6]]
[parameters]
W1 = WEIGHTS
b1 = [[0.1], [0.0], [0.2]]
W2 = [[0.7, -0.8, 0.5]]
b2 = [[0.0]]
[graph]
Z1 = "W1 @ X + b1"
A1 = "relu(Z1)"
Z2 = "W2 @ A1 + b2"
J = "mean((Z2 - Y) ** 2)"
[optimizer]
name = "sgd"
learning_rate = 0.05
[run]
iterations = 40
"""


def run_of(text, tmp_path):
    return Run(loaded(tmp_path, text))


@pytest.fixture
def session(tmp_path):
    found = Debugger(run_of(ONE_LINE, tmp_path))
    found.execute("goto $")
    return found


def said(session, *commands):
    return session.execute(*commands).text


def test_delta_of_the_output_has_the_slope_of_its_sigmoid(session):
    assert said(session, "print delta(2)") == "delta(2) = 0.141708"
    assert said(session, "print (y0 - y) * y0 * (1 - y0)").endswith("= 0.141708")
    assert said(session, "print y0 - y").endswith("= 0.743984")


@pytest.mark.parametrize("text", ["delta(1)", "grad(z_h)", "grad(x @ w0)", "δ₁", "∂E/∂z_h"])
def test_a_given_name_an_expression_and_the_number_mean_the_same(session, text):
    assert said(session, f"print {text}").endswith("= [0.0201673, 0.0226944]")


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("info z_h", "layer 1's pre-activation: δ₁ = ∂E/∂z_h"),
        ("info x @ w0", "layer 1's pre-activation: δ₁ = ∂E/∂z_h"),
        ("goto z_y0", "δ₂ = ∂E/∂z_y₀ = 0.141708"),
        ("break z_h", "breakpoint 1: z_h"),
        ("watch norm(grad(z_h))", "watch 1"),
        ("list 5", "── layer 2 · δ₂ = ∂E/∂z_y₀ ──"),
    ],
)
def test_a_given_name_is_taken_wherever_a_name_is(session, command, answer):
    assert answer in said(session, command)


def test_an_expectation_and_an_export_may_use_the_given_name(tmp_path):
    text = ONE_LINE + '[[expect]]\nvalue = "grad(z_h)[0]"\nis = "0.0201673"\n'
    run = run_of(text, tmp_path)
    target = tmp_path / "trace.json"
    export(run, target)
    assert '"z_h": [0.02016' in target.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (
            "computation_graph",
            "this graph has no layers; ask for a gradient by name, as in grad(s)",
        ),
        ("published/gomez_lstm_2step", "layer 1 has 8 pre-activations (z_a0, z_i0, "),
        ("two_layer", "there is no layer 1"),
    ],
)
def test_a_delta_that_is_not_there_or_not_one_says_what_to_use(name, problem):
    session = Debugger(Run(load(find(name))))
    number = 10 if name == "two_layer" else 1
    assert problem in session.execute(f"print delta({number})").note + said(
        session, f"print delta({number})"
    )


@pytest.mark.parametrize(
    "hidden", ["Z1 = 'X @ W1.T + b1'\nA1 = 'relu(Z1)'", "A1 = 'relu(X @ W1.T + b1)'"]
)
def test_a_dead_unit_is_found_however_the_layer_is_written(hidden, tmp_path):
    rest = "Z2 = 'A1 @ W2.T + b2'\nJ = 'mean((Z2 - Y) ** 2)'"
    text = f"{DEAD_UNIT}{hidden}\n{rest}{FORTY_STEPS}"
    told = "\n".join(diagnose(run_of(text, tmp_path), Script()).lines())
    assert "layer 1: 1 of 3 units gives 0 for every example" in told


def test_a_dead_row_of_weights_is_found_where_examples_are_columns(tmp_path):
    text = COLUMNS.replace("WEIGHTS", "[[0.6, 0.4], [-0.9, -0.7], [0.5, 0.8]]")
    told = "\n".join(diagnose(run_of(text, tmp_path), Script()).lines())
    assert "layer 1: 1 of 3 units gives 0 for every example" in told


def test_an_example_that_silences_every_unit_is_no_dead_unit(tmp_path):
    text = COLUMNS.replace("WEIGHTS", "[[0.6, 0.4], [0.9, 0.7], [0.5, 0.8]]")
    text = text.replace("0.4, 0.7, 0.2, 1.0]", "0.4, -2.0, 0.2, 1.0]").replace(
        "1.0, 0.6, 0.8, 0.1]", "1.0, -2.0, 0.8, 0.1]"
    )
    run = run_of(text, tmp_path)
    assert np.all(run.iteration(1).recorded.values[run.graph().names["A1"]][:, 2] == 0)
    assert "units" not in "\n".join(diagnose(run, Script()).lines())


def test_equal_rows_of_weights_are_found_where_examples_are_columns(tmp_path):
    text = COLUMNS.replace("WEIGHTS", "[[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]")
    text = text.replace("[[0.1], [0.0], [0.2]]", "[[0.0], [0.0], [0.0]]")
    text = text.replace("[[0.7, -0.8, 0.5]]", "[[0.3, 0.3, 0.3]]").replace("relu", "tanh")
    assert "bad-init" in [one.id for one in diagnose(run_of(text, tmp_path), Script()).findings]

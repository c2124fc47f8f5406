"""What a scenario may have meant otherwise is said once, and changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.cli.main import main
from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.scenario import bundled, load
from tests.scenario.scenarios import NETWORK, failure, loaded, write

SQUARE = """
[inputs]
x = [1.0, 0.0]
y = [1.0]
[network]
loss = "half_squared_error"
[[network.layers]]
units = 2
activation = "sigmoid"
bias = { init = "zeros" }
weights = [[0.9, 0.1], [0.3, 0.5]]
[[network.layers]]
units = 1
activation = "sigmoid"
bias = { init = "zeros" }
weights = [[0.8, 0.7]]
"""
"""A unit's weights are a row: z1 is the first column, (0.9, 0.3)."""


def test_a_square_matrix_is_noted_with_its_key_and_read_row_by_row(tmp_path):
    problem = loaded(tmp_path, SQUARE)
    (note,) = problem.notes
    assert note.key == "network.layers #1.weights"
    assert note.text == (
        "W1 is square: a row is taken for the weights of a unit, as in torch.nn.Linear"
    )
    assert "transpose it if a row belongs to an input" in note.remedy
    recorded = Run(problem).iteration(1).recorded
    np.testing.assert_array_equal(recorded.values[recorded.graph.names["z1"]], [0.9, 0.3])


@pytest.mark.parametrize(
    ("layers", "said"),
    [(2, "W1 and W2 are square"), (3, "W1, W2 and W3"), (7, "W1, W2, W3 and 4 more are square")],
)
def test_a_note_for_all_layers_together(tmp_path, layers, said):
    layer = (
        '[[network.layers]]\nunits = 2\nactivation = "tanh"\nweights = [[0.9, 0.1], [0.3, 0.5]]\n'
    )
    text = '[inputs]\nx = [1.0, 0.0]\ny = [1.0, 0.0]\n[network]\nloss = "squared_error"\n'
    (note,) = loaded(tmp_path, text + layer * layers).notes
    assert note.text.startswith(said)
    assert "transpose them" in note.remedy


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('loss = "half', 'layout = "units_inputs"\nloss = "half'),
        ("[[0.9, 0.1], [0.3, 0.5]]", "[[0.9, 0.3], [0.3, 0.5]]"),
        ("[[0.9, 0.1], [0.3, 0.5]]", '{ init = "normal", seed = 1 }'),
    ],
    ids=["said to be right", "symmetric", "drawn"],
)
def test_no_note_where_nothing_can_be_mistaken(tmp_path, old, new):
    assert loaded(tmp_path, SQUARE.replace(old, new)).notes == ()


def test_weights_from_a_file_are_noted_too(tmp_path):
    np.savez(tmp_path / "weights.npz", w=np.array([[0.9, 0.1], [0.3, 0.5]]))
    from_file = SQUARE.replace("[[0.9, 0.1], [0.3, 0.5]]", '{ file = "weights.npz", key = "w" }')
    assert len(loaded(tmp_path, from_file).notes) == 1
    given = SQUARE.replace("[[0.9, 0.1], [0.3, 0.5]]", "{ value = [[0.9, 0.1], [0.3, 0.5]] }")
    assert len(loaded(tmp_path, given).notes) == 1


def test_another_layout_is_an_error_that_says_what_to_do(tmp_path):
    text = SQUARE.replace("[network]\n", '[network]\nlayout = "inputs, units"\n')
    error = failure(write(tmp_path, text))
    assert error.key == "network.layout"
    assert "transpose" in error.problem


def test_no_bundled_scenario_needs_a_note():
    assert {name for name, path, _ in bundled() if load(path).notes} == set()


@pytest.mark.parametrize("work", [["-c", "print z1"], ["--check"], ["--export", "-"]])
def test_a_note_is_one_line_on_standard_error(tmp_path, capsys, work):
    path = write(tmp_path, SQUARE)
    assert main([str(path), *work]) == 0
    found = capsys.readouterr()
    assert found.err.startswith(f"bpdebug: note: {path}: network.layers #1.weights: W1 is square")
    assert found.err.count("\n") == 1
    assert "square" not in found.out


def test_info_says_the_layout_of_a_layers_weights(tmp_path):
    debugger = Debugger(Run(loaded(tmp_path, NETWORK)))
    assert "axes       (units, inputs), as in torch.nn.Linear" in debugger.execute("info W1").text
    assert "axes" not in debugger.execute("info b1").text


OWN = """
notes = ["the data are \\u001b[31mmade up", "rounded\\nto 2 digits", " "]
[inputs]
x = [1.0, 2.0]
[parameters]
w = [0.5, 0.25]
[graph]
L = "sum(x * w)"
"""


def test_a_file_has_notes_of_its_own(tmp_path, capsys):
    path = write(tmp_path, OWN)
    assert [note.sentence for note in load(path).notes] == [
        "the data are \x1b[31mmade up",
        "rounded to 2 digits",
    ]
    assert main([str(path), "-c", "about"]) == 0
    found = capsys.readouterr()
    assert found.err.splitlines()[1] == f"bpdebug: note: {path}: rounded to 2 digits"
    assert "\nnote: rounded to 2 digits\n" in found.out
    assert "\x1b" not in found.err + found.out


@pytest.mark.parametrize("value", ['"a text"', "[1]", "[" + 101 * '"",' + "]"])
def test_notes_are_a_list_of_texts(tmp_path, value):
    table = OWN[OWN.index("[inputs]") :]
    assert failure(write(tmp_path, f"notes = {value}\n{table}")).key == "notes"

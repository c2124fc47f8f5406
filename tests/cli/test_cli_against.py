"""--against with --open, --separate, commands and exports."""

import json

import numpy as np
import pytest

from bpdebug.cli.main import main
from bpdebug.run import Run
from bpdebug.scenario import load
from bpdebug.scenario.rewrite import with_numbers
from bpdebug.tui import screens

SCENARIO = """\
# A comment at the top.
title = "Small"  # with a comment
description = '''
[inputs] in a text is no table'''

[inputs]
x = [[0.5, -1.2], [1.0, 0.3], [-0.7, 0.8]]
y = { value = [[1], [0], [1]], batch = false }

# About the parameters.
[parameters]
W1 = { value = [[0.2, -0.4], [0.6, 0.1]], frozen = true }
W2 = [
  [0.3, -0.5],  # a row
]

[graph]
h1 = "W1 @ x.T"
h2 = "tanh(h1)"
p = "W2 @ h2"
L = "sum((p - y.T) ** 2)"

[[expect]]
value = "loss"
is = "1.0"

[run]
iterations = 1
"""


@pytest.fixture
def files(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    recorded = Run(load(path)).iteration(1).recorded
    names = recorded.graph.names
    upstream = np.asarray(recorded.gradients[names["h2"]])
    wrong = {"W1": (upstream @ np.asarray(recorded.values[names["x"]])).tolist()}
    (tmp_path / "mine.json").write_text(json.dumps(wrong))
    right = {"W2": np.asarray(recorded.gradients[names["W2"]]).tolist()}
    (tmp_path / "right.json").write_text(json.dumps(right))
    return path, tmp_path / "mine.json"


@pytest.fixture
def run(capsys):
    def call(*arguments):
        status = main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return call


def test_the_verdict_comes_first_and_commands_go_on_with_it(files, run):
    status, out, err = run(files[0], "--against", files[1], "-c", "wrong", "-c", "print grad(W1)")
    assert status == 1
    assert not err
    assert out.startswith(("the array", "1 of 1 array"))
    assert "wrong line 1 of 1: the local derivative is left out" in out
    assert "✗ theirs: " in out
    assert "theirs, shape" in out or "theirs = [" in out


def test_an_export_has_theirs_also_from_a_command(files, run, tmp_path):
    target = tmp_path / "commanded.md"
    run(files[0], "-c", f"against {files[1]}", "--export", target)
    assert "theirs" in target.read_text("utf-8")
    run(files[0], "-c", f"against {files[1]}", "-c", "against off", "--export", target)
    assert "theirs" not in target.read_text("utf-8")


def test_an_export_beside_it_has_theirs(files, run, tmp_path):
    plain, beside = tmp_path / "plain.md", tmp_path / "beside.md"
    assert run(files[0], "--export", plain)[0] == 0
    assert run(files[0], "--against", files[1], "--export", beside)[0] == 1
    assert "theirs" not in plain.read_text("utf-8")
    assert "theirs ○" in beside.read_text("utf-8")


def test_open_hands_the_comparison_to_the_screen(files, run, monkeypatch):
    seen = []
    monkeypatch.setattr("bpdebug.cli.tasks.require_terminal", lambda: None)
    monkeypatch.setattr(
        screens.Screens, "debug", lambda self, run, breaks, found, _: seen.append(found) or 0
    )
    status, out, _ = run(files[0], "--against", files[1], "--open")
    assert status == 1
    assert out == ""
    (made,) = seen
    assert [line.mistake.id for line in made.wrong_lines] == ["missing-local-derivative"]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--open"], "add --against FILE"),
        (["--separate", "new.toml"], "add --against FILE"),
        (["--against", "mine.json", "--open", "--plain"], "leave one of them out"),
        (["--against", "mine.json", "--open", "--format", "json"], "leave one of them out"),
        (["--against", "mine.json", "--separate", "-"], "name a file"),
        (["--against", "mine.json", "--serve"], "not read for a browser"),
    ],
)
def test_what_does_not_go_together(files, run, options, problem):
    status, _, err = run(files[0], *options)
    assert status == 2
    assert problem in err
    assert err.count("\n") == 1


def test_open_needs_a_terminal(files, run):
    status, out, err = run(files[0], "--against", files[1], "--open")
    assert status == 2
    assert out == ""
    assert "there is no terminal" in err


def test_separate_writes_the_scenario_with_fresh_numbers(files, run, tmp_path):
    new = tmp_path / "new.toml"
    status, _, err = run(files[0], "--against", files[1], "--separate", new)
    assert status == 1
    assert err.startswith(f"bpdebug: wrote {new}: ")
    text = new.read_text("utf-8")
    assert "# A comment at the top." in text
    assert "# About the parameters." in text
    assert "[inputs] in a text" in text
    assert "[[expect]]" not in text
    assert "fresh numbers" in text
    old, made = load(files[0]), load(new)
    assert made.title.startswith("Small, with fresh numbers")
    assert made.frozen == {"W1"}
    assert not made.expectations
    for name, values in {**made.data, **made.parameters}.items():
        before = {**old.data, **old.parameters}[name]
        assert np.shape(values) == np.shape(before)
    assert not np.array_equal(made.parameters["W1"], old.parameters["W1"])
    assert run(new, "--check")[0] == 0


def test_separate_overwrites_nothing(files, run, tmp_path):
    new = tmp_path / "new.toml"
    new.write_text("mine")
    status, _, err = run(files[0], "--against", files[1], "--separate", new)
    assert status == 2
    assert "is there already" in err
    assert new.read_text() == "mine"
    status, _, err = run(files[0], "--against", files[1], "--separate", tmp_path / "no" / "a.toml")
    assert status == 2
    assert "cannot write" in err


def test_separate_says_where_nothing_is_to_be_separated(files, run, tmp_path):
    new = tmp_path / "new.toml"
    status, _, err = run(files[0], "--against", tmp_path / "right.json", "--separate", new)
    assert status == 0
    assert "nothing is wrong" in err
    assert not new.exists()


def test_tables_that_cannot_be_rewritten_leave_no_file(run, tmp_path):
    path = tmp_path / "dotted.toml"
    path.write_text('inputs.x = 2.0\nparameters.w = 0.5\n[graph]\nL = "(w * x) ** 2"\n')
    (tmp_path / "mine.json").write_text('{"w": 17.25}')
    new = tmp_path / "new.toml"
    status, _, err = run(path, "--against", tmp_path / "mine.json", "--separate", new)
    assert status in (1, 2)
    assert not new.exists()
    assert err.startswith("bpdebug: ")


def test_the_lines_of_a_backward_are_judged_beside_the_file(run, tmp_path):
    path = tmp_path / "mine.json"
    path.write_text('{"loss": 1.0}')
    status, out, _ = run("mistakes/forgotten_slope", "--against", path)
    assert status == 1
    assert out.startswith("the array agrees")
    assert "z1: WRONG" in out


def test_a_network_keeps_its_parameters():
    text = '[inputs]\nx = [1.0]\n[network]\nloss = "mse"\n[[network.layers]]\nunits = 1\n'
    made = with_numbers(text, {"inputs": {"x": np.array([0.25])}}, "T")
    assert made == (
        'title = "T"\n\n[inputs]\nx = [0.25]\n\n[network]\nloss = "mse"\n'
        "[[network.layers]]\nunits = 1\n"
    )


def test_long_arrays_stand_over_several_lines():
    rows = {"X": np.arange(60.0).reshape(5, 12) / 7, "v": np.arange(40.0) / 7, "n": np.array(3.0)}
    made = with_numbers("[inputs]\nX = 1\n", {"inputs": rows}, "T")
    assert max(map(len, made.splitlines())) <= 100
    assert "n = 3\n" in made

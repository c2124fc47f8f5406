"""--with: the second run in commands and exports, and where it shows nothing."""

import csv
import sys

import pytest

from bpdebug.cli.main import main
from bpdebug.run import Run
from bpdebug.scenario import find, load


def test_commands_show_both_runs(capsys):
    line = ["xor", "--iterations", "8", "--with", "learning_rate=0.1", "--with", "seed=3"]
    assert main([*line, "-c", "curves loss"]) == 0
    assert "learning_rate = 0.1, seed = 3" in capsys.readouterr().out
    assert main([*line[:3], "--with", "iris", "-c", "curves loss"]) == 0
    out = capsys.readouterr().out
    assert "A iris" in out
    assert "note: this run has" not in out  # --iterations is for both


def test_an_export_has_a_column_for_each_curve_of_both(capsys):
    line = ["xor", "--iterations", "3", "--export", "-", "--format", "csv"]
    assert main([*line, "--with", "learning_rate=0.1", "--with", "iterations=5"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    label = "[learning_rate = 0.1, iterations = 5]"
    mine = Run(load(find("xor"), iterations=3))
    theirs = Run(load(find("xor")).variant(["learning_rate=0.1", "iterations=5"]))
    assert [row["iteration"] for row in rows] == ["1", "2", "3", "4", "5"]
    for number, row in enumerate(rows, 1):
        mine_text = str(mine.iteration(number).loss) if number <= 3 else ""
        assert row["loss"] == mine_text
        assert row[f"loss {label}"] == str(theirs.iteration(number).loss)
        assert row[f"norm(delta(1)) {label}"]
    assert main([*line, "--with", "iterations=2"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert [bool(row["loss [iterations = 2]"]) for row in rows] == [True, True, False]
    assert main([*line[:2], "1-2", *line[3:], "--with", "iterations=5"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3  # a selection stays one


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["xor", "--with", "learning_rte=1", "-c", "curves"], "did you mean 'learning_rate'?"),
        (["xor", "--with", "learning_rate=-1", "-c", "curves"], "above 0, not -1"),
        (["xor", "--with", "nowhere", "-c", "curves"], "KEY=VALUE"),
        (["xor", "--with", "xor", "--with", "iris", "-c", "curves"], "one other scenario"),
        (["xor", "--with", "", "-c", "curves"], "KEY=VALUE"),
        (["--with", "seed=3"], "name the scenario"),
        (["xor", "--with", "seed=3", "--check"], "nothing here shows a second run"),
        (["xor", "--with", "seed=3", "--diagnose"], "nothing here shows a second run"),
        (["xor", "--with", "seed=3", "--export", "t.md"], "has no curves"),
        (["--tour", "--with", "seed=3"], "--with"),
    ],
)
def test_a_mistake_is_one_error_and_ends_with_2(options, said, capsys):
    assert main(options) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("error") == 1
    assert "--with" in err


PROGRAM = """
import numpy as np
import bpdebug

def loss(x, w):
    return np.square(x @ w).mean()

def made(learning_rate):
    optimizer = {"name": "adam", "learning_rate": learning_rate}
    w = np.array([1.0, -2.0, 0.5])
    return bpdebug.trace(loss, x=np.eye(3), parameters={"w": w}, optimizer=optimizer)

def make():
    return made(0.5)
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A program that records a function of NumPy."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    path = tmp_path / "recorded.py"
    path.write_text(PROGRAM, encoding="utf-8")
    yield path
    sys.modules.pop("recorded", None)


def exported(line, capsys):
    assert main([*line, "--export", "-", "--format", "csv"]) == 0
    return list(csv.DictReader(capsys.readouterr().out.splitlines()))


def test_a_recorded_run_has_a_second_one_too(program, tmp_path, capsys):
    rate = ["--with", "learning_rate=0.1", "--iterations", "4"]
    rows = exported([f"{program}:make", *rate], capsys)
    wanted = losses_at(0.1)
    assert [float(row["loss [learning_rate = 0.1]"]) for row in rows] == wanted
    assert [float(row["loss"]) for row in rows] == losses_at(0.5)
    recorded_at(0.5).save(tmp_path / "a=b")
    assert exported([str(tmp_path / "a=b"), *rate], capsys) == rows
    rows = exported(
        [f"{program}:make", "--iterations", "4", "--with", str(tmp_path / "a=b")], capsys
    )
    assert {row["loss"] == row["loss [a=b]"] for row in rows} == {True}


def recorded_at(learning_rate):
    names = {}
    exec(PROGRAM, names)
    return names["made"](learning_rate)


def losses_at(learning_rate):
    problem = recorded_at(learning_rate)._run.problem
    return [Run(problem, 4).iteration(number).loss for number in range(1, 5)]


def test_a_second_program_is_one_error(program, capsys):
    assert main([f"{program}:make", "--with", f"{program}:make", "-c", "curves"]) == 2
    err = capsys.readouterr().err
    assert "run.save(FOLDER)" in err
    assert err.count("error") == 1

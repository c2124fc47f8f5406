"""`bpdebug.load`: the scenarios that the command line finds, and its errors."""

from pathlib import Path

import numpy as np
import pytest

import bpdebug
from bpdebug.cli.main import main
from bpdebug.scenario.library import paths

SCENARIO = '[parameters]\nx = 3.0\n[graph]\nL = "x * x"\n'


def test_a_bundled_scenario_by_its_name():
    run = bpdebug.load("two_layer")
    assert isinstance(run, bpdebug.ScenarioRun)
    assert (run.title, run.iterations) == ("Two-layer network", 2)


@pytest.mark.parametrize("kind", [str, Path])
def test_a_path(tmp_path, kind):
    (tmp_path / "mine.toml").write_text(SCENARIO)
    assert bpdebug.load(kind(tmp_path / "mine.toml")).loss == 9.0


@pytest.mark.parametrize("end", ["", "/"])
def test_a_folder_with_a_scenario(tmp_path, monkeypatch, end):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "scenario.toml").write_text(SCENARIO)
    monkeypatch.chdir(tmp_path)
    assert bpdebug.load(f"mine{end}").loss == 9.0


@pytest.mark.parametrize("name", ["two_lair", "no/such.toml", "", "a\0b", "."])
def test_the_errors_are_those_of_the_command_line(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(bpdebug.BpdebugError) as found:
        bpdebug.load(name)
    assert main(["--check", "--", name]) == 2
    error = capsys.readouterr().err
    if name:  # a command line without any scenario has an error of its own
        assert error == f"bpdebug: error: {found.value}\n"


def test_a_mistake_in_the_file_is_an_error_with_its_place(tmp_path):
    (tmp_path / "mine.toml").write_text(SCENARIO.replace("x * x", "x * y"))
    with pytest.raises(bpdebug.BpdebugError, match=r"mine\.toml: graph\.L: .*'y'"):
        bpdebug.load(tmp_path / "mine.toml")


@pytest.mark.parametrize("iterations", [5, np.int64(5)])
def test_iterations_replace_the_scenarios_own(iterations):
    run = bpdebug.load("two_layer", iterations=iterations)
    assert run.iterations == 5
    assert run.losses().shape == (5,)


@pytest.mark.parametrize("iterations", [0, -1, 2.5, True, "3", 10**9])
def test_no_number_of_iterations(iterations):
    with pytest.raises(
        bpdebug.BpdebugError, match=r"^iterations: must be a whole number from 1 to"
    ):
        bpdebug.load("two_layer", iterations=iterations)


@pytest.mark.parametrize("what", [None, 3, b"two_layer", ["two_layer"]])
def test_what_is_no_name(what):
    with pytest.raises(bpdebug.BpdebugError, match="is no scenario; give a name"):
        bpdebug.load(what)


@pytest.mark.parametrize("name", paths())
def test_every_bundled_scenario_is_loaded(name):
    assert bpdebug.load(name).title

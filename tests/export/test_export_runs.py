"""Exports of runs: some of the iterations, a line for each, and the curves."""

import csv
import json

import numpy as np
import pytest

from bpdebug.cli.main import main
from bpdebug.debugger.second_run import second_run
from bpdebug.export import export
from bpdebug.export.stream import stream
from bpdebug.run import Run, Selection
from bpdebug.scenario import find, load
from tests.graphs import two_layer_problem


def written(path, iterations=None, **options):
    export(Run(two_layer_problem(iterations=6)), path, iterations=iterations, **options)
    return path.read_text("utf-8")


@pytest.mark.parametrize("detail", ["layer", "term"])
def test_a_line_has_what_the_document_has_for_that_iteration(tmp_path, detail):
    whole = json.loads(written(tmp_path / "t.json", detail=detail))
    lines = written(tmp_path / "t.jsonl", detail=detail).splitlines()
    assert [json.loads(line) for line in lines] == whole["iterations"]


@pytest.mark.parametrize("kind", ["json", "jsonl", "csv", "txt", "md"])
def test_only_the_selected_iterations_are_written(tmp_path, kind):
    text = written(tmp_path / f"t.{kind}", Selection.parse("2,5-6"))
    if kind == "json":
        found = [one["iteration"] for one in json.loads(text)["iterations"]]
    elif kind == "jsonl":
        found = [json.loads(line)["iteration"] for line in text.splitlines()]
    elif kind == "csv":
        found = [int(row["iteration"]) for row in csv.DictReader(text.splitlines())]
    else:
        found = [n for n in range(1, 7) if f"Iteration {n} of 6" in text]
    assert found == [2, 5, 6]


def test_the_curves_are_what_their_columns_say(tmp_path):
    rows = list(csv.DictReader(written(tmp_path / "t.csv").splitlines()))
    run = Run(two_layer_problem(iterations=6))
    for number, row in enumerate(rows, start=1):
        iteration = run.iteration(number)
        graph = iteration.recorded.graph
        gradient = iteration.recorded.gradients[graph.names["W2"]]
        change = iteration.after["W1"] - iteration.before["W1"]
        assert float(row["loss"]) == iteration.loss
        assert float(row["norm(grad(W2))"]) == pytest.approx(np.linalg.norm(gradient), rel=1e-14)
        delta = iteration.recorded.gradients[graph.names["z1"]]
        assert float(row["norm(delta(1))"]) == pytest.approx(np.linalg.norm(delta), rel=1e-14)
        wanted = np.linalg.norm(change) / np.linalg.norm(iteration.before["W1"])
        assert float(row["norm(change(W1)) / norm(value(W1))"]) == pytest.approx(wanted, rel=1e-14)


def test_a_selection_makes_the_run_long_enough(capsys):
    assert main(["two_layer", "--export", "-", "--format", "csv", "--iterations", "1,40"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split(",")[0] for row in rows] == ["iteration", "1", "40"]


def test_the_command_writes_a_selection_too_and_says_where_the_run_ends(tmp_path, capsys):
    line = f"export {tmp_path / 'c.csv'} --iterations 2"
    assert main(["two_layer", "-c", line]) == 0
    assert len((tmp_path / "c.csv").read_text().splitlines()) == 2
    assert main(["two_layer", "-c", "export - --iterations 9 --format csv"]) == 2
    error = capsys.readouterr().err
    assert "the run has 2; choose earlier ones, or open the run with more iterations" in error


def test_a_mistake_in_a_selection_ends_with_2(capsys):
    assert main(["two_layer", "--export", "-", "--iterations", "5-2"]) == 2
    assert "--iterations: '5-2' is no range" in capsys.readouterr().err


def test_every_watch_that_is_one_number_has_a_column(tmp_path, capsys):
    path = tmp_path / "c.csv"
    watches = ["norm(W1) * 2", "W1", "loss", "loss - previous(loss)", "previous(W1)"]
    lines = [part for watch in watches for part in ("-c", f"watch {watch}")]
    assert main(["two_layer", "--iterations", "3", *lines, "-c", f"export {path}"]) == 0
    rows = list(csv.DictReader(path.read_text().splitlines()))
    run = Run(load(find("two_layer"), iterations=3))
    assert list(rows[0])[-2:] == ["norm(W1) * 2", "loss - previous(loss)"]
    assert list(rows[0]).count("loss") == 1
    assert {"W1", "previous(W1)"}.isdisjoint(rows[0])
    after = run.iteration(2).after["W1"]
    assert float(rows[1]["norm(W1) * 2"]) == pytest.approx(2 * np.linalg.norm(after), rel=1e-14)
    assert rows[0]["loss - previous(loss)"] == "NaN"


def test_a_download_has_the_curves_of_the_second_run_too(tmp_path):
    run = Run(load(find("xor"), iterations=3))
    second = second_run(run, ["learning_rate=0.1", "iterations=4"])
    export(run, tmp_path / "c.csv", second=second)
    wanted = (tmp_path / "c.csv").read_bytes()
    assert stream(run, "c.csv", second=second).read() == wanted
    assert b"loss [learning_rate = 0.1, iterations = 4]" in wanted

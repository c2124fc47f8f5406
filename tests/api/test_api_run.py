"""What a run gives to Python code: the arrays, checks, diagnoses and exports of the program."""

import io
import json

import numpy as np
import pytest

import bpdebug
from bpdebug.cli.main import main

FROZEN = """
[inputs]
x = [1.0, -2.0]
[parameters]
w = [0.5, 0.25]
f = {value = 2.0, frozen = true}
[graph]
z = "x * w * f"
L = "sum(z ** 2)"
[optimizer]
name = "sgd"
learning_rate = 0.1
[run]
dtype = "float32"
iterations = 3
"""


@pytest.fixture
def two_layer():
    return bpdebug.load("two_layer")


def printed(capsys, *arguments):
    """What the command line prints, and its exit status."""
    status = main(list(arguments))
    return capsys.readouterr().out, status


@pytest.mark.parametrize("name", ["two_layer", "xor", "lenet", "transformer_block", "float32"])
@pytest.mark.parametrize("iteration", [1, 2])
def test_the_arrays_are_those_of_the_json(name, iteration):
    run = bpdebug.load(name)
    text = run.text("json", detail="layer", iterations=iteration)
    (told,) = json.loads(text)["iterations"]
    found = {
        "values": run.values(iteration),
        "gradients": run.gradients(iteration=iteration),
        "deltas": run.deltas(iteration),
    }
    for kind, arrays in found.items():
        assert list(arrays) == list(told[kind])
        for key, array in arrays.items():
            np.testing.assert_array_equal(array, np.array(told[kind][key], dtype=array.dtype))
    updates = run.updates(iteration)
    assert list(updates) == list(told["updates"])
    for key, update in updates.items():
        for field, entry in told["updates"][key].items():
            array = getattr(update, field)
            np.testing.assert_array_equal(array, np.array(entry, dtype=array.dtype))
    np.testing.assert_equal(run.losses()[iteration - 1], float(told["loss"]))


def test_the_numbers_of_a_published_example(two_layer):
    assert two_layer.loss == pytest.approx(0.298371109, abs=1e-9)
    assert two_layer.gradients()["W2"][0, 0] == pytest.approx(0.082167041, abs=1e-9)
    assert two_layer.updates()["W1"].after[0, 0] == pytest.approx(0.149780716, abs=1e-9)
    assert two_layer.losses() == pytest.approx([0.298371109, 0.280471447], abs=1e-9)


def test_arrays_have_the_runs_kind_and_a_frozen_parameter_no_update(tmp_path):
    (tmp_path / "mine.toml").write_text(FROZEN)
    run = bpdebug.load(tmp_path / "mine.toml")
    assert {array.dtype for array in run.values().values()} == {np.dtype(np.float32)}
    assert {array.dtype for array in run.gradients(3).values()} == {np.dtype(np.float32)}
    assert list(run.updates()) == ["w"]
    assert "x" not in run.gradients()
    assert run.gradients()["f"].shape == ()


def test_arrays_are_the_callers_own(two_layer):
    for method in (two_layer.values, two_layer.gradients, two_layer.deltas):
        before = {name: np.array(array) for name, array in method().items()}
        for array in method().values():
            array += 1.0
        after = method()
        for name, array in before.items():
            np.testing.assert_array_equal(after[name], array)
    two_layer.updates()["W1"].before[:] = 0.0
    assert two_layer.updates()["W1"].before.all()


@pytest.mark.parametrize("iteration", [0, 3, -1, 1.5, "1", None, True])
@pytest.mark.parametrize("method", ["values", "gradients", "deltas", "updates"])
def test_an_iteration_that_is_not_there(two_layer, method, iteration):
    with pytest.raises(bpdebug.BpdebugError, match=r"no iteration .*has 2 iterations, from 1"):
        getattr(two_layer, method)(iteration)


@pytest.mark.parametrize(
    "name", ["two_layer", "forgotten_slope", "float32", "nan_birth", "multi_layer"]
)
def test_a_check_prints_as_the_command_line_does(name, capsys):
    told, status = printed(capsys, name, "--check")
    report = bpdebug.load(name).check()
    assert f"{report}\n" == told
    assert report.agrees is (status == 0) is bool(report)


def test_a_check_has_its_entries(two_layer):
    report = two_layer.check()
    assert [one.name for one in report.arrays] == ["W1", "b1", "W2", "b2"]
    assert {(one.status, one.differing) for one in report.arrays} == {("agrees", 0)}
    assert report.arrays[0].checked == 4
    assert all(one.relative_error < 1e-6 for one in report.arrays)
    first = report.expectations[0]
    assert (first.value, first.iteration, first.status) == ("z1[0]", 1, "agrees")


def test_what_differs_from_an_expectation_is_not_agreed_with(tmp_path):
    (tmp_path / "mine.toml").write_text(
        '[parameters]\nx = 3.0\n[graph]\nL = "x * x"\n'
        '[[expect]]\niteration = 1\nvalue = "L"\nis = "8.0"\n'
    )
    report = bpdebug.load(tmp_path / "mine.toml").check()
    assert not report.agrees
    (one,) = report.expectations
    assert (one.status, one.found, one.expected) == ("differs", 9.0, "8.0")


@pytest.mark.parametrize("name", ["two_layer", "vanishing", "dead_relu", "symmetric_init"])
def test_a_diagnosis_prints_as_the_command_line_does(name, capsys):
    told, status = printed(capsys, name, "--diagnose")
    found = bpdebug.load(name).diagnose()
    assert f"{found}\n" == told
    assert len(found) == len(found.findings) == len(list(found))
    assert bool(found) is (status == 1)
    document, _ = printed(capsys, name, "--diagnose", "--format", "json")
    assert found.document() == json.loads(document)


def test_a_finding_has_the_fields_of_the_json():
    found = bpdebug.load("vanishing").diagnose()
    assert found[0].id == "vanishing-gradient"
    entry = found.document()["findings"][0]
    for key in ("title", "where", "evidence", "remedy", "iteration", "tick"):
        assert getattr(found[0], key) == entry[key]
    assert [one.id for one in found[0].symptoms] == [one["id"] for one in entry["symptoms"]]
    assert repr(found) == str(found)


@pytest.mark.parametrize("suffix", ["txt", "md", "json", "jsonl", "csv"])
def test_an_export_is_that_of_the_command_line(suffix, tmp_path, capsys):
    target, other = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    assert main(["forgotten_slope", "--export", str(target), "--detail", "group"]) == 0
    bpdebug.load("forgotten_slope").export(other, detail="group")
    assert other.read_bytes() == target.read_bytes()


def test_an_export_to_standard_output(two_layer, capsys):
    two_layer.export("-", detail="layer", iterations=2)
    assert capsys.readouterr().out == two_layer.text(detail="layer", iterations=[2])


def test_an_export_to_open_streams(two_layer, tmp_path):
    text, raw = io.StringIO(), io.BytesIO()
    two_layer.export(text, format="json")
    two_layer.export(raw, format="json")
    assert text.getvalue() == raw.getvalue().decode() == two_layer.text("json")
    with open(tmp_path / "plain.txt", "w", encoding="ascii") as stream:
        two_layer.export(stream)
        assert not stream.closed
    assert "dL/dW1" in (tmp_path / "plain.txt").read_text(encoding="ascii")


def test_standard_output_without_bytes_as_a_notebook_has_it(two_layer, monkeypatch):
    class Output:
        encoding = "UTF-8"

        def __init__(self):
            self.pieces = []

        def write(self, text):
            self.pieces.append(text)

        def flush(self):
            pass

    output = Output()
    monkeypatch.setattr("sys.stdout", output)
    two_layer.export("-")
    assert "".join(output.pieces) == two_layer.text()


@pytest.mark.parametrize("iterations", [2, [1, 2], range(1, 3), "1-2", (n for n in (2, 1))])
def test_iterations_are_selected(two_layer, iterations):
    last = two_layer.text("jsonl", iterations=iterations).splitlines()[-1]
    assert json.loads(last)["iteration"] == 2


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"iterations": 0}, "iterations: 0 selects no iterations"),
        ({"iterations": []}, r"iterations: \[\] selects no iterations"),
        ({"iterations": [1, "2"]}, "iterations: .* selects no iterations"),
        ({"iterations": 3}, "iterations: iteration 3 is not there, the run has 2 iterations"),
        ({"iterations": "2-1"}, "iterations: '2-1' is no range"),
        ({"digits": 0}, "digits: must be a whole number from 1 to 17"),
        ({"detail": "edges"}, "no detail 'edges'.*did you mean 'edge'"),
        ({"format": "xml"}, "there is no format 'xml'"),
        ({"against": "mine.npz"}, r"against: give the verdict that run\.compare"),
    ],
)
def test_mistakes_in_an_export_leave_the_old_file_whole(two_layer, tmp_path, options, problem):
    old = tmp_path / "trace.txt"
    old.write_text("old")
    with pytest.raises(bpdebug.BpdebugError, match=problem):
        two_layer.export(old, **options)
    assert old.read_text() == "old"


def test_what_is_no_file(two_layer, tmp_path):
    with pytest.raises(bpdebug.BpdebugError, match="a dict is no file"):
        two_layer.export({})
    with pytest.raises(bpdebug.BpdebugError, match="cannot write the export"):
        two_layer.export(tmp_path / "no" / "trace.md")


def test_a_run_is_short_in_a_list_and_its_title_steers_no_terminal(tmp_path):
    (tmp_path / "mine.toml").write_text(
        'title = "Red \\u001b[31m"\n[parameters]\nx = 3.0\n[graph]\nL = "x * x"\n'
    )
    run = bpdebug.load(tmp_path / "mine.toml")
    assert repr(run) == "<bpdebug run: Red ␛[31m, 1 iteration>"

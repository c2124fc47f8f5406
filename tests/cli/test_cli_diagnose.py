"""--diagnose: the findings on standard output, and an exit status that a script can use."""

import json

import pytest

from bpdebug.cli.main import main
from tests.faulty import ONE_UNIT, TOO_FAST

KEYS = ["id", "title", "where", "evidence", "remedy", "iteration", "tick", "symptoms"]


@pytest.mark.parametrize(("name", "status"), [("two_layer", 0), ("nan_birth", 1), ("xor", 0)])
def test_the_status_says_whether_anything_was_found(name, status, capsys):
    assert main([name, "--diagnose"]) == status
    out = capsys.readouterr().out.splitlines()
    assert out[-1].startswith("looked at")
    assert ("no findings" in out[-1]) == (status == 0)
    assert any(line.startswith("1. ") for line in out) == (status == 1)


@pytest.mark.parametrize(
    ("name", "ids"),
    [("two_layer", []), ("dead_relu", ["dying-relu"]), ("vanishing", ["vanishing-gradient"])],
)
def test_as_json_it_is_one_document_and_nothing_else(name, ids, capsys):
    assert main([name, "--diagnose", "--format", "json"]) == (1 if ids else 0)
    told = capsys.readouterr()
    read = json.loads(told.out)
    assert not told.err
    assert list(read) == [
        "format",
        "version",
        "findings",
        "notes",
        "looked_at",
        "iterations",
        "summary",
    ]
    assert (read["format"], read["version"]) == ("bpdebug-diagnosis", 1)
    assert [one["id"] for one in read["findings"]] == ids
    for one in read["findings"]:
        assert list(one) == KEYS
        assert isinstance(one["iteration"], int)
        assert isinstance(one["tick"], int)
        assert isinstance(one["symptoms"], list)


def test_text_is_what_format_text_asks_for(capsys):
    assert main(["dead_relu", "--diagnose", "--format", "text"]) == 1
    asked = capsys.readouterr().out
    assert main(["dead_relu", "--diagnose"]) == 1
    assert capsys.readouterr().out == asked


def test_a_check_by_itself_is_text_and_another_format_is_refused(capsys):
    assert main(["two_layer", "--check", "--format", "json"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "--format: a check is text, not json; leave --format out" in said.err
    assert main(["two_layer", "--check", "--format", "text"]) == 0


@pytest.mark.parametrize("format", ["markdown", "jsonl", "csv"])
def test_another_format_is_refused_with_the_remedy(format, capsys):
    assert main(["two_layer", "--diagnose", "--format", format]) == 2
    told = capsys.readouterr()
    assert not told.out
    assert "--format: a diagnosis is text or json" in told.err
    assert "leave --format out" in told.err


@pytest.mark.parametrize("other", [["--check"], ["-c", "where"], ["--plain"]])
def test_nothing_writes_text_into_the_document(other, capsys):
    assert main(["two_layer", "--diagnose", "--format", "json", *other]) == 2
    told = capsys.readouterr()
    assert not told.out
    assert "would write text into it" in told.err


def test_an_error_is_no_document(capsys):
    assert main(["no_such_file.toml", "--diagnose", "--format", "json"]) == 2
    told = capsys.readouterr()
    assert not told.out
    assert told.err.startswith("bpdebug: error:")


def test_beside_an_export_on_standard_output_the_findings_go_to_standard_error(capsys):
    assert main(["dead_relu", "--diagnose", "--export", "-", "--format", "json"]) == 1
    told = capsys.readouterr()
    assert told.out.startswith("{")
    assert "dead units" in told.err
    assert "dead units" not in told.out


def test_it_needs_a_scenario(capsys):
    assert main(["--diagnose"]) == 2
    assert "name a scenario" in capsys.readouterr().err


ONE_DEAD = """
[inputs]
x = [[0.9, 0.3], [0.4, 1.0], [0.7, 0.6]]
y = [[0.5], [0.2], [0.4]]
[parameters]
A = [[0.6, -0.9], [0.4, -0.7]]
B = [[0.7], [-0.8]]
[graph]
L = "mean((maximum(0, x @ A) @ B - y) ** 2)"
[optimizer]
name = "sgd"
learning_rate = 0.05
[run]
iterations = 40
"""


def test_what_the_text_notes_the_document_notes_too(tmp_path, capsys):
    path = tmp_path / "one_dead.toml"
    path.write_text(ONE_DEAD, encoding="utf-8")
    assert main([str(path), "--diagnose"]) == 0
    *_, seen, last = capsys.readouterr().out.splitlines()
    assert main([str(path), "--diagnose", "--format", "json"]) == 0
    read = json.loads(capsys.readouterr().out)
    (note,) = read["notes"]
    assert seen == f"also seen: {note['where']}: {note['evidence']}"
    assert (note["id"], read["summary"]) == ("dying-relu", last)
    assert (read["looked_at"], read["iterations"]) == (40, 40)


def told(folder, capsys, text, *options):
    """Standard error of a command on a scenario."""
    path = folder / "faulty.toml"
    path.write_text(text, encoding="utf-8")
    main([str(path), *options])
    return capsys.readouterr().err


def test_what_is_wrong_before_the_run_is_told_when_line_mode_begins(tmp_path, capsys):
    err = told(tmp_path, capsys, ONE_UNIT, "-c", "where", "-c", "step")
    (line,) = err.splitlines()
    assert line.startswith("bpdebug: note: ")
    assert line.endswith("faulty.toml: softmax over one unit – p; diagnose tells more")
    assert told(tmp_path, capsys, TOO_FAST, "-c", "where") == ""


@pytest.mark.parametrize("options", [["--diagnose"], ["-c", "diag"], ["--export", "-"]])
def test_no_hint_stands_beside_a_diagnosis_or_an_export(tmp_path, capsys, options):
    assert "tells more" not in told(tmp_path, capsys, ONE_UNIT, *options)

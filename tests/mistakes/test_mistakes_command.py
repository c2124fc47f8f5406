"""`--against`: its JSON to the letter, its exit status, and what it can stand beside."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import bpdebug
from bpdebug.cli.main import main
from tests.mistakes.by_hand import numbers, of_parameters
from tests.mistakes.judging import as_printed
from tests.mistakes.networks import NETWORKS

TOP = ["format", "version", "agrees", "verdict", "arrays", "explanations", "conventions"]
ARRAY = ["name", "iteration", "status", "relative_error", "blame"]
MISTAKE = ["id", "at", "line", "tick", "wrong", "right", "why", "remedy"]
VERDICTS = {"agrees", "convention", "named", "several", "unknown"}
STATUSES = {"agrees", "differs", "transposed", "shape", "not finite", "undecidable"}
BLAMES = {"own", "inherited", "unknown"}


@pytest.fixture
def files(tmp_path):
    """Writes a scenario and numbers of a network, and returns the words of the command line."""

    def write(name, lines=None, *, factor=1.0, alone=False):
        network = NETWORKS[name]
        found = numbers(network, lines)
        found = of_parameters(network, found) if alone else found
        scenario, path = tmp_path / "mine.toml", tmp_path / "numbers.json"
        scenario.write_text(network.scenario, encoding="utf-8")
        found = {key: factor * value for key, value in found.items()}
        path.write_text(as_printed(found, 15), encoding="utf-8")
        return [str(scenario), "--against", str(path)]

    return write


CASES = {
    "right": ("dense", {}, 1.0, "agrees", 0),
    "minus": ("dense", {}, -1.0, "convention", 0),
    "wrong": ("dense", {"d_z3": "d_y_hat"}, 1.0, "named", 1),
    "strange": ("attention", {"d_o": "(p @ v - y) * [[1], [-2], [3], [0.7]]"}, 1.0, "unknown", 1),
    "transposed": ("dense", {"d_W2": "h1.T @ d_z2"}, 1.0, "named", 1),
    "shape": ("dense", {"d_b2": "d_z2"}, 1.0, "named", 1),
}


@pytest.mark.parametrize("case", CASES)
def test_the_json_has_the_keys_and_words_of_its_form(case, files, capsys):
    name, lines, factor, verdict, status = CASES[case]
    assert main([*files(name, lines, factor=factor), "--format", "json"]) == status
    said = capsys.readouterr()
    assert not said.err
    told = json.loads(said.out)
    assert list(told)[: len(TOP)] == TOP
    assert "separate" in told
    assert (told["format"], told["version"]) == ("bpdebug-verdict", 1)
    assert told["verdict"] == verdict
    assert told["verdict"] in VERDICTS
    assert told["agrees"] is (status == 0)
    assert (told["verdict"] in ("agrees", "convention")) == told["agrees"]
    for one in told["arrays"]:
        assert list(one) == ARRAY
        assert one["status"] in STATUSES
        assert one["blame"] in BLAMES
        assert one["blame"] == "unknown" or one["status"] not in ("agrees", "undecidable")
        assert one["iteration"] == 1
        assert one["relative_error"] >= 0
    for one in told["explanations"]:
        assert list(one) == ["mistakes", "relative_error"]
        for mistake in one["mistakes"]:
            assert set(MISTAKE) <= set(mistake)
            assert all(isinstance(mistake[key], str) for key in ("wrong", "right", "why", "remedy"))
            assert mistake["line"] is None or mistake["line"] > 0
            assert mistake["tick"] is None or mistake["tick"] > 0
    for one in told["conventions"]:
        assert list(one) == ["id", "setting"]
    assert bool(told["explanations"]) == (verdict in ("named", "several"))
    assert bool(told["conventions"]) == (verdict == "convention")
    assert told["separate"] == ""


def test_explanations_are_best_first_and_leave_nothing_over(files, capsys):
    assert main([*files("relu", {"d_b2": "d_z2.mean(axis=0)"}), "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    first, *others = told["explanations"]
    assert [one["id"] for one in first["mistakes"]] == ["averaged-again"]
    assert others
    assert all(one["relative_error"] < 1e-9 for one in told["explanations"])


def test_the_line_and_the_tick_are_those_of_the_program(files, capsys):
    words = files("dense", {"d_z3": "d_y_hat"})
    assert main([*words, "--format", "json"]) == 1
    (mistake,) = json.loads(capsys.readouterr().out)["explanations"][0]["mistakes"]
    assert main([words[0], "-c", f"goto {mistake['tick']}", "-c", "where"]) == 0
    assert "∂L/∂z₃" in capsys.readouterr().out or "δ₃" in mistake["right"]
    assert mistake["at"] == ["z3"]


def test_several_are_told_with_what_would_separate_them(files, capsys):
    words = files("batch norm", {"d_o": "1 - h ** 2"}, alone=True)
    assert main([*words, "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == "several"
    first, second, *_ = ([m["id"] for m in one["mistakes"]] for one in told["explanations"])
    assert [first, second] == [["missing-local-derivative"], ["missing-upstream"]]
    assert "an upstream gradient that is not 1" in told["separate"]
    assert main(words) == 1
    out = capsys.readouterr().out
    assert "the same numbers come from:" in out
    assert told["separate"] in out


def test_where_the_terminal_is_ascii_all_is(files):
    words = [sys.executable, "-m", "bpdebug", *files("dense", {"d_z3": "d_y_hat"})]
    told = {}
    for encoding in ("ascii", "utf-8"):
        ended = subprocess.run(
            [*words, "--format", "json"],
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": encoding},
            cwd=Path(bpdebug.__file__).parents[1],
        )
        assert ended.returncode == 1
        told[encoding] = ended.stdout
    assert told["ascii"].isascii()
    assert not told["utf-8"].isascii()
    assert json.loads(told["ascii"])["arrays"] == json.loads(told["utf-8"])["arrays"]


def test_among_other_tasks_the_worst_status_counts(files, capsys):
    words = files("dense", {"d_z3": "d_y_hat"})
    assert main([*words, "--check"]) == 1
    out = capsys.readouterr().out
    assert "(missing-local-derivative)" in out
    assert "W1" in out
    assert main([*files("dense"), "--check"]) == 0
    assert "agree to the" in capsys.readouterr().out
    assert main([*files("sgd"), "--diagnose", "--check"]) == 0
    said = capsys.readouterr().out
    assert "agree to the" in said
    assert "looked at" in said


def test_commands_run_beside_it_and_text_is_one_of_its_formats(files, capsys):
    words = files("dense", {"d_z3": "d_y_hat"})
    assert main([*words, "-c", "print L"]) == 1
    out = capsys.readouterr().out
    assert "L = " in out
    assert "(missing-local-derivative)" in out
    assert main([*words, "--format", "text"]) == 1
    assert "(missing-local-derivative)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--format", "markdown"], "a verdict is text or json, not markdown"),
        (["--format", "csv"], "a verdict is text or json"),
        (["--format", "json", "--check"], "leave --check out"),
        (["--format", "json", "-c", "print L"], "leave --command out"),
        (["--format", "json", "--plain"], "leave --plain out"),
        (["--format", "json", "--diagnose"], "ask for one at a time"),
    ],
)
def test_what_would_break_the_document_is_refused(more, words, files, capsys):
    assert main([*files("dense"), *more]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert words in said.err


def test_beside_an_export_the_verdict_is_text_on_standard_error(files, capsys):
    words = files("dense", {"d_z3": "d_y_hat"})
    assert main([*words, "--export", "-", "--format", "json", "--detail", "layer"]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["format"] == "bpdebug-trace"
    assert "(missing-local-derivative)" in said.err

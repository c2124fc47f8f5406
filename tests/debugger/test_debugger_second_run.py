"""A second run beside the first: how it is asked for, what `curves` says of both, and its end."""

import numpy as np
import pytest

from bpdebug.debugger import Debugger
from bpdebug.debugger.second_run import second_run
from bpdebug.run import Cancelled, Run, progress
from bpdebug.scenario import find, load


def opened(name="xor", iterations=20):
    return Debugger(Run(load(find(name), iterations=iterations)))


@pytest.fixture
def debugger():
    return opened()


def said(debugger, line):
    reply = debugger.execute(line)
    assert reply.ok, reply.text
    return reply.note


def refused(debugger, line):
    reply = debugger.execute(line)
    assert not reply.ok
    return reply.note


def test_both_runs_stand_below_each_other_with_what_differs(debugger):
    said(debugger, "goto iteration 10")
    text = said(debugger, "with learning_rate=0.1").splitlines()
    assert text[0].split("  ")[-1].strip() == "at 10"
    wanted = Run(debugger.run.problem.variant(["learning_rate=0.1"]))
    show = debugger.script.at_most(5).number
    assert text[1].split()[2:4] == [show(debugger.run.iteration(n).loss) for n in (1, 20)]
    assert text[2].startswith("A learning_rate = 0.1")
    assert text[2].split()[4:6] == [show(wanted.iteration(n).loss) for n in (1, 20)]
    assert text[2].split()[-1] == show(wanted.iteration(10).loss)
    assert text[3:5] == ["", "linear scale"]
    assert {"a", "A"} <= set("".join(text[5:]))
    assert "  learning_rate = 0.1" in said(debugger, "curves")  # many, and no plot


def test_several_curves_have_letters_in_the_table_and_in_the_plot():
    debugger = opened("vanishing", 10)
    text = said(debugger, "curves delta").splitlines()
    assert [line[:16] for line in text[1:9]] == [
        f"{sign} norm(delta({at}))" for at, sign in enumerate("abcdefgh", 1)
    ]
    assert text[10] == "log scale"  # from 1e-5 to 0.08
    rows = text[11:]
    heights = [next(at for at, row in enumerate(rows) if sign in row) for sign in "abcdefgh"]
    assert heights == sorted(heights, reverse=True)
    assert len(set(heights)) == 8
    assert all(len(line) <= 80 for line in rows)
    assert "scale" not in said(debugger, "curves loss")


def test_alone_it_removes_the_second_run_and_says_which(debugger):
    said(debugger, "with seed=3")
    assert "seed = 3" in said(debugger, "with")
    assert debugger.second is None
    assert "seed" not in said(debugger, "curves loss")
    assert "there is no second run" in refused(debugger, "with")
    said(debugger, "with seed=3")
    said(debugger, "with off")
    assert debugger.second is None


def test_several_changes_and_another_scenario(debugger):
    said(debugger, "with name=momentum, momentum=0.8; iterations=30")
    assert debugger.second.label == "name = momentum, momentum = 0.8, iterations = 30"
    assert debugger.second.run.iterations == 30
    assert "this run has 20 iterations, the other 30" in said(debugger, "curves loss")
    said(debugger, "with too_large_step, learning_rate=0.1")
    assert debugger.second.label == "too_large_step, learning_rate = 0.1"
    text = said(debugger, "curves loss, norm(W2)")
    assert "not in that run" in text
    said(debugger, "goto $")
    said(debugger, "with iterations=5")
    assert "ended" in said(debugger, "curves loss")


def test_a_change_without_an_effect_is_called_one(debugger):
    assert "seed = 3 changes nothing" in said(debugger, "with seed=3")
    assert "changes nothing" not in said(debugger, "with learning_rate=0.1")


def test_a_run_without_an_optimizer_says_that_its_curves_are_flat():
    assert "there is no [optimizer]" in said(opened("exploding", 5), "curves loss")
    text = "with batch_size=2"
    assert "changes a parameter, so that each curve is flat" in said(opened("exploding", 5), text)
    assert "there is no [optimizer]" not in said(opened("xor", 5), "curves loss")


@pytest.mark.parametrize(
    "line", ["with learning_rate=-1", "with nowhere", "with xor, iris", "with foo=1", "with a,,b"]
)
def test_a_mistake_leaves_the_second_run_as_it_was(debugger, line):
    said(debugger, "with seed=3")
    before = debugger.second
    refused(debugger, line)
    assert debugger.second is before


def test_it_may_be_cancelled_and_then_there_is_none(debugger, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setattr(progress, "INTERVAL", 0.0)

    def stop(done, total):
        raise Cancelled

    said(debugger, "curves loss")  # so that the second run alone is still to be run
    debugger.run.progress = stop
    assert debugger.execute("with learning_rate=0.1").cancelled
    assert debugger.second is None


def test_its_curves_are_those_of_a_run_of_its_own(debugger):
    made = second_run(debugger.run, ["learning_rate=0.1", "xor"], 12)
    assert made.run.iterations == 12
    wanted = Run(load(find("xor")).variant(["learning_rate=0.1"]))
    values = made.curves_of(["loss", "norm(delta(9))"])
    assert list(values) == ["loss"]
    np.testing.assert_array_equal(
        values["loss"].values, [wanted.iteration(n).loss for n in range(1, 13)]
    )


def test_a_visitor_in_a_browser_gets_no_files(debugger, monkeypatch, tmp_path):
    monkeypatch.setattr("bpdebug.debugger.commands.curves.served", lambda: True)
    said(debugger, "with learning_rate=0.1")
    said(debugger, "with iris")
    for line in (
        f"with {find('iris')}",
        'with inputs.x={ file = "a.csv" }',
        'with inputs.x={ "\\u0066ile" = "a.csv" }',
        'with inputs.x.file="a.csv"',
    ):
        assert "no bundled" in (text := refused(debugger, line)) or "from a browser" in text


def test_a_visitor_gets_no_file_whose_path_looks_like_a_change(debugger, monkeypatch, tmp_path):
    monkeypatch.setattr("bpdebug.debugger.commands.curves.served", lambda: True)
    (tmp_path / "a=b").mkdir()
    secret = find("iris").read_text(encoding="utf-8")
    for path in (tmp_path / "other.toml", tmp_path / "a=b" / "scenario.toml"):
        path.write_text(secret, encoding="utf-8")
    for path in (f"{tmp_path}/a=b/../other.toml", f"{tmp_path}/a=b"):
        assert "there is no bundled scenario" in refused(debugger, f"with {path}")
    assert debugger.second is None

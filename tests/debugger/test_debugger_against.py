"""Numbers of the user's own beside the right ones: marks, wrong lines, and the commands."""

import json

import numpy as np
import pytest

from bpdebug.debugger import Debugger, Mark
from bpdebug.debugger.comparison import compare_file
from bpdebug.run import Run
from bpdebug.scenario import load
from bpdebug.wording.script import ASCII, SCREEN
from tests.graphs import two_layer_problem
from tests.readme import README

LESSONS = sorted((README.parent / "scenarios" / "mistakes").glob("*.toml"))


@pytest.fixture
def debugger():
    return Debugger(Run(two_layer_problem(iterations=2)))


def right(debugger, *names, iteration=1):
    recorded = debugger.run.iteration(iteration).recorded
    return {n: np.asarray(recorded.gradients[recorded.graph.names[n]]) for n in names}


def handed(tmp_path, arrays, name="mine.json"):
    path = tmp_path / name
    path.write_text(json.dumps({key: np.asarray(a).tolist() for key, a in arrays.items()}))
    return path


def without_slope(debugger):
    """Gradients of a pass that forgets σ′(z1)."""
    recorded = debugger.run.iteration(1).recorded
    upstream = np.asarray(recorded.gradients[recorded.graph.names["h1"]])
    x = np.asarray(recorded.values[recorded.graph.names["x"]])
    return right(debugger, "W2", "b2") | {"W1": np.outer(upstream, x), "b1": upstream}


def do(debugger, line):
    reply = debugger.execute(line)
    assert reply.ok, reply.text
    return reply.text


def test_right_numbers_mark_nothing(debugger, tmp_path):
    made = debugger.compare_with(handed(tmp_path, right(debugger, "W1", "b1", "W2", "b2")))
    assert made.agrees
    assert made.wrong_lines == ()
    assert not made.edge_marks(1)
    names = debugger.timeline.graph.names
    assert made.mark(names["W1"], 1) is Mark.AGREES
    assert made.mark(names["z1"], 1) is None
    assert not debugger.execute("wrong").ok


def test_a_named_mistake_marks_its_line_and_what_follows(debugger, tmp_path):
    made = debugger.compare_with(handed(tmp_path, without_slope(debugger)))
    graph = debugger.timeline.graph
    (line,) = made.wrong_lines
    assert line.mistake.id == "missing-local-derivative"
    assert graph.edges[line.edge].operand == graph.names["z1"] == line.node
    assert line.instant == (1, debugger.timeline.edge_span(line.edge)[0] + 1)
    marks = {graph.nodes[graph.edges[e].operand].name: m for e, m in made.edge_marks(1).items()}
    assert marks == {"z1": Mark.OWN, "W1": Mark.INHERITED, "b1": Mark.INHERITED}
    assert made.edge_marks(2) == {line.edge: Mark.OWN}
    assert made.mark(graph.names["W1"], 1) is Mark.INHERITED
    assert made.mark(graph.names["W1"], 2) is None
    np.testing.assert_allclose(
        made.reproduced(graph.names["z1"], 1), right(debugger, "h1")["h1"], rtol=1e-12
    )


def test_what_nothing_explains_marks_the_last_line_that_writes_it(debugger, tmp_path):
    arrays = right(debugger, "W1", "b1", "z1", "h1", "z2", "y_hat")
    arrays["W1"] = arrays["W1"] + np.arange(arrays["W1"].size).reshape(arrays["W1"].shape)
    made = debugger.compare_with(handed(tmp_path, arrays))
    (line,) = made.wrong_lines
    assert line.mistake is None
    assert line.edge == debugger.timeline.graph.into[line.node][-1].index
    assert "no known mistake explains it" in do(debugger, "wrong")


def test_a_wrong_line_opens_at_its_first_wrong_cell(debugger, tmp_path):
    arrays = right(debugger, "W1", "b1", "z1", "h1", "z2", "y_hat")
    arrays["W1"] = arrays["W1"].copy()
    arrays["W1"][-1, -1] += 1.0
    (line,) = debugger.compare_with(handed(tmp_path, arrays)).wrong_lines
    end = debugger.timeline.edge_span(line.edge)[1]
    assert line.instant == (1, end)  # each cell has one term


def test_what_may_be_inherited_has_a_mark_of_its_own(debugger, tmp_path):
    names = debugger.timeline.graph.names
    arrays = right(debugger, "W1")
    shape = arrays["W1"].shape
    arrays["W1"] = arrays["W1"] + np.arange(1, arrays["W1"].size + 1).reshape(shape) ** 2
    made = debugger.compare_with(handed(tmp_path, arrays))
    assert made.mark(names["W1"], 1) is Mark.UNKNOWN
    assert set(made.edge_marks(1).values()) == {Mark.UNKNOWN}
    assert Mark.UNKNOWN.sign(SCREEN) == "•"
    assert any(line.startswith("  • grad(W1)") for line in made.report)
    assert "  • own or inherited: what came in was not handed in" in made.report
    assert len(made.wrong_lines) == 1


def test_a_wrong_value_of_the_forward_pass_is_a_wrong_line(debugger, tmp_path):
    node = debugger.timeline.graph.names["h1"]
    value = np.asarray(debugger.run.iteration(1).recorded.values[node]) + 0.5
    made = debugger.compare_with(handed(tmp_path, {"value(h1)": value}))
    (line,) = made.wrong_lines
    assert line.instant == (1, debugger.timeline.forward_tick(node))
    assert "the value of h₁" in do(debugger, "wrong")
    assert "theirs = [" in do(debugger, "where")
    assert "▶✗" in do(debugger, "list")


def test_a_wrong_update_marks_its_last_line(debugger, tmp_path):
    run = debugger.run
    arrays = right(debugger, "W1", "b1")
    arrays["new(W1)"] = run.iteration(1).before["W1"] - arrays["W1"]
    made = debugger.compare_with(handed(tmp_path, arrays))
    # The rule is that of all parameters, so the mistake is in the update of each.
    assert {line.mistake.id for line in made.wrong_lines} == {"learning-rate-missing"}
    assert made.update_marks(1) == {line.update: Mark.OWN for line in made.wrong_lines}
    text = do(debugger, "wrong")
    assert "learning-rate-missing" in text
    assert "theirs = [" in do(debugger, "print new(W1)[0]")


def test_an_update_with_a_wrong_gradient_follows_from_it(debugger, tmp_path):
    before, after = (debugger.run.iteration(1).before, debugger.run.iteration(1).after)
    uphill = before["W1"] + (before["W1"] - after["W1"])
    made = debugger.compare_with(handed(tmp_path, {"new(W1)": uphill}))
    (line,) = made.wrong_lines
    assert line.mistake.id == "sign-flipped"
    assert line.edge is not None
    assert set(made.update_marks(1).values()) == {Mark.INHERITED}


def test_errors_of_a_later_iteration_are_found_there(debugger, tmp_path):
    arrays = {f"{n}@1": a for n, a in right(debugger, "W1", "b1", "W2", "b2").items()}
    second = right(debugger, "W1", "b1", "W2", "b2", iteration=2)
    arrays |= {f"{n}@2": a + arrays[f"{n}@1"] for n, a in second.items()}
    made = debugger.compare_with(handed(tmp_path, arrays))
    assert {line.mistake.id for line in made.wrong_lines} == {"not-cleared"}
    assert {line.instant.iteration for line in made.wrong_lines} == {2}


def test_iterations_after_the_end_of_the_run_are_told(tmp_path):
    long = Debugger(Run(two_layer_problem(iterations=2)))
    arrays = {f"{n}@2": a for n, a in right(long, "W1", iteration=2).items()}
    short = Debugger(Run(two_layer_problem(iterations=1)))
    text = do(short, f"against {handed(tmp_path, arrays)}")
    assert "start with --iterations 2" in text


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_backward_pass_of_the_scenario_is_compared_from_the_start(lesson):
    debugger = Debugger(Run(load(lesson)))
    made = debugger.moment.comparison
    assert made.own_lines
    assert made.wrong_lines
    assert all(line.mistake is not None for line in made.wrong_lines)
    assert do(debugger, "against").startswith("[backward]:\n")
    for line in made.wrong_lines:
        text = do(debugger, "wrong")
        assert line.mistake.id in text
        assert debugger.instant == line.instant
        assert f"✗ theirs: {line.mistake.wrong}" in text
        assert line.edge is None or made.edge_marks(1)[line.edge] is Mark.OWN
    assert "went round" in do(debugger, "wrong")
    assert "went round" in do(debugger, "next-wrong") or len(made.wrong_lines) > 1


def test_the_commands(debugger, tmp_path):
    assert not debugger.execute("against").ok
    assert not debugger.execute("against off").ok
    path = handed(tmp_path, without_slope(debugger), "my numbers.json")
    text = do(debugger, f"against '{path}'")
    assert "missing-local-derivative" in text
    assert do(debugger, "against").endswith(text)
    assert "wrong line 1 of 1" in do(debugger, "rwrong")
    assert debugger.execute("rwrong").text.splitlines()[0].endswith("; went round")
    shown = do(debugger, "list")
    assert "▶✗" in shown
    assert "   ○" in shown
    assert "theirs: δ₁ = ∂L/∂h₁" in shown
    assert "theirs, as the mistake makes it" in do(debugger, "where")
    assert do(debugger, "print grad(b1)[0]").splitlines()[1].startswith("theirs = ")
    assert do(debugger, "p grad(W2)").splitlines()[-1] == "theirs agrees ✓"
    assert do(debugger, "print grad(z1)").count("\n") == 0
    assert "is forgotten" in do(debugger, "against off")
    assert debugger.moment.comparison is None
    assert "✗" not in do(debugger, "list")


def test_in_ascii(tmp_path):
    debugger = Debugger(Run(two_layer_problem()), ASCII)
    do(debugger, f"against {handed(tmp_path, without_slope(debugger))}")
    do(debugger, "wrong")
    shown = do(debugger, "list all") + do(debugger, "where")
    assert shown.isascii()
    assert " >x" in shown
    assert "  o" in shown


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("no.json", None, "there is no such file"),
        ("bad.json", '{"W9": 1}', "W9"),
        ("text.json", '{"W1": "a"}', "is no number"),
        ("what.txt", "1", ".json, .toml, .npz or .safetensors"),
        ("two words.json", "{}", "put a name with blanks in quotes"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(debugger, tmp_path, name, text, problem):
    do(debugger, f"against {handed(tmp_path, without_slope(debugger))}")
    before = debugger.comparison
    if text is not None:
        (tmp_path / name).write_text(text)
    reply = debugger.execute(f"against {tmp_path / name}")
    assert not reply.ok
    assert problem in reply.text
    assert "\n" not in reply.text
    assert debugger.comparison is before


def test_a_visitor_reads_no_files(debugger, tmp_path, monkeypatch):
    monkeypatch.setattr("bpdebug.debugger.commands.against.served", lambda: True)
    path = handed(tmp_path, without_slope(debugger))
    assert "cannot be read from a browser" in debugger.execute(f"against {path}").text


def test_reset_forgets_what_was_handed_in(debugger, tmp_path):
    debugger.compare(compare_file(debugger.run, handed(tmp_path, without_slope(debugger)), SCREEN))
    assert debugger.moment.comparison is not None
    debugger.reset()
    assert debugger.moment.comparison is None

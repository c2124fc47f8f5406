"""print and watches: values, and "not computed yet" as an answer of its own."""

import numpy as np
import pytest

from bpdebug.debugger import Debugger
from bpdebug.errors import did_you_mean
from bpdebug.graph import GraphBuilder, Kind
from bpdebug.ops import REGISTRY
from bpdebug.run import Problem, Run
from bpdebug.wording import Script
from tests.graphs import two_layer_problem


@pytest.fixture
def debugger():
    return Debugger(Run(two_layer_problem(iterations=2)))


def do(debugger, *lines):
    text = ""
    for line in lines:
        reply = debugger.execute(line)
        assert reply.ok, reply.text
        text = reply.text
    return text


def test_what_is_not_computed_is_never_shown_as_a_number(debugger):
    assert do(debugger, "print grad(W2)") == "grad(W2): not computed yet"
    assert do(debugger, "print norm(grad(W2)) + 1") == (
        "norm(grad(W2)) + 1: not computed yet (it waits for grad(W2))"
    )
    do(debugger, "first")
    assert do(debugger, "print h1") == "h1: not computed yet"
    assert do(debugger, "print loss") == "loss: not computed yet"
    assert do(debugger, "print delta(2)") == "delta(2): not computed yet"


def test_a_gradient_under_way_shows_the_cells_that_it_has(debugger):
    do(debugger, "goto W2", "step")
    assert do(debugger, "print grad(W2)") == (
        "grad(W2) = [[0.082167, 0.0826676], [·, ·]]  (partial: 2 of 4 cells)"
    )
    assert do(debugger, "print grad(W2)[0, 1]") == "grad(W2)[0, 1] = 0.0826676"
    assert "not computed yet" in do(debugger, "print grad(W2)[1, 0]")
    assert do(debugger, "print any(grad(W2) > 0)") == "any(grad(W2) > 0) = True"
    assert "not computed yet" in do(debugger, "print all(grad(W2) > 0)")


def test_the_published_numbers(debugger):
    do(debugger, "goto iteration 2", "rstep")
    do(debugger, "goto iteration 1", "continue")
    assert do(debugger, "p loss") == "loss = 0.298371"
    assert do(debugger, "p grad(W2)[0, 0]") == "grad(W2)[0, 0] = 0.082167"
    assert do(debugger, "p delta(2)[0]") == "delta(2)[0] = 0.138499"


def test_a_parameter_changes_with_the_line_that_updates_it(debugger):
    do(debugger, "until W1", "until W1")
    assert do(debugger, "p W1[0, 0]").split("  (")[0] == "W1[0, 0] = 0.149781"
    do(debugger, "rstep")
    assert do(debugger, "p W1[0, 0]") == "W1[0, 0] = 0.15"


def test_iteration_and_loss_are_names(debugger):
    do(debugger, "last")
    assert do(debugger, "p iteration") == "iteration = 2"
    assert do(debugger, "p loss < 0.298") == "loss < 0.298 = True"


def test_an_intermediate_result_is_named_by_its_expression():
    builder = GraphBuilder()
    a = builder.leaf("a", Kind.PARAMETER, (2,), gradient=True)
    square = builder.apply(REGISTRY["square"], (a,), source="a ** 2")
    graph = builder.finish(builder.apply(REGISTRY["sum"], (square,), name="L"))
    run = Run(Problem("s", lambda rows: graph, {}, {"a": np.array([3.0, -1.5])}))
    debugger = Debugger(run)
    do(debugger, "last")
    assert do(debugger, "print grad(a**2)") == "grad(a**2) = [1, 1]"
    assert do(debugger, "print grad(a)") == "grad(a) = [6, −3]"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("print", "print what?"),
        ("watch", "watch what?"),
        ("print W2 +", "W2 +"),
        ("print W3", "unknown name 'W3'"),
        ("print grad(x)", "has no gradient"),
        ("print delta(3)", "there is no layer 3"),
        ("print W2 @ x @ W1 @ y_hat[0]", "^"),
        ("print __import__('os')", "^"),
        ("watch grad(W9)", "W9"),
    ],
)
def test_what_cannot_be_evaluated_is_explained(debugger, text, told):
    reply = debugger.execute(text)
    assert not reply.ok
    assert told in reply.text
    assert debugger.watches == []


def test_watches_have_numbers_and_survive_a_restart(debugger):
    assert do(debugger, "watch norm(grad(W1))").startswith("watch 1: norm(grad(W1)): not computed")
    do(debugger, "watch loss", "last", "restart")
    first, second = do(debugger, "watches").splitlines()
    assert first.split()[0] == "1"
    assert second == "  2  loss = 0.298371"
    assert do(debugger, "unwatch 1") == "watch 1 removed"
    assert debugger.moment.watches == ((2, "loss"),)
    assert not debugger.execute("unwatch 1").ok
    do(debugger, "unwatch")
    assert "no watches" in do(debugger, "watches")


def test_digits_are_as_many_as_asked_for():
    debugger = Debugger(Run(two_layer_problem()), Script(3))
    assert do(debugger, "p loss") == "loss = 0.298"


def test_a_large_array_is_shown_as_a_window_with_its_shape():
    builder = GraphBuilder()
    w = builder.leaf("w", Kind.PARAMETER, (300, 200), gradient=True)
    graph = builder.finish(builder.apply(REGISTRY["sum"], (w,), name="L"))
    problem = Problem("big", lambda rows: graph, {}, {"w": np.arange(60_000.0).reshape(300, 200)})
    debugger = Debugger(Run(problem))
    lines = do(debugger, "print w").splitlines()
    assert lines[0] == "w, shape (300, 200), rows 0–9 of 300, columns 0–7 of 200:"
    assert len(lines) == 11
    assert lines[2].split() == [str(200 + n) for n in range(8)]
    do(debugger, "goto +204")
    lines = do(debugger, "print grad(w)").splitlines()
    assert lines[0].startswith("grad(w), shape (300, 200), rows")
    assert lines[0].endswith("(partial: 203 of 60000 cells):")
    assert lines[2].split() == ["1", "1", "1", "·", "·", "·", "·", "·"]


def test_one_row_too_long_for_a_line_is_no_value_of_its_name():
    builder = GraphBuilder()
    b = builder.leaf("b3", Kind.PARAMETER, (10,), gradient=True)
    h = builder.apply(REGISTRY["exp"], (b,), name="h")
    graph = builder.finish(builder.apply(REGISTRY["sum"], (h,), name="L"))
    debugger = Debugger(Run(Problem("row", lambda rows: graph, {}, {"b3": np.arange(10.0)})))
    shown = "shape (10), columns 0–7 of 10"
    assert do(debugger, "print b3").splitlines()[0] == f"b3, {shown}:"
    assert do(debugger, "goto 1").splitlines()[1:3] == ["  h = exp(b₃)", f"  {shown}:"]
    assert f"  ∂L/∂b₃, {shown}  (partial: 1 of 10 cells):" in do(debugger, "goto b3").splitlines()
    assert f"  value      {shown}:" in do(debugger, "info b3").splitlines()


def test_a_number_being_summed_counts_its_terms():
    builder = GraphBuilder()
    w = builder.leaf("w", Kind.PARAMETER, (), gradient=True)
    x = builder.leaf("x", Kind.INPUT, (4,))
    y = builder.apply(REGISTRY["multiply"], (w, x), name="y")
    again = builder.apply(REGISTRY["multiply"], (w, y), name="z")
    graph = builder.finish(builder.apply(REGISTRY["sum"], (again,), name="L"))
    data = {"x": np.arange(1.0, 5.0)}
    debugger = Debugger(Run(Problem("sum", lambda rows: graph, data, {"w": np.array(2.0)})))
    told = "(partial: 1 of 4 terms, 0 of 2 contributions)"
    assert do(debugger, "goto w").endswith(f"∂L/∂w = 2  {told}")
    assert f"∂L/∂w      2  {told}" in do(debugger, "info w")
    assert do(debugger, "print grad(w)") == f"grad(w) = 2  {told}"
    assert "not computed yet" in do(debugger, "print norm(grad(w))")
    assert "not computed yet" in do(debugger, "print grad(w) > 0")
    assert "2 of 4 terms" in do(debugger, "step")


def test_a_cell_being_summed_counts_its_terms(debugger):
    told = do(debugger, "goto h1").splitlines()[-1]
    assert told.endswith("(partial: 0 of 2 cells, 1 of 2 terms of the next cell)")
    assert do(debugger, "step").splitlines()[-1].endswith("(partial: 1 of 2 cells)")


@pytest.mark.parametrize("line", ["print grad(W3)", "print W3", "info W3", "until W12"])
def test_a_name_with_another_number_is_suggested(debugger, line):
    reply = debugger.execute(line)
    assert not reply.ok
    assert "did you mean 'W2'?" in reply.text


def test_the_nearest_number_is_suggested_before_a_shorter_name():
    assert did_you_mean("W7", ["W", "W1", "W10", "b7"]) == "; did you mean 'W10'?"


def test_control_characters_in_a_command_are_not_obeyed(debugger):
    for line in ("print \x1b[31mloss", "break \x1b]0;x\x07", "goto \x1b[2J", "find \x1b", "\x1b[A"):
        reply = debugger.execute(line)
        assert not reply.ok
        assert "\x1b" not in reply.text


def test_a_cell_with_one_of_two_contributions_is_shown_as_partial():
    builder = GraphBuilder()
    c = builder.leaf("c", Kind.PARAMETER, (2, 2), gradient=True)
    square = builder.apply(REGISTRY["multiply"], (c, c), name="square")
    graph = builder.finish(builder.apply(REGISTRY["sum"], (square,), name="L"))
    values = {"c": np.array([[1.0, 2.0], [3.0, 4.0]])}
    debugger = Debugger(Run(Problem("twice", lambda rows: graph, {}, values)))
    do(debugger, "goto c")
    assert (
        do(debugger, "print grad(c)[1, 0]")
        == "grad(c)[1, 0]: not computed yet (it waits for grad(c))"
    )
    do(debugger, "next")
    told = "(partial: 1 of 2 contributions)"
    assert do(debugger, "print grad(c)[1,0]") == f"grad(c)[1,0] = 3  {told}"
    assert do(debugger, "print grad(c)") == f"grad(c) = [[1, 2], [3, 4]]  {told}"
    for waiting in ("norm(grad(c))", "grad(c)[1, 0] > 0", "2 * grad(c)[1, 0]"):
        assert "not computed yet" in do(debugger, f"print {waiting}")
    do(debugger, "step 2")
    told = "(partial: 1 of 2 cells, 1 or 2 of 2 contributions)"
    assert do(debugger, "print grad(c).T[1]") == f"grad(c).T[1] = [4, 4]  {told}"
    do(debugger, "next")
    assert do(debugger, "print grad(c)[1, 0]") == "grad(c)[1, 0] = 6"


def test_watches_follow_every_stop_where_no_screen_shows_them(debugger):
    do(debugger, "watch loss", "watch norm(grad(W2))")
    lines = do(debugger, "next").splitlines()
    assert lines[-2].startswith("watch 1: loss = 0.29")
    assert lines[-1] == "watch 2: norm(grad(W2)): not computed yet (it waits for grad(W2))"
    assert "watch 1:" not in do(debugger, "print loss")
    assert "watch 1:" not in debugger.execute("next", where=False).text

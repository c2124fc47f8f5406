"""What the screen shows can be typed: every name, gradient and formula means what it stands for."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest

from bpdebug.debugger import Debugger
from bpdebug.debugger.breakpoints.evaluation import MomentEnvironment
from bpdebug.debugger.moment import Moment
from bpdebug.errors import BpdebugError
from bpdebug.expression import evaluate
from bpdebug.ops.maps.pick_map import INDEX_ARRAY
from bpdebug.run import Run
from bpdebug.scenario import bundled, load
from bpdebug.wording import Script, edge_formula, gradient_name, node_name, value_formula
from bpdebug.wording.steps import cell_name, gradient_cell_name
from tests.scenario.scenarios import loaded

CUT = ("…", "~", "...")
"""What shows that a name was cut to fit the screen."""


def shown(run, layers, unicode):
    """Every text that the screen shows for a value or a gradient, with what it stands for."""
    graph, script = run.graph, Script(unicode=unicode)
    for node in graph.nodes:
        at, value = node.index, np.asarray(run.values[node.index])
        yield node_name(graph, at, script), value
        yield value_formula(graph, at, script), value
        yield value_formula(graph, at, script.whole), value
        cell = tuple(n - 1 for n in node.shape)
        yield cell_name(graph, at, cell, script), value[cell]
        if graph.has_gradient(at):
            gradient = np.asarray(run.gradients[at])
            yield gradient_name(graph, at, script), gradient
            yield gradient_name(graph, at, script.whole), gradient
            yield gradient_cell_name(graph, at, cell, script), gradient[cell]
    for edge in graph.edges:
        left = edge_formula(graph, edge, script).left
        output = graph.nodes[edge.output]
        arrays = iter(np.asarray(run.values[i], int) for i in output.operands[1:])
        key = output.options.get("key", ()) if left.endswith("]") else ()
        key = tuple(next(arrays) if part == INDEX_ARRAY else part for part in key)
        yield left, np.asarray(run.gradients[edge.operand])[key]


@pytest.mark.parametrize("unicode", [True, False], ids=["unicode", "ascii"])
@pytest.mark.parametrize("name", [name for name, _, _ in bundled()])
def test_whatever_is_shown_evaluates_to_what_it_stands_for(name, unicode):
    path = next(path for one, path, _ in bundled() if one == name)
    run = Run(load(path))
    iteration = run.iteration(1)
    timeline = iteration.timeline
    moment = Moment(run, iteration, timeline.backward_end)
    for text, wanted in shown(iteration.recorded, timeline.layers, unicode):
        if any(mark in text for mark in CUT):
            with pytest.raises(BpdebugError, match="cut"):
                evaluate(text, MomentEnvironment(moment))
            continue
        found = np.asarray(evaluate(text, MomentEnvironment(moment)))
        assert found.shape == wanted.shape, text
        assert found == pytest.approx(wanted, rel=1e-12, abs=1e-14, nan_ok=True), text


def loads(text):
    """The problem of a scenario that is given as a text."""
    with tempfile.TemporaryDirectory() as folder:
        return loaded(Path(folder), text)


def session(lines='h = "sigmoid(W1 @ x)"\ny_hat = "W2 @ h"\nL = "sum((y_hat - h * h) ** 2)"'):
    run = Run(problem(lines))
    return Debugger(run)


def problem(graph, *, more=""):
    return loads(
        "[inputs]\nx = [0.5, -1.0]\n[parameters]\nW1 = [[0.1, 0.2], [0.3, 0.4]]\n"
        f"W2 = [[0.5, -0.5], [1.0, 2.0]]\n{more}[graph]\n{graph}\n"
        '[optimizer]\nname = "sgd"\nlearning_rate = 0.5\n'
    )


def answer(debugger, *lines):
    replies = [debugger.execute(line) for line in lines]
    return replies[-1].text


@pytest.mark.parametrize(
    ("shown_line", "typed_line"),
    [
        ("goto ŷ", "goto y_hat"),
        ("goto ∂L/∂W₂", "goto W2"),
        ("info W₂", "info W2"),
        ("info h ⊙ h", "info h * h"),
        ("inspect ∂L/∂W₁", "inspect grad(W1)"),
        ("terms ∂L/∂W₁[0,1]", "terms grad(W1)[0, 1]"),
        ("terms (∂L/∂W₁)[0,1]", "terms W1[0, 1]"),
        ("paths W₁[0,1]", "paths W1[0, 1]"),
    ],
)
def test_commands_take_what_is_shown(shown_line, typed_line):
    first, second = answer(session(), "last", shown_line), answer(session(), "last", typed_line)
    assert first == second
    assert "there is no" not in first


@pytest.mark.parametrize(
    "text", ["∂L/∂W₂", "W₂", "ŷ → W₂", "ŷ W₂", "‖∂L/∂W₂‖ > 0", "W₂ if h[0] ≥ 0"]
)
def test_breakpoints_stand_on_what_is_shown(text):
    debugger = session()
    assert debugger.execute(f"break {text}").ok
    assert debugger.execute("continue").text.startswith("breakpoint 1")


@pytest.mark.parametrize("text", ["grad(W1)[0, 1]", "grad(W1[0, 1])", "∂L/∂W₁[0,1]", "dL/dW1[0,1]"])
def test_a_cell_of_a_gradient_is_written_in_any_way(text):
    debugger = session()
    value = answer(debugger, "last", f"print {text}").rpartition(" = ")[2]
    assert value == answer(debugger, "print grad(W1)[0, 1]").rpartition(" = ")[2]


def test_names_that_are_spelled_like_signs_win():
    run = Run(
        loads(
            '[parameters]\n"δ1" = 3.0\n"ŷ" = 2.0\n"c·d" = 7.0\n[graph]\ny_hat = "ŷ * δ1"\n'
            'L = "(y_hat + c·d) ** 2"\n'
        )
    )
    debugger = Debugger(run)
    assert answer(debugger, "last", "print δ₁") == "δ₁ = 3"
    assert answer(debugger, "print ŷ") == "ŷ = 2"
    assert answer(debugger, "print c·d") == "c·d = 7"
    assert answer(debugger, "print y_hat·δ₁") == "y_hat·δ₁ = 18"


def test_a_change_is_not_computed_before_the_update_and_none_for_data():
    debugger = session()
    assert "not computed yet" in answer(debugger, "print change(W1)")
    answer(debugger, "last")
    change = evaluate("change(W1) + 0.5 * grad(W1)", MomentEnvironment(debugger.moment))
    assert change == pytest.approx(np.zeros((2, 2)), abs=1e-15)
    same = evaluate("all(new(W1) == value(W1) + change(W1))", MomentEnvironment(debugger.moment))
    assert same is True
    assert "no update" in answer(debugger, "print change(x)")
    assert "no update" in answer(debugger, "inspect new(x)")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("∂ŷ/∂W₂", "only gradients of the loss"),
        ("∂L/∂q", "unknown name 'q'"),
        ("∂L/∂(h + h)", "no result is made like this"),
        ("∂L/∂(sum(h)…", "was cut"),
        ("y_hat = h", "one side"),
        ("σ′(h)", "`terms` shows it"),
    ],
)
def test_what_cannot_be_typed_says_why(text, says):
    reply = session().execute(f"print {text}")
    assert not reply.ok
    assert says in reply.text


def test_a_mistake_is_marked_in_what_was_typed():
    marked = answer(session(), "print W₂·h₇ + ½").splitlines()
    assert marked[-2:] == ["    W₂·h₇ + ½", "       ^^"]


def test_goto_takes_a_cell_and_what_an_update_makes():
    debugger = session()
    for text in ("W1[1, 0]", "∂L/∂W₁[1,0]", "grad(W1)[1, 0]"):
        assert "∂L/∂W₁[1,0]" in answer(debugger, "first", f"goto {text}")
    assert "not computed yet" not in answer(debugger, "first", "goto ΔW₁", "print change(W1)")
    assert "no update" in answer(debugger, "goto new(x)")
    assert "name the whole node: W1" in answer(debugger, "info W1[0, 1]")
    assert "shape is (2, 2)" in answer(debugger, "goto W1[0, 7]")


@pytest.mark.parametrize(
    "text",
    ["Σ " * 4000 + "x", "√" * 4000 + "x", "(()=" * 90 + "x" + ")" * 90],
    ids=["sums", "roots", "brackets"],
)
def test_a_long_row_of_signs_is_refused_at_once(text):
    reply = session().execute(f"print {text}")
    assert not reply.ok


@pytest.mark.parametrize("unicode", [True, False], ids=["unicode", "ascii"])
def test_a_loss_without_a_name_is_typed_as_it_is_written_out(unicode):
    run = Run(
        problem(
            'h = "W1 @ x"\nL = "half_squared_error(h, x) + 0.1 * mean_squared_error(W2 @ h, x) '
            '+ sum(abs(W2 @ h)) + sum(abs(h)) ** 2"'
        )
    )
    iteration = run.iteration(1)
    moment = Moment(run, iteration, iteration.timeline.backward_end)
    graph = iteration.recorded.graph
    for node in graph.nodes:
        if graph.has_gradient(node.index):
            text = gradient_name(graph, node.index, Script(unicode=unicode).whole)
            found = np.asarray(evaluate(text, MomentEnvironment(moment)))
            assert found == pytest.approx(np.asarray(iteration.recorded.gradients[node.index])), (
                text
            )


@pytest.mark.parametrize("unicode", [True, False], ids=["unicode", "ascii"])
def test_options_and_new_axes_are_typed_as_they_are_shown(unicode):
    run = Run(
        problem(
            'h = "sigmoid(W1 @ x[:, None] + x[:, None])"\n'
            'L = "half_squared_error(h, x[:, None], axis=0) + sum(x[None] ** 2, axis=(0, 1)) '
            "+ 0.5 * squared_error(h * 2, x[:, None], axis=0, reduction='sum')\""
        )
    )
    iteration = run.iteration(1)
    moment = Moment(run, iteration, iteration.timeline.backward_end)
    for text, wanted in shown(iteration.recorded, iteration.timeline.layers, unicode):
        if not any(mark in text for mark in CUT):
            assert np.asarray(evaluate(text, MomentEnvironment(moment))) == pytest.approx(wanted), (
                text
            )


@pytest.mark.parametrize("text", ["(√)", "(Σ)x", "‖√‖", "(∂L/∂)", "(½Σ)", "x √"])
def test_a_sign_without_its_operand_is_a_mistake(text):
    reply = session().execute(f"print {text}")
    assert not reply.ok


SQUARE = (
    "[inputs]\ny = [[0.9, 0.2], [0.3, 0.6]]\n[parameters]\nA = [[0.7, 0.2], [0.3, 0.4]]\n"
    'C = [[1.1, 0.6], [0.2, 0.9]]\n[graph]\nr = "{0}"\nL = "sum(r * r)"\n'
)


@pytest.mark.parametrize(
    "made",
    [
        "A ** 2",
        "2 ** A",
        "A ** C",
        "A / C",
        "A / (C * A)",
        "A * (2 * C)",
        "(A * 2) @ C",
        "A @ (2 * C)",
        "A * C @ A",
        "A @ C * A",
        "sqrt(A)",
        "3 * square(A)",
        "norm(A)",
        "mean(A)",
        "binary_cross_entropy(A, y)",
        "mean_squared_error(A, y)",
        "half_squared_error(A, y)",
    ],
)
def test_a_line_typed_gives_what_it_adds_also_where_a_matrix_product_would_fit(made):
    run = Run(loads(SQUARE.format(made)))
    iteration = run.iteration(1)
    graph, timeline = iteration.recorded.graph, iteration.timeline
    knowledge = MomentEnvironment(Moment(run, iteration, timeline.backward_end))
    sums = {}
    for edge in graph.edges:
        right = edge_formula(graph, edge, Script()).right
        sums[edge.operand] = sums.get(edge.operand, 0.0) + np.asarray(evaluate(right, knowledge))
    for operand, found in sums.items():
        assert found == pytest.approx(iteration.recorded.gradients[operand], rel=1e-9)


def test_a_cell_of_a_gradient_of_a_root_is_typed_as_it_is_shown():
    debugger = session('L = "sum(sqrt(W1 + 1) * W2)"')
    shown = answer(debugger, "last", "print ∂L/∂√(W₁ + 1)[1,0]")
    assert shown == "∂L/∂√(W₁ + 1)[1,0] = 1"
    assert answer(debugger, "print ∂L/∂√(W₁ + 1)").endswith("[[0.5, −0.5], [1, 2]]")


def test_the_delta_of_an_expression_that_is_written_twice_is_asked_for_by_its_name():
    twice = session('h = "(W1 @ x) * sigmoid(W1 @ x)"\nL = "sum(W2 @ h)"')
    assert "one expression that is written 2 times" in answer(twice, "print delta(1)")
    named = session('z = "W1 @ x"\nh = "z * sigmoid(z)"\nL = "sum(W2 @ h)"')
    parts = answer(twice, "last", "print grad(z_1) + grad(z_1_2)").rpartition(" = ")[2]
    assert parts == answer(named, "last", "print delta(1)").rpartition(" = ")[2]


def test_the_operand_that_gives_nan_has_brackets_before_its_index():
    text = answer(session('L = "sum(log(W1 * x) + W2)"'), "nan")
    assert "operands: (W₁ ⊙ x)[0,1] = −0.2" in text

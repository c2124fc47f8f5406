"""Runs in float32: numpy's float32 to the bit, and NaN that float64 does not have."""

from __future__ import annotations

import json

import numpy as np
import pytest

from bpdebug.check import check
from bpdebug.debugger import Debugger
from bpdebug.diagnosis import diagnose
from bpdebug.errors import BpdebugError
from bpdebug.expression import evaluate
from bpdebug.ops import FLOAT32
from bpdebug.run import Run
from bpdebug.run.birth import birth_of
from bpdebug.run.curves import Curves
from bpdebug.run.iteration_end import IterationEnd
from bpdebug.run.promise import promises
from bpdebug.ticks import gradient_at
from bpdebug.ticks.cell_terms import CellTerms
from bpdebug.wording import Script
from tests.graphs import two_layer_problem
from tests.mistakes.judging import judged, run_of

f = np.float32


def single(iterations=1):
    return Run(two_layer_problem(iterations=iterations).of_kind(FLOAT32))


def sigmoid(z):
    return f(1) / (f(1) + np.exp(-z))


def same(found, wanted):
    found = np.asarray(found)
    assert found.dtype == np.float32
    assert np.array_equal(found, wanted), (found, wanted)


def test_two_layers_are_the_numbers_of_numpy_to_the_bit():
    run = single(iterations=3)
    data, values = run.problem.data, dict(run.problem.parameters)
    x, y = data["x"], data["y"]
    for number in (1, 2, 3):
        iteration = run.iteration(number)
        recorded, graph = iteration.recorded, iteration.recorded.graph
        z1 = values["W1"] @ x + values["b1"]
        h1 = sigmoid(z1)
        z2 = values["W2"] @ h1 + values["b2"]
        y_hat = sigmoid(z2)
        delta2 = (y_hat - y) * (y_hat * (f(1) - y_hat))
        delta1 = (delta2 @ values["W2"]) * (h1 * (f(1) - h1))
        by_hand = {
            "W2": np.multiply.outer(delta2, h1),
            "b2": delta2,
            "W1": np.multiply.outer(delta1, x),
            "b1": delta1,
        }
        for name, wanted in {"z1": z1, "h1": h1, "z2": z2, "y_hat": y_hat}.items():
            same(recorded.values[graph.names[name]], wanted)
        for name, wanted in by_hand.items():
            same(recorded.gradients[graph.names[name]], wanted)
            values[name] = values[name] - f(0.5) * wanted
            same(iteration.after[name], values[name])


def test_a_replay_gives_the_same_bytes():
    there, back = single(iterations=300), single(iterations=300)
    wanted = [there.iteration(n).after["W1"].tobytes() for n in (7, 150, 300)]
    assert [back.iteration(n).after["W1"].tobytes() for n in (300, 150, 7)] == wanted[::-1]


BORN = {
    "exp": ("[89.0]", 'h = "exp(w)"\nL = "sum(h / (1 + h))"'),
    "softmax": ("[100.0, 1.0]", 'e = "exp(w)"\np = "e / sum(e)"\nL = "-log(p[0])"'),
    "squares": ("[1e20, 1.0]", 'L = "log(sum(w ** 2))"'),
    "log": ("[20.0]", 'p = "sigmoid(w)"\nL = "-sum(log(1 - p))"'),
    "variance": (
        "[4096.1, 4096.3]",
        'v = "mean(w ** 2) - mean(w) ** 2"\nL = "mean(w) / sqrt(v + 1e-8)"',
    ),
}
NODES = {
    "exp": ("h", np.inf),
    "softmax": ("e", np.inf),
    "squares": ("w ** 2", np.inf),
    "log": ("log(1 - p)", -np.inf),
    "variance": ("sqrt(v + 1e-8)", np.nan),
}


@pytest.mark.parametrize("name", BORN)
def test_a_fault_that_only_float32_has_is_found_where_it_is_born(tmp_path, name):
    value, graph = BORN[name]
    text = f"[parameters]\nw = {value}\n[graph]\n{graph}\n[run]\n"
    wide = run_of(tmp_path, text)
    assert birth_of(wide.iteration(1)) is None
    run = run_of(tmp_path, text + 'dtype = "float32"\n')
    birth = birth_of(run.iteration(1))
    assert birth is not None
    debugger = Debugger(run)
    assert debugger.execute("nan").ok
    moment = debugger.moment
    assert (1, moment.position) == (1, birth.position)
    label, value = NODES[name]
    assert moment.graph.nodes[moment.node].label == label
    assert np.array_equal(birth.value, value, equal_nan=True)
    assert "float32" in debugger.execute("where").text
    finding = diagnose(run, Script()).findings[0]
    assert finding.position == birth.position
    assert "in float32" in finding.remedy
    debugger = Debugger(run)
    debugger.execute("goto 0")
    debugger.execute("break first_nan")
    debugger.execute("continue")
    assert debugger.moment.position == birth.position


def test_a_small_number_beside_a_large_vanishes(tmp_path):
    text = '[parameters]\nw = 1.0\n[graph]\nL = "(w + 1e-8) - w"\n[run]\ndtype = "float32"\n'
    run = run_of(tmp_path, text)
    assert run.iteration(1).loss == 0.0


def test_every_tick_shows_numbers_of_float32():
    run = single()
    iteration = run.iteration(1)
    recorded, timeline = iteration.recorded, iteration.timeline
    for node in recorded.graph.nodes:
        if not recorded.graph.has_gradient(node.index):
            continue
        for cell in np.ndindex(node.shape):
            terms = CellTerms(recorded, timeline, node.index, cell)
            for term in terms:
                same(f(term.upstream) * f(term.local), f(term.product))
                numbers = (term.upstream, term.local, term.product, term.after, term.before or 0.0)
                assert all(float(f(number)) == number for number in numbers)
            if len(terms):
                last = terms[len(terms) - 1].after
                same(np.asarray(recorded.gradients[node.index])[cell], f(last))
    for position in range(timeline.total + 1):
        for name in ("W1", "b1", "h1", "z2"):
            node = recorded.graph.names[name]
            values, known = gradient_at(recorded, timeline, node, position).window()
            assert np.array_equal(values[known], values[known].astype(f))


def test_watches_and_conditions_compute_as_the_run_does(tmp_path):
    text = '[parameters]\nw = [0.1, 89.0]\n[graph]\nL = "sum(0.1 * w)"\n[run]\ndtype = "float32"\n'
    run = run_of(tmp_path, text)
    end = IterationEnd(run, run.iteration(1))
    same(evaluate("0.1 * 3 * w", end), f(0.1) * f(3) * np.array([0.1, 89.0], f))
    same(evaluate("exp(w)", end), np.array([np.exp(f(0.1)), np.inf], f))
    same(evaluate("norm(w)", end), f(Curves(run).curve("norm(w)").values[0]))
    same(evaluate("sum(w > 1) * 0.1", end), f(0.1))
    assert evaluate("w[0] == 0.1", end) is True
    assert evaluate("1 + 1e-8 == 1", end) is True


def test_a_condition_on_the_loss_finds_the_same_hit_at_once_and_one_by_one():
    run = single(iterations=40)
    limit = run.iteration(20).loss
    for condition in (f"loss <= {limit:.8g}", f"loss - previous(loss) > -{1e-3}"):
        debugger = Debugger(run)
        assert debugger.execute(f"break {condition}").ok
        debugger.execute("continue")
        number = debugger.instant[0]
        holds = [
            n
            for n in range(2, 41)
            if evaluate(condition, IterationEnd(run, run.iteration(n))) is True
        ]
        assert number == (holds[0] if holds else 40)


MORE = ("", "clip_norm = 0.1\n", 'schedule = { name = "cosine", over = 9 }\n')
STATES = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "adadelta")


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize("more", MORE)
def test_optimizers_keep_float32_through_states_and_lines(tmp_path, name, more):
    text = (
        "[parameters]\nw = [0.5, -0.25]\ns = 0.3\n[graph]\n"
        'L = "sum((w * s - 0.7) ** 2)"\n'
        f'[optimizer]\nname = "{name}"\n{more}[run]\niterations = 12\ndtype = "float32"\n'
    )
    run = run_of(tmp_path, text)
    for number in range(1, 13):
        iteration = run.iteration(number)
        for line in iteration.updates:
            after = np.asarray(line.after)
            assert after.dtype == np.float32 or line.after is float(line.after), line.line.target
            if line.line.target in ("theta", "g", *line.rule.states):
                assert after.dtype == np.float32
        for name_of in ("w", "s"):
            assert iteration.after[name_of].dtype == np.float32
    end = run.iteration(12)
    again = Run(run.problem)
    *_, _ = again.walk_losses(1, 12)
    for name_of in ("w", "s"):
        same(again.iteration(12).after[name_of], end.after[name_of])
    wide = run_of(tmp_path, text.replace("float32", "float64")).iteration(12)
    np.testing.assert_allclose(end.after["w"], wide.after["w"], rtol=1e-4)


def test_adam_is_numpy_to_the_bit(tmp_path):
    text = (
        '[parameters]\nw = [0.5, -0.25]\n[graph]\nL = "sum(w * w * w)"\n[optimizer]\n'
        'name = "adam"\nlearning_rate = 0.1\n[run]\niterations = 4\ndtype = "float32"\n'
    )
    run = run_of(tmp_path, text)
    w, m, v = np.array([0.5, -0.25], f), np.zeros(2, f), np.zeros(2, f)
    for t in range(1, 5):
        g = np.asarray(run.iteration(t).recorded.gradients[0])
        m = f(0.9) * m + f(1 - 0.9) * g
        v = f(0.999) * v + f(1 - 0.999) * (g * g)
        step = (m / f(1 - 0.9**t)) / (np.sqrt(v / f(1 - 0.999**t)) + f(1e-8))
        w = w - f(0.1) * step
        same(run.iteration(t).after["w"], w)


def test_a_rate_that_overflows_is_infinite_and_no_error(tmp_path):
    text = (
        '[parameters]\nw = 0.5\n[graph]\nL = "w * w"\n[optimizer]\nname = "sgd"\n'
        'learning_rate = 1.0\nschedule = { name = "exponential", factor = 1e200 }\n'
        '[run]\niterations = 4\ndtype = "float32"\n'
    )
    run = run_of(tmp_path, text)
    assert not np.isfinite(run.iteration(4).after["w"])


def test_promises_are_measured_by_the_places_of_float32():
    run = single()
    for promise in promises(run, run.iteration(1)):
        assert promise.fraction == pytest.approx(1.0, abs=0.2)
        assert promise.dtype == np.float32


def test_the_check_holds_float32_against_differences_in_float64(tmp_path):
    report = check(single())
    assert report.ok
    assert any("float32" in line and "float64" in line for line in report.lines())
    text = '[parameters]\nw = [89.0]\n[graph]\nh = "exp(w)"\nL = "sum(h / (1 + h))"\n[run]\n'
    found = check(run_of(tmp_path, text + 'dtype = "float32"\n'))
    assert not found.ok
    (array,) = found.arrays
    # float64 has a slope here, which is what the NaN hides.
    assert array.strange is not None
    assert np.isfinite(array.strange.slope)
    assert check(run_of(tmp_path, text)).ok


def test_the_check_says_where_rounding_hides_the_gradient(tmp_path):
    text = (
        "[parameters]\nw = [1000.1, 1000.2, 1000.4]\n[graph]\n"
        'L = "mean(w ** 2) - mean(w) ** 2"\n[run]\n'
    )
    found = check(run_of(tmp_path, text + 'dtype = "float32"\n')).arrays[0]
    assert found.unresolved == 3
    assert check(run_of(tmp_path, text)).arrays[0].unresolved == 0


def test_numbers_that_were_handed_in_are_judged_in_float32(tmp_path):
    path = tmp_path / "two.toml"
    problem_text = TWO
    path.write_text(problem_text)
    run = run_of(tmp_path, problem_text)
    gradients = {
        name: np.asarray(run.iteration(1).recorded.gradients[run.graph(1).names[name]])
        for name in ("W1", "b1", "W2", "b2", "z1", "z2")
    }
    right = judged(tmp_path, run, gradients)
    assert right.verdict == "agrees"
    assert right.digits == 7
    # Numbers of the same network in float64 agree, too.
    wide = run_of(tmp_path, problem_text.replace('dtype = "float32"', ""))
    exact = {
        name: np.asarray(wide.iteration(1).recorded.gradients[wide.graph(1).names[name]])
        for name in gradients
    }
    assert judged(tmp_path, run, exact).verdict == "agrees"
    turned = {**gradients, "b2": -gradients["b2"]}
    wrong = judged(tmp_path, run, turned)
    assert wrong.verdict == "named"
    assert wrong.explanations[0].mistakes[0].id == "sign-flipped"
    json.dumps(wrong.document())


TWO = """
[inputs]
x = [0.05, 0.10]
y = [0.01, 0.99]
[parameters]
W1 = [[0.15, 0.20], [0.25, 0.30]]
b1 = [0.35, 0.35]
W2 = [[0.40, 0.45], [0.50, 0.55]]
b2 = [0.60, 0.60]
[graph]
z1 = "W1 @ x + b1"
h1 = "sigmoid(z1)"
z2 = "W2 @ h1 + b2"
y_hat = "sigmoid(z2)"
L = "half_squared_error(y_hat, y)"
[run]
dtype = "float32"
"""


def test_the_dtype_is_named_where_it_is_wrong(tmp_path):
    with pytest.raises(BpdebugError) as caught:
        run_of(tmp_path, TWO.replace("float32", "float16"))
    assert caught.value.key == "run.dtype"
    assert '"float64" or "float32"' in caught.value.problem
    with pytest.raises(BpdebugError) as caught:
        run_of(tmp_path, TWO.replace("0.45", "1e39"))
    assert caught.value.key == "parameters.W2"
    assert "1e+39 at [0, 1] is past float32's range" in caught.value.problem


def test_float64_by_name_is_the_default(tmp_path):
    named = run_of(tmp_path, TWO.replace("float32", "float64")).problem
    assert named.dtype == np.float64
    assert run_of(tmp_path, TWO.replace('dtype = "float32"', "")).problem.dtype == np.float64

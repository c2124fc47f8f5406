"""Update lines in line mode, and parameters with optimizers of their own."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.ticks import Phase
from tests.scenario.scenarios import loaded

TEXT = """
[parameters]
w = [1.0, 2.0]
b = { value = 0.5, optimizer = { name = "adam", learning_rate = 0.1 } }
[graph]
L = "sum(w ** 2) + b ** 2"
[optimizer]
name = "momentum"
learning_rate = 0.1
schedule = { name = "step", every = 2, factor = 0.5 }
[run]
iterations = 6
"""


@pytest.fixture
def run(tmp_path):
    return Run(loaded(tmp_path, TEXT))


def test_ticks_follow_from_the_settings(run):
    # α, v and θ for w; m, v, m̂, v̂ and θ for b.
    assert run.timeline(1).updates == 8
    targets = [update.line.target for update in run.iteration(1).updates]
    assert targets == ["learning_rate", "v", "theta", "m", "v", "m_hat", "v_hat", "theta"]


def test_each_parameter_goes_its_own_way(run):
    first = run.iteration(1)
    np.testing.assert_allclose(first.after["w"], [0.8, 1.6], rtol=1e-15)
    np.testing.assert_allclose(first.after["b"], 0.4, rtol=1e-7)
    alone = Run(run.problem)
    np.testing.assert_array_equal(alone.iteration(6).after["b"], run.iteration(6).after["b"])


def test_the_rate_is_that_of_the_iteration(run):
    assert [run.problem.rate(number) for number in range(1, 6)] == [0.1, 0.1, 0.05, 0.05, 0.025]


def test_each_line_is_a_stop_and_explains_itself(run):
    debugger = Debugger(run)
    debugger.execute("goto $")
    for _ in range(run.timeline(1).updates - 1):
        debugger.execute("rnext")
    assert debugger.moment.phase is Phase.UPDATE
    told = debugger.execute("info line").text
    assert "α ← α₀·γ^⌊(t − 1)/n⌋" in told
    assert "α ← 0.1 × 0.5^⌊(6 − 1)/2⌋ = 0.025" in told
    assert "The schedule multiplies the learning rate" in told
    debugger.execute("next")
    told = debugger.execute("where").text
    assert "v ← μ·v + ∂L/∂w" in told
    assert "v[0] ← 0.9 × " in told


def test_info_optimizer_names_every_variant(run):
    debugger = Debugger(run)
    told = debugger.execute("info optimizer").text
    assert told.startswith("momentum, α₀ = 0.1, μ = 0.9, n = 2, γ = 0.5")
    assert "for b alone: adam, α = 0.1" in told
    assert "torch.optim.Adam" in told
    assert "iteration 1 has α = 0.1" in told


def test_training_goes_on_from_the_middle_of_a_run(tmp_path, run):
    """Six iterations, or three and then three more from the states that those left."""
    walked = [run.iteration(number) for number in range(1, 7)]
    last = walked[2]
    kept = {
        (update.parameter, update.line.target): update.after.tolist() for update in last.updates
    }
    names = last.recorded.graph.names
    w, b = last.after["w"].tolist(), last.after["b"].tolist()
    later = TEXT.replace(
        "w = [1.0, 2.0]",
        f"""[parameters.w]
value = {w}
state = {{ v = {kept[names["w"], "v"]} }}
[parameters.b]
value = {b}
optimizer = {{ name = "adam", learning_rate = 0.1 }}
state = {{ m = {kept[names["b"], "m"]}, v = {kept[names["b"], "v"]} }}
""",
    ).replace('b = { value = 0.5, optimizer = { name = "adam", learning_rate = 0.1 } }\n', "")
    later = later.replace("[parameters]\n", "").replace("[run]", "steps_taken = 3\n[run]")
    after = Run(loaded(tmp_path, later)).iteration(3).after
    for name, value in walked[-1].after.items():
        np.testing.assert_array_equal(after[name], value)


SHARED = """
[parameters]
w = [1.0, 2.0]
[graph]
L = "sum(w ** 2)"
[optimizer]
name = "adam"
learning_rate = 0.1
clip_norm = 1.0
schedule = { name = "cosine", over = 10 }
"""


def test_a_breakpoint_on_a_parameter_stops_at_its_own_line_not_at_a_shared_one(tmp_path):
    """α, ‖∇L‖ and k come before w's first line, and are nobody's."""
    debugger = Debugger(Run(loaded(tmp_path, SHARED)))
    debugger.execute("break w")
    debugger.execute("continue")
    told = debugger.execute("continue").text
    assert "g ← k·∂L/∂w" in told
    debugger.execute("rnext")
    assert "k ← " in debugger.execute("where").text


def test_an_optimizer_for_every_parameter_needs_none_in_common(tmp_path):
    text = """
[parameters.w]
value = 1.0
optimizer = { name = "sgd", learning_rate = 0.1 }
[parameters.b]
value = 1.0
frozen = true
[graph]
L = "w ** 2 + b ** 2"
"""
    run = Run(loaded(tmp_path, text))
    assert run.iteration(1).after["w"] == pytest.approx(0.8)
    assert "for w alone: sgd, α = 0.1" in Debugger(run).execute("info optimizer").text


@pytest.mark.parametrize("state", ["", "state = { v = [2.0] }"])
def test_dampening_spares_the_first_gradient_only_where_no_velocity_is_given(tmp_path, state):
    """PyTorch damps whenever there is a momentum buffer."""
    text = f"""
[parameters.w]
value = [1.0]
{state}
[parameters.b]
value = [1.0]
[graph]
L = "sum(w ** 2) + sum(b ** 2)"
[optimizer]
name = "momentum"
momentum = 0.5
dampening = 0.25
learning_rate = 0.1
[run]
iterations = 2
"""
    run = Run(loaded(tmp_path, text))
    first = run.iteration(1)
    velocity = 0.5 * 2.0 + 0.75 * 2.0 if state else 2.0
    np.testing.assert_allclose(first.after["w"], [1.0 - 0.1 * velocity], rtol=1e-15)
    np.testing.assert_allclose(first.after["b"], [0.8], rtol=1e-15)
    again = Run(run.problem)
    _ = again.iteration(2)  # from a replay of the first, without a record
    np.testing.assert_array_equal(again.iteration(2).after["w"], run.iteration(2).after["w"])
    np.testing.assert_allclose(run.iteration(2).before["w"], first.after["w"], rtol=1e-15)

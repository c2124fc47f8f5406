"""The proof of a recording finds the first value that is not what the code computed."""

from __future__ import annotations

import numpy as np
import pytest

from bpdebug.errors import BpdebugError
from bpdebug.recording import Recorder
from bpdebug.recording.from_numpy import trace
from bpdebug.recording.lines import Line
from bpdebug.recording.proof import departure, prove
from bpdebug.recording.setting import Setting
from bpdebug.recording.texts import call, infix
from bpdebug.run import Run


def recording(wrong: float = 0.0):
    """h = exp(W), loss = sum(h * 2), where the code is said to have computed another h[1]."""
    recorder = Recorder()
    w = recorder.parameter("W", np.array([0.5, 1.0, 2.0]))
    computed = np.exp(w.array) + np.array([0.0, wrong, 0.0])
    h = recorder.result(call("exp"), [w], computed, line=Line("model.py", 7, "loss"))
    recorder.names.note({"h": h}, lambda one: one, place=0)
    two = recorder.constant(np.asarray(2.0))
    twice = recorder.result(infix("*"), [h, two], computed * 2)
    loss = recorder.result(call("sum"), [twice], np.sum(computed * 2))
    return recorder.finish(loss, Setting(title="t"))


def departure_of(made, **tolerance):
    """The first departure of a recording."""
    return departure(made, Run(made.problem()), **tolerance)


def test_what_agrees_to_rounding_is_proved():
    assert departure_of(recording()) is None
    assert departure_of(recording(1e-13)) is None
    assert prove(recording()).iterations == 1
    assert prove(recording(), iterations=3).iterations == 3


def test_the_first_value_that_departs_is_named_with_its_line():
    found = departure_of(recording(1e-3))
    assert found is not None
    assert (found.name, found.cell, found.line.number) == ("h", (1,), 7)
    with pytest.raises(BpdebugError, match=r"model\.py:7: the recording of h is wrong: h\[1\] is"):
        prove(recording(1e-3))


def test_a_wider_tolerance_is_that_of_the_caller():
    assert departure_of(recording(1e-3), tolerance=1e-2) is None


def test_values_that_are_not_finite_agree_where_they_are_the_same():
    def loss(W, mask):
        z = np.where(mask > 0, W, -np.inf)
        e = np.exp(z)
        return (e / e.sum()).max()

    mask = np.array([1.0, 0.0, 1.0])
    assert departure_of(trace(loss, {"W": np.array([0.1, 0.2, 0.3])}, {"mask": mask})) is None


def test_code_that_does_what_a_recording_cannot_see_is_found():
    def loss(W):
        return W.sum() if type(W) is np.ndarray else 2 * W.sum()

    with pytest.raises(BpdebugError, match="it does something with arrays that a recording cannot"):
        trace(loss, {"W": np.ones(3)}, {})


def test_code_that_draws_other_numbers_each_time_is_not_held_against_itself():
    def loss(W):
        return (W * np.random.default_rng().random(3)).sum()

    assert trace(loss, {"W": np.ones(3)}, {}).problem().title.startswith("loss in")


@pytest.mark.parametrize("computed", [np.ones((2, 3)), np.ones(2)])
def test_another_shape_departs(computed):
    recorder = Recorder()
    w = recorder.parameter("W", np.zeros(3))
    h = recorder.result(call("exp"), [w], computed, line=Line("model.py", 7, "loss"))
    recorder.names.note({"h": h}, lambda one: one, place=0)
    made = recorder.finish(recorder.result(call("sum"), [h], np.sum(computed)), Setting(title="t"))
    with pytest.raises(BpdebugError, match=r"model\.py:7: the recording of h is wrong: the shape"):
        prove(made)

"""Every optimizer and option against PyTorch, whose numbers stand in torch_numbers.json."""

import json
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from bpdebug.optimizer import OPTIMIZERS, SCHEDULES, ParameterGroup, Updater, rate_at
from tests.optimizer.cases import CASES, FIRST, KEPT, STEPS, gradients

TORCH = json.loads(Path(__file__).with_name("torch_numbers.json").read_text(encoding="utf-8"))
NODES = {"a": 0, "b": 1, "c": 2}


def walk(case, *, record):
    """The parameters after each step, updated with a record of the lines or without."""
    rule = OPTIMIZERS[case.name].rule(case.settings, case.schedule, case.planned)
    updater = Updater([ParameterGroup.of(rule, rule.settings, NODES)])
    values = {name: np.array(value) for name, value in FIRST.items()}
    states = {
        name: {state: np.full_like(value, at) for state, at in rule.states.items()}
        for name, value in values.items()
    }
    for t in count(1):
        slopes = list(gradients(**values).values())
        if record:
            lines, values, states = updater.record(values, slopes, states, t)
            assert len(lines) == updater.ticks
        else:
            values, states = updater.advance(values, slopes, states, t)
        yield rule, values


def test_there_is_a_trace_for_every_optimizer_and_schedule():
    assert list(TORCH["traces"]) == [case.title for case in CASES]
    assert {case.name for case in CASES} == set(OPTIMIZERS)
    assert {case.schedule for case in CASES} == set(SCHEDULES)
    for name, optimizer in OPTIMIZERS.items():
        tried = {key for case in CASES if case.name == name for key in case.settings}
        assert set(optimizer.settings) - tried <= {"eps_inside"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_twelve_steps_are_those_of_pytorch(case):
    torch = TORCH["traces"][case.title]
    steps = zip(
        range(1, STEPS + 1), walk(case, record=True), walk(case, record=False), strict=False
    )
    for t, (rule, recorded), (_, replayed) in steps:
        if "lr_decay" not in case.settings:  # to PyTorch that is no schedule
            np.testing.assert_allclose(rate_at(rule, rule.settings, t), torch["rate"][t - 1], 1e-13)
        for name, value in recorded.items():
            np.testing.assert_array_equal(replayed[name], value)
            assert np.shape(value) == np.shape(FIRST[name])
            if t in KEPT:
                wanted = torch[name][KEPT.index(t)]
                np.testing.assert_allclose(value, wanted, rtol=1e-10, atol=1e-10)


NEUTRAL = (
    ("momentum", {"momentum": 0.0}),
    ("sgd", {"weight_decay": 0.0}),
    ("sgd", {"clip_norm": 1e30}),
    ("sgd", {"clip_value": 1e30}),
    ("momentum", {"momentum": 0.0, "dampening": 0.4}),
)


@pytest.mark.parametrize(("name", "settings"), NEUTRAL)
def test_an_option_that_does_nothing_leaves_every_bit_as_it_is(name, settings):
    case = next(case for case in CASES if case.title == "sgd, learning_rate 0.05")
    other = type(case)(name, {**case.settings, **settings})
    for _, (_, plain), (_, same) in zip(
        range(STEPS), walk(case, record=False), walk(other, record=False), strict=False
    ):
        for key, value in plain.items():
            assert value.tobytes() == same[key].tobytes()

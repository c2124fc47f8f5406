"""Runs that learn have no finding, whatever their layout, activation, loss and optimizer are."""

import numpy as np
import pytest

from bpdebug.diagnosis import Diagnosis, diagnose
from bpdebug.wording import Script
from tests.diagnosis.runs import diagnosed, network, run_of
from tests.scenario.scenarios import DEAD_UNIT, FORTY_STEPS

pytestmark = pytest.mark.thorough


def test_runs_that_learn_have_no_finding(tmp_path):
    learned = 0
    for seed in range(24):
        run = run_of(tmp_path, network(seed))
        found = diagnose(run, Script())
        epoch = range(run.per_epoch)
        first = np.mean([run.losses[number + 1] for number in epoch])
        last = np.mean([run.losses[run.iterations - number] for number in epoch])
        if last < 0.3 * first:
            learned += 1
            assert found.findings == (), seed
    assert learned >= 15


NAMED = """
z1 = "X @ W1.T + b1"
h1 = "relu(z1)"
z2 = "h1 @ W2.T + b2"
J = "mean((z2 - Y) ** 2)"
"""
ONE_LINE = """
h1 = "relu(X @ W1.T + b1)"
J = "mean((h1 @ W2.T + b2 - Y) ** 2)"
"""
COLUMNS = """
z1 = "W1 @ X.T + reshape(b1, shape=(3, 1))"
h1 = "relu(z1)"
z2 = "W2 @ h1 + b2"
J = "mean((z2 - Y.T) ** 2)"
"""


@pytest.mark.parametrize("graph", [NAMED, ONE_LINE, COLUMNS])
def test_a_dead_unit_that_costs_nothing_is_told_and_is_no_finding(tmp_path, graph):
    found = diagnosed(tmp_path, DEAD_UNIT + graph + FORTY_STEPS)
    assert found.findings == ()
    (note,) = found.notes
    assert (note.id, note.subject) == ("dying-relu", "layer 1")
    assert note.evidence.startswith("1 of 3 units gives 0 for every example looked at")
    assert f"also seen: layer 1: {note.evidence}" in found.lines()


def test_an_example_that_silences_all_units_is_no_dead_unit(tmp_path):
    text = DEAD_UNIT + COLUMNS + FORTY_STEPS
    text = text.replace("[0.4, 1.0]", "[-2.0, -2.0]").replace("[-0.9, -0.7]", "[0.9, 0.7]")
    assert diagnosed(tmp_path, text).notes == ()


def test_no_finding_is_no_promise(tmp_path):
    few = Diagnosis((), 3, 3, Script(), losses=3)
    assert few.summary().endswith(": no findings; too few losses to judge how they go")
    assert "nothing wrong" not in few.summary()

"""The lessons about what goes wrong are diagnosed, each with its own fault; the others are not."""

import numpy as np
import pytest

from bpdebug.debugger import Debugger
from bpdebug.diagnosis import diagnose, document, hints
from bpdebug.run import Run
from bpdebug.scenario import bundled, find, load
from bpdebug.scenario.library import FAULTS_ORDER
from bpdebug.wording import Script
from tests.diagnosis.runs import ids

pytestmark = pytest.mark.thorough

FAULTS = {
    "vanishing": ["vanishing-gradient"],
    "exploding": ["bad-init", "exploding-gradient"],
    "dead_relu": ["dying-relu"],
    "too_large_step": ["learning-rate-too-high", "loss-diverges", "large-update"],
    "symmetric_init": ["bad-init"],
    "nan_birth": ["not-finite"],
    "published/egtry_dead_relu": ["dying-relu"],
    "networks/float32": ["not-finite"],
    "published/d2l_optimizer_traces_b": ["learning-rate-too-high", "loss-diverges", "large-update"],
}
"""By scenario: the id of its one finding, and of the symptoms that it explains."""
LESSONS = [f"faults/{name}" for name in FAULTS_ORDER]
"""The lessons with one fault each, which have tests of their own."""
SOUND = [name for name, _, _ in bundled() if name not in (*FAULTS, *LESSONS)]


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found_and_no_other(name):
    found = diagnose(Run(load(find(name))), Script()).findings
    assert len(found) == 1
    assert set(FAULTS[name]) <= set(ids(found))
    assert found[0].id == FAULTS[name][0]
    for one in found:
        assert one.evidence
        assert one.remedy


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_scenario_is_called_sound(name):
    assert diagnose(Run(load(find(name))), Script()).findings == ()


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_scenario_is_opened_without_a_hint(name):
    run = Run(load(find(name)))
    assert hints(run, Script()) == ()
    assert run.losses.exact == 0


@pytest.mark.parametrize("name", [*FAULTS, *LESSONS])
def test_a_finding_leads_to_a_tick_that_shows_it(name):
    run = Run(load(find(name)))
    debugger = Debugger(run)
    for number, one in enumerate(diagnose(run, Script()).findings, start=1):
        reply = debugger.execute(f"diagnose {number}")
        assert reply.ok
        assert one.evidence in reply.note
        assert debugger.instant == (one.iteration, one.position)


@pytest.mark.parametrize("name", [*FAULTS, *LESSONS])
def test_without_unicode_a_finding_is_ascii(name):
    said = diagnose(Run(load(find(name))), Script(unicode=False))
    assert "\n".join(said.lines()).isascii()
    assert document(said).isascii()
    assert all(symptom.text.isascii() for one in said.findings for symptom in one.symptoms)


def test_nan_is_said_to_be_born_at_the_first_tick_at_which_one_can_be_seen():
    run = Run(load(find("nan_birth")))
    (found,) = diagnose(run, Script()).findings
    debugger = Debugger(run)

    def seen(position):
        debugger.execute(f"goto {position}")
        moment = debugger.moment
        graph = moment.graph
        values = [moment.value(node.index) for node in graph.nodes]
        states = [moment.gradient(node.index).window() for node in graph.nodes if node.op]
        known = [array[mask] for array, mask in states] + [v for v in values if v is not None]
        return any(not np.isfinite(array).all() for array in known)

    first = next(at for at in range(1, run.timeline(1).total + 1) if seen(at))
    assert (found.iteration, found.position) == (1, first)


def test_dead_units_are_counted_from_the_iteration_that_killed_them():
    run = Run(load(find("dead_relu")))
    (found,) = diagnose(run, Script()).findings
    silent = [
        (run.iteration(k).recorded.values[run.graph().names["h1"]] == 0).all(axis=0) for k in (1, 2)
    ]
    assert silent[0].sum() == 0
    assert f"{silent[1].sum()} of 4 units" in found.evidence
    assert found.iteration == 2


def test_iris_names_as_many_flowers_as_others_report_for_such_a_net():
    run = Run(load(find("iris")))
    last = run.iteration(run.iterations)
    data = run.problem.data
    w = last.after
    scores = np.tanh(data["x"] @ w["W1"].T + w["b1"]) @ w["W2"].T + w["b2"]
    right = (scores.argmax(axis=1) == data["y"].reshape(-1)).sum()
    assert right == 146  # as its description says; 143 are 95 %

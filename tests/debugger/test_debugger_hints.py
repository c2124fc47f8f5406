"""What is told of a run when its scenario opens, and the numbers of causes and symptoms."""

from bpdebug.debugger import Debugger
from bpdebug.debugger.opening_hints import opening_hints
from bpdebug.scenario import library
from bpdebug.wording import Script
from tests.faulty import ONE_UNIT, TOO_FAST, run_in

ASCII = Script(unicode=False)


def test_a_fault_of_the_graph_is_told_before_an_iteration_has_run(tmp_path):
    run = run_in(tmp_path, ONE_UNIT)
    assert opening_hints(run, ASCII) == ["softmax over one unit - p"]
    assert run.losses.last == 0


def test_a_fault_of_the_course_is_not(tmp_path):
    assert opening_hints(run_in(tmp_path, TOO_FAST), ASCII) == []


def test_a_bundled_scenario_keeps_its_fault_to_itself(tmp_path, monkeypatch):
    run = run_in(tmp_path, ONE_UNIT)
    monkeypatch.setattr(library, "folder", lambda: tmp_path.resolve())
    assert opening_hints(run, ASCII) == []


def test_a_symptom_has_a_number_below_its_cause(tmp_path):
    debugger = Debugger(run_in(tmp_path, ONE_UNIT), Script())
    reply = debugger.execute("diagnose 1.2")
    symptom = debugger.diagnosis.findings[0].symptoms[1]
    assert reply.ok
    assert symptom.title in reply.note
    assert debugger.instant == (symptom.iteration, symptom.position)
    for wrong in ("diagnose 1.9", "diagnose 2", "diagnose 1."):
        assert not debugger.execute(wrong).ok

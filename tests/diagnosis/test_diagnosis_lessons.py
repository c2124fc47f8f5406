"""The lessons with one fault: the diagnosis names it, and nothing once the line is mended."""

import re

import pytest

from bpdebug.cli.main import main
from bpdebug.debugger import Debugger
from bpdebug.diagnosis import diagnose
from bpdebug.run import Run
from bpdebug.scenario import bundled, find, load
from bpdebug.scenario.library import FAULTS_ORDER
from bpdebug.wording import Script
from tests.diagnosis.runs import diagnosed, ids

MENDED = re.compile(r"^.*  # mended: (.*)$", re.MULTILINE)
"""The line with the fault; its comment is the line without."""
ALSO = {"wrong_reduction": ["learning-rate-too-high"]}
"""What is named beside a fault, and before it: a smaller rate mends a sum over rows too."""
SYMPTOMS = {
    "softmax_over_one_unit": {"loss-stands-still", "never-moves", "same-output"},
    "labels_not_one_hot": {"same-output"},
    "missing_hidden_activation": {"same-output"},
    "unscaled_input": {"saturated-units", "same-output"},
    "unscaled_target": {"same-output", "learning-rate-too-low"},
    "wrong_reduction": {"loss-diverges", "not-finite"},
    "weight_decay_too_large": {"same-output"},
}
"""By lesson: what follows from the fault, and stands below it."""


def test_each_of_them_is_known_and_stands_in_its_place():
    names = [name for name, _, _ in bundled() if name.startswith("faults/")]
    assert names == [f"faults/{name}" for name in FAULTS_ORDER]


@pytest.mark.parametrize("name", FAULTS_ORDER)
def test_the_fault_is_named_and_no_other(name):
    found = diagnose(Run(load(find(f"faults/{name}"))), Script()).findings
    assert [one.id for one in found] == [*ALSO.get(name, []), name.replace("_", "-")]
    assert SYMPTOMS.get(name, set()) <= {each for one in found for each in ids(one.symptoms)}


@pytest.mark.parametrize("name", FAULTS_ORDER)
def test_the_mended_line_leaves_nothing_to_find(tmp_path, name):
    text, lines = MENDED.subn(r"\1", find(f"faults/{name}").read_text("utf-8"))
    assert lines == 1
    assert diagnosed(tmp_path, text).findings == ()


def test_outside_the_debugger_a_lesson_is_diagnosed_by_its_name(capsys):
    assert main(["faults/softmax_over_one_unit", "--diagnose"]) == 1
    assert "1. softmax over one unit" in capsys.readouterr().out


# What the descriptions say.


@pytest.mark.parametrize("name", FAULTS_ORDER)
def test_the_commands_of_a_description_can_be_typed(name):
    problem = load(find(f"faults/{name}"))
    debugger = Debugger(Run(problem))
    assert debugger.execute("goto $").ok
    for command in re.findall(r"`(.*?)`", problem.description):
        reply = debugger.execute(command)
        assert reply.ok, (command, reply)


def last(name, value):
    """A value in a lesson's last iteration."""
    run = Run(load(find(f"faults/{name}")))
    return run.iteration(run.iterations).recorded.values[run.graph().names[value]]


def test_two_sigmoids_are_sure_of_one_row():
    assert (last("loss_output_mismatch", "p")[0] > 0.9).sum() == 2


def test_a_loss_without_its_minus_ends_sure_and_wrong():
    rows = last("loss_sign_flipped", "p")
    assert (rows[range(15), [0, 1, 2] * 5] < 1e-6).all()


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("softmax_twice", 0.55, 0.56),
        ("too_small_network", 0.56, 0.57),
        ("wrong_loss_for_task", -1e9, -1.0),
        ("loss_output_mismatch", 0.0, 0.01),
    ],
)
def test_the_last_loss_is_what_the_lesson_says(name, least, most):
    assert least < float(last(name, "L")) < most

"""What a check says is the same for every rounding of what it measured."""

import numpy as np
import pytest

from bpdebug.check import Verdict, check_gradients
from bpdebug.check.differences import EntryCheck, Estimate
from bpdebug.check.gradients import summed_up
from bpdebug.check.report import array_line
from bpdebug.check.rounding import BOUNDS, bound, bound_text, digits_within, steady
from bpdebug.run import Run
from bpdebug.scenario import find, load


@pytest.mark.parametrize("relative", [0.0, 1e-17, 3e-10, 2e-8, 1e-7, 5e-6, 1e-4, 0.003, 0.5])
def test_a_bound_is_one_of_few_and_far_above_what_was_measured(relative):
    assert bound(relative) in (*BOUNDS, 1.0)
    assert relative * 30 <= bound(relative) or bound(relative) == 1.0


@pytest.mark.parametrize("scenario", ["two_layer", "single_neuron", "xor", "iris"])
def test_ten_times_the_rounding_leaves_the_lessons_bounds_as_they_are(scenario):
    for found in check_gradients(Run(load(find(scenario)))):
        assert bound(10 * found.worst.relative_error) == 1e-6
        assert "relative error below 1e-6" in array_line(found)


def test_the_text_of_a_bound():
    assert [bound_text(relative) for relative in (0.0, 1e-5, 1e-3, 1.0)] == [
        "1e-6", "0.001", "0.1", "1"
    ]  # fmt: skip


@pytest.mark.parametrize("value", [0.875, 0.5, 1 / 3, 0.125, 12345.5, 1.0])
@pytest.mark.parametrize("digits", [2, 3, 6])
def test_a_measured_number_reads_alike_for_every_rounding(value, digits):
    told = {steady(value * (1 + k * 1e-11), digits) for k in range(-20, 21)}
    assert len(told) == 1


def test_no_more_digits_than_were_measured():
    assert digits_within(1e-12, 0.25, 6) == 6
    assert digits_within(1e-12, 0.25, 4) == 4
    assert digits_within(1e-6, 0.25, 6) == 3
    assert digits_within(0.2, 0.25, 6) == 1
    assert digits_within(1e-9, 0.0, 6) == 1


def entry(cell, gradient, slope):
    return EntryCheck(cell, Verdict.DIFFERS, gradient, Estimate(slope, 1e-12))


def test_of_entries_equally_far_off_the_first_is_the_worst():
    noise = np.random.default_rng(0).normal(size=8) * 1e-11
    entries = [entry((k,), 2.0, 1.0 + noise[k]) for k in range(8)]
    assert summed_up("w", (8,), entries).worst.cell == (0,)

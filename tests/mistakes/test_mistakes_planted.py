"""Every mistake of the catalogue, planted by hand, leaves a mark and is named first."""

import re

import numpy as np
import pytest

from bpdebug.mistakes.catalogue import BY_ID, CATALOGUE
from tests.mistakes.by_hand import numbers, of_parameters
from tests.mistakes.judging import ids, judged, run_of, statuses
from tests.mistakes.networks import NETWORKS
from tests.mistakes.planted import PLANTED

pytestmark = pytest.mark.thorough

GAP = re.compile(r"[{}]|  |, ,|\(\)|[⊙=·←−]\s*$|None")
"""What a text has where something was not filled in."""


def named(row):
    return f"{row.id} in {row.network}: {next(iter(row.lines))}"


@pytest.mark.parametrize("name", NETWORKS)
def test_the_network_by_hand_is_that_of_the_scenario(name, tmp_path):
    network = NETWORKS[name]
    verdict = judged(tmp_path, run_of(tmp_path, network.scenario), numbers(network))
    assert verdict.verdict == "agrees"
    assert {status for status, _ in statuses(verdict).values()} == {"agrees"}


def test_every_mistake_is_planted_somewhere():
    assert {row.id for row in PLANTED} == {mistake.id for mistake in CATALOGUE}


@pytest.mark.parametrize("row", PLANTED, ids=named)
def test_it_leaves_a_mark(row):
    network = NETWORKS[row.network]
    right, wrong = (of_parameters(network, numbers(network, w)) for w in ({}, row.lines))
    assert any(
        wrong[key].shape != right[key].shape or not np.allclose(wrong[key], right[key], 1e-3)
        for key in right
    )


@pytest.mark.parametrize("row", PLANTED, ids=named)
def test_it_is_named_first_from_all_intermediates(row, tmp_path):
    network = NETWORKS[row.network]
    run = run_of(tmp_path, network.scenario)
    verdict = judged(tmp_path, run, numbers(network, row.lines))
    assert ids(verdict) == [row.id]
    assert verdict.verdict in ("named", "several")
    told = verdict.document()["explanations"][0]["mistakes"][0]
    assert told["at"] == list(row.at) or not row.at
    assert told["title"] == BY_ID[row.id].title
    assert told["wrong"] != told["right"]
    for name in ("wrong", "right", "why", "remedy"):
        assert told[name]
        assert not GAP.search(told[name]), told[name]


@pytest.mark.parametrize("row", [row for row in PLANTED if row.alone], ids=named)
def test_it_is_named_first_from_the_parameters_alone(row, tmp_path):
    network = NETWORKS[row.network]
    run = run_of(tmp_path, network.scenario)
    verdict = judged(tmp_path, run, of_parameters(network, numbers(network, row.lines)))
    assert ids(verdict) == [row.id]
    assert verdict.verdict in ("named", "several")

"""The tour, without a screen: its words, its numbers, and the ways between its stations."""

import re

import numpy as np
import pytest

from bpdebug.debugger import Debugger
from bpdebug.debugger.tour import SCENARIO, STATIONS, Tour, stand, text_at
from bpdebug.debugger.tour.stations import LOWER
from bpdebug.debugger.tour.tour import BY_KEY, PLACEHOLDER
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.wording import Script, number

BY_ID = {station.id: at for at, station in enumerate(STATIONS)}


@pytest.fixture
def debugger():
    return Debugger(Run(load(find(SCENARIO))))


def state(debugger):
    """All that a front end can see of where the debugger is."""
    moment = debugger.moment
    return (
        debugger.instant,
        moment.breakpoints,
        moment.watches,
        moment.marks,
        moment.previous,
    )


@pytest.mark.parametrize("station", STATIONS, ids=lambda station: station.id)
def test_every_station_tells_real_numbers_and_leaves_no_placeholder(debugger, station):
    stand(debugger, station)
    text = text_at(debugger, station)
    assert not set("{}|") & set(text)
    assert "partial" not in text
    assert "not computed yet" not in text or station.id == "network"
    assert 1 <= text.count(". ") + 1 <= 6
    # No number of the scenario is written into the words.
    words = PLACEHOLDER.sub("", station.text).replace(LOWER, "")
    assert not re.search(r"\d\.\d", words)


def test_the_ids_are_different_and_there_are_few_stations():
    assert len(BY_ID) == len(STATIONS) <= 14


@pytest.mark.parametrize("digits", [6, 3])
def test_the_numbers_are_those_of_numpy(digits):
    """The passes written out by hand, apart from bpdebug."""

    def sigma(z):
        return 1 / (1 + np.exp(-z))

    x, y = np.array([0.05, 0.10]), np.array([0.01, 0.99])
    W1, b1 = np.array([[0.15, 0.20], [0.25, 0.30]]), np.array([0.35, 0.35])
    W2, b2 = np.array([[0.40, 0.45], [0.50, 0.55]]), np.array([0.60, 0.60])
    losses = []
    for _ in range(2):
        h = sigma(W1 @ x + b1)
        y_hat = sigma(W2 @ h + b2)
        losses.append(0.5 * np.sum((y_hat - y) ** 2))
        if len(losses) == 2:
            break
        d2 = (y_hat - y) * y_hat * (1 - y_hat)
        back = W2.T @ d2
        d1 = back * h * (1 - h)
        shares = d2 * W2[:, 0]
        gradient, old = np.outer(d1, x)[0, 0], W1[0, 0]
        expected = {
            "loss": [*y_hat, *y, losses[0]],
            "slope": [*(y_hat - y)],
            "delta": [(y_hat - y)[1], (y_hat * (1 - y_hat))[1], d2[1]],
            "product": [h[0], d2[0], d2[0] * h[0]],
            "matrix": [d2[1], h[1], d2[1] * h[1]],
            "bias": [*d2],
            "share": [d2[0], W2[0, 0], shares[0]],
            "sum": [shares[1], *shares, shares.sum()],
            "back": [shares[0]],
            "delta1": [back[1], (h * (1 - h))[1], d1[1]],
            "update": [old, 0.5, gradient, old - 0.5 * gradient],
        }
        W1, b1 = W1 - 0.5 * np.outer(d1, x), b1 - 0.5 * d1
        W2, b2 = W2 - 0.5 * np.outer(d2, h), b2 - 0.5 * d2
    expected["lower"] = losses
    tour = Tour(Debugger(Run(load(find(SCENARIO))), Script(digits)))
    for ident, values in expected.items():
        text = tour.texts[BY_ID[ident]]
        for value in values:
            assert re.search(rf"(?<![\d.]){re.escape(number(value, digits))}(?![\d])", text), (
                ident,
                value,
                text,
            )


@pytest.mark.parametrize("at", range(len(STATIONS) - 1), ids=[s.id for s in STATIONS[:-1]])
def test_a_stations_keys_lead_to_the_very_state_of_the_next_station(debugger, at):
    stand(debugger, STATIONS[at + 1])
    wanted = state(debugger)
    stand(debugger, STATIONS[at])
    for key in STATIONS[at].keys:
        debugger.perform(BY_KEY[key])
    if STATIONS[at].keys:
        assert state(debugger) == wanted
    else:
        assert debugger.instant == wanted[0]
        assert "enter" in STATIONS[at].invitation
    for key in STATIONS[at].keys:
        assert f"`{key}`" in STATIONS[at].invitation


def test_a_station_is_the_same_wherever_one_comes_from(debugger):
    there = []
    for station in STATIONS:
        stand(debugger, station)
        there.append((state(debugger), debugger.execute("breakpoints").text))
    for station, before in reversed(list(zip(STATIONS, there, strict=True))):
        debugger.execute("break z1")
        debugger.execute("watch L")
        debugger.execute("mark here")
        stand(debugger, station)
        assert (state(debugger), debugger.execute("breakpoints").text) == before
        assert not debugger.execute("back").note.startswith("station")


def test_it_notices_the_way_and_knows_when_one_strays(debugger):
    tour = Tour(debugger)
    assert (tour.at, tour.keys, tour.strayed) == (0, ("c",), False)
    debugger.execute("continue")
    assert tour.notice()
    assert (tour.station.id, tour.keys) == ("loss", ("n", "n"))
    debugger.execute("next")
    assert not tour.notice()
    assert (tour.keys, tour.strayed) == (("n",), False)
    debugger.execute("finish")
    assert not tour.notice()
    assert (tour.keys, tour.strayed) == ((), True)
    tour.move(-1)
    assert (tour.station.id, tour.strayed) == ("loss", False)
    tour.move(-1)
    assert tour.station.id == "network"


def test_it_ends_at_its_ends(debugger):
    tour = Tour(debugger)
    tour.move(-1)
    assert tour.at == 0
    for _ in range(len(STATIONS) + 3):
        tour.move(1)
    assert tour.last
    assert not tour.notice()


def test_leaving_removes_the_breakpoints_of_the_tour_and_none_of_the_user(debugger):
    tour = Tour(debugger)
    tour.move(BY_ID["breakpoint"])
    debugger.execute("continue")
    debugger.execute("break z1")
    assert tour.notice()
    assert [point.text for point in debugger.breakpoints] == [LOWER, "z1"]
    tour.leave()
    assert [point.text for point in debugger.breakpoints] == ["z1"]


def test_a_breakpoint_of_the_tour_that_the_user_has_changed_stays(debugger):
    tour = Tour(debugger)
    tour.move(BY_ID["breakpoint"])
    debugger.execute("edit 1 loss < 0.2")
    tour.leave()
    assert [point.text for point in debugger.breakpoints] == ["loss < 0.2"]

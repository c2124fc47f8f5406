"""Where the panes go at each size."""

import re

import pytest

from bpdebug.tui.layout import PANES, Choice, places
from bpdebug.tui.titles import title
from bpdebug.wording import width


@pytest.mark.parametrize(("width", "height"), [(120, 31), (200, 55), (100, 22), (160, 40)])
def test_a_roomy_screen_shows_all_five_panes(width, height):
    assert set(places(width, height, Choice())) == {*PANES} - {"stops"}
    assert set(places(width, height, Choice(stops=2))) == {*PANES}


@pytest.mark.parametrize(("width", "height"), [(80, 21), (60, 12), (99, 50), (130, 20)])
def test_a_small_screen_shares_two_places(width, height):
    where = places(width, height, Choice(left="program", right="parameters"))
    assert set(where) == {"program", "multiplication", "parameters"}


@pytest.mark.parametrize("width", range(60, 220, 7))
@pytest.mark.parametrize("height", range(11, 70, 5))
@pytest.mark.parametrize("stops", [0, 1, 40])
def test_panes_fill_the_area_without_overlap(width, height, stops):
    where = places(width, height, Choice(stops=stops))
    assert sum(region.area for region in where.values()) == width * height
    regions = list(where.values())
    for at, one in enumerate(regions):
        for other in regions[at + 1 :]:
            assert not one.overlaps(other)


@pytest.mark.parametrize("width", range(60, 220, 7))
def test_the_multiplication_is_never_the_narrowest(width):
    where = places(width, 30, Choice())
    assert (
        where["multiplication"].width
        >= max(
            region.width
            for name, region in where.items()
            if name not in ("multiplication", "program")
        )
        * 0.9
    )


def test_on_a_tall_screen_watches_stand_below_the_graph_and_take_nothing_from_the_numbers():
    without, there = places(200, 56, Choice()), places(200, 56, Choice(stops=3))
    assert there["parameters"] == without["parameters"]
    assert there["stops"].x == there["graph"].x
    assert there["stops"].y == there["graph"].bottom


def test_a_zoomed_pane_has_everything():
    assert places(80, 20, Choice(zoomed="delta"))["delta"].size == (80, 20)


def test_an_empty_pane_of_stops_gives_way():
    assert "delta" in places(80, 20, Choice(right="stops"))
    assert "stops" in places(80, 20, Choice(right="stops", stops=1))


@pytest.mark.parametrize("front", ["delta", "parameters", "stops"])
def test_the_names_of_three_panes_in_one_place_fit_its_title(front):
    shown = places(80, 21, Choice(right=front, stops=2))
    text = re.sub(r"\[.*?\]", "", title(front, shown, stops=2, unicode=True))
    assert width(text) <= shown[front].width - 6
    assert "6 Brk" in text

"""Where the panes go at each size."""

import re

import pytest

from bpdebug.tui.layout import BORDERED, PADDED, PaneChoice, pane_regions
from bpdebug.tui.panes.pane_spec import BY_ID, PANES
from bpdebug.tui.panes.titles import title
from bpdebug.tui.screen import EDGE, NARROW_EDGE
from bpdebug.wording import Script, width

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize(
    ("width", "height"), [(120, 31), (200, 55), (100, 31), (160, 40), (80, 45)]
)
def test_a_roomy_screen_shows_all_five_panes(width, height):
    assert set(pane_regions(width, height, PaneChoice())) == {*PANES} - {"stops"}
    assert set(pane_regions(width, height, PaneChoice(breakpoints=1))) == {*PANES}


@pytest.mark.parametrize(("width", "height"), [(80, 21), (60, 12), (99, 22), (130, 20)])
def test_a_small_screen_shares_two_places(width, height):
    where = pane_regions(width, height, PaneChoice(left="program", right="parameters"))
    assert set(where) == {"program", "multiplication", "parameters"}


def contents(size, choice):
    """Each visible pane's content on a screen of a size."""
    width, height = size
    beside = NARROW_EDGE if width < PADDED else EDGE
    # Header, footer and timeline take the rest.
    area = pane_regions(width, height - 2 - (3 if height >= BORDERED else 1), choice)
    return {name: (region.width - beside, region.height - 2) for name, region in area.items()}


SIZES = [(80, 24), (85, 30), (100, 30), (119, 35), (120, 36), (132, 43), (160, 50), (200, 60)]
GROWN = [(w, h) for w in range(80, 240, 5) for h in range(24, 70)]


@pytest.mark.parametrize("breakpoints", [0, 1, 6])
@pytest.mark.parametrize("left", ["graph", "program"])
@pytest.mark.parametrize("right", ["delta", "parameters"])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_more_room_never_shows_less(size, left, right, breakpoints):
    choice = PaneChoice(left, right, breakpoints=breakpoints)
    small = contents(size, choice)
    for grown in GROWN:
        if grown[0] < size[0] or grown[1] < size[1]:
            continue
        large = contents(grown, choice)
        assert set(small) <= set(large), grown
        for name, content in small.items():
            for had, has, enough in zip(content, large[name], BY_ID[name].enough, strict=True):
                assert has >= min(had, enough), (name, grown, content, large[name])


@pytest.mark.parametrize("width", range(60, 220, 7))
@pytest.mark.parametrize("height", range(11, 70, 5))
@pytest.mark.parametrize("breakpoints", [0, 1, 40])
def test_panes_fill_the_area_without_overlap(width, height, breakpoints):
    where = pane_regions(width, height, PaneChoice(breakpoints=breakpoints))
    assert sum(region.area for region in where.values()) == width * height
    regions = list(where.values())
    for at, one in enumerate(regions):
        for other in regions[at + 1 :]:
            assert not one.overlaps(other)


@pytest.mark.parametrize("width", range(60, 220, 7))
def test_the_multiplication_is_never_the_narrowest(width):
    where = pane_regions(width, 30, PaneChoice())
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
    without, there = (
        pane_regions(200, 56, PaneChoice()),
        pane_regions(200, 56, PaneChoice(breakpoints=3)),
    )
    assert there["parameters"] == without["parameters"]
    assert there["stops"].x == there["graph"].x
    assert there["stops"].y == there["graph"].bottom


def test_a_zoomed_pane_has_everything():
    assert pane_regions(80, 20, PaneChoice(zoomed="delta"))["delta"].size == (80, 20)


def test_an_empty_pane_of_breakpoints_gives_way():
    assert "delta" in pane_regions(80, 20, PaneChoice(right="stops"))
    assert "stops" in pane_regions(80, 20, PaneChoice(right="stops", breakpoints=1))


@pytest.mark.parametrize("front", ["delta", "parameters", "stops"])
def test_the_names_of_three_panes_in_one_place_fit_its_title(front):
    shown = pane_regions(80, 21, PaneChoice(right=front, breakpoints=2))
    text = re.sub(r"\[.*?\]", "", title(front, shown, Script(), entries=2))
    assert width(text) <= shown[front].width - 6
    assert "6 Brk" in text

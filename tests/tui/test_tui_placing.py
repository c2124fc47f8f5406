"""Boxes stand beside what they speak of."""

import pytest
from textual.containers import VerticalScroll
from textual.geometry import Region, Size

from bpdebug.tui.overlays.box_region import FEWEST, box_region, covered
from bpdebug.tui.overlays.text_box import TextBox
from tests.tui.apps import app_on

SIZES = [(80, 24), (100, 30), (120, 36), (200, 60)]
BOXES = [Size(30, 4), Size(60, 13), Size(76, 13), Size(300, 100)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("box", BOXES)
def test_a_box_covers_no_line_that_it_speaks_of(size, box):
    area = Region(0, 1, size[0], size[1] - 2)
    for row in range(1, size[1] - 1):
        kept = [Region(0, row, size[0] // 3, 1)]
        place = box_region(area, box, kept, Region())
        assert covered(place, kept) == 0
        assert place in area
        assert place.height >= min(box.height, FEWEST)


def test_a_box_covers_as_little_as_it_must():
    area = Region(0, 1, 120, 34)
    heart = Region(38, 12, 44, 20)
    assert covered(box_region(area, Size(38, 10), [Region(0, 4, 30, 1)], heart), [heart]) == 0
    every_third = [Region(0, row, 120, 1) for row in range(1, 35, 3)]
    place = box_region(area, Size(50, 10), every_third, Region())
    assert place.size == (50, 10)
    assert box_region(area, Size(20, 6), [], heart) == Region(50, 15, 20, 6)


@pytest.mark.parametrize("line", ["info line", "list"])
async def test_an_answer_leaves_the_current_line_and_node_in_sight(line):
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("n", "n", "n", "s", "s")
        screen = app.screen
        kept = [pane.region_now() for pane in (screen.program, screen.graph)]
        assert all(kept)
        await pilot.press("colon", *line, "enter")
        await pilot.pause()
        assert isinstance(app.screen, TextBox)
        assert covered(app.screen.query_one(VerticalScroll).region, kept) == 0

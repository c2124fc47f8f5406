"""Boxes over the panes: answers and help are there to the last word."""

import pytest
from textual.containers import VerticalScroll

from bpdebug.tui.overlays.text_box import TextBox
from tests.tui.apps import app_on, screen_lines


async def test_help_opens_and_closes():
    app = app_on()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("question_mark")
        assert isinstance(app.screen, TextBox)
        await pilot.press("question_mark")
        assert not isinstance(app.screen, TextBox)


@pytest.mark.parametrize(
    "line", ["help", "info optimizer", "list", "breakpoints", "info line", "where"]
)
async def test_a_box_shows_every_word_of_an_answer(line):
    app = app_on()
    app.debugger.add_breakpoint("z1 if norm(grad(z1)) > 0.001 and any(grad(W2) > 0.002) and L < 1")
    app.debugger.add_breakpoint("W2")
    async with app.run_test(size=(80, 160)) as pilot:
        await pilot.press("n", "n", "n", "n", "colon", *line, "enter")
        await pilot.pause()
        assert isinstance(app.screen, TextBox)
        box = app.screen.query_one(VerticalScroll).content_region
        rows = screen_lines(app)[box.y : box.bottom]
        words = " ".join(row[box.x : box.right] for row in rows).split()
        assert words == app.debugger.execute(line).text.split()


async def test_help_sets_long_summaries_in():
    app = app_on()
    async with app.run_test(size=(80, 40)) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        lines = screen_lines(app)
        at = next(i for i, line in enumerate(lines) if "a tick, a distance" in line)
        assert lines[at + 1].index("iteration") == lines[at].index("a tick")


async def test_a_box_is_wrapped_anew_on_another_size():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("question_mark")
        await pilot.resize_terminal(70, 40)
        await pilot.pause()
        lines = screen_lines(app)
        at = next(i for i, line in enumerate(lines) if "a tick, a distance" in line)
        assert "iteration" in lines[at + 1]

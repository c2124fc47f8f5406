"""Typed commands that do more on the screen than in line mode, and keys that do the same."""

import pytest
from textual.widgets import Static

from bpdebug.tui.bars import Footer
from bpdebug.tui.dialogs.confirm import Confirm
from bpdebug.tui.overlays.diagnosis import DiagnosisScreen
from bpdebug.tui.overlays.inspector import Inspector
from tests.tui.apps import app_on, footer, screen_lines

MEDIUM = (120, 36)


async def test_removing_everything_is_asked_first():
    app = app_on()
    for line in ("break z1", "break z2", "watch L"):
        app.debugger.execute(line)
    async with app.run_test(size=MEDIUM) as pilot:
        for line, question in [("delete", "Delete all 2 breakpoints?"), ("unwatch", "the watch?")]:
            await pilot.press("colon", *line, "enter")
            assert isinstance(app.screen, Confirm)
            assert question in str(app.screen.query_one(Static).render())
            await pilot.press("n")
        assert (len(app.debugger.breakpoints), len(app.debugger.watches)) == (2, 1)
        await pilot.press("colon", *"delete", "enter", "y")
        await pilot.pause()
        assert not app.debugger.breakpoints
        await pilot.press("colon", *"unwatch all", "enter")
        assert not app.debugger.watches
        assert footer(app) == "watch 1: L removed"


async def test_d_typed_is_the_key_d():
    app = app_on("dead_relu")
    app.debugger.execute("break z1")
    async with app.run_test(size=MEDIUM) as pilot:
        for press in (["d"], ["colon", "d", "enter"]):
            await pilot.press(*press)
            for _ in range(500):  # it walks through the run first
                await pilot.pause(0.02)
                if isinstance(app.screen, DiagnosisScreen):
                    break
            assert isinstance(app.screen, DiagnosisScreen)
            await pilot.press("escape")
        assert len(app.debugger.breakpoints) == 1


async def test_l_shows_the_current_line_and_typed_it_prints_it():
    app = app_on()
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.press("s", "s", "2", "end", "1", "l")
        assert app.focused.id == "program"
        program = app.screen.program
        assert program.cursor == program.fold.row_of(program.fold.current)
        await pilot.press("colon", "l", "enter")
        text = "\n".join(screen_lines(app))
        assert "list" in text
        assert "▶    2 ∂L/∂ŷ" in text


@pytest.mark.parametrize("press", [["i"], ["colon", *"info W2", "enter"]])
async def test_i_and_info_open_the_inspector_with_what_info_says(press):
    app = app_on()
    app.debugger.execute("goto W2")
    said = app.debugger.execute("info W2").text.splitlines()
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.press(*press)
        assert isinstance(app.screen, Inspector)
        text = "\n".join(screen_lines(app))
        assert said[0] in text
        assert next(line for line in said if "written" in line).strip() in text
        await pilot.press("escape", "colon", *"info line", "enter")
        assert not isinstance(app.screen, Inspector)


async def test_find_tells_which_hit_it_is_and_when_it_went_round():
    app = app_on()
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.press("slash", *"W2", "enter")
        first = footer(app)
        assert first.startswith("hit 1 of ")
        many = int(first.split()[3])
        await pilot.press(*["full_stop"] * many)
        assert footer(app) == f"{first}, went round"


async def test_an_answer_of_find_names_the_keys_to_the_hits_beside_it():
    app = app_on()
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.press("slash", *"W2", "enter")
        await pilot.pause()
        line = screen_lines(app)[-1]
        assert ". next hit  , previous hit" in line
        here = app.debugger.instant
        await pilot.click(Footer, offset=(line.index(". next"), 0))
        await pilot.pause()
        assert app.debugger.instant != here
        assert footer(app).startswith("hit 2 of ")
        await pilot.press("n")
        await pilot.pause()
        assert "next hit" not in screen_lines(app)[-1]
        await pilot.press("slash", *"nothing", "enter")
        await pilot.pause()
        assert "next hit" not in screen_lines(app)[-1]

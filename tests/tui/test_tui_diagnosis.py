"""`d`: causes with their symptoms folded below, an entry in detail with its plot; enter."""

import re

import pytest

from bpdebug.debugger import Debugger
from bpdebug.diagnosis import Plot
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.draw.findings import draw_plot
from bpdebug.tui.overlays.diagnosis import DiagnosisScreen
from bpdebug.tui.work.background import ProgressBox
from bpdebug.wording import Script
from tests.faulty import ONE_UNIT, TOO_FAST, UNSCALED, run_in
from tests.tui.apps import SIZES, screen_lines

SYMPTOM = "a parameter never moves"


def app_in(folder, text, *, unicode=True):
    return BpdebugApp(Debugger(run_in(folder, text), Script(unicode=unicode)))


def seen(app):
    """The text of the screen without frames, as a line."""
    return " ".join(re.sub(r"[│╭╮╰╯─|+-]", " ", "\n".join(screen_lines(app))).split())


async def diagnosed(pilot):
    await pilot.press("d")
    while isinstance(pilot.app.screen, ProgressBox):
        await pilot.pause(0.02)
    await pilot.pause()
    assert isinstance(pilot.app.screen, DiagnosisScreen)


async def pressed(pilot, *keys):
    await pilot.press(*keys)
    await pilot.pause()
    return seen(pilot.app)


@pytest.mark.parametrize("size", SIZES)
async def test_symptoms_are_folded_below_their_cause(tmp_path, size):
    app = app_in(tmp_path, ONE_UNIT)
    async with app.run_test(size=size) as pilot:
        await diagnosed(pilot)
        text = seen(app)
        assert "softmax over one unit p 4 symptoms" in text
        assert SYMPTOM not in text
        assert "usual remedy" in text
        assert SYMPTOM in await pressed(pilot, "space")
        assert SYMPTOM not in await pressed(pilot, "space")
        assert SYMPTOM in await pressed(pilot, "right")
        assert SYMPTOM in await pressed(pilot, "right")  # it is unfolded already
        text = await pressed(pilot, "down")
        assert "Finding 1.1" in text
        assert "follows from 1: softmax over one unit." in text
        assert "usual remedy" not in text
        # From a symptom, too; the cursor is on the cause again.
        text = await pressed(pilot, "left")
        assert SYMPTOM not in text
        assert "usual remedy" in text


async def test_enter_on_a_symptom_goes_to_its_own_tick(tmp_path):
    app = app_in(tmp_path, ONE_UNIT)
    async with app.run_test(size=(80, 24)) as pilot:
        await diagnosed(pilot)
        await pilot.press("space", "down", "down", "enter")
        await pilot.pause()
        assert not isinstance(app.screen, DiagnosisScreen)
        symptom = app.debugger.diagnosis.findings[0].symptoms[1]
        assert app.debugger.instant == (symptom.iteration, symptom.position)
        assert symptom.position != app.debugger.diagnosis.findings[0].position


async def test_a_cause_without_symptoms_has_nothing_to_unfold(tmp_path):
    app = app_in(tmp_path, UNSCALED)
    async with app.run_test(size=(80, 24)) as pilot:
        await diagnosed(pilot)
        await pilot.press("j")
        before = app.screen.pane.chosen
        assert not before.finding.symptoms
        await pilot.press("space")
        assert app.screen.pane.chosen == before
        assert "symptoms   enter" in "\n".join(screen_lines(app))  # the other one has some


@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("size", SIZES)
async def test_evidence_has_a_plot(tmp_path, size, unicode):
    app = app_in(tmp_path, UNSCALED, unicode=unicode)
    async with app.run_test(size=size) as pilot:
        await diagnosed(pilot)
        text = seen(app)
        assert "column 0 of x: 24 numbers by size" in text
        assert ("██" if unicode else "##") in text
    app = app_in(tmp_path, TOO_FAST, unicode=unicode)
    async with app.run_test(size=size) as pilot:
        await diagnosed(pilot)
        lines = screen_lines(app)
        assert any(re.search(r"\b1 +30\b", line) for line in lines)  # its iterations
        assert any(("⣀" if unicode else "**") in line for line in lines)
        if not unicode:
            assert "".join(lines).isascii()


def test_of_a_fast_swing_a_stretch_is_drawn_that_shows_its_period():
    swing = Plot("L", tuple(1.0 + (at % 2) for at in range(400)), curve=True)
    caption, *lines = [line.plain for line in draw_plot(swing, Script(unicode=False), 70, 10)]
    first, last = map(int, re.fullmatch(r"L, (\d+) to (\d+)", caption).groups())
    assert last == 400
    assert 8 <= last - first <= 20
    assert lines[-1].split() == [str(first), "400"]
    # The top row has a peak for every second point, apart from one another.
    assert 4 <= len(lines[0][10:].split()) <= 10
    calm = Plot("L", tuple(1.0 / at for at in range(1, 400)), curve=True)
    assert draw_plot(calm, Script(), 70, 10)[0].plain == "L"


async def test_the_list_takes_no_more_than_its_share(tmp_path):
    app = app_in(tmp_path, ONE_UNIT)
    async with app.run_test(size=(80, 15)) as pilot:
        await diagnosed(pilot)
        for _ in range(4):
            text = await pressed(pilot, "right", "down")
        assert "Finding 1.4" in text
        assert app.screen.pane.size.height <= 5
        symptom = app.screen.pane.chosen.finding
        assert f"{symptom.title} {symptom.subject}" in text  # the cursor's row is in view
        await pilot.resize_terminal(120, 36)
        await pilot.pause()
        assert f"{symptom.title} {symptom.subject}" in seen(app)
        assert app.screen.pane.size.height >= 5

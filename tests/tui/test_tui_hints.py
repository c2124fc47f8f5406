"""What can be told when a scenario opens: once, in the footer, found after the first paint."""

import asyncio
import threading

import pytest

from bpdebug.scenario import library
from bpdebug.tui import start
from bpdebug.tui.work.hinting import hint_line
from bpdebug.wording import Script
from tests.faulty import ONE_UNIT, TOO_FAST, run_in
from tests.tui.apps import footer

HINT = "softmax over one unit – p; d tells more"
PLAIN = Script()


@pytest.fixture
def opened(monkeypatch):
    """Opens a run as the command line does; returns the app."""
    apps = []
    monkeypatch.setattr(start, "run_app", apps.append)

    def launch(run):
        start.launch(run, fresh=True)
        return apps.pop()

    return launch


async def hinted(pilot):
    """Wait until the hints are found."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def test_a_hint_is_told_once(tmp_path, opened):
    app = opened(run_in(tmp_path, ONE_UNIT))
    async with app.run_test(size=(80, 24)) as pilot:
        await hinted(pilot)
        assert HINT in footer(app)
        await pilot.press("s")
        await hinted(pilot)
        assert footer(app) == ""
        app.screen.execute("first")
        await hinted(pilot)
        assert HINT not in footer(app)


async def test_a_note_keeps_its_place_beside_a_hint(tmp_path, opened):
    app = opened(run_in(tmp_path, f'notes = ["drawn anew"]\n{ONE_UNIT}'))
    async with app.run_test(size=(120, 36)) as pilot:
        await hinted(pilot)
        assert footer(app).startswith("drawn anew")
        assert footer(app).endswith(HINT)


async def test_where_nothing_can_be_told_yet_nothing_is(tmp_path, opened):
    app = opened(run_in(tmp_path, TOO_FAST))
    async with app.run_test(size=(80, 24)) as pilot:
        await hinted(pilot)
        assert footer(app) == ""


async def test_a_bundled_lesson_does_not_tell_its_fault(tmp_path, opened, monkeypatch):
    run = run_in(tmp_path, ONE_UNIT)
    monkeypatch.setattr(library, "folder", lambda: tmp_path.resolve())
    app = opened(run)
    async with app.run_test(size=(80, 24)) as pilot:
        await hinted(pilot)
        assert footer(app) == ""


async def test_keys_work_while_hints_are_searched_for(tmp_path, opened, monkeypatch):
    gate, begun = threading.Event(), threading.Event()

    def slow(run, script):
        begun.set()
        gate.wait(30)
        return ["a fault"]

    monkeypatch.setattr(start, "opening_hints", slow)
    app = opened(run_in(tmp_path, ONE_UNIT))
    async with app.run_test(size=(80, 24)) as pilot:
        try:
            await asyncio.to_thread(begun.wait, 30)
            before = app.debugger.instant
            await pilot.press("s")
            await pilot.pause()
            assert app.debugger.instant != before
        finally:
            gate.set()
        await hinted(pilot)
        assert footer(app) == "a fault; d tells more"


async def test_the_hint_names_the_key_that_the_user_chose(tmp_path, opened):
    app = opened(run_in(tmp_path, ONE_UNIT))
    async with app.run_test(size=(80, 24)) as pilot:
        app.screen.footer.replaced = {"d": "D"}
        await hinted(pilot)
        assert footer(app).endswith("D tells more")


@pytest.mark.parametrize(
    ("hints", "room", "line"),
    [
        (["one", "two"], 40, "one; two; d tells more"),
        (["one", "two", "three hundred"], 36, "one; two; and 1 more; d tells more"),
        (["a long fault"], 24, "a long f…; d tells more"),
    ],
)
def test_as_many_hints_as_fit_are_told(hints, room, line):
    assert hint_line(hints, "d tells more", PLAIN, room) == line
    assert len(line) < room

"""The line for a user who starts bpdebug for the first time."""

from pathlib import Path

import pytest

from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.tui import start
from bpdebug.tui.config.state import WELCOME, first_start, state_folder
from tests.tui.apps import app_on, shown


@pytest.fixture
def welcomes(monkeypatch):
    """What each screen that is opened says at first."""
    said = []
    monkeypatch.setattr(start, "run_app", lambda app: said.append(getattr(app, "_welcome", "")))
    return said


def launch(**options):
    start.launch(Run(load(find("two_layer"))), **options)


def test_it_is_shown_once_and_never_again(welcomes):
    launch()
    launch()
    assert welcomes == [WELCOME, ""]


def test_fresh_neither_shows_nor_remembers_it(welcomes):
    launch(fresh=True)
    assert not state_folder().exists()
    launch()
    assert welcomes == ["", WELCOME]


def test_a_visitor_in_a_browser_does_not_see_it(welcomes, monkeypatch):
    monkeypatch.setattr(start, "served", lambda: True)
    launch()
    assert welcomes == [""]
    assert not state_folder().exists()


def test_it_is_not_for_whoever_has_seen_the_tour_or_has_kept_something(welcomes):
    start.take_tour(Run(load(find("two_layer"))), digits=None, export=lambda request: "")
    launch()
    assert welcomes == ["", ""]
    (state_folder() / "greeted").unlink()
    (state_folder() / "kept").mkdir()
    assert not first_start()


def test_where_nothing_can_be_written_it_is_never_shown():
    state_folder().parent.mkdir(parents=True, exist_ok=True)
    Path(state_folder()).write_text("no folder")
    assert not first_start()


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_it_stands_before_the_keys_until_the_first_command(width):
    app = app_on()
    app._welcome = WELCOME
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        line = shown(app, "footer")
        assert line.startswith(f" {WELCOME}  ")
        assert line.endswith("? help  q quit")
        await pilot.press("s")
        assert WELCOME not in shown(app, "footer")

"""The tour on the screen."""

import pytest

from bpdebug.debugger.tour import SCENARIO, STATIONS, Tour
from bpdebug.debugger.tour.tour import OFF_ROUTE
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.tui.dialogs.prompt import Prompt
from bpdebug.tui.draw.tour import broken, draw_tour, lines_needed
from bpdebug.tui.overlays.tour import KEYS, TourPanel, tour_app
from bpdebug.wording import Script
from tests.tui.apps import app_on, shown

SIZES = [(80, 24), (100, 30), (120, 36), (200, 60)]


def app_on_tour(*, unicode=True):
    return tour_app(Run(load(find(SCENARIO))), Script(unicode=unicode))


def screen_text(app):
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(piece.text for piece in strip) for strip in strips)


def said(app):
    """The panel's words on one line, as they are on the screen."""
    panel = app.screen.query_one(TourPanel)
    lines = [panel.render_line(y).text.strip() for y in range(panel.size.height)]
    return " ".join(line for line in lines if line)


def check_panel(app, at):
    """Progress and words are on the screen in full, beside the panes that they talk about."""
    screen = app.screen
    assert screen.tour.at == at
    station = STATIONS[at]
    drawn = [line.plain for line in draw_tour(screen.tour, screen.script, screen.panel.size.width)]
    beside = screen.has_class("-beside")
    keys = " " + (KEYS if screen.script.unicode else KEYS.replace("·", "-")) if beside else ""
    assert said(app) == " ".join(drawn) + keys
    assert f"station {at + 1} of {len(STATIONS)}" in screen_text(app)
    words = screen.panel.region
    assert beside or 6 <= words.height <= 8
    for name in station.panes:
        pane = screen.panes[name]
        assert pane.has_class("-named")
        if pane.display:
            assert pane.region.height >= 4
            assert not words.overlaps(pane.region)
    assert screen.panes[station.panes[0]].display


@pytest.mark.parametrize("size", SIZES)
async def test_the_whole_tour_by_enter_and_back(size):
    app = app_on_tour()
    async with app.run_test(size=size) as pilot:
        places = []
        for at in range(len(STATIONS)):
            await pilot.pause()
            check_panel(app, at)
            places.append((app.debugger.instant, list(app.debugger.breakpoints)))
            if at + 1 < len(STATIONS):
                await pilot.press("space" if at % 2 else "enter")
        for at in range(len(STATIONS) - 2, 8, -1):
            await pilot.press("backspace")
            check_panel(app, at)
            assert (app.debugger.instant, list(app.debugger.breakpoints)) == places[at]


SPOKEN_OF = {
    "network": ["x  0.05  0.1", "b₁  0.35  0.35", "h₁", "ŷ"],
    "loss": ["L  ½Σ(ŷ − y)²  0.298371", "ŷ  σ(z₂)  0.751365"],
    "product": ["[0.59327]", "[0.138499]", "[0.082167]", "and z₂[0] moves by"],
    "matrix": ["[0.596884]", "[−0.0380982]", "[−0.0227402]", "and z₂[1] moves by"],
    "bias": ["0.138499", "−0.0380982", "and z₂[1] moves by 1"],
    "update": ["[0,0] 0.15   0.000439", "[0.1498"],
}


async def test_a_screen_of_24_lines_shows_what_the_tour_speaks_of():
    app = app_on_tour()
    async with app.run_test(size=(80, 24)) as pilot:
        for station in STATIONS:
            await pilot.pause()
            pane = shown(app, station.panes[0])
            for piece in SPOKEN_OF.get(station.id, ()):
                assert piece in pane, (station.id, piece, pane)
            await pilot.press("enter")


@pytest.mark.parametrize("unicode", [True, False])
async def test_the_whole_tour_by_the_keys_it_names(unicode):
    app = app_on_tour(unicode=unicode)
    async with app.run_test(size=(80, 24)) as pilot:
        for at, station in enumerate(STATIONS):
            await pilot.pause()
            check_panel(app, at)
            assert unicode or screen_text(app).isascii()
            for key in station.keys or ("enter",):
                await pilot.press(key)
        assert not app.screen.query(TourPanel)
        assert app.debugger.instant == (2, 5)
        assert not app.debugger.breakpoints
        assert not app.screen.moment.breakpoints


async def test_after_the_first_of_two_keys_it_asks_for_the_second():
    app = app_on_tour()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("c", "n")
        assert "And now press n." in said(app)
        await pilot.press("n")
        assert app.screen.tour.station.id == "slope"


async def test_one_may_look_around_and_come_back():
    app = app_on_tour()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("enter", "f", "2", "z")
        assert said(app).endswith(OFF_ROUTE.replace("`", ""))
        await pilot.press("backspace")
        check_panel(app, 1)
        assert app.debugger.instant == (1, 5)


async def test_its_keys_are_inert_while_something_is_typed():
    app = app_on_tour()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("p", *"x1", "backspace")
        assert isinstance(app.screen, Prompt)
        await pilot.press("enter")
        assert app.screen.tour.at == 0
        assert app.screen.footer.message == "x = [0.05, 0.1]"
        await pilot.press("p", "escape")
        assert app.screen.query(TourPanel)


async def test_leaving_early_leaves_the_debugger_as_it_stands():
    app = app_on_tour()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("enter", "enter", "escape")
        await pilot.pause()
        assert not app.screen.query(TourPanel)
        assert not app.screen.query(".-named")
        assert app.debugger.instant == (1, 8)
        await pilot.press("n")
        assert app.debugger.instant == (1, 10)
        # Enter is the panes' own key again: here a breakpoint on a line of the program.
        await pilot.press("2", "enter")
        assert len(app.debugger.breakpoints) == 1


@pytest.mark.parametrize(("columns", "most"), [(76, 5), (116, 5), (196, 5)])
@pytest.mark.parametrize("unicode", [True, False])
def test_every_station_fits_its_panel(columns, most, unicode):
    run = Run(load(find(SCENARIO)))
    app = tour_app(run, Script(unicode=unicode))
    script, tour = Script(unicode=unicode), Tour(app.debugger)
    assert lines_needed(tour, script, columns) <= most + (not unicode)
    for text in (*tour.texts, *(station.invitation for station in STATIONS)):
        for line in broken(text, script, columns):
            assert line.width <= columns
            assert "`" not in line.plain
            assert unicode or line.plain.isascii()


@pytest.mark.parametrize(("size", "lines"), [((60, 15), 3), ((60, 18), 5), ((80, 20), 5)])
async def test_on_a_low_screen_the_pane_it_talks_about_has_the_whole_width(size, lines):
    app = app_on_tour()
    async with app.run_test(size=size) as pilot:
        for at, station in enumerate(STATIONS):
            await pilot.pause()
            assert app.screen.tour.at == at
            told = app.screen.panes[station.panes[0]]
            assert told.region.width == size[0]
            assert told.region.height - 2 >= lines
            assert app.screen.panel.region.bottom < size[1]
            drawn = draw_tour(app.screen.tour, app.screen.script, app.screen.panel.size.width)
            assert said(app) == " ".join(line.plain for line in drawn)
            await pilot.press("enter")
        assert app.screen.area.choice.zoomed == ""


async def test_z_zooms_after_a_small_screen_has_hidden_the_pane_with_the_focus():
    app = app_on_tour()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("5")
        await pilot.resize_terminal(50, 12)
        await pilot.resize_terminal(120, 36)
        await pilot.pause()
        await pilot.press("z")
        zoomed = app.screen.area.choice.zoomed
        assert zoomed
        assert app.screen.panes[zoomed].region.width == 120


@pytest.mark.parametrize("size", SIZES)
async def test_titles_fit_the_panes_that_the_tour_leaves(size):
    app, other = app_on_tour(), app_on()
    async with app.run_test(size=size) as pilot:
        await pilot.press("enter", "escape")
        await pilot.pause()
        left = str(app.screen.panes["graph"].border_title)
    async with other.run_test(size=size) as pilot:
        await pilot.pause()
        assert left == str(other.screen.panes["graph"].border_title)

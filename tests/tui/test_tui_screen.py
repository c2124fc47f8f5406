"""The screen as a whole: time, sizes, and which panes there is room for."""

import pytest
from textual._xterm_parser import XTermParser

from bpdebug.debugger import COMMANDS
from bpdebug.scenario import bundled
from bpdebug.tui.draw.header import draw_too_small
from bpdebug.tui.keys.bindings import SCREEN_KEYS
from bpdebug.tui.panes.pane_spec import PANES
from tests.tui.apps import SIZES, app_on, footer, screen_lines, shown


@pytest.mark.parametrize("size", SIZES)
async def test_it_opens_after_the_forward_pass_and_steps(size):
    app = app_on()
    async with app.run_test(size=size) as pilot:
        assert app.debugger.moment.position == 5
        await pilot.press("s", "n", "n", "s")
        assert app.debugger.moment.position == 11
        assert "∂L/∂W₂[0,0] += δ₂[0] · h₁[0]" in shown(app, "multiplication").replace("\n", " ")
        await pilot.press("S", "N", "N", "S")
        assert app.debugger.moment.position == 5


def test_keys_stand_once_in_the_table():
    keys = [key for command in COMMANDS for key in command.keys] + [k[1] for k in SCREEN_KEYS]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("sent", "ident"),
    [
        ("\x1b[23;5~", "rstep"),
        ("\x1b[21;2~", "rnext"),
        ("\x1b[23;2~", "finish"),
        ("\x1b[15;2~", "rcontinue"),
        ("\x1b[15;6~", "restart"),
        ("\x1b[20;2~", "break_condition"),
        ("\x1bOP", "help"),
    ],
)
async def test_function_keys_as_terminals_send_them(sent, ident, monkeypatch):
    app = app_on()
    ran = []
    async with app.run_test(size=(120, 36)) as pilot:
        monkeypatch.setattr(type(app.screen), "action_command", lambda self, name: ran.append(name))
        for event in XTermParser().feed(sent):
            app.simulate_key(event.key)
        await pilot.pause()
        assert ran == [ident]


async def test_ctrl_q_leaves():
    app = app_on()
    async with app.run_test() as pilot:
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert not app.is_running


async def test_both_ends_of_time_say_so():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("less_than_sign", "S")
        assert "start of recorded time" in footer(app)
        await pilot.press("greater_than_sign", "n")
        assert "end of recorded time" in footer(app)


async def test_titles_on_a_small_screen_name_both_panes_of_a_place():
    app = app_on()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "1 Graph · 2 Prog " in screen_lines(app)[1]
        assert "4 δ · 5 Par " in screen_lines(app)[1]
        await pilot.press("2", "5")
        await pilot.pause()
        assert "2 Prog · 1 Graph " in screen_lines(app)[1]
        assert "5 Par · 4 δ " in screen_lines(app)[1]
        await pilot.resize_terminal(120, 36)
        await pilot.pause()
        assert "1 Graph ─" in screen_lines(app)[1]


async def test_zoom_and_hidden_panes_on_a_small_screen():
    app = app_on()
    async with app.run_test(size=(80, 24)) as pilot:
        assert not app.screen.query_one("#program").display
        await pilot.press("2")
        assert app.screen.query_one("#program").display
        assert not app.screen.query_one("#graph").display
        assert "∂L/∂W₂" in shown(app, "program")
        await pilot.press("z")
        assert [p for p in PANES if app.screen.query_one(f"#{p}").display] == ["program"]
        await pilot.press("z")
        assert app.screen.query_one("#multiplication").display


async def test_a_hidden_pane_shows_the_present_when_it_comes_back():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("1", "z", "s", "n", "n", "s", "z")
        await pilot.pause()
        assert "[0.138499]" in shown(app, "multiplication")
        assert any("[0.138499]" in line for line in screen_lines(app))


@pytest.mark.parametrize("size", [(80, 18), (120, 36)])
async def test_a_motion_lays_nothing_out_anew(size):
    app = app_on("published/mazur")
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        layouts = []
        app.screen.screen_layout_refresh_signal.subscribe(app.screen, layouts.append)
        for key in "snsffnsNSFcR":
            await pilot.press(key)
            await pilot.pause()
        assert not layouts


async def test_resizing_keeps_the_place_in_time():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("s", "n", "n", "s")
        for size in [(80, 24), (40, 10), (200, 60), (120, 36)]:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert app.debugger.moment.position == 11
        assert "[0.138499]" in shown(app, "multiplication")


async def test_the_current_row_is_in_view_after_a_resize_and_a_jump():
    app = app_on("published/gomez_lstm_2step")
    async with app.run_test(size=(120, 36)) as pilot:
        for keys, size in [
            (["n"] * 18, (80, 24)),
            (["c"], (120, 36)),
            (["g", *"z_o0", "enter"], (80, 24)),
        ]:
            await pilot.press(*keys)
            assert "▶" in shown(app, "graph")
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert "▶" in shown(app, "graph"), size
            await pilot.press("1", "z", "z")
            await pilot.pause()
            assert "▶" in shown(app, "graph")


async def test_a_tiny_terminal_gets_a_sentence():
    app = app_on()
    async with app.run_test(size=(24, 12)) as pilot:
        await pilot.pause()
        text = " ".join(" ".join(screen_lines(app)).split())
        assert text == "The screen is too small: 60×15 is the least."
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "s term" in shown(app, "footer")


@pytest.mark.parametrize("width", range(20, 60))
def test_the_sentence_of_a_tiny_terminal_is_whole(width):
    for height in range(1, 15):
        lines = [
            "".join(part for part, _ in x.spans) for x in draw_too_small((60, 15), width, height)
        ]
        assert len(lines) <= height
        assert " ".join(lines).endswith("60×15 is the least.")
        assert height < 3 or " ".join(lines).startswith("The screen is too small: ")


@pytest.mark.parametrize("name", [name for name, _, _ in bundled()])
async def test_every_bundled_scenario_opens_and_steps(name):
    app = app_on(name)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s", "s", "f", "n", "c", "c", "S", "N")
        assert app.is_running

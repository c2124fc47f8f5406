"""The screen, driven by keys."""

from pathlib import Path

import pytest
from textual._xterm_parser import XTermParser
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from bpdebug.debugger import COMMANDS, Debugger
from bpdebug.debugger.command import ExportRequest
from bpdebug.run import Run
from bpdebug.scenario import bundled, find, load
from bpdebug.tui import beside_the_screen
from bpdebug.tui.answer import Answer
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.ascii import one_cell_ascii
from bpdebug.tui.bars import Footer
from bpdebug.tui.chooser import TOUR, ChooserApp
from bpdebug.tui.draw.line import Look
from bpdebug.tui.inspector import Inspector
from bpdebug.tui.keys import SCREEN_KEYS
from bpdebug.tui.layout import PANES
from bpdebug.tui.line_pane import LinePane
from bpdebug.tui.panes import GraphPane, ProgramPane
from bpdebug.tui.prompt import Prompt

SIZES = [(80, 24), (120, 36), (200, 60)]


def app_on(name="two_layer", *, unicode=True):
    debugger = Debugger(Run(load(find(name))), unicode=unicode)
    return BpdebugApp(debugger, Look(unicode=unicode))


def shown(app, pane):
    """What a pane shows, as text."""
    widget = app.screen.query_one(f"#{pane}", LinePane)
    lines = [widget.render_line(y).text for y in range(widget.scrollable_content_region.height)]
    return "\n".join(line.rstrip() for line in lines)


def screen_lines(app):
    """The screen as the terminal gets it."""
    return [
        "".join(piece.text for piece in strip) for strip in app.screen._compositor.render_strips()
    ]


def told(app):
    """What a prompt or a dialog says about what is typed."""
    return str(app.screen.query_one("#told", Static).render())


def footer(app):
    return app.screen.query_one(Footer).message


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


async def test_every_key_reaches_its_command_from_every_pane(monkeypatch):
    app = app_on()
    ran = []
    async with app.run_test(size=(120, 36)) as pilot:
        screen = app.screen

        def record(ident):
            ran.append(ident)

        monkeypatch.setattr(type(screen), "action_command", lambda self, ident: record(ident))
        app.debugger.add_watch("L")
        screen.refresh_moment()
        for number, pane in enumerate(PANES, 1):
            await pilot.press(str(number))
            assert app.focused.id == pane
            for command in COMMANDS:
                for key in command.keys:
                    if key == "ctrl+q":
                        continue
                    ran.clear()
                    app.simulate_key(key)
                    await pilot.pause()
                    assert ran == [command.id], (pane, key)


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


async def test_every_entry_of_the_palette_runs():
    names = {command.name for command in COMMANDS if command.name}
    app = app_on()
    app.debugger.exporter = lambda request: "wrote it"
    async with app.run_test(size=(120, 36)) as pilot:
        bottom = app.screen
        entries = list(app.get_system_commands(bottom))
        assert {entry.title for entry in entries} == names | {"theme"}
        for entry in entries:
            if entry.title == "quit":
                continue
            entry.callback()
            await pilot.pause()
            if isinstance(app.screen, Prompt):
                await pilot.press("1", "enter")
            while app.screen is not bottom:
                await pilot.press("escape")
                await pilot.pause()
            assert app.is_running, entry.title


async def test_the_palette_opens_and_runs_what_is_chosen():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("s", "s", "ctrl+p", *"restart")
        await pilot.pause(0.3)
        await pilot.press("down", "enter", "enter")
        await pilot.pause()
        assert app.debugger.moment.position == 5


async def test_keys_are_letters_inside_an_input():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("g")
        assert isinstance(app.screen, Prompt)
        await pilot.press("n", "s", "c", "f10", "q")
        assert app.screen.query_one(Input).value == "nscq"
        assert "nscq" in app.screen.query_one(Input).render_line(0).text
        assert app.screen.query_one(Input).region.width > 60
        assert app.debugger.moment.position == 5
        await pilot.press("escape")
        assert not isinstance(app.screen, Prompt)


async def test_go_to_a_name_and_a_wrong_one():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("g", *"W2", "enter")
        assert app.debugger.moment.position == 11
        await pilot.press("g", *"W9", "enter")
        assert app.debugger.moment.position == 11
        assert "W9" in told(app)


async def test_b_sets_a_breakpoint_where_the_cursor_is_and_takes_it_off():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("2", "down", "down", "down", "b")
        assert [b.text for b in app.debugger.breakpoints] == ["L -> y_hat"]
        assert "●" in shown(app, "program")
        await pilot.press("b")
        assert not app.debugger.breakpoints


async def test_enter_in_the_program_breaks_and_continue_stops_there():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("2", *["down"] * 4, "enter", "c")
        assert app.debugger.breakpoints[0].text == "y_hat -> z2"
        assert app.debugger.moment.position == 9
        assert "breakpoint 1" in footer(app)


async def test_one_click_on_a_line_sets_a_breakpoint_and_a_drag_does_not():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        program = app.screen.query_one(ProgramPane)
        row = next(y for y in range(9) if "   2 ∂L/∂ŷ" in program.render_line(y).text)
        await pilot.click(program, offset=(10, row + 1))
        assert [point.text for point in app.debugger.breakpoints] == ["L -> y_hat"]
        assert "●   2 ∂L/∂ŷ" in shown(app, "program")
        await pilot.pause(0.6)
        await pilot.click(program, offset=(10, row + 1))
        assert not app.debugger.breakpoints
        await pilot.mouse_down(program, offset=(10, row + 1))
        await pilot.mouse_up(program, offset=(16, row + 1))
        assert not app.debugger.breakpoints


async def test_the_forward_section_unfolds_by_key_and_by_click():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        program = app.screen.query_one(ProgramPane)
        lines = program.entries()
        await pilot.press("2", "home", "space")
        assert program.entries() == lines + 4
        assert "h₁ = σ(z₁)" in shown(app, "program")
        await pilot.press("enter")
        assert program.entries() == lines
        await pilot.click(program, offset=(8, 1))
        assert program.entries() == lines + 4
        assert not app.debugger.breakpoints


async def test_enter_on_a_node_shows_it_in_full():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("1", "down", "enter")
        await pilot.pause()
        assert isinstance(app.screen, Inspector)
        await pilot.press("escape")
        assert not isinstance(app.screen, Inspector)


async def test_the_tree_folds_and_follows_time():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        graph = app.screen.query_one(GraphPane)
        rows = graph.entries()
        await pilot.press("1", "home", "left")
        assert graph.entries() == 1
        await pilot.press("s", "n")
        assert graph.entries() > 1
        assert graph.node() == app.debugger.node("y_hat")
        await pilot.press("home", "right")
        assert graph.entries() <= rows


async def test_find_reveals_the_hit():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("slash", *"b1", "enter")
        graph = app.screen.query_one(GraphPane)
        assert graph.node() == app.debugger.node("b1") == app.debugger.moment.node


async def test_both_ends_of_time_say_so():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("less_than_sign", "S")
        assert "start of recorded time" in footer(app)
        await pilot.press("greater_than_sign", "n")
        assert "end of recorded time" in footer(app)


async def test_export_asks_before_it_overwrites(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two_layer.trace.txt").write_text("mine")
    app = app_on()
    wrote = []

    def exporter(request: ExportRequest) -> str:
        wrote.append(request.target)
        return f"wrote {request.target}"

    app.debugger.exporter = exporter
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("x", "enter")
        await pilot.press("n", "enter")
        assert not wrote
        await pilot.press("escape")
        await pilot.press("x", "enter")
        await pilot.press("y", "enter")
        assert wrote == ["two_layer.trace.txt"]
        assert "wrote" in footer(app)


async def test_a_typed_command_runs_and_a_long_answer_gets_a_box():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("colon", *"next 2", "enter")
        assert app.debugger.moment.position == 8
        await pilot.press("colon", *"list", "enter")
        assert isinstance(app.screen, Answer)


@pytest.mark.parametrize("path", ["my trace.md", "~/t.md", "./t.md", "-t.md"])
async def test_no_way_to_write_a_file_name_skips_the_question(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("t.md", "my trace.md", "-t.md"):
        (tmp_path / name).write_text("mine")
    app = app_on()
    wrote = []
    app.debugger.exporter = lambda request: wrote.append(request) or "wrote it"
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("x")
        app.screen.query_one(Input).value = path
        await pilot.press("enter")
        assert isinstance(app.screen, Prompt)
        await pilot.press("n", "enter")
        assert not wrote
        assert "Nothing was written" in told(app)
        await pilot.press("enter", "y", "enter")
        assert Path(wrote[0].target).name == Path(path).name
        assert footer(app) == "wrote it"


async def test_the_export_dialog_hands_on_format_and_detail_and_keeps_errors(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "traces").mkdir()
    app = app_on()
    wrote = []
    app.debugger.exporter = beside_the_screen(lambda request: wrote.append(request) or "wrote it")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("x")
        path = app.screen.query_one(Input)
        for wrong, says in (("-", "name a file"), ("", "Name a file")):
            path.value = wrong
            await pilot.press("enter")
            assert says in told(app)
        path.value = ""
        await pilot.press("t", "r", "tab", *"a.md", "down", "right", "right", "down", "left")
        await pilot.click("#format", offset=(23, 0))
        iterations = app.screen.query_one("#iterations", Input)
        iterations.value = "2-1"
        await pilot.press("enter")
        assert "2-1" in told(app)
        iterations.value = "1, 2"
        await pilot.press("enter")
        assert wrote == [ExportRequest("traces/a.md", "markdown", "term", "1, 2")]


async def test_help_opens_and_closes():
    app = app_on()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("question_mark")
        assert isinstance(app.screen, Answer)
        await pilot.press("question_mark")
        assert not isinstance(app.screen, Answer)


@pytest.mark.parametrize("line", ["help", "info W1", "list", "breakpoints", "info line", "where"])
async def test_a_box_shows_every_word_of_an_answer(line):
    app = app_on()
    app.debugger.add_breakpoint("z1 if norm(grad(z1)) > 0.001 and any(grad(W2) > 0.002) and L < 1")
    app.debugger.add_breakpoint("W2")
    async with app.run_test(size=(80, 70)) as pilot:
        await pilot.press("n", "n", "n", "n", "colon", *line, "enter")
        await pilot.pause()
        assert isinstance(app.screen, Answer)
        box = app.screen.query_one(VerticalScroll).content_region
        rows = screen_lines(app)[box.y : box.bottom]
        words = " ".join(row[box.x : box.right] for row in rows).split()
        assert words == app.debugger.execute(line).text.split()


async def test_help_sets_long_summaries_in():
    app = app_on()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        lines = screen_lines(app)
        at = next(i for i, line in enumerate(lines) if "a tick, a distance" in line)
        assert lines[at + 1].index("an iteration") == lines[at].index("a tick")


async def test_a_box_is_wrapped_anew_on_another_size():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("question_mark")
        await pilot.resize_terminal(70, 40)
        await pilot.pause()
        lines = screen_lines(app)
        at = next(i for i, line in enumerate(lines) if "a tick, a distance" in line)
        assert "iteration" in lines[at + 1]


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


@pytest.mark.parametrize("size", SIZES[:2])
async def test_a_terminal_without_unicode_gets_ascii_alone(size):
    app = app_on(unicode=False)
    async with app.run_test(size=size) as pilot:
        for keys in (
            ["s", "n", "n", "s"],
            ["2", "4", "z", "z"],
            ["question_mark"],
            ["escape", "colon", *"info W2", "enter"],
            ["escape", "w", *"grad(W2)", "enter"],
            ["g", *"W9", "enter"],
            ["x"],
            ["escape", "ctrl+p", "d"],
            ["escape", "ctrl+c"],
        ):
            await pilot.press(*keys)
            await pilot.pause()
            text = "\n".join(screen_lines(app))
            assert text.isascii(), [c for c in text if not c.isascii()]
            assert {len(line) for line in screen_lines(app)} == {size[0]}


async def test_the_frames_in_ascii():
    app = app_on(unicode=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert screen_lines(app)[1].startswith("+- 1 Graph | 2 Prog -+")
        assert "+- 4 delta | 5 Par -+" in screen_lines(app)[1]
        await pilot.press("question_mark")
        await pilot.pause()
        assert screen_lines(app)[1].startswith("+- Help ---")


def test_a_sign_without_a_likeness_becomes_a_question_mark_of_its_width():
    assert one_cell_ascii("a│ж网b") == "a|???b"


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
        assert "[ 0.138499 ]" in shown(app, "multiplication")
        assert any("[ 0.138499 ]" in line for line in screen_lines(app))


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


async def test_the_listing_scrolls_with_time_and_its_scrollbar_too():
    app = app_on("published/mazur")
    async with app.run_test(size=(80, 18)) as pilot:
        await pilot.press("2", "greater_than_sign")
        await pilot.pause()
        pane = app.screen.query_one(ProgramPane)
        assert pane.scroll_offset.y > 0
        bar = pane.vertical_scrollbar
        assert bar.window_virtual_size == pane.line_count()
        assert bar.position == pane.scroll_offset.y
        await pilot.press("less_than_sign")
        await pilot.pause()
        assert pane.scroll_offset.y == 0


async def test_resizing_keeps_the_place_in_time():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("s", "n", "n", "s")
        for size in [(80, 24), (40, 10), (200, 60), (120, 36)]:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert app.debugger.moment.position == 11
        assert "[ 0.138499 ]" in shown(app, "multiplication")


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
    async with app.run_test(size=(50, 12)) as pilot:
        await pilot.pause()
        assert "too small" in footer(app)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert footer(app) == ""


@pytest.mark.parametrize("name", [name for name, _, _ in bundled()])
async def test_every_bundled_scenario_opens_and_steps(name):
    app = app_on(name)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s", "s", "f", "n", "c", "c", "S", "N")
        assert app.is_running


async def test_a_click_on_the_timeline_goes_there():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        timeline = app.screen.query_one("#timeline", LinePane)
        column = timeline.render_line(0).text.index("update") + 12
        await pilot.click("#timeline", offset=(column + 2, 1))
        await pilot.pause()
        assert app.debugger.moment.position > 25


async def test_the_program_cursor_stays_while_time_stands():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        program = app.screen.query_one(ProgramPane)
        await pilot.press("2", "end")
        at = program.cursor
        await pilot.press("w", *"L", "enter")
        assert program.cursor == at
        await pilot.press("s")
        assert program.cursor == 1


async def test_the_chooser_previews_and_returns_a_path():
    app = ChooserApp()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("down", "down")
        await pilot.pause()
        await pilot.press("enter")
    assert app.return_value == app.scenarios[1][1]


async def test_the_chooser_offers_the_tour_first():
    app = ChooserApp()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert "stop by stop" in str(app.screen.query_one("#text", Static).render())
        await pilot.press("enter")
    assert app.return_value == TOUR


async def test_the_chooser_has_headings_and_names():
    app = ChooserApp(unicode=False)
    async with app.run_test(size=(120, 100)) as pilot:
        await pilot.pause()
        text = "\n".join(screen_lines(app))
        assert text.isascii()
        assert "Lessons" in text
        assert "Published examples" in text
        assert "published/mazur" in text
        assert text.index("computation_graph") < text.index("chain_rule") < text.index("iris")


async def test_a_condition_is_checked_as_it_is_typed():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("B", *"norm(grad(W9)) < 1")
        assert "W9" in told(app)
        assert "^^" in told(app)
        for _ in range(len("9)) < 1")):
            await pilot.press("backspace")
        await pilot.press(*"2)) < 1")
        assert told(app).startswith("not computed yet here; next hit: iteration 1, tick 1")
        await pilot.press("enter")
        assert app.debugger.breakpoints[0].text == "norm(grad(W2)) < 1"


async def test_a_prompt_completes_and_remembers():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("p", *"norm(y_", "tab", *")", "enter")
        assert footer(app).startswith("norm(y_hat) =")
        await pilot.press("p", *"L", "enter")
        await pilot.press("p", "up", "up")
        assert app.screen.query_one(Input).value == "norm(y_hat)"
        await pilot.press("down")
        assert app.screen.query_one(Input).value == "L"
        await pilot.press("down")
        assert app.screen.query_one(Input).value == ""


@pytest.mark.parametrize("size", SIZES)
async def test_watches_and_breakpoints_have_a_pane_while_there_are_some(size):
    app = app_on()
    async with app.run_test(size=size) as pilot:
        assert not app.screen.query_one("#stops").display
        await pilot.press("6")
        assert "No watches" in footer(app)
        await pilot.press("w", *"delta(2)", "enter")
        await pilot.press("colon", *"break W2", "enter", "6", "escape")
        assert "w1  delta(2): not computed yet" in " ".join(shown(app, "stops").split("\n    "))
        await pilot.press("c")
        assert "●1  W2 (1 hit)" in shown(app, "stops")
        assert "delta(2) = [0.138499" in shown(app, "stops").replace("\n    ", " ")
        await pilot.press("down", "space")
        assert "○1" in shown(app, "stops")
        await pilot.press("delete", "delete")
        assert not app.debugger.breakpoints
        assert not app.debugger.watches
        await pilot.pause()
        assert not app.screen.query_one("#stops").display
        assert app.focused.id == "multiplication"


async def test_enter_on_a_breakpoint_goes_to_its_next_hit_and_on_a_watch_shows_it():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("colon", *"break z1 if iteration == 2", "enter", "6", "enter")
        assert app.debugger.place.iteration == 2
        first = app.debugger.place
        await pilot.press("enter")
        assert app.debugger.place > first
        await pilot.press("w", *"W1", "enter", "home", "enter")
        assert footer(app).startswith("W1 =")

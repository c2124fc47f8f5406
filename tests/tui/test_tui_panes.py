"""Each pane by its keys and by the mouse: cursors, folding, breakpoints on lines, the stops."""

import pytest

from bpdebug.tui.overlays.inspector import Inspector
from bpdebug.tui.panes.graph_pane import GraphPane
from bpdebug.tui.panes.line_pane import LinePane
from bpdebug.tui.panes.program_pane import ProgramPane
from tests.tui.apps import SIZES, app_on, footer, screen_lines, shown


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


async def test_one_click_in_the_gutter_sets_a_breakpoint_and_a_drag_does_not():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        program = app.screen.query_one(ProgramPane)
        row = next(y for y in range(9) if "   2 ∂L/∂ŷ" in program.render_line(y).text)
        await pilot.press("2")
        await pilot.click(program, offset=(5, row + 1))
        assert [point.text for point in app.debugger.breakpoints] == ["L -> y_hat"]
        assert "●   2 ∂L/∂ŷ" in shown(app, "program")
        await pilot.pause(0.6)
        await pilot.click(program, offset=(5, row + 1))
        assert not app.debugger.breakpoints
        await pilot.mouse_down(program, offset=(5, row + 1))
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
        assert app.debugger.instant.iteration == 2
        first = app.debugger.instant
        await pilot.press("enter")
        assert app.debugger.instant > first
        await pilot.press("w", *"W1", "enter", "home", "enter")
        assert footer(app).startswith("W1 =")


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (100, 30), (120, 36)])
async def test_the_frame_cuts_no_title_of_a_multiplication(size):
    app = app_on("dense_layer")
    async with app.run_test(size=size) as pilot:
        for _ in range(8):
            await pilot.press("n")
            await pilot.pause()
            pane = app.screen.multiplication
            drawn = screen_lines(app)[pane.region.y][pane.region.x : pane.region.right]
            # What does not fit was left out before, and the frame cuts no more.
            assert drawn.strip("╭╮─ ") == str(pane.border_title).replace("\\[", "[")

"""Groups on the screen by key and by mouse: program and graph fold together, breakpoints."""

from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.draw.graph_groups import sign_columns
from bpdebug.tui.overlays.inspector import Inspector
from bpdebug.tui.panes.graph_pane import GraphPane
from bpdebug.tui.panes.program_pane import ProgramPane
from tests.tui.apps import app_on, footer, shown
from tests.tui.grouped import session


def app_at(*lines):
    return BpdebugApp(session(*lines))


async def test_enter_unfolds_a_group_without_moving_the_cursor():
    app = app_at("next 5")
    async with app.run_test(size=(120, 50)) as pilot:
        pane = app.screen.query_one(ProgramPane)
        position = app.debugger.instant
        await pilot.press("2", "down", "enter")
        assert "block2 is unfolded" in footer(app)
        assert app.debugger.instant == position
        assert pane.entry().group == "block2"
        assert "▾ block₂(" in shown(app, "program")
        assert not app.debugger.breakpoints
        await pilot.press("space")
        assert "block2" in app.debugger.folded
        assert pane.entry().group == "block2"
        await pilot.press("right", "down", "left")
        assert pane.entry().group == "block2", "left inside a group goes to its heading"
        await pilot.press("left")
        assert "block2" in app.debugger.folded


async def test_b_and_the_gutter_break_on_a_group_and_its_sign_folds():
    app = app_at("next 5")
    async with app.run_test(size=(120, 50)) as pilot:
        pane = app.screen.query_one(ProgramPane)
        await pilot.press("2", "down", "b")
        assert [point.text for point in app.debugger.breakpoints] == ["block2"]
        row = pane.cursor - pane.scroll_offset.y + 1
        await pilot.click(pane, offset=(4, row))
        assert not app.debugger.breakpoints
        await pilot.pause(0.6)
        await pilot.click(pane, offset=(8, row))
        assert "block2" not in app.debugger.folded
        await pilot.pause(0.6)
        row = pane.cursor - pane.scroll_offset.y + 1
        await pilot.click(pane, offset=(14, row))
        assert "block2" in app.debugger.folded


async def test_the_line_at_the_panes_cursor_stays_where_groups_above_it_unfold():
    app = app_at("next 5")
    async with app.run_test(size=(120, 36)) as pilot:
        pane = app.screen.query_one(ProgramPane)
        await pilot.press("2", *["down"] * 3)
        at = pane.entry().group
        assert at == "block1"
        before = pane.cursor - pane.scroll_offset.y
        app.screen.run_command("unfold", "block2")
        await pilot.pause()
        assert pane.entry().group == "block1"
        assert pane.cursor - pane.scroll_offset.y == before


async def test_stepping_back_into_a_group_shows_the_current_line():
    app = app_at("goto block2", "next")
    async with app.run_test(size=(120, 36)) as pilot:
        pane = app.screen.query_one(ProgramPane)
        await pilot.press("S")
        assert pane.entry() == pane.fold.listing[pane.fold.current]
        assert "▶" in shown(app, "program")


async def test_minus_and_equals_fold_the_group_at_the_panes_cursor():
    app = app_at("next 3")
    async with app.run_test(size=(120, 50)) as pilot:
        await pilot.press("2", *["down"] * 3, "equals_sign")
        assert "block2" not in app.debugger.folded
        await pilot.press("down", "minus")
        assert "block2" in app.debugger.folded


async def test_without_a_cursor_of_a_pane_equals_unfolds_the_group_just_passed():
    app = app_at("goto block2")
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("n", "equals_sign")
        assert "block2" not in app.debugger.folded


async def test_a_layer_of_a_network_folds_at_its_heading():
    app = app_on()
    async with app.run_test(size=(120, 50)) as pilot:
        pane = app.screen.query_one(ProgramPane)
        assert "▾ layer" not in shown(app, "program")
        await pilot.press("2", *["down"] * 8)
        assert pane.group() == "layer1"
        await pilot.press("enter")
        assert "layer1" in app.debugger.folded
        assert "▸ ∂L/∂W₁, ∂L/∂b₁ ← layer₁ ← ∂L/∂h₁" in shown(app, "program")


async def test_space_and_a_click_on_the_sign_unfold_in_the_graph():
    app = app_at("goto block2")
    async with app.run_test(size=(160, 50)) as pilot:
        pane = app.screen.query_one(GraphPane)
        await pilot.press("1")
        assert pane.group() == "block2"
        await pilot.press("space")
        assert "block2" not in app.debugger.folded
        assert pane.group() == "block2"
        assert "▾ block₂" in shown(app, "graph")
        assert "▾ block₂(" in shown(app, "program")
        y = pane.lines_of(pane.cursor)[0]
        at = sign_columns(pane.line(y, 60)).start
        await pilot.click(pane, offset=(at + 2, y - pane.scroll_offset.y + 1))
        assert "block2" in app.debugger.folded
        await pilot.press("b")
        assert [point.text for point in app.debugger.breakpoints] == ["block2"]


async def test_right_unfolds_and_i_looks_at_the_result_of_a_group():
    app = app_at("goto block2")
    async with app.run_test(size=(160, 50)) as pilot:
        await pilot.press("1", "i")
        await pilot.pause()
        assert isinstance(app.screen, Inspector)
        assert app.debugger.timeline.graph.nodes[app.screen.node].label == "block2"
        await pilot.press("escape", "right")
        assert "block2" not in app.debugger.folded

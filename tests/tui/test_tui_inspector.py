"""The inspector, the multiplications of a cell, and the paths to the loss, driven by keys."""

import numpy as np
import pytest

from bpdebug.debugger import Debugger
from bpdebug.debugger.tensors.tensor import Tensor
from bpdebug.expression.tree import Aspect
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.ticks.cell_terms import CellTerms
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.draw.tensor import TensorView, draw_tensor
from bpdebug.tui.draw.term_list import TermList
from bpdebug.tui.overlays.inspector import Inspector
from bpdebug.tui.overlays.paths import PathScreen
from bpdebug.tui.overlays.terms import TermsScreen
from bpdebug.tui.overlays.text_box import TextBox
from bpdebug.tui.screen import DebuggerScreen
from bpdebug.wording import Script
from tests.graphs import recorded, residual

LOOK = Script()


def app_on(name="two_layer", *lines, unicode=True):
    debugger = Debugger(Run(load(find(name))), Script(unicode=unicode))
    for line in lines:
        assert debugger.execute(line).ok, line
    return BpdebugApp(debugger)


def screen_text(app):
    """The screen as the terminal gets it."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(piece.text for piece in strip).rstrip() for strip in strips)


# The drawing.


def seen(values, known=None):
    values = np.asarray(values, dtype=float)
    known = np.full(values.shape, True) if known is None else known
    return Tensor(0, Aspect.VALUE, "W", values, known)


def drawn(tensor, cell, room=120, height=30, **where):
    view = TensorView(tensor, (Aspect.VALUE,), cell, **where)
    return draw_tensor(view, LOOK, room, height)


def text(lines):
    return "\n".join(line.plain for line in lines)


@pytest.mark.parametrize("size", [(60, 15), (78, 22), (118, 34), (198, 58)])
@pytest.mark.parametrize("cell", [(0, 0), (500, 400), (1023, 783), (3, 783)])
def test_the_cursor_is_always_in_the_window_and_nothing_is_wider(size, cell):
    big = seen(np.random.default_rng(0).normal(size=(1024, 784)))
    found = drawn(big, cell, *size)
    assert cell[0] in found.rows
    assert cell[1] in found.columns
    assert len(found.lines) <= size[1]
    assert all(line.width <= size[0] for line in found.lines)
    shown = text(found.lines)
    assert shown.count("[") >= 2
    assert f"W[{cell[0]},{cell[1]}] = " in shown
    assert f"[{cell[1]}]" in shown


def test_only_visible_cells_are_formatted(monkeypatch):
    counted = []
    original = Script.aligned

    def counting(script, values, *rest, **named):
        counted.append(len(list(values)))
        return original(script, values, *rest, **named)

    monkeypatch.setattr(Script, "aligned", counting)
    drawn(seen(np.zeros((1024, 784))), (900, 700), 118, 34)
    assert sum(counted) < 34 * 118


def test_heat_follows_the_whole_tensor_and_pending_cells_are_dots():
    values = np.array([[8.0, -0.5], [0.25, -8.0]])
    known = np.array([[True, True], [True, False]])
    found = drawn(seen(values, known), (0, 0), 78, 22)
    rows = [line.spans for line in found.lines[found.first_line :][:2]]
    roles = {piece.strip(): role for row in rows for piece, role in row if piece.strip()}
    assert roles["0.25"] == "heat+1"
    assert roles["−0.5"] == "heat-1"
    assert roles["8"] == "heat+3+lit"
    assert roles["·"] == "pending"


def test_a_tensor_of_four_axes_shows_one_page():
    values = np.arange(2 * 3 * 4 * 5.0).reshape(2, 3, 4, 5)
    found = drawn(seen(values), (1, 2, 3, 4))
    assert "page [1,2,:,:], 6 of 6" in text(found.lines)
    assert "[119" in text(found.lines)
    assert len(found.rows) == 4


@pytest.mark.parametrize("shape", [(), (7,), (1, 1), (3, 1)])
def test_scalars_and_vectors_have_a_grid_too(shape):
    values = np.full(shape, 0.25)
    found = drawn(seen(values), (0,) * len(shape))
    assert "[0.25]" in text(found.lines)


def test_nan_infinities_and_extremes_stay_aligned():
    values = np.array([[np.nan, 1e-300], [np.inf, -1e300]])
    found = drawn(seen(values), (0, 0), 78, 22)
    rows = [line.plain for line in found.lines if line.plain.startswith(("0│", "1│"))]
    assert len(rows[0].rstrip()) <= len(rows[1].rstrip()) + 1
    assert "NaN 1" in text(found.lines)
    assert "infinite 1" in text(found.lines)


def test_a_place_on_the_screen_is_the_cell_that_is_shown_there():
    values = np.random.default_rng(0).normal(size=(40, 40))
    found = drawn(seen(values), (20, 20), 78, 22, top=10, left=15)
    for y, row in enumerate(found.rows, found.first_line):
        line = found.lines[y].plain
        x = line.index("│")
        for column, end in zip(found.columns, found.ends, strict=True):
            number = line[x + 1 : end].strip(" []").replace("−", "-")
            assert float(number) == pytest.approx(values[row, column], rel=1e-5)
            assert found.cell_at(end - 1, y) == (row, column)
            x = end - 1
    assert found.cell_at(5, 0) is None
    assert found.cell_at(77, found.first_line + 100) is None


def test_rows_of_the_term_list_and_its_terms_are_each_others_inverse():
    run, timeline = recorded(residual(3))
    listed = TermList(CellTerms(run, timeline, run.graph.names["w"], ()))
    headings = [row for row in range(len(listed)) if listed.heading_at(row) is not None]
    assert headings == [0, 3, 6]
    assert [listed.heading_at(row).edge.nth for row in headings] == [1, 2, 3]
    rows = [listed.row_of(term) for term in range(len(listed.terms))]
    assert rows == [1, 2, 4, 5, 7, 8]
    assert [listed.term_at(row) for row in rows] == list(range(6))
    assert listed.term_at(3) == 2


# The inspector.


async def test_i_opens_what_the_graphs_cursor_is_on_and_the_cursor_moves():
    app = app_on("two_layer", "goto 13")
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("i")
        assert isinstance(app.screen, Inspector)
        assert "partial: 3 of 4 cells" in screen_text(app)
        assert app.screen.view.cell == (1, 0)
        await pilot.press("right")
        assert "∂L/∂W₂[1,1] not computed yet" in screen_text(app)
        await pilot.press("tab", "tab", "tab")
        assert app.screen.view.tensor.aspect is Aspect.VALUE
        assert "W₂[1,1] = 0.55" in screen_text(app)
        await pilot.press("g", *"[0, 1]", "enter")
        assert app.screen.view.cell == (0, 1)
        await pilot.press("g", *"4,4", "enter")
        assert app.screen.view.cell == (0, 1)
        assert "outside" in screen_text(app)
        await pilot.press("m")
        assert app.screen.view.cell == (1, 1)
        await pilot.press("n")
        assert "No NaN" in screen_text(app)
        await pilot.press("question_mark")
        assert isinstance(app.screen, TextBox)
        await pilot.press("escape", "escape")
        assert isinstance(app.screen, DebuggerScreen)
        assert app.debugger.moment.position == 13


async def test_enter_on_a_node_and_i_on_a_line_open_that_tensor():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("1", "down", "enter")
        assert isinstance(app.screen, Inspector)
        assert app.screen.view.tensor.title == "y"
        await pilot.press("enter")
        assert isinstance(app.screen, Inspector)
        assert "no gradient" in screen_text(app)
        await pilot.press("escape", "2", *["down"] * 5, "i")
        assert app.screen.view.tensor.title == "W₂"


async def test_enter_on_a_cell_lists_its_terms_and_enter_there_goes_to_the_tick():
    app = app_on("two_layer", "goto $")
    async with app.run_test(size=(80, 24)) as pilot:
        app.screen.execute("goto 20")
        app.screen.execute("inspect grad(h1)")
        await pilot.pause()
        await pilot.press("home", "enter")
        assert isinstance(app.screen, TermsScreen)
        assert "tick 17" in screen_text(app)
        assert "tick 18" in screen_text(app)
        await pilot.press("home", "enter")
        assert isinstance(app.screen, DebuggerScreen)
        assert app.debugger.moment.position == 17
        assert "∂L/∂h₁[0] += δ₂[0] · W₂[0,0]" in screen_text(app).replace("\n", " ")


async def test_terms_of_a_large_batch_scroll_to_the_end():
    app = app_on("iris", "goto iteration 2", "finish 2")
    async with app.run_test(size=(80, 24)) as pilot:
        app.screen.execute("terms W2[0, 0]")
        await pilot.pause()
        await pilot.press("end")
        assert app.screen.chosen == 15
        listed = app.screen.listed.terms
        assert f"tick {listed.tick(15)}" in screen_text(app)
        await pilot.press("enter")
        moment = app.debugger.moment
        assert moment.position == listed.tick(15)
        assert moment.term == listed[15]


async def test_a_typed_mistake_is_told_in_the_footer():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("colon", *"terms W2[0,9]", "enter")
        assert isinstance(app.screen, DebuggerScreen)
        assert "outside" in screen_text(app)


async def test_a_click_moves_the_cursor_and_the_wheel_scrolls():
    app = app_on("iris", "goto iteration 2")
    async with app.run_test(size=(80, 24)) as pilot:
        app.screen.execute("inspect W1")
        await pilot.pause()
        screen = app.screen
        # A cell for the frame and one for its padding.
        x, y = screen._drawn.ends[1] + 1, screen._drawn.first_line + 3 + 1
        await pilot.click(offset=(x, y))
        assert screen.view.cell == (3, 1)
        screen.pane._turn(type("Wheel", (), {"stop": lambda self: None})(), 3)
        assert screen.view.cell == (6, 1)


# Paths.


async def test_v_suggests_the_cell_and_enter_goes_to_a_factor():
    app = app_on("two_layer", "goto W1")
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("v", "enter")
        assert isinstance(app.screen, PathScreen)
        shown = screen_text(app)
        assert "W₁[0,0] reaches L by 2 paths" in shown
        assert "they agree" in shown
        assert "∂z₂[0]/∂h₁[0]" in shown
        await pilot.press("down", "right", "right")
        assert "∂z₂[1]/∂h₁[0] = W₂[1,0] = 0.5" in " ".join(screen_text(app).split())
        await pilot.press("enter")
        assert isinstance(app.screen, DebuggerScreen)
        term = app.debugger.moment.term
        assert (term.indices.cell, term.indices.upstream) == ((0,), (1,))
        assert term.edge.operand == app.debugger.moment.graph.names["h1"]


async def test_further_paths_come_when_the_cursor_is_at_the_last():
    app = app_on("published/micrograd_readme")
    async with app.run_test(size=(80, 24)) as pilot:
        app.screen.execute("paths a")
        await pilot.pause()
        screen = app.screen
        count = screen.view.path_sum.paths.count
        assert len(screen.view.paths) == min(count, 50)
        await pilot.press("end", "down")
        assert len(screen.view.paths) == min(count, 100)
        assert screen.view.chosen == min(count - 1, 50)


async def test_from_the_inspector_v_shows_the_paths_of_the_cell():
    app = app_on("two_layer", "goto W1")
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("i", "end", "v")
        assert isinstance(app.screen, PathScreen)
        assert "W₁[0,1] reaches L" in screen_text(app)
        await pilot.press("enter")
        assert isinstance(app.screen, DebuggerScreen)
        assert app.debugger.moment.term.indices.cell == (0, 1)


@pytest.mark.parametrize("line", ["inspect grad(W2)", "terms h1[0]", "paths W1[0, 1]"])
async def test_ascii_terminals_get_ascii_only(line):
    app = app_on("two_layer", "goto 18", unicode=False)
    async with app.run_test(size=(80, 24)) as pilot:
        app.screen.execute(line)
        await pilot.pause()
        assert screen_text(app).isascii()
        assert "?" not in screen_text(app).replace("? help", "")


@pytest.mark.parametrize(("room", "breadth"), [(116, 8), (76, 7)])
def test_a_matrix_is_shown_whole_where_fewer_digits_do_it(room, breadth):
    found = drawn(seen(np.random.default_rng(0).normal(size=(16, breadth))), (0, 0), room)
    assert found.columns == range(breadth)
    assert all(line.width <= room for line in found.lines)


def test_at_the_last_column_no_room_stays_free_on_the_left():
    values = np.full((4, 30), 0.5)
    values[:, 20:] = -0.123456
    found = drawn(seen(values), (0, 29), 78)
    fewer = drawn(seen(values), (0, 29), 78, left=27)
    assert fewer.columns == found.columns
    grid = fewer.lines[2].plain
    assert grid.count("0.5") == len(range(fewer.columns.start, 20))
    assert 78 - len(grid.rstrip()) < len("  0.5  ") + len("   -0.123456")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_border_of_a_look_always_says_how_to_leave(size):
    app = app_on("two_layer", "goto W1")
    async with app.run_test(size=size) as pilot:
        await pilot.press("v", "enter")
        await pilot.pause()
        assert isinstance(app.screen, PathScreen)
        assert "esc close" in screen_text(app).splitlines()[-1]


async def test_what_is_said_of_a_tensor_is_told_whole_on_a_narrow_screen():
    app = app_on("two_layer", "goto W2")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i")
        await pilot.pause()
        told = " ".join(screen_text(app).replace("│", " ").split())
        assert "as in torch.nn.Linear: a row has the weights of a unit" in told

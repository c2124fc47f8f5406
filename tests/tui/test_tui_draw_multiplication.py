"""The multiplication's drawing: the grids, the chain, contributions, update lines."""

import re

import numpy as np
import pytest

from bpdebug.debugger import Debugger
from bpdebug.records import replace
from bpdebug.run import Run
from bpdebug.scenario import load
from bpdebug.ticks import Phase
from bpdebug.tui.draw.grid import Grid, draw, of_array
from bpdebug.tui.draw.multiplication import draw_title
from bpdebug.wording import Script, number, term_why, update_why
from bpdebug.wording.forward import forward_why
from tests.scenario.scenarios import loaded
from tests.tui.drawing import (
    LOOK,
    debugger,
    in_the_middle_of_w2,
    lit,
    multiplication,
    text,
)


def test_the_two_factors_and_their_product_are_lit():
    assert lit(multiplication(in_the_middle_of_w2())) == ["0.59327", "−0.0380982", "−0.0226025"]


def test_cells_that_are_not_computed_yet_are_dots_and_never_zero():
    lines = text(multiplication(in_the_middle_of_w2()))
    assert "0.082167" in lines
    assert "0.0826676" in lines
    assert "−0.0227402" not in lines
    assert "·" in lines.split("result")[1].split("+=")[0]


def test_the_term_is_written_out_in_symbols_and_numbers():
    lines = text(multiplication(in_the_middle_of_w2()))
    assert "∂L/∂W₂[1,0] += δ₂[1] · h₁[0]" in lines
    assert "= −0.0380982 × 0.59327 = −0.0226025" in lines


def test_the_title_is_the_chain_with_the_last_factor_lit():
    title = draw_title(in_the_middle_of_w2().moment, LOOK)
    assert title.plain == "∂L/∂ŷ · ∂ŷ/∂z₂ · [∂z₂/∂W₂]"
    assert title.spans[-1][1] == "now"


@pytest.mark.parametrize("columns", [24, 30, 46, 80])
@pytest.mark.parametrize("rows", [10, 18, 40])
@pytest.mark.parametrize("name", ["two_layer", "multi_layer", "iris", "single_neuron"])
def test_nothing_is_wider_than_the_pane(name, columns, rows):
    session = debugger(name)
    for _ in range(12):
        lines = multiplication(session, columns, rows)
        assert max(line.width for line in lines) <= columns, text(lines)
        session.execute("next")
        session.execute("step 3")


def test_a_sum_shows_how_far_it_has_come():
    session = debugger()
    session.execute("goto h1")
    told = " ".join(text(multiplication(session)).split())
    assert "term 1 of 2 of this cell" in told
    assert "1 of 4 terms" in told
    session.execute("step")
    assert "term 2 of 2 of this cell" in " ".join(text(multiplication(session)).split())


def test_a_second_contribution_shows_what_the_cell_held():
    session = debugger("published/olah_fanout")
    node = next(
        n
        for n in session.timeline.graph.nodes
        if len(session.timeline.graph.into.get(n.index, ())) > 1
    )
    second = session.timeline.graph.into[node.index][1]
    session.execute(f"goto {session.timeline.starts[second.index] + 1}")
    lines = text(multiplication(session))
    assert "    3  from d\n  + 2  from c, now\n  = 5" in lines
    assert "+=" in lines.splitlines()[0]
    first = session.timeline.graph.into[node.index][0]
    session.execute(f"goto {session.timeline.starts[first.index] + 1}")
    assert "    3  from d, now\n  + ·  from c, to come\n  = 3" in text(multiplication(session))


def test_of_many_contributions_the_current_one_is_shown(tmp_path):
    terms = " + ".join(f"{n} * sin(a)" if n % 2 else f"cos(a) * {n}" for n in range(1, 31))
    session = Debugger(Run(loaded(tmp_path, f'[parameters]\na = 0.5\n[graph]\nL = "{terms}"\n')))
    edges = session.timeline.graph.into[session.node("a")]
    session.execute(f"goto {session.timeline.starts[edges[14].index] + 1}")
    lines = text(multiplication(session, rows=40))
    assert "from 11 before" in lines
    assert ", now" in lines
    assert "+ 13 more to come" in lines


def test_the_jacobian_of_a_row_stands_as_a_matrix(tmp_path):
    scenario = (
        "[parameters]\nz = [[0.5, 1.0, -1.0], [0.0, 2.0, 0.25]]\n[graph]\n"
        'p = "softmax(z)"\nL = "sum(p ** 3)"\n'
    )
    session = Debugger(Run(loaded(tmp_path, scenario)))
    session.execute("goto z")
    session.execute("step 13")  # row 1, cell 1, output 1
    lines = multiplication(session, 70)
    assert "local softmax′(z) of row 1 (3×3)" in text(lines)
    p = session.moment.recorded.values[session.node("p")]
    jacobian = np.diag(p[1]) - np.outer(p[1], p[1])
    upstream, local, _ = lit(lines)
    assert local.strip() == number(jacobian[1, 1])
    assert upstream.strip() == number(3 * p[1, 1] ** 2)
    for value in jacobian.reshape(-1):
        assert number(value) in text(lines)


def test_a_chain_too_long_for_a_line_loses_its_middle_and_stands_in_full_below():
    session = debugger("multi_layer")
    session.execute("goto b1")
    title = draw_title(session.moment, LOOK, 34)
    assert title.plain.startswith("∂L/∂ŷ · … · ")
    assert title.plain.endswith("[∂z₁/∂b₁]")
    assert title.width <= 34
    body = " ".join(text(multiplication(session, 34, 40)).split())
    assert "∂L/∂ŷ · ∂ŷ/∂z₄ · ∂z₄/∂h₃ · ∂h₃/∂z₃ · ∂z₃/∂h₂" in body


def test_a_chain_of_numbers_is_multiplied_out_where_it_is_the_whole_gradient():
    session = debugger("single_neuron")
    session.execute("goto w")
    told = " ".join(text(multiplication(session, 60)).split())
    assert "the chain: −0.377541 × 0.235004 × 1 × 1.5 = −0.133085" in told
    # Two ways lead to b here, so no one product is its gradient.
    session = debugger("published/olah_fanout")
    session.execute("goto $")
    assert "the chain" not in text(multiplication(session, 60))
    session = in_the_middle_of_w2()
    assert "the chain" not in text(multiplication(session, 60))


def test_an_update_is_written_out_for_one_cell_and_never_overflows():
    session = debugger()
    session.execute("goto 30")
    for columns, rows in [(35, 19), (46, 20), (80, 40)]:
        lines = multiplication(session, columns, rows)
        assert len(lines) <= rows
        assert "b₁[0] ← 0.35 − 0.5 × 0.00877135 = 0.345614" in " ".join(text(lines).split())


def test_a_large_tensor_is_a_window_around_the_lit_cell():
    whole = np.arange(1_000_000.0).reshape(1000, 1000)
    lines = draw(Grid("result big", whole.shape, of_array(whole), lit=(500, 700)), 44, 10, LOOK)
    assert len(lines) <= 10
    assert max(line.width for line in lines) <= 44
    assert "500700" in lit(lines)[0]
    assert "1000×1000" in lines[0].plain
    assert any(line.plain.startswith("500…") for line in lines)
    assert "[700]" in lines[1].plain


def test_a_short_row_is_never_windowed_where_it_would_fit_alone():
    session = debugger()
    session.execute("goto W2")
    for columns in range(28, 60):
        lines = text(multiplication(session, columns, 19))
        assert "0.59327" in lines, columns
        assert "0.596884" in lines, columns


def reason(moment):
    """The sentence that says why, of whatever tick."""
    if moment.term is not None:
        return term_why(moment.graph, moment.term, Script(), moment.recorded)
    if moment.update is not None:
        return update_why(moment.graph, moment.update, Script())
    if moment.phase is Phase.FORWARD:
        return forward_why(moment.graph, moment.tick.index)
    return "Every other gradient grows out of this 1" if moment.position else "Nothing is computed"


ROOMS = [(35, 20), (42, 19), (78, 31)]
"""Cells of the multiplication's content at 80×24, 120×36 and 200×60."""
ADAM = """
[inputs]
x = [1.0, 2.0]
[parameters]
W = [[0.5, -0.25], [0.125, 1.0]]
b = [0.1, 0.2]
[graph]
z = "W @ x + b"
h = "tanh(z)"
L = "sum(h * h) + sum(h)"
[optimizer]
name = "adamw"
learning_rate = 0.1
[run]
iterations = 2
"""


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("name", ["two_layer", "xor", "published/olah_fanout", ADAM])
def test_the_reason_belongs_to_every_tick_and_is_in_view(name, room, tmp_path):
    path = tmp_path / "adam.toml"
    path.write_text(ADAM)
    session = Debugger(Run(load(path))) if name is ADAM else debugger(name)
    for tick in range(session.timeline.total + 1):
        session.execute(f"goto {tick}")
        lines = multiplication(session, *room)
        shown = " ".join(text(lines).split())
        assert reason(session.moment) in shown, (tick, text(lines))
        assert len(lines) <= room[1], (tick, text(lines))


def test_a_forward_op_is_written_out_cell_by_cell():
    session = debugger()
    session.execute("goto 3")
    told = " ".join(text(multiplication(session, 60, 24)).split())
    assert "z₂[0] = 0.4 × 0.59327 + 0.45 × 0.596884 + 0.6 = 1.10591" in told
    assert "z₂[1] = 0.5 × 0.59327 + 0.55 × 0.596884 + 0.6 = 1.22492" in told
    session.execute("step")
    assert "ŷ[1] = σ(1.22492) = 0.772928" in text(multiplication(session, 60, 24))


def test_room_that_is_left_shows_where_the_output_comes_from_and_every_term():
    session = debugger()
    session.execute("goto h1")
    session.execute("step")
    lines = text(multiplication(session, 78, 31))
    assert "forward: z₂[1] = 0.5 × 0.59327 + 0.55 × 0.596884 + 0.6 = 1.22492" in lines
    assert "all 2 terms of ∂L/∂h₁[0], with their sum" in lines
    assert "  δ₂[0] · W₂[0,0] =  0.138499  × 0.4 =  0.0553994  Σ 0.0553994" in lines
    assert "▶ δ₂[1] · W₂[1,0] = −0.0380982 × 0.5 = −0.0190491  Σ 0.0363503" in lines


def test_terms_that_are_to_come_are_dots_and_those_left_out_are_counted():
    session = debugger("iris")
    session.execute("goto W1")
    session.execute("step 20")
    (every,) = re.findall(r"all (\d+) terms", text(multiplication(session, 78, 40)))
    lines = text(multiplication(session, 78, 40)).splitlines()
    listed = [line for line in lines if " · " in line and "Σ" in line]
    now = next(at for at, line in enumerate(listed) if line.startswith("▶"))
    assert all("Σ ·" not in " ".join(line.split()) for line in listed[: now + 1])
    assert all("Σ ·" in " ".join(line.split()) for line in listed[now + 1 :])
    left = sum(int(n) for n in re.findall(r"⋮ (\d+) (?:before|more)", "\n".join(lines)))
    assert left + len(listed) == int(every)


@pytest.mark.parametrize("columns", [24, 35, 60])
def test_what_is_counted_is_always_said(columns):
    session = debugger("xor")
    session.execute("goto W1")
    session.execute("step 5")
    assert re.search(r"6( of |/)24 terms", text(multiplication(session, columns, 19)))


def test_constants_are_numbers_and_have_no_subscript():
    session = debugger("dense_layer")
    for tick in range(1, session.timeline.forward + 1):
        session.execute(f"goto {tick}")
        assert "0.₅" not in text(multiplication(session))


def test_numbers_align_on_the_point_also_when_they_are_extreme():
    column = np.array([1e-300, 1e300, np.nan, np.inf, -0.5, 12.25])
    lines = draw(Grid("x", column.shape, of_array(column)), 30, 9, LOOK)[1:]
    assert len({line.width for line in lines}) == 1
    points = {line.plain.index(".") for line in lines if "." in line.plain}
    assert len(points) == 1


def test_a_window_is_fetched_once_however_often_it_is_drawn():
    values, asked = np.arange(6.0).reshape(2, 3), []

    def window(where):
        asked.append(where)
        return of_array(values)(where)

    grid = Grid("x", values.shape, window, lit=(0, 1))
    first = draw(grid, 40, 9, LOOK)
    once = len(asked)
    again = draw(grid, 40, 9, LOOK)
    assert len(asked) == once
    assert [line.spans for line in again] == [line.spans for line in first]
    moved = draw(replace(grid, lit=(1, 2)), 40, 9, LOOK)
    assert "[5]" in moved[2].plain, "another lit cell is another drawing"


EXTREME = np.array(
    [[1e-300, -1.23456789e300, 0.000123456789], [np.nan, np.inf, -0.5], [12.25, -99999.95, 1 / 3]]
)


@pytest.mark.parametrize("columns", range(14, 60))
@pytest.mark.parametrize("lines", range(2, 6))
def test_the_lit_number_is_always_whole_and_every_number_a_correct_rounding(columns, lines):
    for at in np.ndindex(*EXTREME.shape):
        block = draw(Grid("x", EXTREME.shape, of_array(EXTREME), lit=at), columns, lines, LOOK)
        assert len(block) <= lines
        assert max(line.width for line in block) <= columns
        (shown,) = lit(block)
        roundings = [number(EXTREME[at], digits) for digits in range(3, 7)]
        assert shown in roundings
        digits = 3 + roundings.index(shown)
        every = {number(v, n) for v in EXTREME.flat for n in range(digits, 7)}
        numbers = [
            t for line in block for t, role in line.spans if role.startswith(("heat", "warn"))
        ]
        assert set(numbers) <= every


def test_digits_go_before_columns_and_are_the_same_for_all():
    square = np.array([[0.123456789, -0.0234567891], [123.456789, 4.0]])
    for columns in range(18, 40):
        block = draw(Grid("x", square.shape, of_array(square), lit=(0, 0)), columns, 9, LOOK)
        assert block.whole, columns
        shown = {t for line in block for t, role in line.spans if role.startswith("heat")}
        every = [{number(v, digits) for v in square.flat} for digits in range(3, 7)]
        assert shown in every, columns


@pytest.mark.parametrize("lines", range(3, 12))
@pytest.mark.parametrize("at", [0, 4, 9])
def test_rows_and_columns_that_are_left_out_are_counted(lines, at):
    whole = np.arange(120.0).reshape(10, 12) / 7
    block = draw(Grid("x", whole.shape, of_array(whole), lit=(at, 1)), 40, lines, LOOK)
    assert len(block) <= lines
    rows = [line for line in block[1:] if re.match(r" *\d+│", line.plain)]
    left = sum(
        int(n)
        for line in block[1:]
        if line.plain.startswith("⋮")
        for n in re.findall(r"\d+", line.plain)
    )
    assert left + len(rows) == 10 or (lines == 3 and "row" in block[0].plain)
    head = block[1].plain
    columns = len(re.findall(r"\[\d+\]", head))
    assert re.search(rf"… {12 - columns} (more|columns)$", head) or head.endswith("…")


@pytest.mark.parametrize(("at", "side"), [(0, "right"), (6, "both"), (11, "left")])
def test_the_mark_for_columns_stands_where_they_are_left_out(at, side):
    whole = np.arange(24.0).reshape(2, 12) / 7
    block = draw(Grid("x", whole.shape, of_array(whole), lit=(0, at)), 48, 9, LOOK)
    head = block[1].plain
    assert head.lstrip().startswith("…") == (side != "right")
    assert ("…" in head[4:]) == (side != "left")
    for row in block[2:]:
        assert row.plain[:2].endswith("…") == (side != "right")
        assert row.plain.endswith("…") == (side != "left")


def test_what_is_not_computed_yet_stands_in_the_place_of_the_point():
    session = in_the_middle_of_w2()
    lines = text(multiplication(session)).splitlines()
    first = next(at for at, line in enumerate(lines) if "0.0826676" in line)
    assert lines[first].rindex("0.0826676") + 1 == lines[first + 1].index("·")


def test_brackets_stand_close_to_their_number():
    session = debugger("xor")
    for tick in range(session.timeline.forward + 2, session.timeline.backward_end, 7):
        session.execute(f"goto {tick}")
        for columns in (35, 42, 78):
            told = text(multiplication(session, columns, 20))
            assert not re.search(r"\[ +[−\d]|\d +\]", told), told


def test_the_result_says_which_node_a_delta_belongs_to():
    session = debugger()
    session.execute("goto z2")
    assert "result δ₂ = ∂L/∂z₂ (2)" in text(multiplication(session))

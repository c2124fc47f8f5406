"""The drawings: what they say, without a screen."""

import re

import numpy as np
import pytest

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.tui.agreement import Agreement
from bpdebug.tui.draw.bars import draw_footer, draw_header
from bpdebug.tui.draw.deltas import draw_deltas
from bpdebug.tui.draw.fold import FORWARD, UPDATE, Fold
from bpdebug.tui.draw.grid import Grid, draw, of_array
from bpdebug.tui.draw.labels import draw_row, levels_to_skip
from bpdebug.tui.draw.line import Line, Look, wrap
from bpdebug.tui.draw.multiplication import draw_multiplication, draw_title
from bpdebug.tui.draw.parameters import draw_parameters
from bpdebug.tui.draw.program import draw_line, line_of
from bpdebug.tui.draw.stops import draw_stop, stops
from bpdebug.tui.draw.timeline import draw_timeline, position_at
from bpdebug.tui.draw.tree import GraphTree
from bpdebug.tui.line_pane import ONE_CELL_ASCII
from bpdebug.wording import number, pretty, width

LOOK = Look()


def debugger(name="two_layer"):
    return Debugger(Run(load(find(name))))


def text(lines):
    return "\n".join(line.plain for line in lines)


def lit(lines):
    """The texts of all lit stretches that are numbers."""
    return [t for line in lines for t, role in line.spans if role.endswith("+lit")]


def multiplication(session, columns=46, rows=20):
    return draw_multiplication(session.moment, LOOK, columns, rows)


def in_the_middle_of_w2():
    session = debugger()
    for command in ("step", "next 2", "step 3"):
        session.execute(command)
    return session


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
    (title,) = draw_title(in_the_middle_of_w2().moment, LOOK)
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
    assert "1 of 2 products" in text(multiplication(session))
    session.execute("step")
    assert "2 of 2 products" in text(multiplication(session))


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
    path = tmp_path / "many.toml"
    terms = " + ".join(f"{n} * sin(a)" if n % 2 else f"cos(a) * {n}" for n in range(1, 31))
    path.write_text(f'[parameters]\na = 0.5\n[graph]\nL = "{terms}"\n')
    session = Debugger(Run(load(path)))
    edges = session.timeline.graph.into[session.node("a")]
    session.execute(f"goto {session.timeline.starts[edges[14].index] + 1}")
    lines = text(multiplication(session, rows=40))
    assert "from 11 before" in lines
    assert ", now" in lines
    assert "+ 13 more to come" in lines


def test_the_jacobian_of_a_row_stands_as_a_matrix(tmp_path):
    path = tmp_path / "softmax.toml"
    path.write_text(
        "[parameters]\nz = [[0.5, 1.0, -1.0], [0.0, 2.0, 0.25]]\n[graph]\n"
        'p = "softmax(z)"\nL = "sum(p ** 3)"\n'
    )
    session = Debugger(Run(load(path)))
    session.execute("goto z")
    session.execute("step 13")  # row 1, cell 1, output 1
    lines = multiplication(session, 70)
    assert "local softmax′(z) of row 1 (3×3)" in text(lines)
    p = session.moment.run.values[session.node("p")]
    jacobian = np.diag(p[1]) - np.outer(p[1], p[1])
    upstream, local, _ = lit(lines)
    assert local.strip() == number(jacobian[1, 1])
    assert upstream.strip() == number(3 * p[1, 1] ** 2)
    for value in jacobian.reshape(-1):
        assert number(value) in text(lines)


def test_a_chain_too_long_for_a_line_loses_its_middle_and_stands_in_full_below():
    session = debugger("multi_layer")
    session.execute("goto b1")
    (title,) = draw_title(session.moment, LOOK, 34)
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


def test_every_tick_of_every_phase_can_be_drawn():
    session = debugger()
    for tick in range(session.timeline.total + 1):
        session.execute(f"goto {tick}")
        assert text(multiplication(session)).strip()
        assert draw_parameters(session.moment, LOOK, 30)[0]
        assert draw_deltas(session.moment, LOOK, 30)


def test_a_large_tensor_is_a_window_around_the_lit_cell():
    whole = np.arange(1_000_000.0).reshape(1000, 1000)
    lines = draw(Grid("result big", whole.shape, of_array(whole), lit=(500, 700)), 44, 10, LOOK)
    assert len(lines) <= 10
    assert max(line.width for line in lines) <= 44
    assert "500700" in lit(lines)[0]
    assert "1000×1000" in lines[0].plain
    assert any(line.plain.startswith("500…") for line in lines)
    assert "[700]" in lines[1].plain


@pytest.mark.parametrize("columns", [14, 18, 24, 34, 60])
@pytest.mark.parametrize("name", ["two_layer", "iris", "single_neuron"])
def test_the_graph_never_cuts_a_number(name, columns):
    session = debugger(name)
    session.execute("goto 30")
    tree = GraphTree(session.timeline.graph)
    whole = {
        number(v, n) for node in tree.graph.nodes for n in range(1, 7) for v in flat(session, node)
    }
    for row in tree.rows:
        for line in draw_row(tree, row, session.moment, LOOK, columns):
            for text, role in line.spans:
                if role == "text" and not text.isspace():
                    shown = re.sub(r"\(.*?\)", "", text).replace("…", "").split()
                    assert set(shown) <= whole | {""}, text


def flat(session, node):
    moment = session.moment
    arrays = [moment.run.values[node.index], moment.run.gradients[node.index]]
    arrays.append(moment.value(node.index))
    return [float(v) for a in arrays if a is not None for v in np.ravel(a)[:40]]


def test_a_short_row_is_never_windowed_where_it_would_fit_alone():
    session = debugger()
    session.execute("goto W2")
    for columns in range(28, 60):
        lines = text(multiplication(session, columns, 19))
        assert "0.59327" in lines, columns
        assert "0.596884" in lines, columns


def test_the_reason_is_always_there():
    session = debugger("iris")
    session.execute("goto W1")
    assert "multiplies" in text(multiplication(session, 44, 19))


def test_constants_are_numbers_and_have_no_subscript():
    session = debugger("dense_layer")
    for tick in range(1, session.timeline.forward + 1):
        session.execute(f"goto {tick}")
        assert "0.₅" not in text(multiplication(session))


def test_a_sum_under_way_is_not_shown_as_the_gradient():
    session = debugger("iris")
    session.execute("goto W1")
    lines = text(draw_parameters(session.moment, LOOK, 60)[0])
    assert "1 of 512 products" in lines
    assert "[·]" in lines


@pytest.mark.parametrize("columns", [17, 24, 34])
def test_deep_rows_keep_their_names(columns):
    session = debugger("published/gomez_lstm_2step")
    session.execute("next 20")
    tree = GraphTree(session.timeline.graph)
    for row in tree.rows:
        line = draw_row(tree, row, session.moment, LOOK, columns, 2)[0]
        name = pretty(tree.graph.nodes[row.node].name)
        assert name in line.plain, line.plain


def test_numbers_align_on_the_point_also_when_they_are_extreme():
    column = np.array([1e-300, 1e300, np.nan, np.inf, -0.5, 12.25])
    lines = draw(Grid("x", column.shape, of_array(column)), 30, 9, LOOK)[1:]
    assert len({line.width for line in lines}) == 1
    points = {line.plain.index(".") for line in lines if "." in line.plain}
    assert len(points) == 1


def test_delta_says_not_computed_yet_until_it_is_whole():
    session = in_the_middle_of_w2()
    lines = text(draw_deltas(session.moment, LOOK, 40))
    assert "0.138499" in lines
    assert "δ₁  layer 1  not computed yet" in lines


def test_delta_names_nan():
    session = debugger()
    session.execute("goto $")
    session.moment.run.gradients[session.node("z1")] = np.array([np.nan, 1.0])
    assert "NaN" in text(draw_deltas(session.moment, LOOK, 40))


def test_delta_counts_saturated_and_dead_units_and_says_its_scale(tmp_path):
    path = tmp_path / "flat.toml"
    path.write_text(
        "[inputs]\nx = [1.0, 1.0]\n[parameters]\n"
        "W1 = [[9.0, 9.0], [0.1, 0.1], [-9.0, -9.0]]\nW2 = [[1.0, 0.0, 0.5], [-2.0, 0.0, 1.0]]\n"
        '[graph]\nz1 = "W1 @ x"\nh1 = "sigmoid(z1)"\nz2 = "W2 @ h1"\nh2 = "relu(z2)"\n'
        'L = "sum(h2)"\n'
    )
    session = Debugger(Run(load(path)))
    session.execute("goto $")
    lines = text(draw_deltas(session.moment, LOOK, 60))
    assert "dead 1 of 2 units" in lines.split("δ₁")[0]
    assert "dead 1 of 3 units, saturated 2 of 3" in lines.split("δ₁")[1]
    assert "vanishing" in lines.split("δ₁")[1]
    assert "of layer 2" in lines
    assert "log scale, 6 decades up to 1" in lines


def test_new_values_appear_only_after_the_update():
    session = debugger()
    session.execute("continue")
    before = text(draw_parameters(session.moment, LOOK, 60)[0])
    session.execute("continue")
    after = text(draw_parameters(session.moment, LOOK, 60)[0])
    assert "0.358916" not in before
    assert "0.358916" in after


def test_cells_that_small_parameters_do_not_need_go_to_the_others():
    session = debugger("iris")
    lines = draw_parameters(session.moment, LOOK, 60, 60)[0]
    assert 54 <= len(lines) <= 60
    assert len(draw_parameters(session.moment, LOOK, 60, 20)[0]) > 20


@pytest.mark.parametrize("columns", [18, 34, 60])
def test_a_gradient_says_whether_central_differences_agree(columns):
    session = debugger()
    session.execute("continue")
    found, moment = Agreement(unicode=True), session.moment
    found.follow(moment)
    while (index := found.missing(moment)) is not None:
        found.look_at(moment, index)
    lines = text(draw_parameters(moment, LOOK, columns, checks=found.checks)[0])
    assert lines.count("✓") == 4
    if columns == 60:
        assert re.search(r"agrees with central differences to \de−\d+", lines)
    wrong = session.node("W2")
    moment.run.gradients[wrong] = moment.run.gradients[wrong] * [[1, 1], [1, 2]]
    found.look_at(moment, wrong)
    lines = text(draw_parameters(moment, LOOK, columns, checks=found.checks)[0])
    assert (
        "✗ differs from central differences: at W₂[1,1] they say −0.02274"
        in " ".join(lines.split())
        or columns == 18
    )


def test_what_changed_in_the_last_step_is_told_apart_and_only_that():
    session = debugger()
    for command in ("step", "next 2", "step", "step"):
        session.execute(command)
    # The cell of this step is lit; the one that it left is whole as it was.
    assert new(multiplication(session)) == []
    assert new(draw_parameters(session.moment, LOOK, 60)[0]) == []
    session.execute("next")
    assert new(multiplication(session)) == ["−0.0226025"]
    assert new(draw_parameters(session.moment, LOOK, 60)[0]) == ["−0.0226025"]


def new(lines):
    """The texts that are shown as changed."""
    return [t.strip() for line in lines for t, role in line.spans if role.endswith("+changed")]


def test_what_is_gone_after_a_step_back_has_changed_too():
    session = debugger()
    for command in ("goto b2", "finish", "rfinish"):
        session.execute(command)
    assert "not computed yet" in new(draw_deltas(session.moment, LOOK, 40))


def test_a_new_value_and_a_new_watch_are_told_apart_for_one_stop():
    session = debugger()
    for command in ("watch norm(delta(2))", "goto 9", "step"):
        session.execute(command)
    watch = stops(session.moment)[0]
    assert "norm(delta(2)) = 0.143643" in " ".join(new(draw_stop(session.moment, watch, LOOK, 60)))
    session.execute("continue")
    assert not new(draw_stop(session.moment, watch, LOOK, 60))
    session.execute("continue")
    assert "0.358916" in new(draw_parameters(session.moment, LOOK, 60)[0])
    session.execute("rstep")
    assert "0.358916" not in new(draw_parameters(session.moment, LOOK, 60)[0])


def test_the_program_shows_progress_and_breakpoints():
    session = in_the_middle_of_w2()
    session.execute("break z2 -> W2")
    assert any(line.startswith("●▶  4 ∂L/∂W₂ = δ₂ · h₁ᵀ") for line in program(session))
    assert any(line.endswith("3 of 4") for line in program(session))
    session.execute("disable 1")
    assert any(line.startswith("○▶  4") for line in program(session))
    session.execute("break W1 if norm(grad(W1)) > 1")
    assert any(line.startswith("◐   8") for line in program(session))


def program(session, folded=(FORWARD,)):
    """The program's lines as they are shown."""
    moment = session.moment
    fold = Fold(session.listing, line_of(moment, session.listing), frozenset(folded))
    for row in range(len(fold)):
        assert fold.row_of(fold[row]) == row
    return [draw_line(fold, fold[row], moment, LOOK, 44).plain for row in range(len(fold))]


def test_folded_sections_show_the_current_line_alone():
    session = debugger()
    session.execute("goto 2")
    lines = program(session, [FORWARD, UPDATE])
    assert lines[0].startswith("   ▸ forward  5 ops")
    assert lines[0].endswith("2 of 5")
    assert lines[1].startswith(" ▶    h₁ = σ(z₁)")
    assert lines[2].startswith("    1 ∂L/∂L = 1")
    assert lines[-1].startswith("   ▸ update  4 lines")
    assert len(program(session, [])) == len(lines) + 4 + 4
    session.execute("goto 30")
    lines = program(session, [FORWARD, UPDATE])
    assert lines[1].startswith("    1 ∂L/∂L = 1")
    assert lines[-1].startswith(" ▶ 11 b₁ ← b₁ − α·∂L/∂b₁")


def test_a_breakpoint_in_a_folded_section_shows_at_its_heading():
    session = debugger()
    session.execute("break h1")
    assert program(session)[0].startswith("●")
    assert program(session, [])[0].startswith(" ")


def test_a_shared_node_is_drawn_once_and_then_named():
    session = debugger("published/olah_fanout")
    tree = GraphTree(session.timeline.graph)
    shown = [draw_row(tree, row, session.moment, LOOK, 60)[0].plain for row in tree.rows]
    assert sum("↑" in line for line in shown) >= 1
    full = [row.node for row in tree.rows if not row.repeated]
    assert len(full) == len(set(full))


def test_a_chain_of_thousands_of_ops_is_a_list_of_rows(tmp_path):
    entries = "\n".join(f'a{i + 1} = "sin(a{i})"' for i in range(5000))
    path = tmp_path / "chain.toml"
    path.write_text(f"[parameters]\na0 = 0.5\n[graph]\n{entries}\n")
    session = Debugger(Run(load(path)))
    tree = GraphTree(session.timeline.graph)
    assert len(tree.rows) < 1000
    leaf = session.node("a0")
    tree.reveal(leaf)
    row = tree.rows[tree.row_of[leaf]]
    skip = levels_to_skip(tree, leaf, 60)
    (line,) = draw_row(tree, row, session.moment, LOOK, 60, skip)
    assert line.width <= 60
    assert "a₀" in line.plain


def test_the_tree_marks_both_ends_of_the_edge():
    session = in_the_middle_of_w2()
    tree = GraphTree(session.timeline.graph)
    lines = [draw_row(tree, row, session.moment, LOOK, 60)[0].plain for row in tree.rows]
    assert any("▶" in line and "W₂" in line for line in lines)
    assert any("◆" in line and "z₂" in line for line in lines)


def test_marks_of_what_is_folded_away_stand_at_the_nearest_row_in_view():
    session = in_the_middle_of_w2()
    session.execute("break z2 -> W2")
    session.execute("disable 1")
    tree = GraphTree(session.timeline.graph)
    tree.toggle(session.node("y_hat"))
    lines = [draw_row(tree, row, session.moment, LOOK, 60)[0].plain for row in tree.rows]
    (folded,) = (line for line in lines if "ŷ" in line and "½" not in line)
    assert folded.startswith("○▶")
    session.execute("break z1 if norm(grad(z1)) > 1")
    assert draw_row(tree, tree.rows[-1], session.moment, LOOK, 60)[0].plain.startswith("◐▶")


def test_a_gradient_under_way_says_how_many_contributions_it_has():
    session = debugger("published/olah_fanout")
    session.execute("goto b")
    tree = GraphTree(session.timeline.graph)
    row = tree.rows[tree.row_of[session.node("b")]]
    assert "partial 1 of 2" in draw_row(tree, row, session.moment, LOOK, 40)[0].plain


@pytest.mark.parametrize("columns", [58, 80, 118, 198])
def test_the_timeline_fits_and_a_click_on_the_mark_stays(columns):
    session = in_the_middle_of_w2()
    line = draw_timeline(session.moment, LOOK, columns)
    assert line.width <= columns
    at = position_at(session.moment, LOOK, columns, line.plain.index("▶"))
    assert abs(at - session.moment.position) <= 3


def test_the_timeline_shows_breakpoints_by_state_marks_by_name_and_both_ends():
    session = in_the_middle_of_w2()
    for line in ("break z2 -> b2", "break h1 if norm(h1) > 1", "mark a", "mark long", "goto 25"):
        session.execute(line)
    session.execute("disable 1")
    bar = draw_timeline(session.moment, LOOK, 118).plain
    assert all(sign in bar for sign in "○◐◇")
    assert "time" not in bar
    session.execute("goto 12")
    session.execute("mark b")
    session.execute("goto 25")
    assert re.search(r"layer 2 ▕[^▏]*b", draw_timeline(session.moment, LOOK, 118).plain)
    session.execute("goto $")
    assert "end of time" in draw_timeline(session.moment, LOOK, 80).plain
    session.execute("restart")
    session.execute("rcontinue")
    assert "start of time" in draw_timeline(session.moment, LOOK, 80).plain


def test_header_keeps_the_place_and_shows_markup_literally():
    session = in_the_middle_of_w2()
    header = draw_header(session.moment, LOOK, 80)
    assert header.width == 80
    assert "tick 13/32" in header.plain
    assert draw_footer("[red]no[/]", True, LOOK, 80).plain.strip() == "[red]no[/]"


def test_wide_characters_count_two_cells():
    assert Line("反向传播").width == 8
    assert all(line.width <= 10 for line in wrap("反向 传播 梯度 下降", 10))
    assert width(Line("反向传播网络").cut(7).plain) <= 7


def test_ascii_look_has_no_other_letters():
    session = in_the_middle_of_w2()
    look = Look(unicode=False)
    lines = [
        *draw_multiplication(session.moment, look, 46, 20),
        *draw_deltas(session.moment, look, 40),
        *draw_title(session.moment, look),
        draw_timeline(session.moment, look, 80),
        draw_header(session.moment, look, 80),
        *draw_parameters(session.moment, look, 40)[0],
    ]
    strange = {c for c in text(lines).translate(ONE_CELL_ASCII) if not c.isascii()}
    assert not strange

"""The drawings of δ and of the parameters, and what is told apart as changed."""

import re

import numpy as np
import pytest

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.tui.draw import deltas
from bpdebug.tui.draw.breakpoints import draw_entry, entries
from bpdebug.tui.draw.deltas import delta_block
from bpdebug.tui.draw.parameters import draw_parameters
from bpdebug.tui.overlays.curve_label import curve_label
from bpdebug.tui.work.agreement import Agreement
from bpdebug.wording import Script
from tests.scenario.scenarios import loaded
from tests.tui.drawing import (
    LOOK,
    debugger,
    in_the_middle_of_w2,
    multiplication,
    new,
    text,
)


def test_a_sum_under_way_is_not_shown_as_the_gradient():
    session = debugger("iris")
    session.execute("goto W1")
    lines = text(draw_parameters(session.moment, LOOK, 60)[0])
    assert "1 of 512 terms" in lines
    assert "[·]" in lines


def test_delta_says_not_computed_yet_until_it_is_whole():
    session = in_the_middle_of_w2()
    lines = text(delta_block(session.moment, LOOK, 40)[0])
    assert "0.138499" in lines
    assert "δ₁ = ∂L/∂z₁  layer 1  not computed yet" in lines


def test_delta_names_nan():
    session = debugger()
    session.execute("goto $")
    session.moment.recorded.gradients[session.node("z1")] = np.array([np.nan, 1.0])
    assert "NaN" in text(delta_block(session.moment, LOOK, 40)[0])


def test_delta_counts_saturated_and_dead_units_and_says_its_scale(tmp_path):
    scenario = (
        "[inputs]\nx = [1.0, 1.0]\n[parameters]\n"
        "W1 = [[9.0, 9.0], [0.1, 0.1], [-9.0, -9.0]]\nW2 = [[1.0, 0.0, 0.5], [-2.0, 0.0, 1.0]]\n"
        '[graph]\nz1 = "W1 @ x"\nh1 = "sigmoid(z1)"\nz2 = "W2 @ h1"\nh2 = "relu(z2)"\n'
        'L = "sum(h2)"\n'
    )
    session = Debugger(Run(loaded(tmp_path, scenario)))
    session.execute("goto $")
    lines = text(delta_block(session.moment, LOOK, 60)[0])
    assert "dead 1 of 2 units" in lines.split("δ₁")[0]
    assert "saturated 2 of 3" in lines.split("δ₁")[1]
    assert "dead" not in lines.split("δ₁")[1]
    assert "vanishing" in lines.split("δ₁")[1]
    assert "of layer 2" in lines
    assert "log scale, 6 decades up to 1" in lines


@pytest.mark.parametrize(
    ("name", "word", "layers"), [("vanishing", "vanishing", "₂₁"), ("exploding", "exploding", "₂₁")]
)
def test_delta_judges_as_the_diagnosis_does(name, word, layers):
    session = debugger(name)
    session.execute("goto $")
    lines = text(delta_block(session.moment, LOOK, 60, 12)[0]).splitlines()
    assert [line[1] for line in lines if word in line] == list(layers)


def test_many_deltas_have_a_line_each_and_the_current_one_is_found():
    session = debugger("vanishing")
    session.execute("goto z3")
    session.execute("next")
    lines, span = delta_block(session.moment, LOOK, 40, 12)
    assert len(lines) == 9
    assert lines[0].plain.startswith("δ₈ ")
    assert "not computed yet" in lines[7].plain
    assert span == (5, 5)
    assert len(delta_block(session.moment, LOOK, 40, 60)[0]) > 15


def test_without_layers_a_sentence_says_what_to_ask_for():
    session = debugger("computation_graph")
    lines = [line.plain for line in delta_block(session.moment, LOOK, 40)[0]]
    assert " ".join(lines).endswith("ask for gradients by name, as in grad(s).")
    assert max(map(len, lines)) <= 40


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
    found, moment = Agreement(Script()), session.moment
    found.follow(moment)
    while (index := found.next_unchecked(moment)) is not None:
        found.check(moment, index)
    lines = text(draw_parameters(moment, LOOK, columns, checks=found.checks)[0])
    assert lines.count("✓") == 4
    if columns == 60:
        assert lines.count("agrees with central differences to 1e−6") == 4
    wrong = session.node("W2")
    moment.recorded.gradients[wrong] = moment.recorded.gradients[wrong] * [[1, 1], [1, 2]]
    found.check(moment, wrong)
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


def test_what_is_gone_after_a_step_back_has_changed_too():
    session = debugger()
    for command in ("goto b2", "finish", "rfinish"):
        session.execute(command)
    assert "not computed yet" in new(delta_block(session.moment, LOOK, 40)[0])


def test_a_new_value_and_a_new_watch_are_told_apart_for_one_stop():
    session = debugger()
    for command in ("watch norm(delta(2))", "goto 9", "step"):
        session.execute(command)
    watch = entries(session.moment)[0]
    assert "norm(delta(2)) = 0.143643" in " ".join(new(draw_entry(session.moment, watch, LOOK, 60)))
    session.execute("step")
    assert not new(draw_entry(session.moment, watch, LOOK, 60))
    session.execute("continue")
    session.execute("next 4")
    assert "0.358916" in new(draw_parameters(session.moment, LOOK, 60)[0])
    session.execute("rstep")
    assert "0.358916" not in new(draw_parameters(session.moment, LOOK, 60)[0])


@pytest.mark.parametrize(
    "jump", ["goto 25", "continue", "last", "until W1", "goto iteration 2", "break b1; continue"]
)
def test_after_a_jump_nothing_is_underlined(jump):
    session = debugger()
    for line in ("step 9", *jump.split("; ")):
        session.execute(line)
    moment = session.moment
    drawn = [
        *multiplication(session),
        *draw_parameters(moment, LOOK, 60)[0],
        *delta_block(moment, LOOK, 40)[0],
    ]
    assert new(drawn) == []


WAYS = ["goto 12", "goto 13", "goto 25", "goto 29", "last"]


@pytest.mark.parametrize("columns", [18, 25, 32, 34, 60])
@pytest.mark.parametrize("line", WAYS)
def test_every_row_of_a_parameter_has_its_index_and_brackets_touch_no_other_number(columns, line):
    session = debugger()
    session.execute(line)
    lines = draw_parameters(session.moment, LOOK, columns)[0]
    told = text(lines)
    assert max(one.width for one in lines) <= columns
    assert "…" not in told
    opened, closed = ("[", "]") if columns >= 30 else ("", "")
    for cell in ("0,0", "0,1", "1,0", "1,1"):
        starts = [one for one in told.splitlines() if one.startswith(f"{opened}{cell}{closed} ")]
        assert len(starts) == 2, told
    assert not re.search(r"\][·\d−]|[·\d\]]\[", told), told


def test_parameters_stand_in_the_order_in_which_they_are_written():
    session = debugger()

    def order():
        lines = text(draw_parameters(session.moment, LOOK, 60)[0]).splitlines()
        return [line[:2] for line in lines if re.match("[Wb]", line)]

    session.execute("goto W2")
    assert order() == ["W₂", "b₂", "W₁", "b₁"]
    session.execute("goto 29")
    listed = [
        session.timeline.graph.nodes[one.parameter].name for one in session.moment.iteration.updates
    ]
    assert listed == ["W1", "b1", "W2", "b2"]
    assert order() == ["W₁", "b₁", "W₂", "b₂"]


@pytest.mark.parametrize("columns", [18, 34, 60])
def test_titles_stand_over_their_numbers_and_dots(columns):
    session = debugger()
    session.execute("goto 13")
    lines = [one.plain for one in draw_parameters(session.moment, LOOK, columns)[0]]
    for at, title in enumerate(lines):
        if "∂L/∂" not in title:
            continue
        start = title.index("∂L/∂")
        below = [line for line in lines[at + 1 : at + 5] if re.match(r"\[?\d", line)]
        for line in below:
            assert line[start : start + 4].strip(), "\n".join(lines)


@pytest.mark.parametrize("columns", range(16, 40))
def test_the_gradient_that_is_written_is_never_cut(columns, tmp_path):
    scenario = (
        "[parameters]\nw = [1.25e-200, -123456.789, 0.000123456]\n"
        '[graph]\nL = "sum(w * w * 1e100)"\n[optimizer]\nname = "sgd"\nlearning_rate = 1e-101\n'
    )
    session = Debugger(Run(loaded(tmp_path, scenario)))
    for tick in range(session.timeline.forward + 1, session.timeline.total + 1):
        session.execute(f"goto {tick}")
        lines = draw_parameters(session.moment, LOOK, columns)[0]
        assert max(line.width for line in lines) <= columns, text(lines)
        assert "…" not in text(lines).replace("∂ …", ""), text(lines)


def test_cells_that_are_left_out_are_counted():
    session = debugger("iris")
    session.execute("goto W1")
    session.execute("step 200")
    told = text(draw_parameters(session.moment, LOOK, 60, 20)[0])
    assert re.search(r"⋮ \d+ above, \d+ below|⋮ \d+ cells (more|above)", told), told


J = """
[inputs]
X = [[0.9, 0.3], [0.4, 1.0]]
Y = [[1], [0]]
[parameters]
W = [[0.5, 0.4]]
[graph]
A = "sigmoid(X @ W.T)"
J = "binary_cross_entropy(A, Y)"
[optimizer]
name = "sgd"
learning_rate = 0.1
"""


def test_a_loss_has_its_own_name_above_every_gradient(tmp_path):
    session = Debugger(Run(loaded(tmp_path, J)))
    session.execute("goto $")
    shown = [
        text(draw_parameters(session.moment, LOOK, 60)[0]),
        text(delta_block(session.moment, LOOK, 60)[0]),
        text(multiplication(session)),
        session.execute("list").text,
        session.execute("where").text,
    ]
    assert "∂J/∂" in shown[0]
    assert "δ₁ = ∂J/∂z_A" in shown[1]
    assert not any("∂L" in one for one in shown)
    assert curve_label("norm(grad(W))", LOOK, "J") == "‖∂J/∂W‖"


@pytest.mark.parametrize(
    ("room", "head"), [(60, "δ₂ = ∂L/∂z₂  layer 2"), (24, "δ₂ = ∂L/∂z₂  ‖·‖"), (19, "δ₂  ‖·‖")]
)
def test_a_delta_says_which_node_it_belongs_to_where_there_is_room(room, head):
    session = debugger()
    session.execute("goto $")
    lines = [line.plain for line in delta_block(session.moment, LOOK, room)[0]]
    assert lines[0].startswith(head)
    assert max(map(len, lines)) <= room


@pytest.mark.parametrize(
    ("room", "flag"),
    [(21, "dead 2 of 4 units"), (20, "dead 2 of 4"), (17, "dead 2 of 4"), (12, "dead 2/4")],
)
def test_a_flag_is_whole_in_a_narrow_pane(room, flag):
    session = debugger("dead_relu")
    session.execute("goto $")
    lines = [line.plain for line in delta_block(session.moment, LOOK, room)[0]]
    assert f"  ⚠ {flag}" in lines


def test_flags_that_do_not_fit_in_one_line_have_lines_of_their_own(monkeypatch):
    flags = [("dead 2 of 4 units", "dead 2 of 4", "dead 2/4"), ("vanishing",)]
    monkeypatch.setattr(deltas, "flag_words", lambda *_: flags)
    session = debugger()
    session.execute("goto $")
    lines = [line.plain for line in delta_block(session.moment, LOOK, 60)[0]]
    assert "  ⚠ dead 2 of 4 units, vanishing" in lines
    lines = [line.plain for line in delta_block(session.moment, LOOK, 17)[0]]
    assert "  ⚠ dead 2 of 4" in lines
    assert "  ⚠ vanishing" in lines

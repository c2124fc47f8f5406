"""The drawings: what they say, without a screen."""

import re

import pytest

from bpdebug.tui.draw.deltas import delta_block
from bpdebug.tui.draw.header import draw_header
from bpdebug.tui.draw.line import Line, wrap
from bpdebug.tui.draw.multiplication import draw_multiplication, draw_title
from bpdebug.tui.draw.parameters import draw_parameters
from bpdebug.tui.draw.timeline import draw_timeline, position_at
from bpdebug.tui.keys.hints import draw_footer
from bpdebug.wording import Script, number, width
from bpdebug.wording.ascii import CELLS
from tests.tui.drawing import (
    LOOK,
    debugger,
    in_the_middle_of_w2,
    multiplication,
    text,
)


def test_every_tick_of_every_phase_can_be_drawn():
    session = debugger()
    for tick in range(session.timeline.total + 1):
        session.execute(f"goto {tick}")
        assert text(multiplication(session)).strip()
        assert draw_parameters(session.moment, LOOK, 30)[0]
        assert delta_block(session.moment, LOOK, 30)[0]


@pytest.mark.parametrize("columns", [58, 80, 118, 198])
def test_the_timeline_fits_and_a_click_on_the_mark_stays(columns):
    session = in_the_middle_of_w2()
    line = draw_timeline(session.moment, LOOK, columns)
    assert line.width <= columns
    at = position_at(session.moment, LOOK, columns, line.plain.index("▶"))
    assert abs(at - session.moment.position) <= 3


@pytest.mark.parametrize("columns", [78, 116, 196])
@pytest.mark.parametrize("name", ["two_layer", "too_large_step", "xor"])
def test_the_timelines_borders_stand_still(name, columns):
    session, borders = debugger(name), set()
    for command in ("first", "step", "continue", "step", "continue", "continue", "last"):
        session.execute(command)
        bar = draw_timeline(session.moment, LOOK, columns).plain
        assert width(bar) <= columns
        borders.add(tuple(at for at, sign in enumerate(bar) if sign in "▕▏"))
    assert len(borders) == 1


def test_the_timelines_loss_is_rounded_and_never_cut():
    session = debugger("too_large_step")
    for at in range(1, session.run.iterations + 1):
        session.execute(f"goto iteration {at}")
        told = draw_timeline(session.moment, LOOK, 78).plain.split("L = ")[1].split()[0]
        loss = session.moment.iteration.loss
        assert told in [number(loss, digits) for digits in range(3, 7)]


@pytest.mark.parametrize("columns", [58, 78, 80, 98, 118, 198])
@pytest.mark.parametrize(
    "name", ["iris", "xor", "two_layer", "chain_rule", "vanishing", "gomez_lstm_2step"]
)
def test_a_timeline_of_uneven_sections_is_never_cut(name, columns):
    session = debugger(name)
    session.execute("continue")
    loss = session.moment.iteration.loss
    plain = draw_timeline(session.moment, LOOK, columns).plain
    assert number(loss, 6) in plain
    assert not plain.rstrip().endswith("…")


@pytest.mark.parametrize(("columns", "second"), [(80, "layer 1 (2) "), (118, "layer 1 (2 of 2) ")])
def test_the_timeline_numbers_the_uses_of_one_layer(columns, second):
    session = debugger("gomez_lstm_2step")
    session.execute("continue")
    plain = draw_timeline(session.moment, LOOK, columns).plain
    first = second.replace("(2", "(1")
    # The backward pass meets the last use first.
    assert plain.index("forward") < plain.index(second) < plain.index(first)
    assert "layer 2 (" not in draw_timeline(in_the_middle_of_w2().moment, LOOK, columns).plain


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
    assert "end of time" in draw_timeline(session.moment, LOOK, 118).plain
    session.execute("restart")
    session.execute("rcontinue")
    assert "start of time" in draw_timeline(session.moment, LOOK, 80).plain


def test_header_keeps_the_place_and_shows_markup_literally():
    session = in_the_middle_of_w2()
    header = draw_header(session.moment, LOOK, 80)
    assert header.width == 80
    assert "tick 13/32" in header.plain
    line, _ = draw_footer(
        session.moment, LOOK, 80, pane="", count="", message="[red]no[/]", ok=True
    )
    assert line.plain.strip() == "[red]no[/]"


def test_wide_characters_count_two_cells():
    assert Line("反向传播").width == 8
    assert all(line.width <= 10 for line in wrap("反向 传播 梯度 下降", 10))
    assert width(Line("反向传播网络").cut(7).plain) <= 7


def test_ascii_look_has_no_other_letters():
    session = in_the_middle_of_w2()
    look = Script(unicode=False)
    lines = [
        *draw_multiplication(session.moment, look, 46, 20),
        *delta_block(session.moment, look, 40)[0],
        draw_title(session.moment, look),
        draw_timeline(session.moment, look, 80),
        draw_header(session.moment, look, 80),
        *draw_parameters(session.moment, look, 40)[0],
    ]
    strange = {c for c in text(lines).translate(CELLS) if not c.isascii()}
    assert not strange

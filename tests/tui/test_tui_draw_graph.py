"""The drawings of the graph and of the program."""

import re

import numpy as np
import pytest

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.ticks import Status
from bpdebug.tui.draw.counters import contributions_done
from bpdebug.tui.draw.fold import FORWARD, UPDATE, Fold
from bpdebug.tui.draw.graph_rows import draw_row, levels_to_skip
from bpdebug.tui.draw.graph_tree import GraphTree
from bpdebug.tui.draw.program import draw_line, line_of
from bpdebug.wording import number, textbook_name
from bpdebug.wording.glossary import entry_of
from tests.scenario.scenarios import loaded
from tests.tui.drawing import (
    LOOK,
    debugger,
    in_the_middle_of_w2,
)


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
    arrays = [moment.recorded.values[node.index], moment.recorded.gradients[node.index]]
    arrays.append(moment.value(node.index))
    return [float(v) for a in arrays if a is not None for v in np.ravel(a)[:40]]


@pytest.mark.parametrize("columns", [17, 24, 34])
def test_deep_rows_keep_their_names(columns):
    session = debugger("published/gomez_lstm_2step")
    session.execute("next 20")
    tree = GraphTree(session.timeline.graph)
    for row in tree.rows:
        line = draw_row(tree, row, session.moment, LOOK, columns, 2)[0]
        name = textbook_name(tree.graph.nodes[row.node].name)
        assert name in line.plain, line.plain


def test_the_program_shows_progress_and_breakpoints():
    session = in_the_middle_of_w2()
    session.execute("break z2 -> W2")
    assert any(line.startswith("●▶  4 ∂L/∂W₂ = δ₂ · h₁ᵀ") for line in program(session))
    assert any(line.endswith("3 of 4 terms") for line in program(session))
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
    session = Debugger(Run(loaded(tmp_path, f"[parameters]\na0 = 0.5\n[graph]\n{entries}\n")))
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
    assert "partial: 1 of 2 contributions" in draw_row(tree, row, session.moment, LOOK, 40)[0].plain
    # Where there is less room, every word of it still has an entry in the glossary.
    narrow = contributions_done(1, 2)[-1]
    assert narrow == "1/2 contr."
    assert entry_of(narrow.split()[-1]).word == "contribution"


SMALL = 18
"""Cells of the graph's lines on a screen of 80x24."""


@pytest.mark.parametrize("lines", [["goto 5"], ["continue"], ["goto W1"], ["continue", "next 3"]])
@pytest.mark.parametrize("name", ["two_layer", "multi_layer"])
def test_every_row_has_a_number_on_a_small_screen(name, lines):
    session = debugger(name)
    for line in lines:
        session.execute(line)
    tree = GraphTree(session.timeline.graph)
    skip = levels_to_skip(tree, session.moment.node, SMALL)
    for row in tree.rows:
        head, *second = draw_row(tree, row, session.moment, LOOK, SMALL, skip)
        assert head.width <= SMALL
        assert textbook_name(tree.graph.nodes[row.node].name) in head.plain
        known = session.moment.value(row.node) is not None
        assert not known or re.search(r" [−0-9.]+( |$)", numbers_of(head)), head.plain
        whole = session.moment.gradient(row.node).status is Status.WHOLE
        for below in second:
            assert not whole or re.search(r"∂ .*[0-9]", below.plain), below.plain


def numbers_of(line):
    """What a line shows behind the name."""
    at = next(at for at, (_, role) in enumerate(line.spans) if role in ("name", "now") and at > 1)
    return "".join(text for text, _ in line.spans[at + 1 :])


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (32, ["L  ½Σ(ŷ − y)²  0.298371  ∂ 1", "z₁  W₁·x + …  0.3775 …", "W₁ (2×2)  0.149781 …"]),
        (18, ["L  0.298371  ∂ 1", "W₁  0.15 …"]),
        (20, ["W₁  0.1498 …"]),
    ],
)
def test_numbers_come_before_shapes_and_formulas(room, shown):
    session = debugger()
    for line in ("continue", "next 3"):
        session.execute(line)
    tree = GraphTree(session.timeline.graph)
    skip = levels_to_skip(tree, session.moment.node, room)
    drawn = [draw_row(tree, row, session.moment, LOOK, room, skip)[0].plain for row in tree.rows]
    for text in shown:
        assert any(line.endswith(text) for line in drawn), drawn


@pytest.mark.parametrize("room", range(14, 40))
def test_a_formula_never_takes_the_place_of_a_scalars_value(room):
    session = debugger("published/olah_fanout")
    session.execute("goto $")
    tree = GraphTree(session.timeline.graph)
    (line,) = draw_row(tree, tree.rows[0], session.moment, LOOK, room)
    assert re.search(r"  6  ∂ 1$", line.plain) or "c·d" not in line.plain, line.plain


def test_a_formula_stands_below_the_value_until_the_gradient_is_there():
    session = debugger()
    session.execute("goto 5")
    tree = GraphTree(session.timeline.graph)
    row = tree.rows[tree.row_of[session.node("y_hat")]]
    value, below = draw_row(tree, row, session.moment, LOOK, SMALL)
    assert "σ(z₂)" in below.plain
    session.execute("goto W2")
    later, gradient = draw_row(tree, row, session.moment, LOOK, SMALL)
    assert later.plain == value.plain
    assert "∂ 0.741365 …" in gradient.plain

"""Groups as drawn: lines of the program, rows of the graph, the product of a passed group."""

import itertools
import time

import pytest

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.scenario import load
from bpdebug.tui.clipboard.copy_offers import offers
from bpdebug.tui.dialogs.completion import complete_breakpoint, complete_expression
from bpdebug.tui.draw.graph_tree import GraphTree
from bpdebug.tui.draw.multiplication import draw_multiplication, draw_title
from bpdebug.tui.draw.parameters import draw_parameters
from bpdebug.tui.draw.timeline import sections
from bpdebug.tui.keys.hints import hints
from bpdebug.wording.ascii import CELLS
from bpdebug.wording.names import cut_middle
from tests.debugger.module_paths import SCENARIO
from tests.debugger.test_debugger_typing import loads
from tests.tui.apps import app_on
from tests.tui.drawing import LOOK, text
from tests.tui.grouped import program, session, tree_lines


def test_a_folded_group_is_a_line_with_its_sign_and_an_open_one_has_a_heading():
    made = session()
    lines = program(made, 100)
    assert any(line.startswith("    6 ▸ ∂L/∂block₁, ") for line in lines)
    made.execute("unfold block2")
    lines = program(made, 100)
    assert any(line.startswith("      ▾ block₂(block₁, gamma, ") for line in lines)
    assert any(line.startswith("    8   ▸ ∂L/∂ln, ") for line in lines)


@pytest.mark.parametrize(
    ("room", "line"),
    [
        (100, "∂L/∂block₁, ∂L/∂block₂.mlp.W₂, ∂L/∂block₂.mlp.b₂, … ← block₂ ← ∂L/∂block₂"),
        (50, "∂L/∂block₁, … ← block₂ ← ∂L/∂block₂"),
        (44, "7 gradients ← block₂ ← ∂L/∂block₂"),
        (34, "← block₂ ← ∂L/∂block₂"),
        (18, "block₂"),
    ],
)
def test_a_narrow_line_of_a_folded_group_names_fewer_gradients(room, line):
    lines = program(session(), room)
    assert f"    6 ▸ {line}" in lines


def test_a_folded_group_is_open_while_the_cursor_is_in_it():
    made = session("goto block2", "step")
    assert any("▿ block₂(" in line for line in program(made))
    made.execute("unfold block2")
    assert any("▾ block₂(" in line for line in program(made))


def test_the_sign_of_a_breakpoint_on_a_group_stands_at_its_line_or_its_heading():
    made = session("break block2", "break block2.ln", "disable 2")
    assert next(line for line in program(made) if line.startswith("●")).startswith("●   6 ▸")
    made.execute("unfold block2")
    marked = [line for line in program(made) if line[0] in "●○"]
    assert [line[0] for line in marked] == ["●", "○"]
    assert "▾ block₂(" in marked[0]
    assert "▸" in marked[1]


def test_the_signs_of_groups_are_ascii_where_nothing_else_can_be_shown():
    made = session("unfold block2", unicode=False)
    lines = program(made)
    assert any("- block2(block1, " in line for line in lines)
    assert any("+ " in line and "<- layer_norm <- dL/dln" in line for line in lines)
    assert all(line.translate(CELLS).isascii() for line in tree_lines(made))


# The graph.


def test_a_folded_group_is_a_node_and_its_operands_are_below_it():
    lines = tree_lines(session(), 80)
    at = next(i for i, line in enumerate(lines) if "▸ block₂  a group of 13 ops" in line)
    assert "2×3  ‖·‖ " in lines[at]
    below = "\n".join(lines[at:])
    for name in ("├ gamma", "├ mlp.W₁", "▸ block₁  a group of 13 ops"):
        assert name in below
    assert "z₂" not in below


def test_an_open_group_shows_what_is_inside_with_names_without_the_groups():
    made = session("unfold block2", "unfold block2.mlp")
    lines = "\n".join(tree_lines(made, 90))
    for name in ("▾ block₂  block₁ + mlp.z₂", "▾ mlp.z₂  h·W₂ᵀ + b₂", "╰ h  gelu(z₁)"):
        assert name in lines
    assert "▸ ln  layer_norm(" in lines


def test_a_node_that_two_groups_read_is_drawn_once():
    lines = tree_lines(session("unfold block1"), 90)
    assert sum("↑ x" in line for line in lines) == 1
    tree = GraphTree(session().timeline.graph, {"block1", "block2"})
    full = [row.node for row in tree.rows if not row.repeated]
    assert len(full) == len(set(full))


def test_what_a_passed_group_wrote_is_marked():
    made = session("goto block2", "next")
    lines = tree_lines(made, 90)
    assert any("◆" in line and "▸ block₂" in line for line in lines)
    assert sum("▶" in line for line in lines) == 7


def test_a_gradient_that_is_not_there_is_no_number():
    lines = tree_lines(session(), 90)
    at = next(i for i, line in enumerate(lines) if "▸ block₂" in line)
    assert lines[at + 1].endswith("∂ ·")
    at_start = tree_lines(session("goto 0"), 90)
    assert any("▸ block₂" in line and line.endswith("2×3  ·") for line in at_start)


def test_thousands_of_nodes_in_groups_fold_at_once(tmp_path):
    entries = ['"g0.a" = "sin(x)"', 'g0 = "cos(g0.a)"']
    for i in range(1, 2000):
        entries += [f'"g{i}.a" = "sin(g{i - 1})"', f'g{i} = "cos(g{i}.a)"']
    path = tmp_path / "deep.toml"
    path.write_text("[parameters]\nx = 0.5\n[graph]\n" + "\n".join(entries) + "\n")
    made = Debugger(Run(load(path)))
    graph = made.timeline.graph
    started = time.perf_counter()
    tree = GraphTree(graph, made.moment.closed_groups)
    tree.fold(frozenset())
    tree.fold(made.moment.closed_groups - {"g1000"})
    tree.reveal(graph.names["g1000.a"])
    assert time.perf_counter() - started < 5  # some 60 ms; a quadratic one takes minutes
    assert tree.row(graph.names["g1000.a"]) != tree.row(graph.names["g1000"])
    assert tree.row(graph.names["g999.a"]) == tree.row(graph.names["g999"])


# The multiplication.


def test_the_title_names_the_groups_that_the_cursor_is_in():
    made = session("goto block2.mlp", "step")
    title = draw_title(made.moment, LOOK, 80)
    assert title.plain == "L · block₂ · mlp · [∂z₂/∂W₂]"
    assert title.spans[-1] == ("[∂z₂/∂W₂]", "now")
    assert draw_title(made.moment, LOOK, 24).plain == "L · … · mlp · [∂z₂/∂W₂]"
    assert draw_title(made.moment, LOOK, 12).plain == "[∂z₂/∂W₂]"


def test_a_group_that_was_passed_is_one_product():
    made = session("goto block2", "next", "unfold block2", "rnext 100", "goto block2.ln", "next")
    assert draw_title(made.moment, LOOK, 80).plain == "L · block₂ · [ln]"
    lines = text(draw_multiplication(made.moment, LOOK, 60, 30))
    assert "← layer_norm ← ∂L/∂block₂.ln" in lines or "← layer_norm ← ∂L/∂ln" in lines
    for name in ("in   ", "out  ", "2×3  ‖·‖ ", "ops, ", "products in one step"):
        assert name in lines
    assert "= unfolds it" in lines
    assert "goes into it" in lines
    gradient = made.moment.recorded.gradients[made.node("block2.gamma")]
    assert LOOK.number(float((gradient**2).sum() ** 0.5), 4) in lines


@pytest.mark.parametrize("columns", [34, 46, 80])
@pytest.mark.parametrize("rows", [6, 12, 19, 40])
def test_a_passed_group_fits_its_pane(columns, rows):
    for lines in (("goto block2", "next"), ("goto 0", "next", "next")):
        made = session(*lines)
        drawn = draw_multiplication(made.moment, LOOK, columns, rows)
        assert all(line.width <= columns for line in drawn)
        assert "block" in text(drawn)


def test_in_the_forward_pass_a_group_has_operands_and_a_value():
    made = session("goto 0", "next")
    assert draw_title(made.moment, LOOK, 80).plain == "Forward · [block₁]"
    lines = text(draw_multiplication(made.moment, LOOK, 80, 40))
    assert "in   x" in lines
    assert "out  block₁" in lines
    made.execute("goto 0")
    made.execute("step")
    assert draw_title(made.moment, LOOK, 80).plain == "Forward · block₁ · ln"


def test_before_a_folded_group_the_pane_and_the_keys_say_what_comes():
    made = session("goto block2")
    lines = text(draw_multiplication(made.moment, LOOK, 46, 30))
    assert "Next comes block₂, a folded group" in lines
    assert [hint.word for hint in hints(made.moment, "")[:2]] == ["over group", "into it"]
    made.execute("next")
    assert any(hint.word == "unfold" for hint in hints(made.moment, ""))
    made.execute("goto block2")
    made.execute("step")
    assert any(hint.word == "end of group" for hint in hints(made.moment, ""))


# Timeline, parameters, completion.


def test_the_timeline_has_a_section_for_each_outermost_group():
    names = [name for name, *_ in sections(session().moment, LOOK)]
    assert names == ["forward", "layer 5", "block₂", "block₁", "update"]
    network = app_on().debugger
    names = [name for name, *_ in sections(network.moment, LOOK)]
    assert names == ["forward", "layer 2", "layer 1", "update"]


def test_the_sections_of_the_timeline_have_every_tick_once():
    made = session()
    parts = sections(made.moment, LOOK)
    assert parts[0][1] == 0
    assert parts[-1][2] == made.timeline.total
    assert all(end == start for (_, _, end), (_, start, _) in itertools.pairwise(parts))


def test_parameters_stand_under_the_name_of_their_group():
    lines = text(draw_parameters(session().moment, LOOK, 40)[0])
    assert "── block₂ ──" in lines
    assert "── block₁ ──" in lines
    assert "mlp.W₁ (4×3)" in lines
    assert "block₂.mlp.W₁" not in lines
    narrow = [line.plain for line in draw_parameters(session().moment, LOOK, 18)[0]]
    assert all(len(line) <= 18 for line in narrow)


def test_a_long_name_loses_its_middle():
    assert cut_middle("attention_output", 12) == "atten…output"
    assert cut_middle("transformer.h.0.attn.W_proj", 21) == "trans…h.0.attn.W_proj"
    assert cut_middle("transformer.h.0.attn.W_proj", 13) == "t…attn.W_proj"
    assert cut_middle("transformer.h.0.attn.W_proj", 10) == "t…n.W_proj"
    assert cut_middle("W1", 12) == "W1"
    assert cut_middle("block1.W", 2) == "b…"


def module_paths(*lines):
    made = Debugger(Run(loads(SCENARIO)))
    for line in lines:
        assert made.execute(line).ok
    return made


def test_a_group_of_a_list_has_its_number_and_the_list():
    made = module_paths("goto blocks.1.mlp.1")
    assert draw_title(made.moment, LOOK, 80).plain.startswith("loss · blocks.1 · mlp · [")
    made.execute("fold")
    names = [name for name, *_ in sections(made.moment, LOOK)]
    assert names[2:4] == ["blocks.1", "blocks.0"]
    assert sum("▸ blocks." in line for line in tree_lines(module_paths())) == 2


def test_parameters_of_each_group_of_a_list_have_a_heading():
    lines = [line.plain for line in draw_parameters(module_paths().moment, LOOK, 40)[0]]
    heads = [line.strip(" ─") for line in lines if line.startswith("── ")]
    assert heads == ["blocks.0", "blocks.1", "blocks.0"]  # a weight penalty is first
    assert "mlp.2.weight (3×2)" in "\n".join(lines)


def test_lines_of_a_narrow_program_tell_long_names_apart():
    lines = [line for line in program(module_paths("last"), 20) if line[:5].strip().isdigit()]
    written = [line[5:18] for line in lines if "weight" in line]
    assert len(written) == 2 * len(set(written)) > 0  # alike in the two blocks, and only there


def test_dotted_names_and_groups_complete():
    made = session()
    assert "block1.gamma" in complete_expression(made, "norm(block1.ga").words
    completion = complete_breakpoint(made, "block1.m")
    assert completion.start == 0
    assert completion.words[:1] == ["block1.mlp.W1"]
    assert "block1.mlp" in completion.words


def test_a_narrow_row_of_a_group_has_a_norm_that_looks_like_none_other():
    for room in (20, 24, 30):
        lines = tree_lines(session("goto block2"), room)
        row = next(line for line in lines if "▸ block₂" in line)
        assert len(row) <= room
        assert "‖" in row or row.endswith("…")


def test_a_passed_group_is_copied_as_it_is_shown():
    made = session("goto block2", "next")
    titles = [offer.title for offer in offers(made.moment, LOOK)]
    assert titles[:2] == ["formula", "line of the program"]
    assert "in ∂L/∂block₂, np.array" in titles
    assert "out ∂L/∂block₁, list" in titles

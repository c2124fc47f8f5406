"""Stepping over groups and into them: laws of motion, folds, breakpoints, the program, where."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpdebug.debugger import Debugger, Instant, LineKind, Target
from bpdebug.debugger.cursor import FIRST, end_of_time
from bpdebug.debugger.saved_session import check_session, is_empty, merged, restore, session_data
from bpdebug.run import Run
from bpdebug.ticks import Ruler
from tests.debugger.grouped import SCENARIO, random_debugger
from tests.debugger.sessions import do
from tests.scenario.scenarios import loaded

CHOICES = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=7
)
NAMES = ["", "a", "a.b", "a.b.c", "a.d", "e", "e.b"]
GROUPS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=7)
FOLDED = st.lists(st.sampled_from(NAMES[1:]), unique=True)


@pytest.fixture
def debugger(tmp_path):
    return Debugger(Run(loaded(tmp_path, SCENARIO)))


def instants(debugger):
    totals = [debugger.run.timeline(n).total for n in (1, 2)]
    return [FIRST] + [Instant(n, t) for n in (1, 2) for t in range(1, totals[n - 1] + 1)]


def folded(debugger, names):
    debugger.fold([n for n in names if n in debugger.timeline.graph.groups], folded=True)


@settings(max_examples=60, deadline=None)
@given(CHOICES, GROUPS, FOLDED, st.sampled_from(["next", "finish"]), st.integers(1, 9), st.data())
def test_counts_repeat_and_back_returns(choices, groups, names, command, count, data):
    debugger = random_debugger(choices, groups)
    folded(debugger, names)
    places = instants(debugger)
    start = data.draw(st.sampled_from(places))
    for name in (command, f"r{command}"):
        debugger.go(start)
        for _ in range(count):
            debugger.execute(name)
        repeated = debugger.instant
        debugger.go(start)
        debugger.execute(f"{name} {count}")
        assert debugger.instant == repeated
    ruler = Ruler.EDGE if command == "next" else Ruler.LAYER
    stops = debugger.timeline.seen(ruler, debugger.folded, 0)
    if start == FIRST or start.position in stops:
        debugger.go(start)
        if "recorded time" not in debugger.execute(f"{command} {count}").text:
            debugger.execute(f"r{command} {count}")
            assert debugger.instant == start


@settings(max_examples=60, deadline=None)
@given(CHOICES, GROUPS, FOLDED, st.data())
def test_next_stops_at_ends_of_edges_and_never_inside_what_is_folded(choices, groups, names, data):
    debugger = random_debugger(choices, groups)
    edges = set(debugger.timeline.ends(Ruler.EDGE))
    folded(debugger, names)
    debugger.go(data.draw(st.sampled_from(instants(debugger))))
    before = debugger.instant
    around = {s.index for s in debugger.timeline.spans.inside(before.position)}
    debugger.execute("next")
    at = debugger.instant
    assert at == before or at.position in edges
    if at.iteration == before.iteration:
        inside = debugger.timeline.spans.inside(at.position)
        assert all(s.index in around for s in inside if s.group.name in debugger.folded)


@settings(max_examples=40, deadline=None)
@given(CHOICES, GROUPS, FOLDED)
def test_with_all_unfolded_next_is_the_ruler_of_edges(choices, groups, names):
    debugger = random_debugger(choices, groups)
    folded(debugger, names)
    debugger.execute("unfold all")
    debugger.execute("first")
    met = []
    while debugger.instant.iteration == 1 and "recorded time" not in debugger.execute("next").text:
        met.append(debugger.instant.position)
    assert met[: len(debugger.timeline.ends(Ruler.EDGE))] == list(
        debugger.timeline.ends(Ruler.EDGE)
    )


@settings(max_examples=40, deadline=None)
@given(CHOICES, GROUPS, FOLDED, st.data())
def test_folding_never_moves_the_cursor_nor_the_numbers_of_lines(choices, groups, names, data):
    debugger = random_debugger(choices, groups)
    debugger.go(data.draw(st.sampled_from(instants(debugger))))
    before = debugger.instant
    edges = {line.index: line.number for line in debugger.listing if line.kind is LineKind.EDGE}
    for line in ["fold", "unfold", *(f"fold {name}" for name in names), "unfold", "fold all"]:
        debugger.execute(line)
        assert debugger.instant == before
        covered = []
        for shown in debugger.listing:
            if shown.kind is LineKind.EDGE:
                assert edges[shown.index] == shown.number
                covered.append(shown.number)
            elif shown.kind is LineKind.GROUP:
                covered += range(shown.number, shown.last + 1)
        assert covered == sorted(edges.values())
        position = debugger.instant.position
        current = debugger.listing[debugger.listing.line_at(position)]
        assert current.start < position <= current.end or position <= debugger.timeline.forward
        assert debugger.execute("where").ok
        assert debugger.execute("list all").ok


@settings(max_examples=40, deadline=None)
@given(CHOICES, GROUPS, FOLDED, st.sampled_from(NAMES[1:]))
def test_a_breakpoint_stops_wherever_its_group_is_entered(choices, groups, names, group):
    debugger = random_debugger(choices, groups)
    folded(debugger, names)
    spans = debugger.timeline.spans.of(group, backward=True)
    entries = sorted({span.start for span in spans if span.end > span.start})
    if not entries:
        assert not debugger.execute(f"break {group}").ok
        return
    assert debugger.add_breakpoint(group).target is Target.GROUP
    expected = [Instant(n, at) for n in (1, 2) for at in entries]
    for name, end, order in (("continue", "first", 1), ("rcontinue", "last", -1)):
        do(debugger, end)
        met = []
        for _ in expected:
            assert "breakpoint 1" in do(debugger, name)
            met.append(debugger.instant)
        assert met == expected[::order]


def test_composites_and_dotted_groups_are_folded_at_first(debugger):
    assert debugger.folded == {"block1", "block1.layer_norm", "ln"}
    lines = [line.text for line in debugger.listing if line.kind is LineKind.GROUP]
    assert lines == [
        "∂L/∂block₁, ∂L/∂g, ∂L/∂b ← layer_norm ← ∂L/∂ln",
        "∂L/∂b, ∂L/∂g, ∂L/∂block₁.W₁, ∂L/∂block₁.b₁ ← block₁ ← ∂L/∂block₁",
    ]
    text = do(debugger, "list all")
    assert "\n       6 ∂L/∂block₁, ∂L/∂g" in text
    assert "\n      19 ∂L/∂b, ∂L/∂g" in text


def test_a_group_that_holds_nearly_all_ops_stands_open_at_first(tmp_path):
    text = """
        [inputs]
        x = [0.5, 0.25]
        [parameters]
        "model.w" = [1.0, 2.0]
        [graph]
        "model.h.0.a" = "tanh(x * model.w)"
        "model.h.0" = "model.h.0.a + x"
        "model.h.1.a" = "tanh(model.h.0 * model.w)"
        "model.h.1" = "model.h.1.a + model.h.0"
        loss = "sum(model.h.1)"
    """
    debugger = Debugger(Run(loaded(tmp_path, text)))
    groups = set(debugger.run.graph().groups)
    assert groups == {"model", "model.h.0", "model.h.1"}
    assert debugger.folded == groups - {"model"}
    debugger.execute("fold model")
    again = Debugger(debugger.run)
    assert restore(again, session_data(debugger)) == []
    assert "model" in again.folded


def test_next_passes_over_a_folded_group_and_where_says_what_it_stood_for(debugger):
    assert "next is the group ln = layer_norm(block₁, g, b), folded" in do(debugger, "next 5")
    text = do(debugger, "next")
    assert "edge 18/35" in text
    assert "6–18  ∂L/∂block₁, ∂L/∂g, ∂L/∂b ← layer_norm ← ∂L/∂ln" in text
    assert "ln = g·(block₁ − mean(block₁))/√(var(block₁) + ε) + b" in text
    assert "in   ∂L/∂ln      2×3  norm " in text
    assert "∂L/∂g       3    norm 0.206029  (contribution 1 of 2)" in text
    assert "9 ops, 13 edges and 70 products in one step" in text
    assert debugger.moment.passed.group.name == "ln"
    assert "edge 5/35" in do(debugger, "rnext")


def test_inside_a_folded_group_next_goes_edge_by_edge_and_finish_leaves_it(debugger):
    do(debugger, "next 6")
    text = do(debugger, "step")
    assert "\n  L · block₁\n" in text
    assert [span.group.name for span in debugger.moment.groups] == ["block1"]
    assert "edge 19/35" in do(debugger, "next")
    assert "20–32" in do(debugger, "next")
    assert debugger.moment.passed.group.name == "block1.layer_norm"
    assert "20–32" in do(debugger, "rnext", "step", "finish")
    assert "L · block₁ · layer_norm" in do(debugger, "rnext", "next", "rstep")
    assert "20–32" in do(debugger, "finish")
    assert "19–35" in do(debugger, "finish")
    do(debugger, "rstep")
    assert "edge 18/35" in do(debugger, "rfinish")


def test_names_inside_an_open_group_are_without_its_prefix(debugger):
    do(debugger, "unfold all")
    text = do(debugger, "list all")
    assert "        ── ln = layer_norm(block₁, g, b) ──\n       6   ∂L/∂b = Σᵢ ∂L/∂ln" in text
    assert "      15   ∂L/∂centred += ∂L/∂(centred²) ⊙ 2·centred" in text
    assert "          ── layer_norm = layer_norm(h, g, b) ──" in text
    assert "          ── layer 1 · δ₁ = ∂L/∂block₁.z₁ ──\n      33   δ₁ = ∂L/∂h ⊙ tanh′(z₁)" in text
    assert "── block₁(x, W₁, b₁, g, …) ──" in text


def test_a_name_without_its_prefix_that_another_node_has_keeps_it(tmp_path):
    text = SCENARIO.replace('"block1.z1" =', 'mu = "x * 2"\n"block1.z1" =')
    debugger = Debugger(Run(loaded(tmp_path, text)))
    do(debugger, "unfold all")
    assert "∂L/∂ln.mu" in do(debugger, "list all")


def test_names_in_a_nested_group_are_without_those_of_all_groups_around_it(debugger):
    do(debugger, "unfold all")
    text = do(debugger, "list all")
    assert "∂L/∂h += ∂L/∂mu · 1/3" in text
    assert "∂L/∂block₁.h" not in text


def test_names_keep_the_outer_group_where_two_would_be_the_same(tmp_path):
    text = SCENARIO.replace('"block1.h" =', '"block1.mu" = "x * 0.5"\n"block1.h" =')
    debugger = Debugger(Run(loaded(tmp_path, text)))
    do(debugger, "unfold all")
    listed = do(debugger, "list all")
    assert "∂L/∂block₁.h += ∂L/∂mu · 1/3" in listed


def test_in_the_forward_pass_a_folded_group_is_one_step(debugger):
    assert "block₁ = x + block₁.layer_norm" in do(debugger, "first", "next")
    assert debugger.instant == (1, 12)
    text = do(debugger, "next")
    assert "ln = g·(block₁ − mean(block₁))" in text
    assert "9 ops in one step" in text
    assert debugger.instant == (1, 21)
    do(debugger, "rstep")
    assert debugger.instant == (1, 20)
    do(debugger, "rnext", "rfinish")
    assert debugger.instant == (1, 12)


def test_fold_without_a_name_is_about_the_cursor(debugger):
    do(debugger, "next 6")
    assert do(debugger, "unfold") == "ln is unfolded"
    assert do(debugger, "fold") == "ln is folded"
    do(debugger, "step")
    assert "folded already, and stays open while the cursor is in it" in do(debugger, "fold")
    assert do(debugger, "unfold") == "block1 is unfolded"
    assert do(debugger, "fold") == "block1 is folded, and stays open while the cursor is in it"
    assert do(debugger, "fold block₁") == (
        "block1 is folded already, and stays open while the cursor is in it"
    )
    assert do(debugger, "fold all") == "every group is folded"
    assert "did you mean 'block1'" in debugger.execute("fold blok1").text
    do(debugger, "rstep", "rnext")
    assert "there is no group here; name one: block1, " in debugger.execute("fold").text
    assert do(debugger, "unfold") == "ln is unfolded"  # it comes next


def test_a_graph_without_groups_has_nothing_to_fold(tmp_path):
    text = SCENARIO[: SCENARIO.index('"block1.z1"')] + 'L = "sum(x @ v)"\n'
    debugger = Debugger(Run(loaded(tmp_path, text)))
    for line in ("fold", "unfold all", "fold ln"):
        assert "this graph has no groups" in debugger.execute(line).text


def test_folds_are_saved_where_they_are_not_as_at_first(debugger):
    assert is_empty(session_data(debugger))
    do(debugger, "unfold ln")
    data = json.loads(json.dumps(session_data(debugger)))
    assert data["groups"] == {"ln": False}
    assert not is_empty(data)
    again = Debugger(debugger.run)
    assert restore(again, {**data, "groups": {"ln": False, "gone": True}}) == ["gone"]
    assert again.folded == debugger.folded
    debugger.reset()
    assert "ln" in debugger.folded
    own = session_data(debugger)
    assert "groups" not in merged(own, data, data)  # folded again, so that it is as at first
    assert merged(own, {}, data)["groups"] == {"ln": False}
    for wrong in ([], {"ln": 1}, {"": True}):
        with pytest.raises(ValueError, match=r"form|text"):
            check_session({**data, "groups": wrong})


def test_a_breakpoint_on_a_group_is_its_entry_and_grad_names_the_node(debugger):
    do(debugger, "break ln if norm(grad(ln)) > 0.1", "break grad(ln)", "tbreak block1.layer_norm")
    targets = [point.target for point in debugger.breakpoints]
    assert targets == [Target.GROUP, Target.NODE, Target.GROUP]
    assert "group      ln if norm(grad(ln)) > 0.1" in do(debugger, "info breakpoints")
    lines = do(debugger, "list all").splitlines()
    assert [line.split()[1] for line in lines if line.startswith("●")] == ["5", "6", "19"]
    assert "edge 5/35" in do(debugger, "delete 2", "continue")
    assert "temporary breakpoint 3" in do(debugger, "continue")
    assert "edge 19/35" in do(debugger, "where")
    assert [point.number for point in debugger.breakpoints] == [1]
    assert not debugger.execute("break ln if norm(grad(ln)) > nothing").ok


def test_next_and_finish_stop_at_a_breakpoint_in_a_group_that_they_pass(debugger):
    do(debugger, "break block1.layer_norm.mu if iteration == 1", "goto block1")
    entered = debugger.instant
    assert "breakpoint 1: block1.layer_norm.mu" in do(debugger, "next")
    inside = debugger.instant
    assert [span.group.name for span in debugger.moment.groups] == ["block1", "block1.layer_norm"]
    assert "breakpoint" not in do(debugger, "finish")
    assert "breakpoint 1" in do(debugger, "rnext")
    assert debugger.instant == inside
    do(debugger, "break block1.b1")
    assert "breakpoint 2" in do(debugger, "goto block1", "step", "finish 2", "finish 2")
    assert "breakpoint 1" in do(debugger, "rfinish 2")
    assert debugger.instant == inside
    do(debugger, "delete 2", "unfold block1", "unfold block1.layer_norm")
    for _ in range(20):
        assert "breakpoint 1" not in do(debugger, "next")
    debugger.go(entered)
    do(debugger, "fold all", "disable 1")
    assert "breakpoint 1" not in do(debugger, "next")
    assert "breakpoint 1" in do(debugger, "enable 1", "first", "next 1000")


def test_break_alone_after_a_folded_group_is_about_the_group(debugger):
    do(debugger, "next 6")
    assert do(debugger, "break") == "breakpoint 1: ln"
    assert do(debugger, "break") == "breakpoint 1 on ln deleted"


def test_a_group_of_names_stands_for_its_result_in_grad(tmp_path):
    text = SCENARIO.replace('block1 = "x', '"block1.out" = "x').replace("(block1,", "(block1.out,")
    debugger = Debugger(Run(loaded(tmp_path, text)))
    do(debugger, "last")
    numbers = [do(debugger, f"print norm(grad({name}))") for name in ("block1", "block1.out")]
    assert numbers[0].partition(" = ")[2] == numbers[1].partition(" = ")[2]
    assert debugger.execute("break block1 if norm(grad(block1)) > 0").ok


def test_goto_find_and_until_know_groups(debugger):
    assert "next is the group ln" in do(debugger, "goto ln")
    assert debugger.instant.position == debugger.timeline.spans.of("ln", backward=True)[0].start
    assert "hit 1 of" in do(debugger, "first", "find layer_norm")
    assert debugger.moment.passed.group.name == "block1.layer_norm"
    seen = set()
    for _ in range(4):
        do(debugger, "find")
        seen.add(debugger.instant)
    assert len(seen) == 4
    do(debugger, "first", "until block1")
    assert debugger.instant.position == debugger.timeline.spans.of("block1", backward=True)[0].start


def test_info_on_a_group_says_all_of_it(debugger):
    text = do(debugger, "info block1.layer_norm")
    for part in (
        "block₁.layer_norm  a call of a composite: block₁.layer_norm = layer_norm(block₁.h, g, b)",
        "inside     L · block₁",
        "formula    block₁.layer_norm = g·(block₁.h − mean(block₁.h))/√(var(block₁.h) + ε) + b",
        "operands   block₁.h (2×3)",
        "parameters g (3), b (3)",
        "result     block₁.layer_norm (2×3)",
        "holds      9 ops",
        "lines 20–32: 70 products",
        "out  ∂L/∂block₁.h           2×3  not computed yet",
        "folded     yes; `unfold block1.layer_norm` opens it",
    ):
        assert part in text
    both = do(debugger, "info block1")
    assert "result of add" in both
    assert "layers     layer 1 · δ₁ = ∂L/∂block₁.z₁" in both
    assert "groups     block₁.layer_norm" in both


def test_ends_of_time_hold_with_groups_folded(debugger):
    assert do(debugger, "next 1000").startswith("end of recorded time")
    assert debugger.instant == end_of_time(debugger.run)
    assert do(debugger, "rnext 1000").startswith("start of recorded time")
    assert debugger.instant == FIRST


TURNS = """
[parameters]
"a.w" = [1.0, 2.0]
"b.w" = [0.5, -1.0]
[graph]
"a.x" = "a.w * 2"
"b.x" = "b.w * a.x"
"a.y" = "exp(b.x)"
"b.y" = "a.y * b.x"
L = "sum(b.y * a.y)"
"""


def test_a_part_of_a_group_has_its_own_formula_and_operands(tmp_path):
    debugger = Debugger(Run(loaded(tmp_path, TURNS)))
    assert "next is the group b(a.x, b.w)" in do(debugger, "goto a", "next")
    text = do(debugger, "next")
    assert "8–9  ∂L/∂a.x, ∂L/∂b.w ← b ← ∂L/∂b.x\n  b.x = b.w ⊙ a.x\n" in text
    assert "next is the group a(a.w)" in text
    assert "b.x = b.w ⊙ a.x\n" in do(debugger, "first", "next 2")
    heads = [line for line in do(debugger, "unfold all", "list all").splitlines() if "──" in line]
    assert [head.strip(" ─▶") for head in heads] == [
        "b(a.y, x)",
        "a(b.x)",
        "b(a.x, w)",
        "a(w)",
    ]


def test_a_group_without_a_node_of_its_name_stands_for_its_result(tmp_path):
    text = SCENARIO.replace('block1 = "x', '"block1.sub.out" = "x')
    debugger = Debugger(Run(loaded(tmp_path, text.replace("(block1,", "(block1.sub.out,"))))
    assert do(debugger, "first", "print block1") == "block1: not computed yet"
    do(debugger, "break if norm(block1.sub) > 0")
    assert "block₁.sub.out = " in do(debugger, "continue")
    shown = do(debugger, "print block1.sub.out").partition(" = ")[2]
    for name in ("block1", "block₁.sub", "block1.sub + 0"):
        assert do(debugger, f"print {name}").partition(" = ")[2] == shown
    assert "did you mean 'block1'" in debugger.execute("goto blok1").text


def test_pre_activations_without_a_name_have_the_name_of_their_group(tmp_path):
    text = '[parameters]\n"a.w" = [0.5, 2.0]\n[graph]\n"a.b.y" = "tanh(a.w * 2) + tanh(a.w * 3)"\n'
    debugger = Debugger(Run(loaded(tmp_path, text + 'L = "sum(a.b.y * sigmoid(a.b.y * 2))"\n')))
    names = [debugger.moment.graph.nodes[one.pre_activation].name for one in debugger.moment.layers]
    assert names == ["a.b.z_1", "a.b.z_1_2", "z_1"]


def test_a_list_of_many_groups_says_that_it_is_not_whole(tmp_path):
    entries = "".join(f'"g{n}.y" = "w * {n}"\n' for n in range(9))
    total = " + ".join(f"g{n}.y" for n in range(9))
    text = f'[parameters]\nw = 1.5\n[graph]\n{entries}L = "{total}"\n'
    debugger = Debugger(Run(loaded(tmp_path, text)))
    do(debugger, "first")
    for line in ("fold", "fold other"):
        assert "g0, g1, g2, g3, g4, g5, g6, g7, …" in debugger.execute(line).text

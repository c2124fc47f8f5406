"""Breakpoints: each stops exactly where a tick-by-tick search would, forwards and backwards."""

import numpy as np
import pytest

from bpdebug.debugger import Debugger, Instant
from bpdebug.debugger.breakpoints.evaluation import is_true
from bpdebug.graph import GraphBuilder, Kind
from bpdebug.ops import REGISTRY
from bpdebug.run import Problem, Run
from tests.debugger.sessions import ITERATIONS, do, every_place, moments, stops
from tests.graphs import two_layer_problem

CONDITIONS = [
    "norm(grad(W1)) < 1",
    "norm(grad(W1)) < 1e-9",
    "grad(W2)[1, 0] < 0",
    "any(grad(W2) < 0)",
    "all(grad(W2) > -1)",
    "not any(grad(b2) > 10)",
    "h1[0] > 0.5 and delta(1)[0] < 1",
    "grad(b1)[1] > 0 or iteration == 2",
    "iteration == 2",
    "iteration >= 2 and loss > 0",
    "loss < 0.29",
    "W2[0, 0] < 0.36",
    "W1[0, 0] < 0.1497",
    "norm(W2) < 0.93 and norm(b2) > 0",
    "1 < 2",
    "any(isnan(grad(z1)))",
    "not iteration == 2",
    "loss > 0.9 * previous(loss)",
    "not loss < previous(loss)",
    "not first_nan",
    "previous(W1)[0, 0] == W1[0, 0]",
    "loss - previous(previous(loss)) < 0 or iteration == 1",
    "3 > iteration > 1",
]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_stops_at_each_tick_at_which_it_becomes_true(debugger, condition):
    run = debugger.run
    holds = [bool(is_true(moment, condition)) for moment in moments(run)]
    places = every_place(run)
    expected = [
        p
        for p, now, before in zip(places[1:], holds[1:], holds, strict=False)
        if now and not before
    ]
    do(debugger, f"break {condition}", "first")
    assert stops(debugger, "continue") == expected
    do(debugger, "last")
    # At the end itself one already stands; it is not behind.
    behind = [p for p in expected if p != debugger.instant]
    assert stops(debugger, "rcontinue") == behind[::-1]


@pytest.mark.parametrize("name", ["z1", "W2", "b1", "y_hat", "L", "h1"])
def test_a_node_stops_where_value_gradient_and_parameter_begin_to_be_written(debugger, name):
    run = debugger.run
    node = run.graph().names[name]
    expected = []
    for moment in moments(run)[1:]:
        tick = moment.tick
        begins = moment.node == node and tick.term == 0
        if begins:
            expected.append(Instant(moment.iteration.number, moment.position))
    do(debugger, f"break {name}", "first")
    assert stops(debugger, "continue") == expected
    assert len(expected) == ITERATIONS * 2


def test_an_edge_stops_at_its_first_multiplication_only(debugger):
    do(debugger, "break z2 -> W2", "first")
    text = do(debugger, "continue")
    assert text.startswith("breakpoint 1: z2 -> W2\n")
    assert "term 1 of 4: ∂L/∂W₂[0,0]" in text
    do(debugger, "continue")
    assert debugger.instant.iteration == 2


@pytest.mark.parametrize("text", ["z2 -> W2", "z2->W2", "z2 W2", "z2 → W2"])
def test_an_edge_may_be_written_in_several_ways(debugger, text):
    do(debugger, f"break {text}", "continue")
    assert "∂L/∂W₂[0,0]" in do(debugger, "where")


def test_a_place_with_a_condition_stops_where_both_hold(debugger):
    do(debugger, "break W2 if iteration == 2 and grad(W2)[0, 0] > 0", "first")
    assert [p.iteration for p in stops(debugger, "continue")] == [2, 2]
    # The first multiplication finishes the cell [0, 0]; the other stop is the update.
    assert "hits" in do(debugger, "breakpoints")


def test_without_a_hit_it_goes_to_the_end_of_the_pass(debugger):
    do(debugger, "break loss > 100", "continue")
    assert debugger.instant == (1, debugger.timeline.backward_end)
    do(debugger, "continue", "continue")
    assert debugger.instant == (2, debugger.timeline.forward)
    do(debugger, "rcontinue")
    assert debugger.instant == (1, debugger.timeline.total)


def test_the_listing_counts_hits_and_knows_the_state(debugger):
    do(debugger, "break z1", "break loss > 1", "disable 2", "continue", "continue")
    first, second = do(debugger, "breakpoints").splitlines()
    assert first.split() == ["1", "on", "2", "hits", "node", "z1"]
    assert second.split()[:4] == ["2", "off", "0", "hits"]


def test_a_disabled_one_does_not_stop_until_it_is_enabled(debugger):
    do(debugger, "break W2", "disable", "continue")
    assert debugger.instant.position == debugger.timeline.backward_end
    do(debugger, "restart", "enable 1")
    assert do(debugger, "continue").startswith("breakpoint 1: W2")


def test_a_temporary_one_is_gone_after_its_hit(debugger):
    do(debugger, "tbreak W2")
    assert do(debugger, "continue").startswith("temporary breakpoint 1: W2")
    assert "no breakpoints" in do(debugger, "breakpoints")


def test_two_at_one_tick_are_both_named(debugger):
    do(debugger, "break W2", "break z2 -> W2")
    assert do(debugger, "c").startswith("breakpoint 1: W2, breakpoint 2: z2 -> W2\n")


def test_deleting_takes_numbers_and_numbers_are_never_used_again(debugger):
    do(debugger, "break z1", "break z2", "delete 1")
    assert do(debugger, "break h1") == "breakpoint 3: h1"
    assert do(debugger, "delete") == "all 2 breakpoints deleted: 2: z2; 3: h1"
    assert "no breakpoints" in do(debugger, "breakpoints")
    assert do(debugger, "break z1", "delete all") == "breakpoint 4: z1 deleted"
    assert do(debugger, "delete all") == "no breakpoints"


def test_d_alone_is_the_diagnosis_and_with_numbers_it_deletes(debugger):
    assert "iteration" in do(debugger, "break z1", "break z2", "d")
    assert len(debugger.breakpoints) == 2
    assert do(debugger, "d 2") == "breakpoint 2 deleted"
    assert do(debugger, "help d").startswith("delete [NUMBER … | all]")


def test_break_alone_is_a_switch_for_the_edge_one_stands_on(debugger):
    do(debugger, "goto W2")
    assert do(debugger, "break") == "breakpoint 1: z2 -> W2"
    assert "deleted" in do(debugger, "break")
    assert debugger.breakpoints == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("break w2", "did you mean 'W2'?"),
        ("break x", "it is data without a gradient"),
        ("break z2 ->", "'z2 ->' lacks one end of an edge; name both, as in z2 -> W2"),
        ("break → W2", "lacks one end of an edge"),
        ("until ->", "lacks one end of an edge"),
        ("break z2 -> W1", "no edge goes from 'z2' to 'W1' on the way back; they go to W2, b2, h1"),
        ("break norm(W1)", "this is a number, not a condition"),
        ("break previous(W1)", "this is a number, not a condition"),
        ("break previous(W1 > 0)", "say any(…) or all(…)"),
        ("break grad(W1) > 0", "say any(…) or all(…)"),
        ("break norm(W9) > 1", "unknown name 'W9'"),
        ("break W2 if norm(", "'(' is never closed"),
        ("break W2 if W1[7, 0] > 1", "7"),
        ("break W2 if", "a condition must follow 'if'"),
        ("delete 7", "there is no breakpoint '7'"),
        ("enable x", "there is no breakpoint 'x'"),
    ],
)
def test_a_wrong_breakpoint_is_explained_and_not_set(debugger, line, told):
    reply = debugger.execute(line)
    assert not reply.ok
    assert told in reply.text
    assert debugger.breakpoints == []
    assert do(debugger, "break z1") == "breakpoint 1: z1"


def overflowing():
    """exp overflows in one row of z; 0·∞ then gives NaN in one cell of a gradient."""
    builder = GraphBuilder()
    w = builder.leaf("w", Kind.PARAMETER, (3,), gradient=True)
    scale = builder.leaf("scale", Kind.INPUT, (3,))
    z = builder.apply(REGISTRY["exp"], (w,), name="z")
    h = builder.apply(REGISTRY["multiply"], (z, scale), name="h")
    graph = builder.finish(builder.apply(REGISTRY["sum"], (h,), name="L"))
    data = {"scale": np.array([1.0, 0.0, 2.0])}
    parameters = {"w": np.array([0.1, 1000.0, 0.3])}
    return Run(Problem("overflow", lambda rows: graph, data, parameters))


def test_it_stops_where_a_nan_is_born_not_where_it_is_noticed():
    debugger = Debugger(overflowing())
    do(debugger, "first", "break any(isnan(grad(w)))", "continue")
    text = do(debugger, "where")
    assert "∂L/∂w[1]" in text
    assert "= 0 × ∞ = NaN" in text
    do(debugger, "rstep")
    assert "NaN" not in do(debugger, "where")


def test_a_running_sum_that_is_nan_already_decides():
    """The cell of b is a sum over four rows; the second is NaN, long before the cell is done."""
    builder = GraphBuilder()
    b = builder.leaf("b", Kind.PARAMETER, (), gradient=True)
    x = builder.leaf("x", Kind.INPUT, (4,))
    z = builder.apply(REGISTRY["multiply"], (b, x), name="z")
    e = builder.apply(REGISTRY["exp"], (z,), name="e")
    k = builder.leaf("k", Kind.INPUT, (4,))
    h = builder.apply(REGISTRY["multiply"], (e, k), name="h")
    graph = builder.finish(builder.apply(REGISTRY["sum"], (h,), name="L"))
    data = {"x": np.array([1.0, 1000.0, 1.0, 1.0]), "k": np.array([1.0, 0.0, 1.0, 1.0])}
    run = Run(Problem("nan", lambda rows: graph, data, {"b": np.asarray(1.0)}))
    debugger = Debugger(run)
    do(debugger, "break isnan(grad(b))", "continue")
    assert "term 2 of 4" in do(debugger, "where")


def test_an_expression_written_twice_stops_at_both():
    builder = GraphBuilder()
    a = builder.leaf("a", Kind.PARAMETER, (), gradient=True)
    first = builder.apply(REGISTRY["multiply"], (a, a), source="a * a")
    second = builder.apply(REGISTRY["multiply"], (a, a), source="a*a")
    graph = builder.finish(builder.apply(REGISTRY["add"], (first, second), name="L"))
    run = Run(Problem("twice", lambda rows: graph, {}, {"a": np.asarray(3.0)}))
    debugger = Debugger(run)
    do(debugger, "first", "break a*a")
    assert len(stops(debugger, "continue")) == 4


def strong():
    """Targets so far away that the norms of the gradients pass 1 in the backward pass."""
    problem = two_layer_problem(iterations=ITERATIONS)
    problem.data["y"] = np.array([9.0, -9.0])
    return Debugger(Run(problem))


def begun(moment, place):
    """Which stretch of writing a place a tick belongs to; None for other ticks."""
    if moment.edge is not None:
        labels = [moment.graph.nodes[n].label for n in (moment.edge.output, moment.edge.operand)]
        there = place in (labels[1], " -> ".join(labels))
    else:
        there = moment.graph.nodes[moment.node].label == place
    return (moment.iteration.number, moment.phase, moment.edge) if there else None


@pytest.mark.parametrize("place", ["W1", "W2", "z1", "L", "z2 -> W2", "h1"])
@pytest.mark.parametrize(
    "condition",
    [
        "norm(grad(W2)) > 1",
        "norm(grad(W1)) > 0",
        "any(grad(W2) > 0)",
        "grad(h1)[1] < 1e9",
        "loss > 0",
        "iteration == 2",
        "W1[0, 0] < 0.14",
    ],
)
def test_a_place_hits_where_its_condition_is_true_first(place, condition):
    debugger = strong()
    expected, seen = [], set()
    for moment in moments(debugger.run)[1:]:
        stretch = begun(moment, place)
        if stretch is not None and stretch not in seen and is_true(moment, condition):
            seen.add(stretch)
            expected.append(Instant(moment.iteration.number, moment.position))
    do(debugger, "first", f"break {place} if {condition}")
    assert stops(debugger, "continue") == expected
    do(debugger, "last")
    behind = [p for p in expected if p != debugger.instant]
    assert stops(debugger, "rcontinue") == behind[::-1]


def test_the_example_of_the_help_stops_in_the_backward_pass():
    debugger = strong()
    assert "break W2 if norm(grad(W2)) > 1" in do(debugger, "help break")
    text = do(debugger, "break W2 if norm(grad(W2)) > 1", "continue")
    assert text.startswith("breakpoint 1: W2 if")
    # The norm is computed once the last of the four multiplications is made.
    assert "term 4 of 4" in text
    assert debugger.instant.position <= debugger.timeline.backward_end


def test_a_place_stops_where_its_own_gradient_becomes_nan():
    debugger = Debugger(overflowing())
    text = do(debugger, "break w if any(isnan(grad(w)))", "continue")
    assert text.startswith("breakpoint 1: w if any")
    assert "∂L/∂w[1]" in text
    place = debugger.instant
    do(debugger, "last", "rcontinue")
    assert debugger.instant == place


CELLS = {
    "W2[0,1]": (0, 1),
    "W2[1, -1]": (1, 1),
    "∂L/∂W₂[0,1]": (0, 1),
    "grad(W2)[1,0]": (1, 0),
    "δ₂[1]": (1,),
    "h1[1]": (1,),
}


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_stops_where_goto_goes_at_its_first_term(debugger, cell):
    do(debugger, f"goto {cell}")
    there = debugger.instant
    for line in (f"until {cell}", f"tbreak {cell}\nc", f"break {cell}\nc"):
        do(debugger, "goto 0", *line.split("\n"))
        assert debugger.instant == there
    term = debugger.moment.term
    assert (term.indices.cell, term.summand) == (CELLS[cell], 0)


def test_a_cell_stops_once_for_each_contribution_and_in_each_iteration():
    builder = GraphBuilder()
    w = builder.leaf("w", Kind.PARAMETER, (3,), gradient=True)
    twice = builder.apply(REGISTRY["multiply"], (w, w), name="s")
    graph = builder.finish(builder.apply(REGISTRY["sum"], (twice,), name="L"))
    run = Run(Problem("twice", lambda rows: graph, {}, {"w": np.ones(3)}))
    debugger = Debugger(run)
    do(debugger, "first", "break w[1]")
    found = stops(debugger, "continue")
    assert len(found) == 2
    assert "cell       w[1]" in do(debugger, "breakpoints")


def test_a_wrong_cell_is_explained(debugger):
    for line, told in (
        ("break W2[0,2]", "so the last is [1, 1]"),
        ("until W2[0]", "name one cell, such as [1, 1]"),
        ("tbreak x[0]", "it is data without a gradient"),
    ):
        reply = debugger.execute(line)
        assert not reply.ok
        assert told in reply.text
    assert not debugger.breakpoints


def test_an_edge_takes_a_cell_of_its_operand(debugger):
    do(debugger, "goto W2[1,0]")
    there = debugger.instant
    do(debugger, "first", "break z2 -> W2[1, 0]", "continue")
    assert debugger.instant == there
    assert not debugger.execute("break z2 -> W2[2,0]").ok

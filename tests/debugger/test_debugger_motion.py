"""Motion: back is the inverse of forward, counts are repetition, both ends of time hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpdebug.debugger import COMMANDS, Debugger, Instant
from bpdebug.graph import GraphBuilder, Kind
from bpdebug.ops import REGISTRY
from bpdebug.run import Problem, Run
from bpdebug.ticks import Ruler
from tests.graphs import two_layer_problem

RULERS = list(Ruler)
NAMES = {
    Ruler.TERM: ("step", "rstep"),
    Ruler.CELL: ("cell", "rcell"),
    Ruler.EDGE: ("next", "rnext"),
    Ruler.LAYER: ("finish", "rfinish"),
    Ruler.PASS: ("continue", "rcontinue"),
}


@pytest.fixture
def debugger():
    return Debugger(Run(two_layer_problem(iterations=3)))


def do(debugger, *lines):
    """Run commands that must succeed; returns the last answer."""
    text = ""
    for line in lines:
        reply = debugger.execute(line)
        assert reply.ok, reply.text
        text = reply.text
    return text


def walk(debugger, command):
    """Every place that a command comes to, from the start of recorded time to its end."""
    do(debugger, "first")
    places = [debugger.instant]
    while True:
        do(debugger, command)
        if debugger.instant == places[-1]:
            return places
        places.append(debugger.instant)
        assert len(places) < 1_000


def test_it_opens_after_the_first_forward_pass(debugger):
    assert debugger.instant == Instant(1, debugger.timeline.forward)
    assert "forward · op 5/5" in do(debugger, "where")


def test_the_first_step_makes_the_seed_and_the_second_multiplies(debugger):
    assert "∂L/∂L = 1" in do(debugger, "step")
    assert "term 1 of 2: ∂L/∂ŷ[0]" in do(debugger, "step")


@pytest.mark.parametrize("ruler", RULERS)
def test_a_walk_back_meets_the_same_places(debugger, ruler):
    forward, back = NAMES[ruler]
    places = walk(debugger, forward)
    met = [debugger.instant]
    while debugger.instant != (1, 0):
        do(debugger, back)
        met.append(debugger.instant)
        assert len(met) <= len(places)
    assert met == places[::-1]
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("ruler", RULERS)
def test_a_count_is_that_many_single_motions(debugger, ruler):
    forward, back = NAMES[ruler]
    places = walk(debugger, forward)
    for count in (2, 3, 5):
        do(debugger, "first", f"{forward} {count}")
        assert debugger.instant == places[min(count, len(places) - 1)]
        do(debugger, "last", f"{back} {count}")
        assert debugger.instant == places[max(len(places) - 1 - count, 0)]


def test_every_tick_of_every_iteration_is_walked(debugger):
    total = debugger.timeline.total
    expected = [(1, 0)] + [(i, t) for i in (1, 2, 3) for t in range(1, total + 1)]
    assert walk(debugger, "step") == expected


def test_edges_stop_at_the_end_of_each_line_of_the_listing(debugger):
    ends = {line.end for line in debugger.listing if line.number is not None}
    forward = set(range(1, debugger.timeline.forward + 1))
    places = {p.position for p in walk(debugger, "next") if p.iteration == 2}
    assert places == ends | forward


@pytest.mark.parametrize("command", ["step", "next", "finish", "continue", "step 1000000000000"])
def test_the_end_of_time_holds_and_says_so(debugger, command):
    do(debugger, "last")
    end = debugger.instant
    assert do(debugger, command).startswith("end of recorded time")
    assert debugger.instant == end == Instant(3, debugger.timeline.total)


@pytest.mark.parametrize("command", ["rstep", "rnext", "rfinish", "rc", "rs 1000000000000"])
def test_the_start_of_time_holds_and_says_so(debugger, command):
    do(debugger, "first")
    assert do(debugger, command).startswith("start of recorded time")
    assert debugger.instant == (1, 0)


def test_a_motion_that_arrives_exactly_at_an_end_does_not_complain(debugger):
    do(debugger, "last", "rstep")
    assert "end of recorded time" not in do(debugger, "step")
    do(debugger, "first", "step")
    assert "start of recorded time" not in do(debugger, "rstep")


@given(data=st.data())
def test_goto_k_is_k_steps(data):
    debugger = Debugger(Run(two_layer_problem(iterations=2)))
    k = data.draw(st.integers(0, debugger.timeline.total))
    do(debugger, f"goto {k}")
    gone = debugger.instant
    do(debugger, "first")
    if k:
        do(debugger, f"step {k}")
    assert debugger.instant == gone == (1, k)


def test_goto_a_distance_crosses_iterations(debugger):
    total = debugger.timeline.total
    do(debugger, "goto 5", f"goto +{total}")
    assert debugger.instant == (2, 5)
    do(debugger, f"goto -{total}")
    assert debugger.instant == (1, 5)


def test_goto_the_ends(debugger):
    do(debugger, "goto $")
    assert debugger.instant == (3, debugger.timeline.total)
    do(debugger, "goto 0")
    assert debugger.instant == (1, 0)


def test_goto_a_name_is_the_first_tick_that_writes_its_gradient(debugger):
    do(debugger, "goto W2")
    assert "term 1 of 4: ∂L/∂W₂[0,0]" in do(debugger, "where")
    do(debugger, "rstep")
    assert "∂L/∂W" not in do(debugger, "where")


def test_goto_an_iteration_is_the_end_of_its_forward_pass(debugger):
    do(debugger, "goto iteration 3")
    assert debugger.instant == (3, debugger.timeline.forward)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("goto", "go where?"),
        ("goto 9999", "there is no tick 9999; iteration 1 has 1 to"),
        ("goto w2", "did you mean 'W2'?"),
        ("goto x", "data that is there from the start"),
        ("goto iteration 4", "this run has 1 to 3"),
        ("goto 'here", "set one with `mark NAME`"),
        ("step 0", "a count is a whole number from 1 to"),
        ("next -1", "a count is a whole number from 1 to"),
        ("step 9999999999999999999999", "from 1 to 1,000,000,000,000,000,000, not"),
        ("next ٣", "a count is a whole number from 1 to"),
        ("until W9", "unknown name 'W9'"),
        ("find zzz", "nothing in this iteration has 'zzz'"),
    ],
)
def test_a_motion_that_cannot_be_is_explained_and_moves_nothing(debugger, line, told):
    before = debugger.instant
    reply = debugger.execute(line)
    assert not reply.ok
    assert told in reply.text
    assert debugger.instant == before


def test_marks_are_places_to_return_to(debugger):
    do(debugger, "goto W2", "mark here", "last", "goto 'here")
    assert "∂L/∂W₂[0,0]" in do(debugger, "where")
    do(debugger, "last", "mark", "first", "goto '1")
    assert debugger.instant.iteration == 3
    assert do(debugger, "marks").splitlines()[0].startswith("'here  iteration 1")


def test_back_and_forward_go_through_my_own_stops(debugger):
    start = debugger.instant
    do(debugger, "next", "goto W1")
    there = debugger.instant
    do(debugger, "back", "back")
    assert debugger.instant == start
    assert "no earlier position" in do(debugger, "back")
    do(debugger, "forward 2")
    assert debugger.instant == there
    assert "no later position" in do(debugger, "forward")


def test_a_new_stop_after_going_back_forgets_what_was_ahead(debugger):
    do(debugger, "next", "next", "back", "goto W1")
    assert "no later position" in do(debugger, "forward")
    do(debugger, "back")
    assert debugger.instant == Instant(1, debugger.timeline.forward + 1)


def test_restart_keeps_what_was_set(debugger):
    do(debugger, "break z1", "watch loss", "mark a", "continue", "restart")
    assert debugger.instant == Instant(1, debugger.timeline.forward)
    assert "z1" in do(debugger, "breakpoints")
    assert "loss = " in do(debugger, "watches")
    assert "'a" in do(debugger, "marks")


def test_until_runs_on_and_sets_no_breakpoint(debugger):
    do(debugger, "until W1")
    assert "term 1 of 4: ∂L/∂W₁[0,0]" in do(debugger, "where")
    do(debugger, "until W1")
    assert "W₁ ← W₁" in do(debugger, "where")
    assert "no breakpoints" in do(debugger, "breakpoints")


def test_find_goes_round_through_all_hits(debugger):
    do(debugger, "first", "find W2")
    first = debugger.instant
    places = [first]
    while do(debugger, "find") and debugger.instant != first:
        places.append(debugger.instant)
    assert [p.position for p in places] == sorted(p.position for p in places)
    assert len(places) == 2  # its gradient and its update
    do(debugger, "rfind")
    assert debugger.instant == places[-1]


def test_find_meets_the_edges_that_leave_a_node_too(debugger):
    assert "1 of 5 with 'z2'" in do(debugger, "first", "find z2")


def test_find_knows_names_as_they_are_shown(debugger):
    do(debugger, "find δ₁")
    assert "δ₁[0] +=" in do(debugger, "where")
    do(debugger, "first", "find sigmoid")
    assert "h₁ = σ(z₁)" in do(debugger, "where")


def test_the_moment_knows_where_one_came_from(debugger):
    before = debugger.instant
    do(debugger, "next 3")
    assert debugger.moment.previous == before


def test_a_distance_cut_short_by_an_end_of_time_says_so(debugger):
    assert do(debugger, "goto +100000").startswith("end of recorded time")
    assert do(debugger, "goto -100000").startswith("start of recorded time")


@pytest.mark.parametrize("name", ["loss", "L", "grad(L)"])
def test_the_loss_has_a_name_of_its_own(debugger, name):
    do(debugger, f"goto {name}")
    assert "∂L/∂L = 1" in do(debugger, "where")


def test_a_hostile_name_is_only_a_name(debugger):
    for text in ("grad(" * 20_000 + "W1" + ")" * 20_000, "W1" * 50_000, "-> " * 10_000):
        for command in ("goto", "info", "break", "until", "print", "watch"):
            assert not debugger.execute(f"{command} {text}").ok


def test_a_front_end_that_shows_the_place_gets_the_note_alone(debugger):
    told = debugger.execute("last", where=False)
    assert (told.text, told.where) == ("end of recorded time", "")
    told = debugger.execute("next")
    assert told.note == "end of recorded time"
    assert told.where == debugger.execute("where").text
    assert told.text == f"{told.note}\n{told.where}"
    assert debugger.execute("where", where=False).text == told.where


def test_the_mark_without_a_name_is_the_one_set_last(debugger):
    for line in ("goto '", "goto ''"):
        assert debugger.execute(line).text == "there are no marks yet; set one with `mark NAME`"
    do(debugger, "goto W2", "mark a", "last", "mark b", "goto W1", "mark a", "first", "goto '")
    assert debugger.instant == debugger.marks["a"]
    do(debugger, "first")
    assert debugger.perform(next(c for c in COMMANDS if c.id == "goto_mark"), "").ok
    assert debugger.instant == debugger.marks["a"]


def test_find_prefers_the_op_to_a_formula_that_has_it():
    builder = GraphBuilder()
    z = builder.leaf("z", Kind.PARAMETER, (3,), gradient=True)
    p = builder.apply(REGISTRY["softmax"], (z,), source="softmax(z)")
    scaled = builder.apply(REGISTRY["multiply"], (p, p), source="softmax(z) * softmax(z)")
    graph = builder.finish(builder.apply(REGISTRY["sum"], (scaled,), name="L"))
    values = {"z": np.array([0.1, 0.2, 0.3])}
    debugger = Debugger(Run(Problem("soft", lambda rows: graph, {}, values)))
    text = do(debugger, "find softmax")
    assert text.startswith("hit 2 of 6 with 'softmax'")  # the first is the forward op
    assert debugger.moment.edge is not None
    assert (debugger.moment.edge.output, debugger.moment.edge.operand) == (p, z)
    assert do(debugger, "find").startswith("hit 3 of 6")
    assert "went round" not in do(debugger, "find", "find")
    assert do(debugger, "find", "find").startswith("hit 1 of 6 with 'softmax', went round\n")
    do(debugger, "find", "find")
    assert do(debugger, "rfind").startswith("hit 2 of 6")
    assert do(debugger, "first", "find softmax").startswith("hit 1 of 6")

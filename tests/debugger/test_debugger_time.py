"""Through time: conditions over iterations, where NaN is born, the same place later, cancelling."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bpdebug.debugger import Debugger, Instant, cursor
from bpdebug.debugger.breakpoints import search
from bpdebug.debugger.breakpoints.evaluation import is_true
from bpdebug.debugger.moment import Moment
from bpdebug.debugger.text.preview import landing
from bpdebug.errors import BpdebugError
from bpdebug.export import export
from bpdebug.run import Cancelled, Run, progress
from bpdebug.ticks import Phase, Ruler
from tests.graphs import two_layer_problem
from tests.run.test_run_iterations import count_passes, rows_problem
from tests.scenario.scenarios import loaded

pytestmark = pytest.mark.thorough


def do(debugger, *lines):
    text = ""
    for line in lines:
        reply = debugger.execute(line)
        assert reply.ok, reply.text
        text = reply.text
    return text


def scenario(tmp_path, text):
    return Debugger(Run(loaded(tmp_path, text)))


LOG = """
[inputs]
x = [1.0, 2.0, 3.0]
[parameters]
w = [1.0, 1.0, 0.2]
[graph]
p = "w * x"
L = "sum(log(p))"
[optimizer]
name = "sgd"
learning_rate = 0.05
[run]
iterations = 30
"""
ROOT = """
[inputs]
x = [4.0, 0.0]
[parameters]
w = [1.0, 1.0]
[graph]
r = "sqrt(w * x)"
L = "sum(r)"
[optimizer]
name = "sgd"
learning_rate = 0.1
[run]
iterations = 3
"""
UPDATE = """
[inputs]
x = [1.0, 1e10]
[parameters]
a = [0.0, 0.0]
[graph]
L = "sum(a * x)"
[optimizer]
name = "sgd"
learning_rate = 1e300
[run]
iterations = 4
"""
SUMS = """
[inputs]
x = [1.0, 1.0]
[parameters]
a = [1e-300, 1e-300]
[graph]
u = "a * 1e308"
v = "a * 1.5e308"
L = "sum(u * x) + sum(v * x)"
[run]
iterations = 1
"""


def born(run, number):
    """The first tick of an iteration that makes what is not finite, tick by tick."""
    it = run.iteration(number)
    if not all(np.isfinite(v).all() for v in it.before.values()):
        return 0
    for position in range(1, it.timeline.total + 1):
        moment = Moment(run, it, position)
        if moment.phase is Phase.FORWARD:
            made = it.recorded.values[moment.node]
        elif moment.term is not None:
            made = [moment.term.product, moment.term.after]
        elif moment.update is not None:
            made = moment.update.after
        else:
            made = 1.0
        if not np.all(np.isfinite(made)):
            return position
    return None


@pytest.mark.parametrize(
    ("text", "phase", "told"),
    [
        (LOG, Phase.FORWARD, "NaN is born here: cell [2] of ln(p); operands: p[2] = −0.15"),
        (ROOT, Phase.BACKWARD, "upstream gradient 1, local derivative ∞"),
        (UPDATE, Phase.UPDATE, "−∞ is born here: a ← a − α·∂L/∂a; operands: a[1] ← 0 − 1e300"),
        (SUMS, Phase.BACKWARD, "operands: the sum so far 1.5e308, product 1e308"),
    ],
    ids=["forward", "backward", "update", "sum"],
)
def test_the_birth_is_found_to_the_tick_with_its_operands(tmp_path, text, phase, told):
    debugger = scenario(tmp_path, text)
    run = debugger.run
    births = [
        Instant(k, tick) for k in range(1, run.iterations + 1) for tick in [born(run, k)] if tick
    ]
    expected = births[0]
    do(debugger, "last")
    assert told in do(debugger, "nan")
    assert debugger.instant == expected
    assert debugger.moment.phase is phase
    do(debugger, "first", "break first_nan")
    answer = do(debugger, "continue")
    assert answer.startswith("breakpoint 1: first_nan\n")
    assert told in answer
    assert debugger.instant == expected
    do(debugger, "last", "rcontinue")
    assert debugger.instant == births[-1]


def test_what_an_iteration_inherits_is_no_birth(tmp_path):
    debugger = scenario(tmp_path, UPDATE)
    do(debugger, "break first_nan", "continue")
    here = debugger.instant
    assert "breakpoint" not in do(debugger, "continue").splitlines()[0]
    assert here == (1, debugger.run.timeline().total)
    assert do(debugger, "goto iteration 3", "print first_nan") == "first_nan = True"
    assert "not computed yet" in do(debugger, "goto iteration 1", "print first_nan")


def test_any_condition_on_first_nan_names_the_birth(tmp_path):
    debugger = scenario(tmp_path, UPDATE)
    birth = do(debugger, "nan")
    place = debugger.instant
    do(debugger, "first", "break first_nan and iteration > 2")
    told = do(debugger, "continue")
    assert debugger.instant == (3, 1)
    assert "is there before the first tick" in told
    assert "`nan` goes to where it was born" in told
    do(debugger, "delete", "first", "break first_nan and iteration > 0")
    assert birth.splitlines()[0] in do(debugger, "continue")
    assert debugger.instant == place


def test_a_stop_behind_the_birth_says_at_which_tick_it_was(tmp_path):
    debugger = scenario(tmp_path, LOG)
    birth = do(debugger, "nan").splitlines()[0]
    iteration, tick = debugger.instant
    label = debugger.moment.graph.nodes[debugger.moment.timeline.graph.loss].name
    do(debugger, "first", f"break first_nan and isnan({label} - {label})")
    told = do(debugger, "continue")
    assert debugger.instant > (iteration, tick)
    assert f"tick {tick}: {birth.replace(' is born here', ' was born')}" in told


def test_where_all_is_finite_it_says_so():
    debugger = Debugger(Run(two_layer_problem(20)))
    place = debugger.instant
    reply = debugger.execute("nan")
    assert reply.ok
    assert reply.text == "no NaN and no infinity in 20 iterations"
    assert debugger.instant == place


def test_looking_for_the_birth_is_bounded_and_goes_on(tmp_path, monkeypatch):
    from bpdebug.debugger.breakpoints import search

    monkeypatch.setattr(search, "BUDGET", 0)
    debugger = scenario(tmp_path, LOG)
    reply = debugger.execute("nan")
    assert reply.ok
    assert reply.text == (
        "no NaN and no infinity up to iteration 1 of 30; `nan` again looks on from there"
    )
    assert "NaN is born here" in do(debugger, "nan")


def test_a_run_that_diverges_goes_on_being_debuggable():
    problem = two_layer_problem(60, settings={"learning_rate": 1e200})
    debugger = Debugger(Run(problem))
    for line in ("last", "watch norm(W1)", "rstep 3", "goto iteration 30", "step 4", "info W1"):
        do(debugger, line)
    do(debugger, "break loss > 2 * previous(loss)", "first", "continue", "list", "where")


CONDITIONS = [
    "loss > previous(loss)",
    "loss > 1.5 * previous(loss) or iteration == 4",
    "not loss <= previous(previous(loss))",
    "norm(delta(1)) < 0.9 * norm(previous(delta(1)))",
    "W1[0, 0] > 0.2 and loss < 3",
    "abs(loss - previous(loss)) < 0.05 and iteration > 6",
    "first_nan or loss > 1",
    "iteration == 11",
    "loss < 0.5",
    "any(grad(W1) > 0.3)",
]


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("batch", [None, 3])
def test_a_search_through_time_finds_what_looking_at_every_tick_finds(condition, batch):
    problem = rows_problem(batch, iterations=14, settings={"learning_rate": 0.9})
    run = Run(problem)
    before, expected = False, []
    for k in range(1, 15):
        iteration = run.iteration(k)
        for tick in range(k > 1, iteration.timeline.total + 1):
            now = bool(is_true(Moment(run, iteration, tick), condition))
            if now and not before and tick:
                expected.append(Instant(k, tick))
            before = now
    debugger = Debugger(Run(problem))
    do(debugger, f"break {condition}", "first")
    found = []
    while "breakpoint" in do(debugger, "continue").splitlines()[0]:
        found.append(debugger.instant)
    assert found == expected
    do(debugger, "last")
    found = [debugger.instant] if debugger.instant in expected else []
    while "breakpoint" in do(debugger, "rcontinue").splitlines()[0]:
        found.append(debugger.instant)
    assert found == expected[::-1]


def test_previous_has_no_value_in_the_first_iteration_and_mistakes_in_it_are_told():
    debugger = Debugger(Run(two_layer_problem(3)))
    assert do(debugger, "print previous(loss)") == "previous(loss): not computed yet"
    loss = do(debugger, "print loss").split(" = ")[1]
    do(debugger, "goto iteration 2")
    assert do(debugger, "print previous(loss)") == f"previous(loss) = {loss}"
    for text in (
        "previous(lss)",
        "previous()",
        "previous(loss, 2)",
        "previous(" * 21 + "1" + ")" * 21,
    ):
        with pytest.raises(BpdebugError):
            debugger.add_breakpoint(f"{text} > 1")


def test_a_search_back_runs_each_iteration_about_once(monkeypatch):
    debugger = Debugger(Run(two_layer_problem(2000)))
    do(debugger, "last", "break norm(grad(W1)) < 0")
    passes = count_passes(debugger.run, monkeypatch)
    do(debugger, "rcontinue")
    assert len(passes) < 1.2 * 2000
    del passes[:]
    do(debugger, "first", "continue")
    assert len(passes) < 1.1 * 2000


def test_a_condition_on_the_loss_records_no_pass(monkeypatch):
    debugger = Debugger(Run(two_layer_problem(400)))
    recorded = []
    real = Run._record
    monkeypatch.setattr(Run, "_record", lambda *a: recorded.append(1) or real(*a))
    do(
        debugger,
        "break loss > 2 * previous(loss)",
        "continue",
        "break iteration == 390",
        "continue",
    )
    assert debugger.instant == (390, 1)
    assert len(recorded) < 10


def test_the_next_iteration_keeps_the_phase():
    debugger = Debugger(Run(two_layer_problem(9)))
    line = debugger.timeline
    for start, phase_end in ((2, line.forward), (12, line.backward_end), (30, line.total)):
        do(debugger, "goto iteration 3", f"goto {start}", "niteration")
        assert debugger.instant == (4, phase_end)
        do(debugger, "piteration 2")
        assert debugger.instant == (2, phase_end)
    assert do(debugger, "niteration 50").startswith("end of recorded time")
    assert debugger.instant.iteration == 9
    assert do(debugger, "piteration 50").startswith("start of recorded time")
    assert debugger.instant.iteration == 1


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.integers(1, 400), st.integers(-9, 9))
@example(1, 8, 8)  # below the loss, whose own shape no batch changes
def test_along_stays_with_the_same_multiplication_whatever_the_batch(iteration, tick, count):
    debugger = Debugger(Run(rows_problem(3, iterations=9)))
    total = debugger.run.timeline(iteration).total
    tick = min(tick, total)
    debugger.go(Instant(iteration, tick))
    one = debugger.moment
    if not count:
        return
    text = do(debugger, f"{'along' if count > 0 else 'ralong'} {abs(count)}")
    other = debugger.moment
    assert other.iteration.number == min(max(iteration + count, 1), 9)
    assert (other.phase, other.node, other.tick.index) == (one.phase, one.node, one.tick.index)
    if one.term is not None and other.timeline is one.timeline:
        assert other.term.indices == one.term.indices
    elif one.term is not None:
        fits = (
            other.graph.index_map(other.edge).cell_shape == one.graph.index_map(one.edge).cell_shape
        )
        assert not fits or other.term.indices.cell == one.term.indices.cell
        moved = (one.term.indices.cell, one.term.indices.summand) != (
            other.term.indices.cell,
            other.term.indices.summand,
        )
        assert moved == ("fewer rows" in text)


@pytest.mark.parametrize(
    "line",
    ["goto iteration 390", "last", "niteration 300", "continue", "nan", "continue 3", "along 200"],
)
def test_a_cancelled_command_moves_nothing_and_can_be_given_again(line, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setattr(progress, "INTERVAL", 0.0)
    debugger = Debugger(Run(two_layer_problem(400)))
    do(debugger, "break norm(delta(1)) < 0", "step", "step")
    place, moment = debugger.instant, debugger.moment

    def stop(done, total):
        if done > 100:
            raise Cancelled

    debugger.run.progress = stop
    reply = debugger.execute(line)
    assert reply.cancelled
    assert not reply.ok
    assert reply.text == "cancelled; you stand where you stood"
    assert debugger.instant == place
    assert debugger.moment.iteration is moment.iteration
    debugger.run.progress = None
    do(debugger, "rstep")
    do(debugger, "step")
    fresh = Debugger(Run(two_layer_problem(400)))
    do(fresh, "break norm(delta(1)) < 0", "step", "step")
    assert debugger.execute(line).text == fresh.execute(line).text
    assert debugger.instant == fresh.instant


class Walked:
    """A run without the shortcut for iterations that share a timeline."""

    def __init__(self, run):
        self.iterations, self.timeline = run.iterations, run.timeline

    def uniform(self, ruler):
        return False


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(Ruler)), st.integers(1, 7), st.integers(1, 32), st.integers(1, 300))
def test_long_counts_skip_whole_iterations_and_arrive_where_walking_does(
    ruler, iteration, position, count
):
    run = Run(two_layer_problem(7))
    place = Instant(iteration, position)
    for signed in (count, -count):
        skipped = cursor.moved(run, place, ruler, signed)
        assert skipped == cursor.moved(Walked(run), place, ruler, signed)


def test_what_is_shown_needs_nothing_of_the_run_while_it_works(monkeypatch):
    debugger = Debugger(Run(two_layer_problem(50)))
    do(debugger, "break W1", "mark here", "next 3")
    moment = debugger.moment
    monkeypatch.setattr(Run, "_pass", lambda *a: pytest.fail("the run was used"))
    debugger.run._recent.clear()
    assert len(moment.breakpoint_ticks[1]) == 2
    assert moment.term is not None
    assert len(debugger.listing) > 5
    assert debugger.moment is moment


def test_a_cancelled_export_leaves_the_old_file(tmp_path, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setattr(progress, "INTERVAL", 0.0)
    run = Run(two_layer_problem(20))
    told = []

    def stop(done, total):
        told.append((done, total))
        if done > 10:
            raise Cancelled

    run.progress = stop
    for name in ("a.txt", "a.json", "a.csv"):
        path = tmp_path / name
        path.write_text("old", encoding="utf-8")
        with pytest.raises(Cancelled):
            export(run, path)
        assert path.read_text(encoding="utf-8") == "old"
        assert list(tmp_path.iterdir()) == [path]
        path.unlink()
        assert told[-1] == (11, 20)


@pytest.mark.parametrize(
    ("text", "iteration"),
    [
        *[("3", 3), ("+3", 5), ("-1", 1), ("$", 9)],
        *[(text, None) for text in ("+ 3", "x", "3.5", "", "+8", "-2", "0")],
    ],
)
def test_an_iteration_is_named_from_the_start_from_here_or_from_the_end(text, iteration):
    debugger = Debugger(Run(two_layer_problem(9)))
    do(debugger, "goto iteration 2")
    reply = debugger.execute(f"goto iteration {text}")
    assert reply.ok == (iteration is not None)
    if iteration is None:
        assert "1 to 9" in reply.note
        with pytest.raises(BpdebugError, match="1 to 9"):
            landing(debugger, f"iteration {text}")
        return
    place = debugger.instant
    assert place.iteration == iteration
    debugger.execute("goto iteration 2")
    assert landing(debugger, f"iteration {text}") == place


def test_losses_that_are_known_cost_a_search_nothing(monkeypatch):
    monkeypatch.setattr(search, "BUDGET", 2_000_000)
    debugger = Debugger(Run(two_layer_problem(400)))
    do(debugger, "break loss < -1")
    assert "no breakpoint up to here" in do(debugger, "continue")
    do(debugger, "goto $", "first")
    assert "no breakpoint up to here" not in do(debugger, "continue")
    do(debugger, "goto $")
    assert "no breakpoint up to here" not in do(debugger, "rcontinue")

"""Any session: whatever is typed in whatever order, the debugger keeps the laws of time."""

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bpdebug.debugger import COMMANDS, Debugger
from bpdebug.debugger.cursor import FIRST, end_of_time
from bpdebug.debugger.saved_session import session_data
from bpdebug.run import Cancelled, Run, progress
from bpdebug.ticks import Ruler
from tests.debugger.all_hits import all_hits
from tests.graphs import two_layer_problem
from tests.scenario.scenarios import loaded

pytestmark = pytest.mark.thorough

MOTIONS = [
    "step",
    "rstep",
    "cell",
    "rcell",
    "next",
    "rnext",
    "finish",
    "rfinish",
    "continue",
    "rcontinue",
]
RULERS = {"step": Ruler.TERM, "cell": Ruler.CELL, "next": Ruler.EDGE, "finish": Ruler.LAYER}
EDITS = [
    "enable",
    "disable",
    "delete",
    "enable 1",
    "disable 2",
    "delete 3",
    "edit 1 z2",
    "edit 2 W1",
]
STOPS = [
    "W2 if loss > 0",
    "W1",
    "z2",
    "z2 -> W2",
    "loss < 0.29",
    "any(grad(W2) > 0)",
    "z1 if norm(grad(z1)) > 0.001",
    "norm(W1 - previous(W1)) > 0.001",
    "W2[0,1]",
    "z2[1,0]",
    "z2 -> W2[0, 1]",
]
NAMES = ["W1", "W2", "z1", "h1", "L", "x", "nothing", "grad(W1)", "delta(1)", "z2 -> W2"]
LONG = [*MOTIONS, "last", "goto iteration 3", "until W1", "diagnose", "along 9", "nan"]
BATCHED = """
[inputs]
x = [[0.1, 1.0], [0.4, -0.3], [-0.7, 0.2], [0.5, 0.6], [0.9, -0.8]]
y = [[0.2, 0.9, 0.1], [0.8, 0.1, 0.4], [0.3, 0.6, 0.5], [0.7, 0.2, 0.9], [0.1, 0.5, 0.3]]
[parameters]
W1 = [[0.4, -0.2, 0.3, 0.1], [0.6, 0.5, -0.4, 0.2]]
W2 = [[0.3, -0.1, 0.2], [0.5, 0.4, -0.6], [-0.2, 0.7, 0.1], [0.8, -0.3, 0.4]]
[graph]
z1 = "x @ W1"
h1 = "sigmoid(z1)"
z2 = "h1 @ W2"
L = "mean((sigmoid(z2) - y) ** 2)"
[optimizer]
name = "sgd"
learning_rate = 0.5
[run]
batch_size = 2
iterations = 3
"""
"""Five rows in batches of two: the third iteration has one row, and ticks of its own."""


def batched_problem():
    with TemporaryDirectory() as folder:
        return loaded(Path(folder), BATCHED)


PROBLEMS = {"whole": two_layer_problem(iterations=3), "batched": batched_problem()}
EXPRESSIONS = [
    "loss",
    "previous(W1)",
    "grad(W2) - previous(grad(W2))",
    "previous(loss)",
    "grad(W1)",
    "norm(grad(W2)) < 1",
    "any(isnan(z1))",
    "W1 @",
    "grad(x)",
    "(",
]


class Session(RuleBasedStateMachine):
    @initialize(problem=st.sampled_from(sorted(PROBLEMS)))
    def open(self, problem):
        self.debugger = Debugger(Run(PROBLEMS[problem]))

    @rule(command=st.sampled_from(MOTIONS), count=st.integers(1, 40))
    def move(self, command, count):
        assert self.debugger.execute(f"{command} {count}").ok

    @rule(command=st.sampled_from(sorted(RULERS)), count=st.integers(1, 9), back=st.booleans())
    def back_is_the_inverse_of_forward(self, command, count, back):
        there, home = ("r", "") if back else ("", "r")
        before = self.debugger.instant
        stops = self.debugger.timeline.ends(RULERS[command])
        if before.position not in stops and before != FIRST:
            return
        if "recorded time" not in self.debugger.execute(f"{there}{command} {count}").text:
            self.debugger.execute(f"{home}{command} {count}")
            assert self.debugger.instant == before

    @rule(ticks=st.integers(1, 60), back=st.booleans())
    def goto_is_so_many_steps(self, ticks, back):
        before = self.debugger.instant
        for _ in range(ticks):
            self.debugger.execute("rstep" if back else "step")
        stepped = self.debugger.instant
        self.debugger.go(before)
        self.debugger.execute(f"goto {'-' if back else '+'}{ticks}")
        assert self.debugger.instant == stepped
        if before == FIRST and stepped.iteration == 1 and not back:
            self.debugger.go(before)
            self.debugger.execute(f"goto {ticks}")
            assert self.debugger.instant == stepped

    @rule(back=st.booleans())
    def continue_stops_at_the_nearest_hit(self, back):
        here, hits = self.debugger.instant, all_hits(self.debugger)
        beyond = [hit for hit in hits if (hit < here if back else hit > here)]
        self.debugger.execute("rcontinue" if back else "continue")
        if beyond:
            assert self.debugger.instant == (max(beyond) if back else min(beyond))

    @rule(back=st.booleans(), stop=st.sampled_from(STOPS))
    def continue_comes_by_every_hit_of_a_breakpoint(self, back, stop):
        for line in ("delete", f"break {stop}", "last" if back else "first"):
            self.debugger.execute(line)
        hits = all_hits(self.debugger)
        at_end = [end_of_time(self.debugger.run)] if back else []
        for hit in [one for one in sorted(hits, reverse=back) if one not in at_end]:
            self.debugger.execute("rcontinue" if back else "continue")
            assert self.debugger.instant == hit

    @rule(command=st.sampled_from(MOTIONS), count=st.integers(1, 9))
    def both_ends_hold(self, command, count):
        end, name = (
            (FIRST, "first") if command[0] == "r" else (end_of_time(self.debugger.run), "last")
        )
        self.debugger.execute(name)
        assert self.debugger.execute(f"{command} {count}").ok
        assert self.debugger.instant == end

    @rule(edit=st.sampled_from([*EDITS, *(f"break {s}" for s in STOPS), "watch L", "unwatch"]))
    def editing_never_moves_time(self, edit):
        before = self.debugger.instant
        self.debugger.execute(edit)
        assert self.debugger.instant == before

    @rule(line=st.sampled_from(LONG), reports=st.integers(0, 5))
    def cancelled_nothing_has_moved_and_all_goes_on(self, line, reports):
        debugger, told = self.debugger, []

        def report(done, total):
            told.append(done)
            if len(told) > reports:
                raise Cancelled

        before, place, last_search = session_data(debugger), debugger.instant, debugger.last_search
        debugger.run.progress = report
        with patch.multiple(progress, PATIENCE=-1.0, INTERVAL=-1.0):
            reply = debugger.execute(line)
        debugger.run.progress = None
        assert reply.cancelled == (len(told) > reports)
        if reply.cancelled:
            assert (debugger.instant, debugger.last_search) == (place, last_search)
            assert session_data(debugger) == before
            again = debugger.execute(line)
            assert not again.cancelled

    @rule(where=st.sampled_from(["0", "$", "7", "+5", "-5", "iteration 2", "'m", *NAMES]))
    def goto(self, where):
        self.debugger.execute(f"goto {where}")

    @rule(command=st.sampled_from(["break", "tbreak", "until"]), what=st.sampled_from(NAMES))
    def stop_at(self, command, what):
        self.debugger.execute(f"{command} {what}")

    @rule(command=st.sampled_from(["break", "watch", "print"]), what=st.sampled_from(EXPRESSIONS))
    def evaluate(self, command, what):
        self.debugger.execute(f"{command} {what}")

    @rule(command=st.sampled_from([c for c in COMMANDS if c.id != "quit"]), argument=st.text())
    def anything(self, command, argument):
        reply = self.debugger.perform(command, argument)
        assert "\x1b" not in reply.text

    @rule(line=st.text())
    def nonsense(self, line):
        self.debugger.execute(line)

    @invariant()
    def it_stands_in_recorded_time(self):
        if not hasattr(self, "debugger"):
            return
        moment = self.debugger.moment
        assert 1 <= moment.iteration.number <= 3
        assert 0 <= moment.position <= moment.timeline.total
        assert moment.position > 0 or moment.iteration.number == 1
        assert self.debugger.execute("where").ok


Session.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestAnySession = Session.TestCase

"""Any session: whatever is typed in whatever order, the debugger answers and stays in time."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bpdebug.debugger import COMMANDS, Debugger
from bpdebug.run import Run
from tests.graphs import two_layer_problem

MOTIONS = ["step", "rstep", "next", "rnext", "finish", "rfinish", "continue", "rcontinue"]
NAMES = ["W1", "W2", "z1", "h1", "L", "x", "nothing", "grad(W1)", "delta(1)", "z2 -> W2"]
EXPRESSIONS = ["loss", "grad(W1)", "norm(grad(W2)) < 1", "any(isnan(z1))", "W1 @", "grad(x)", "("]


class Session(RuleBasedStateMachine):
    @initialize()
    def open(self):
        self.debugger = Debugger(Run(two_layer_problem(iterations=3)))

    @rule(command=st.sampled_from(MOTIONS), count=st.integers(1, 40))
    def move(self, command, count):
        assert self.debugger.execute(f"{command} {count}").ok

    @rule(command=st.sampled_from(MOTIONS[:2]), count=st.integers(1, 9))
    def there_and_back(self, command, count):
        before = self.debugger.place
        far = self.debugger.execute(f"{command} {count}")
        if "recorded time" not in far.text:
            other = MOTIONS[1 - MOTIONS.index(command)]
            self.debugger.execute(f"{other} {count}")
            assert self.debugger.place == before

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

"""Sessions of the debugger for tests: lines of commands, and every place there is."""

from bpdebug.debugger import Instant
from bpdebug.debugger.moment import Moment

ITERATIONS = 3


def do(debugger, *lines):
    text = ""
    for line in lines:
        reply = debugger.execute(line)
        assert reply.ok, reply.text
        text = reply.text
    return text


def every_place(run):
    """Recorded time, tick by tick."""
    places = [Instant(1, 0)]
    for iteration in range(1, run.iterations + 1):
        total = run.timeline(iteration).total
        places += [Instant(iteration, t) for t in range(1, total + 1)]
    return places


def moments(run):
    return [Moment(run, run.iteration(i), t) for i, t in every_place(run)]


def stops(debugger, command):
    """All the places where a command stops because of a breakpoint."""
    found = []
    while "breakpoint" in do(debugger, command).splitlines()[0]:
        found.append(debugger.instant)
        assert len(found) <= debugger.run.iterations * debugger.timeline.total
    return found

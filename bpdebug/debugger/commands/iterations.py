"""The commands that move from iteration to iteration: the same phase, and the same place."""

from __future__ import annotations

from functools import partial

from bpdebug.debugger.breakpoints import first_nan
from bpdebug.debugger.commands.command import Command, MotionText
from bpdebug.debugger.commands.motion import parse_count
from bpdebug.debugger.cursor import Instant
from bpdebug.debugger.debugger import END, START, Debugger
from bpdebug.trace import Phase, Ruler, Timeline


def by_iterations(debugger: Debugger, argument: str, *, sign: int, same: bool = False) -> str:
    """So many iterations on (+1) or back (−1): to the end of the same phase, or the `same` tick."""
    iteration, note = iteration_by(debugger, sign * parse_count(argument))
    if iteration != debugger.instant.iteration:
        here, there = debugger.timeline, debugger.run.timeline(iteration)
        position, changed = debugger.instant.position, ""
        if same:
            position, changed = same_tick(here, there, position)
        else:
            position = end_of_phase(here, there, position)
        debugger.go(Instant(iteration, position))
        note = "; ".join(part for part in (note, changed) if part)
    return MotionText(note)


def iteration_by(debugger: Debugger, count: int) -> tuple[int, str]:
    """The iteration so far from the cursor's, and what to say where recorded time is shorter."""
    wanted = debugger.instant.iteration + count
    if wanted < 1:
        return 1, START
    last = debugger.run.iterations
    return min(wanted, last), END if wanted > last else ""


def end_of_phase(here: Timeline, there: Timeline, position: int) -> int:
    """The end of the phase that a position lies in, on another iteration's line."""
    end = here.after(max(position - 1, 0), Ruler.PASS) or here.total
    if end == here.forward and there.forward:
        return there.forward
    return there.backward_end if end == here.backward_end else there.total


def same_tick(here: Timeline, there: Timeline, position: int) -> tuple[int, str]:
    """Translate a position to another iteration's line; also returns a note where it must differ.

    Batches of different sizes have the same nodes and edges, with more or fewer cells.
    """
    if here is there:
        return position, ""
    tick = here.decode(position)
    if tick.phase in (Phase.START, Phase.FORWARD, Phase.SEED):
        return position, ""
    if tick.phase is Phase.UPDATE:
        return there.update_tick(tick.index), ""
    start, _ = there.edge_span(tick.index)
    edges = here.graph.edges[tick.index], there.graph.edges[tick.index]
    one, other = here.graph.index_map(edges[0]), there.graph.index_map(edges[1])
    term, cut = one.counterpart(tick.term, other)
    if term is None:
        return start, "this batch has no such cell"
    note = "this batch has fewer rows: the term of the last one" if cut else ""
    return start + term + 1, note


ITERATIONS: tuple[Command, ...] = (
    Command(
        "niteration",
        "the end of this phase, one iteration on",
        partial(by_iterations, sign=1),
        ident="next_iteration",
        abbreviations=("ni",),
        keys=("right_square_bracket",),
        usage="niteration [COUNT]",
        details="Within the forward pass it goes to the end of the next forward pass, and so on.\n"
        "With a count it goes that many iterations on: `niteration 100`. `goto iteration 100`\n"
        "goes to iteration 100.",
        long=True,
    ),
    Command(
        "piteration",
        "the end of this phase, one iteration back",
        partial(by_iterations, sign=-1),
        ident="previous_iteration",
        abbreviations=("pi",),
        keys=("left_square_bracket",),
        usage="piteration [COUNT]",
        long=True,
    ),
    Command(
        "along",
        "this same tick, one iteration on: follow one term over time",
        partial(by_iterations, sign=1, same=True),
        keys=("right_curly_bracket",),
        usage="along [COUNT]",
        details="In a smaller batch, a missing row becomes the last row.",
        long=True,
    ),
    Command(
        "ralong",
        "this same tick, one iteration back",
        partial(by_iterations, sign=-1, same=True),
        ident="along_back",
        keys=("left_curly_bracket",),
        usage="ralong [COUNT]",
        long=True,
    ),
    Command(
        "nan",
        "where the first NaN, or infinity that does harm, is born",
        first_nan.go_to_first_nan,
        details="It shows the very term, forward op or update line, with its operands. After\n"
        "`break first_nan`, `continue` stops there too. An infinity does no harm if it reaches\n"
        "no loss, gradient or parameter and becomes no NaN, as a −∞ in an attention mask.",
        long=True,
    ),
)

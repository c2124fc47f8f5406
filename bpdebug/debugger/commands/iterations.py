"""The commands that move from iteration to iteration: to a phase's end, to a tick, to a NaN."""

from __future__ import annotations

from functools import partial

from bpdebug.debugger.breakpoints.first_nan import go_to_first_nan
from bpdebug.debugger.commands.command import Command, MotionText
from bpdebug.debugger.commands.motion import parse_count
from bpdebug.debugger.cursor import Instant
from bpdebug.debugger.debugger import END, START, Debugger
from bpdebug.ticks import Phase, Ruler, Timeline


def by_iterations(debugger: Debugger, argument: str, *, sign: int, same: bool = False) -> str:
    """Move by a count of iterations, on (`sign` +1) or back (−1).

    The cursor goes to the end of its phase, or, with `same`, to the tick that it is at.
    """
    here, notes = debugger.instant, []
    wished = here.iteration + sign * parse_count(argument)
    iteration = min(max(wished, 1), debugger.run.iterations)
    if iteration != wished:
        notes.append(START if wished < 1 else END)
    if iteration != here.iteration:
        timelines = debugger.timeline, debugger.run.timeline(iteration)
        if same:
            position, note = same_tick(*timelines, here.position)
            notes += [note] if note else []
        else:
            position = end_of_phase(*timelines, here.position)
        debugger.go(Instant(iteration, position))
    return MotionText("; ".join(notes))


def end_of_phase(old: Timeline, new: Timeline, position: int) -> int:
    """The end of the phase that a position lies in, on another iteration's timeline."""
    end = old.after(max(position - 1, 0), Ruler.PASS) or old.total
    if end == old.forward and new.forward:
        return new.forward
    return new.backward_end if end == old.backward_end else new.total


def same_tick(old: Timeline, new: Timeline, position: int) -> tuple[int, str]:
    """Translate a position to another iteration's timeline, with a note where the tick differs.

    Batches of different sizes have the same nodes and edges, with more or fewer cells. Where the
    data picks cells, two batches of a size pick other cells.
    """
    if old is new:
        return position, ""
    tick = old.decode(position)
    if tick.phase in (Phase.START, Phase.FORWARD, Phase.SEED):
        return position, ""
    if tick.phase is Phase.UPDATE:
        return new.update_tick(tick.index), ""
    start, _ = new.edge_span(tick.index)
    old_map, new_map = (t.index_map(t.graph.edges[tick.index]) for t in (old, new))
    term, cut = old_map.counterpart(tick.term, new_map)
    if term is None:
        return start, f"this batch {'has no such cell' if cut else 'adds nothing to this cell'}"
    note = ""
    before, after = ((one.cell_shape, one.upstream_shape) for one in (old_map, new_map))
    if cut and before == after:
        note = "this batch adds fewer terms to this cell: the last of them"
    elif cut:
        note = "this batch has fewer rows: the term of the last one"
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
        go_to_first_nan,
        details="It shows the very term, forward op or update line, with its operands. After\n"
        "`break first_nan`, `continue` stops there too. An infinity does no harm if it reaches\n"
        "no loss, gradient or parameter and becomes no NaN, as a −∞ in an attention mask.",
        long=True,
    ),
)

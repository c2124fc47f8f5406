"""The commands that move the cursor."""

from __future__ import annotations

from collections.abc import Callable

from bpdebug.debugger.commands.command import Arrived, Command
from bpdebug.debugger.commands.finding import ranked
from bpdebug.debugger.debugger import Debugger
from bpdebug.errors import BpdebugError
from bpdebug.trace import Ruler

MOST = 10**18
"""The largest count; no recorded time is longer."""


def count_of(argument: str) -> int:
    """A command's count; 1 when it has none."""
    if not argument:
        return 1
    if (
        not argument.isascii()
        or not argument.isdigit()
        or len(argument) > 19
        or not 0 < int(argument) <= MOST
    ):
        raise BpdebugError(f"a count is a whole number from 1 to {MOST:,}, not '{argument[:40]}'")
    return int(argument)


def by_ruler(ruler: Ruler, sign: int) -> Callable[[Debugger, str], str]:
    """The motion along one ruler, forward (+1) or back (−1)."""

    def move(debugger: Debugger, argument: str) -> str:
        return Arrived(debugger.move(ruler, sign * count_of(argument)))

    return move


def resume(debugger: Debugger, argument: str) -> str:
    """continue [COUNT]"""
    return run_on(debugger, argument, back=False)


def reverse_resume(debugger: Debugger, argument: str) -> str:
    """rcontinue [COUNT]"""
    return run_on(debugger, argument, back=True)


def run_on(debugger: Debugger, argument: str, *, back: bool) -> str:
    """So many breakpoints or ends of passes, as far as recorded time goes."""
    message = ""
    for _ in range(count_of(argument)):
        before = debugger.place
        message = debugger.resume(back=back)
        if debugger.place == before:
            break
    return Arrived(message)


def goto(debugger: Debugger, argument: str) -> str:
    """goto PLACE"""
    if not argument:
        raise BpdebugError("go where? A tick, +10, -10, $, a name, 'MARK or iteration N")
    return Arrived(debugger.goto(argument))


def goto_mark(debugger: Debugger, argument: str) -> str:
    """goto 'MARK, for the key that asks for the mark alone."""
    return goto(debugger, "'" + argument.strip("'"))


def first(debugger: Debugger, argument: str) -> str:
    """first"""
    debugger.first()
    return Arrived("start of recorded time")


def last(debugger: Debugger, argument: str) -> str:
    """last"""
    debugger.last()
    return Arrived("end of recorded time")


def until(debugger: Debugger, argument: str) -> str:
    """until PLACE"""
    if not argument:
        raise BpdebugError(
            "until what? A name (until z1), a cell (until W2[0,1]) or an edge (until z2 -> W2)"
        )
    return Arrived(debugger.until(argument))


def mark(debugger: Debugger, argument: str) -> str:
    """mark [NAME]"""
    name = debugger.add_mark(argument.strip("'").strip())
    iteration, position = debugger.place
    return f"mark '{name}' at iteration {iteration}, tick {position}"


def marks(debugger: Debugger, argument: str) -> str:
    """marks"""
    if not debugger.marks:
        return "no marks; `mark NAME` sets one here"
    return "\n".join(
        f"'{name}  iteration {iteration}, tick {position}"
        for name, (iteration, position) in debugger.marks.items()
    )


def back(debugger: Debugger, argument: str) -> str:
    """back [COUNT]"""
    return Arrived(debugger.revisit(-count_of(argument)))


def forward(debugger: Debugger, argument: str) -> str:
    """forward [COUNT]"""
    return Arrived(debugger.revisit(count_of(argument)))


def restart(debugger: Debugger, argument: str) -> str:
    """restart"""
    debugger.restart()
    return Arrived()


def find(debugger: Debugger, argument: str) -> str:
    """find [TEXT]"""
    return seek(debugger, argument, back=False)


def reverse_find(debugger: Debugger, argument: str) -> str:
    """rfind [TEXT]"""
    return seek(debugger, argument, back=True)


def seek(debugger: Debugger, text: str, *, back: bool) -> str:
    """To the next hit, or the one before; round the end, to the first or the last of them."""
    fresh = bool(text) and text != debugger.sought
    text = text or debugger.sought
    if not text:
        raise BpdebugError("nothing searched yet; press / (or: find TEXT)")
    debugger.seek(text)
    hits = ranked(debugger.moment, text)
    if not hits:
        raise BpdebugError(f"nothing in this iteration has '{text[:80]}'")
    at, went_round = following(hits, debugger.place.position, back=back, fresh=fresh)
    debugger.goto(str(hits[at][1]))
    told = f"hit {at + 1} of {len(hits)} with '{text[:80]}'"
    return Arrived(f"{told}, went round" if went_round else told)


def following(
    hits: list[tuple[int, int]], position: int, *, back: bool, fresh: bool
) -> tuple[int, bool]:
    """Which hit comes next after a tick, and whether that is round the end.

    From a hit it is the one beside it in the list; from elsewhere the nearest of the best rank.
    """
    ticks = [tick for _, tick in hits]
    if position in ticks and not fresh:
        at = ticks.index(position) + (-1 if back else 1)
        return at % len(ticks), not 0 <= at < len(ticks)
    best = [at for at, (rank, _) in enumerate(hits) if rank == hits[0][0]]
    beyond = [at for at in best if (ticks[at] < position if back else ticks[at] > position)]
    nearest = beyond or best
    return nearest[-1 if back else 0], not beyond


COUNTED = "A count repeats it: `{0} 5`."

MOVING: tuple[Command, ...] = (
    Command(
        "step",
        "step",
        "the next tick; in the backward pass, one term",
        by_ruler(Ruler.TERM, 1),
        abbreviations=("s", "si", "stepi"),
        keys=("s", "f11"),
        usage="step [COUNT]",
        details="A term is one scalar multiplication. In the forward pass a tick is one op, in\n"
        "the update one line of the rule.\n"
        "The sizes of step: `step` a term, `cell` one cell of a gradient, `next` an edge,\n"
        "`finish` a layer, `continue` a pass.\n" + COUNTED.format("step"),
        long=True,
    ),
    Command(
        "rstep",
        "rstep",
        "one tick back",
        by_ruler(Ruler.TERM, -1),
        abbreviations=("rs", "reverse-step"),
        keys=("S", "ctrl+f11"),
        usage="rstep [COUNT]",
        details=COUNTED.format("rstep"),
        long=True,
    ),
    Command(
        "cell",
        "cell",
        "the end of this cell of the gradient: all its terms",
        by_ruler(Ruler.CELL, 1),
        abbreviations=("o",),
        keys=("o",),
        usage="cell [COUNT]",
        details="From the end of a cell, `cell` goes to the end of the next one. In the forward\n"
        "pass and in the update it does what `next` does.\n" + COUNTED.format("cell"),
        long=True,
    ),
    Command(
        "rcell",
        "rcell",
        "the end of the previous cell",
        by_ruler(Ruler.CELL, -1),
        abbreviations=("ro", "reverse-cell"),
        keys=("O",),
        usage="rcell [COUNT]",
        details=COUNTED.format("rcell"),
        long=True,
    ),
    Command(
        "next",
        "next",
        "the end of the next edge, forward op or update line",
        by_ruler(Ruler.EDGE, 1),
        abbreviations=("n",),
        keys=("n", "f10"),
        usage="next [COUNT]",
        details="An edge is one line of the backward program.\n" + COUNTED.format("next"),
        long=True,
    ),
    Command(
        "rnext",
        "rnext",
        "the end of the previous edge",
        by_ruler(Ruler.EDGE, -1),
        abbreviations=("rn", "reverse-next"),
        keys=("N", "shift+f10"),
        usage="rnext [COUNT]",
        details=COUNTED.format("rnext"),
        long=True,
    ),
    Command(
        "finish",
        "finish",
        "the end of this layer",
        by_ruler(Ruler.LAYER, 1),
        abbreviations=("f", "fin"),
        keys=("f", "r", "shift+f11"),
        usage="finish [COUNT]",
        details=COUNTED.format("finish"),
        long=True,
    ),
    Command(
        "rfinish",
        "rfinish",
        "the end of the previous layer",
        by_ruler(Ruler.LAYER, -1),
        abbreviations=("rf", "reverse-finish"),
        keys=("F",),
        usage="rfinish [COUNT]",
        details=COUNTED.format("rfinish"),
        long=True,
    ),
    Command(
        "continue",
        "continue",
        "the next breakpoint, else the end of this pass",
        resume,
        abbreviations=("c",),
        keys=("c", "f5"),
        usage="continue [COUNT]",
        details="`continue` searches all iterations for a breakpoint. If none is set, it stops at\n"
        "the end of the forward pass, of the backward pass and of the update.",
        long=True,
    ),
    Command(
        "rcontinue",
        "rcontinue",
        "the previous breakpoint, else the end of the previous pass",
        reverse_resume,
        abbreviations=("rc", "reverse-continue"),
        keys=("C", "shift+f5"),
        usage="rcontinue [COUNT]",
        long=True,
    ),
    Command(
        "until",
        "until",
        "run on until a node begins to be written",
        until,
        abbreviations=("u", "advance"),
        keys=("t", "f4"),
        usage="until PLACE",
        details="PLACE is a node, a cell of its gradient or an edge, as for `break`: until z1,\n"
        "until W2[0,1], until z2 -> W2.",
        prompt="Run on to",
        long=True,
    ),
    Command(
        "goto",
        "goto",
        "a tick, a distance, an end, a name, a mark or an iteration",
        goto,
        abbreviations=("g", "jump"),
        keys=("g",),
        usage="goto PLACE",
        details="goto 40           tick 40 of this iteration\n"
        "goto +10, -10     10 ticks forward or back\n"
        "goto 0, goto $    the start and the end of recorded time\n"
        "goto W2           the first tick that writes ∂L/∂W2\n"
        "goto 'NAME        a mark; goto ' is the latest one\n"
        "goto iteration 3  the end of that iteration's forward pass; also +3, -3 and $",
        prompt="Go to",
        long=True,
    ),
    Command(
        "first",
        "first",
        "the start of recorded time",
        first,
        keys=("less_than_sign",),
        long=True,
    ),
    Command(
        "last",
        "last",
        "the end of recorded time",
        last,
        keys=("greater_than_sign",),
        long=True,
    ),
    Command(
        "restart",
        "restart",
        "back to where the debugger opened; breakpoints, watches and marks stay",
        restart,
        abbreviations=("run",),
        keys=("R", "ctrl+shift+f5"),
        long=True,
    ),
    Command(
        "back",
        "back",
        "back to your previous stop",
        back,
        keys=("ctrl+o", "alt+left"),
        usage="back [COUNT]",
        long=True,
    ),
    Command(
        "forward",
        "forward",
        "on to your next stop, after going back",
        forward,
        keys=("alt+right",),
        usage="forward [COUNT]",
        long=True,
    ),
)

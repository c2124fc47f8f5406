"""The commands that move the cursor."""

from __future__ import annotations

from collections.abc import Callable

from bpdebug.debugger.command import Arrived
from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.finding import ranked
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

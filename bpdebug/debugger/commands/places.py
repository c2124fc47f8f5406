"""Marks and search."""

from __future__ import annotations

from functools import partial

from bpdebug.debugger.commands.command import Arrived, Command
from bpdebug.debugger.commands.finding import ranked
from bpdebug.debugger.commands.moving import goto
from bpdebug.debugger.debugger import Debugger
from bpdebug.errors import BpdebugError


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


def goto_mark(debugger: Debugger, argument: str) -> str:
    """goto 'MARK, for the key that asks for the mark alone."""
    return goto(debugger, "'" + argument.strip("'"))


def find(debugger: Debugger, text: str, *, back: bool = False) -> str:
    """find [TEXT] and rfind [TEXT]: to the next hit or the previous one, round the end."""
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


PLACES: tuple[Command, ...] = (
    Command(
        "mark",
        "give this place a name",
        mark,
        abbreviations=("m",),
        keys=("m",),
        usage="mark [NAME]",
        details="Without a name, the mark gets the next number. `goto 'NAME` returns to it.",
        prompt="Mark this place as",
    ),
    Command("marks", "the marks", marks),
    Command(
        "",
        "to a mark",
        goto_mark,
        ident="goto_mark",
        keys=("apostrophe",),
        usage="[NAME]",
        details="Without a name: the latest mark.",
        prompt="To the mark",
        long=True,
    ),
    Command(
        "find",
        "the next tick whose name or op has the text",
        find,
        abbreviations=("search",),
        keys=("slash", "ctrl+f"),
        usage="find [TEXT]",
        details="Without a text, `find` searches for the last one again. Exact names come first,\n"
        "ops before nodes; then parts of names; then formulas.",
        prompt="Find",
    ),
    Command(
        "rfind",
        "the previous hit",
        partial(find, back=True),
        keys=("comma",),
        usage="rfind [TEXT]",
    ),
    Command("", "the next hit", find, ident="find_next", keys=("full_stop",)),
)

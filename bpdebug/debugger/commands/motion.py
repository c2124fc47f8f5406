"""The commands that move the cursor."""

from __future__ import annotations

from functools import partial

from bpdebug.debugger.commands.command import Argument, Command, MotionText
from bpdebug.debugger.cursor import FIRST, opening_instant
from bpdebug.debugger.debugger import END, START, Debugger
from bpdebug.errors import BpdebugError
from bpdebug.ticks import Ruler

MOST = 10**18
"""The largest count; no recorded time is longer."""


def parse_whole_number(text: str, most: int) -> int | None:
    """Parse a whole number from 1 to `most`; None for any other text."""
    plain = text.isascii() and text.isdigit() and len(text) <= 19
    return int(text) if plain and 1 <= int(text) <= most else None


def parse_count(argument: str) -> int:
    """Parse a command's count, 1 without an argument; BpdebugError when it is no count."""
    count = parse_whole_number(argument, MOST) if argument else 1
    if count is None:
        raise BpdebugError(f"a count is a whole number from 1 to {MOST:,}, not '{argument[:40]}'")
    return count


def along_ruler(
    ruler: Ruler,
    sign: int,
    name: str,
    summary: str,
    abbreviations: tuple[str, ...],
    keys: tuple[str, ...],
    details: str = "",
) -> Command:
    """Declare the command that moves along a ruler, forward (`sign` +1) or back (−1)."""

    def move(debugger: Debugger, argument: str) -> str:
        return MotionText(debugger.move(ruler, sign * parse_count(argument)))

    details += f"A count repeats it: `{name} 5`."
    usage = f"{name} [COUNT]"
    return Command(name, summary, move, abbreviations, (), keys, usage, details, long=True)


def resume(debugger: Debugger, argument: str, *, back: bool = False) -> str:
    """continue [COUNT] and rcontinue [COUNT]: to the COUNT-th breakpoint or end of a pass."""
    note = ""
    for _ in range(parse_count(argument)):
        before = debugger.instant
        note = debugger.resume(back=back)
        if debugger.instant == before:
            break
    return MotionText(note)


def goto(debugger: Debugger, argument: str) -> str:
    """goto PLACE"""
    if not argument:
        raise BpdebugError("go where? A tick, +10, -10, $, a name, 'MARK or iteration N")
    return MotionText(debugger.goto(argument))


def first(debugger: Debugger, argument: str) -> str:
    """first"""
    debugger.go(FIRST)
    return MotionText(START)


def last(debugger: Debugger, argument: str) -> str:
    """last"""
    debugger.last()
    return MotionText(END)


def until(debugger: Debugger, argument: str) -> str:
    """until PLACE"""
    if not argument:
        raise BpdebugError(
            "until what? A name (until z1), a cell (until W2[0,1]) or an edge (until z2 -> W2)"
        )
    return MotionText(debugger.until(argument))


def revisit(debugger: Debugger, argument: str, *, sign: int) -> str:
    """back [COUNT] and forward [COUNT]"""
    return MotionText(debugger.revisit(sign * parse_count(argument)))


def restart(debugger: Debugger, argument: str) -> str:
    """restart"""
    debugger.go(opening_instant(debugger.run))
    return MotionText()


MOTION: tuple[Command, ...] = (
    along_ruler(
        Ruler.TERM,
        1,
        "step",
        "the next tick; in the backward pass, one term",
        ("s", "si", "stepi"),
        ("s", "f11"),
        "A term is one scalar multiplication. In the forward pass a tick is one op, in\n"
        "the update one line of the rule.\n"
        "The sizes of step: `step` a term, `cell` one cell of a gradient, `next` an edge or a\n"
        "folded group, `finish` a group or a layer, `continue` a pass.\n",
    ),
    along_ruler(
        Ruler.TERM, -1, "rstep", "one tick back", ("rs", "reverse-step"), ("S", "ctrl+f11")
    ),
    along_ruler(
        Ruler.CELL,
        1,
        "cell",
        "the end of this cell of the gradient: all its terms",
        ("o",),
        ("o",),
        "From the end of a cell, `cell` goes to the end of the next one. In the forward\n"
        "pass and in the update it does what `next` does.\n",
    ),
    along_ruler(
        Ruler.CELL, -1, "rcell", "the end of the previous cell", ("ro", "reverse-cell"), ("O",)
    ),
    along_ruler(
        Ruler.EDGE,
        1,
        "next",
        "the end of the next edge, forward op, update line or folded group",
        ("n",),
        ("n", "f10"),
        "An edge is one line of the backward program, and so is a folded group. `step` and `cell`\n"
        "go into a folded group; inside it `next` goes on edge by edge. A breakpoint inside a\n"
        "group that `next` or `finish` passes over stops it there.\n",
    ),
    along_ruler(
        Ruler.EDGE,
        -1,
        "rnext",
        "the end of the previous edge or folded group",
        ("rn", "reverse-next"),
        ("N", "shift+f10"),
    ),
    along_ruler(
        Ruler.LAYER,
        1,
        "finish",
        "the end of this group, or outside of groups of this layer",
        ("f", "fin"),
        ("f", "r", "shift+f11"),
        "In groups it is the end of the innermost group around the cursor; at the end of a group,\n"
        "that of the group around it. A layer that ends inside a group ends with the group.\n",
    ),
    along_ruler(
        Ruler.LAYER,
        -1,
        "rfinish",
        "the beginning of this group; outside of groups the end of the previous layer",
        ("rf", "reverse-finish"),
        ("F",),
    ),
    Command(
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
        "the previous breakpoint, else the end of the previous pass",
        partial(resume, back=True),
        abbreviations=("rc", "reverse-continue"),
        keys=("C", "shift+f5"),
        usage="rcontinue [COUNT]",
        long=True,
    ),
    Command(
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
        argument=Argument.LOCATION,
    ),
    Command(
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
        "goto iteration 3  the end of that iteration's forward pass; also +3, -3 and $\n"
        "Of a group it goes to where the backward pass enters it.",
        prompt="Go to",
        long=True,
        argument=Argument.INSTANT,
    ),
    Command("first", "the start of recorded time", first, keys=("less_than_sign",), long=True),
    Command("last", "the end of recorded time", last, keys=("greater_than_sign",), long=True),
    Command(
        "restart",
        "back to where the debugger opened; breakpoints, watches and marks stay",
        restart,
        abbreviations=("run",),
        keys=("R", "ctrl+shift+f5"),
        long=True,
    ),
    Command(
        "back",
        "back to your previous position",
        partial(revisit, sign=-1),
        keys=("ctrl+o", "alt+left"),
        usage="back [COUNT]",
        long=True,
    ),
    Command(
        "forward",
        "on to your next position, after going back",
        partial(revisit, sign=1),
        keys=("alt+right",),
        usage="forward [COUNT]",
        long=True,
    ),
)

"""Moving in time: the sizes of step, the ends, places, and one's own stops."""

from __future__ import annotations

from bpdebug.debugger import motions
from bpdebug.debugger.command import Command
from bpdebug.trace import Ruler

COUNTED = "A count repeats it: `{0} 5`."

MOVING: tuple[Command, ...] = (
    Command(
        "step",
        "step",
        "the next tick; in the backward pass, one term",
        motions.by_ruler(Ruler.TERM, 1),
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
        motions.by_ruler(Ruler.TERM, -1),
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
        motions.by_ruler(Ruler.CELL, 1),
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
        motions.by_ruler(Ruler.CELL, -1),
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
        motions.by_ruler(Ruler.EDGE, 1),
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
        motions.by_ruler(Ruler.EDGE, -1),
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
        motions.by_ruler(Ruler.LAYER, 1),
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
        motions.by_ruler(Ruler.LAYER, -1),
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
        motions.resume,
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
        motions.reverse_resume,
        abbreviations=("rc", "reverse-continue"),
        keys=("C", "shift+f5"),
        usage="rcontinue [COUNT]",
        long=True,
    ),
    Command(
        "until",
        "until",
        "run on until a node begins to be written",
        motions.until,
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
        motions.goto,
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
        motions.first,
        keys=("less_than_sign",),
        long=True,
    ),
    Command(
        "last",
        "last",
        "the end of recorded time",
        motions.last,
        keys=("greater_than_sign",),
        long=True,
    ),
    Command(
        "restart",
        "restart",
        "back to where the debugger opened; breakpoints, watches and marks stay",
        motions.restart,
        abbreviations=("run",),
        keys=("R", "ctrl+shift+f5"),
        long=True,
    ),
    Command(
        "back",
        "back",
        "back to your previous stop",
        motions.back,
        keys=("ctrl+o", "alt+left"),
        usage="back [COUNT]",
        long=True,
    ),
    Command(
        "forward",
        "forward",
        "on to your next stop, after going back",
        motions.forward,
        keys=("alt+right",),
        usage="forward [COUNT]",
        long=True,
    ),
)

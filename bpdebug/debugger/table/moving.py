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
        "the next tick: one scalar multiplication",
        motions.by_ruler(Ruler.TERM, 1),
        abbreviations=("s", "si", "stepi"),
        keys=("s", "f11"),
        usage="step [COUNT]",
        details="In the forward pass a tick is one op, in the update one line of the rule.\n"
        "The sizes of step: `step` one product, `cell` one cell of a gradient, `next` one\n"
        "vector-Jacobian product, `finish` a layer, `continue` a pass.\n" + COUNTED.format("step"),
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
        "the end of this cell of the gradient: all its products",
        motions.by_ruler(Ruler.CELL, 1),
        abbreviations=("o",),
        keys=("o",),
        usage="cell [COUNT]",
        details="From the end of a cell it goes to the end of the next. In the forward pass and\n"
        "in the update it goes as far as `next`.\n" + COUNTED.format("cell"),
        long=True,
    ),
    Command(
        "rcell",
        "rcell",
        "the end of the cell before",
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
        details="An edge is one vector-Jacobian product: one line of the listing.\n"
        + COUNTED.format("next"),
        long=True,
    ),
    Command(
        "rnext",
        "rnext",
        "the end of the edge before",
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
        "the end of the layer before",
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
        details="Breakpoints are looked for through all iterations. Without one it stops at the\n"
        "end of the forward pass, of the backward pass and of the update.",
        long=True,
    ),
    Command(
        "rcontinue",
        "rcontinue",
        "the breakpoint before, else the end of the pass before",
        motions.reverse_resume,
        abbreviations=("rc", "reverse-continue"),
        keys=("C", "shift+f5"),
        usage="rcontinue [COUNT]",
        long=True,
    ),
    Command(
        "until",
        "until",
        "on to the next tick that begins to write a node",
        motions.until,
        abbreviations=("u", "advance"),
        keys=("t", "f4"),
        usage="until PLACE",
        details="The place is a node or an edge, as for `break`: until z1, until z2 -> W2.",
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
        "goto +10, -10     so many ticks on or back\n"
        "goto 0, goto $    the start and the end of recorded time\n"
        "goto W2           the first tick that writes ∂L/∂W2\n"
        "goto 'NAME        a mark; goto ' is the last one set\n"
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
        "where the debugger opened; breakpoints, watches and marks stay",
        motions.restart,
        abbreviations=("run",),
        keys=("R", "ctrl+shift+f5"),
        long=True,
    ),
    Command(
        "back",
        "back",
        "the stop before this one, of your own",
        motions.back,
        keys=("ctrl+o", "alt+left"),
        usage="back [COUNT]",
        long=True,
    ),
    Command(
        "forward",
        "forward",
        "the stop after this one, once you went back",
        motions.forward,
        keys=("alt+right",),
        usage="forward [COUNT]",
        long=True,
    ),
)

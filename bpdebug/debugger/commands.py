"""The table of commands: line mode, keys, the help screen and the README all come from it."""

from __future__ import annotations

from functools import lru_cache

from bpdebug.debugger import looks, motions, stops
from bpdebug.debugger.command import Command
from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.helping import described, key_text, overview
from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.trace import Ruler

COUNTED = "A count repeats it: `{0} 5`."

__all__ = ["COMMANDS", "key_text", "look_up", "names"]


def help_on(debugger: Debugger, argument: str) -> str:
    """help [COMMAND]"""
    return described(look_up(argument.split()[0])) if argument else overview(COMMANDS)


COMMANDS: tuple[Command, ...] = (
    Command(
        "step",
        "step",
        "the next tick: one scalar multiplication",
        motions.by_ruler(Ruler.TERM, 1),
        abbreviations=("s", "si", "stepi"),
        keys=("s", "f11"),
        usage="step [COUNT]",
        details="In the forward pass a tick is one op, in the update one line of the rule.\n"
        + COUNTED.format("step"),
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
    ),
    Command(
        "rcontinue",
        "rcontinue",
        "the breakpoint before, else the end of the pass before",
        motions.reverse_resume,
        abbreviations=("rc", "reverse-continue"),
        keys=("C", "shift+f5"),
        usage="rcontinue [COUNT]",
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
        "goto iteration 3  the end of that iteration's forward pass",
        prompt="Go to",
    ),
    Command(
        "first",
        "first",
        "the start of recorded time",
        motions.first,
        keys=("less_than_sign",),
    ),
    Command(
        "last",
        "last",
        "the end of recorded time",
        motions.last,
        keys=("greater_than_sign",),
    ),
    Command(
        "restart",
        "restart",
        "where the debugger opened; breakpoints, watches and marks stay",
        motions.restart,
        abbreviations=("run",),
        keys=("R", "ctrl+shift+f5"),
    ),
    Command(
        "back",
        "back",
        "the stop before this one, of your own",
        motions.back,
        keys=("ctrl+o", "alt+left"),
        usage="back [COUNT]",
    ),
    Command(
        "forward",
        "forward",
        "the stop after this one, once you went back",
        motions.forward,
        keys=("alt+right",),
        usage="forward [COUNT]",
    ),
    Command(
        "mark",
        "mark",
        "remember this place by a name",
        motions.mark,
        abbreviations=("m",),
        keys=("m",),
        usage="mark [NAME]",
        details="Without a name it takes the next number. `goto 'NAME` returns.",
        prompt="Mark this place as",
    ),
    Command("marks", "marks", "the marks", motions.marks),
    Command(
        "goto_mark",
        "",
        "to a mark",
        motions.goto_mark,
        keys=("apostrophe",),
        usage="[NAME]",
        details="Without a name it is the mark set last.",
        prompt="To the mark",
    ),
    Command(
        "find",
        "find",
        "the next tick whose name or op has the text",
        motions.find,
        abbreviations=("search",),
        keys=("slash", "ctrl+f"),
        usage="find [TEXT]",
        details="Without a text it looks for the last one again. What has just that name comes\n"
        "first, an op before a node; then a part of a name; then formulas.",
        prompt="Find",
    ),
    Command(
        "rfind",
        "rfind",
        "the hit before",
        motions.reverse_find,
        keys=("comma",),
        usage="rfind [TEXT]",
    ),
    Command("find_next", "", "the next hit", motions.find, keys=("full_stop",)),
    Command(
        "break",
        "break",
        "stop at a node, an edge or a condition; alone, switch one on or off here",
        stops.break_at,
        abbreviations=("b",),
        keys=("b", "f9"),
        usage="break [PLACE] [if CONDITION]",
        details="break z1                         wherever z1, ∂L/∂z1 or z1's update is written\n"
        "break z2 -> W2                   at one edge\n"
        "break any(isnan(grad(z1)))       where a condition becomes true\n"
        "break W2 if norm(grad(W2)) > 1   as W2 is written, once the condition is true",
    ),
    Command(
        "break_condition",
        "",
        "stop at a condition",
        stops.break_at,
        keys=("B", "shift+f9"),
        prompt="Stop where",
    ),
    Command(
        "tbreak",
        "tbreak",
        "the same, removed at its first hit",
        stops.temporary_break,
        abbreviations=("tb",),
        usage="tbreak [PLACE] [if CONDITION]",
    ),
    Command(
        "breakpoints",
        "breakpoints",
        "the breakpoints, with state and hits",
        stops.breakpoints,
        abbreviations=("bl",),
    ),
    Command(
        "delete",
        "delete",
        "remove breakpoints; alone, all of them",
        stops.delete,
        abbreviations=("d",),
        usage="delete [NUMBER …]",
    ),
    Command(
        "enable",
        "enable",
        "switch breakpoints on; alone, all of them",
        stops.switch(True),
        abbreviations=("en",),
        usage="enable [NUMBER …]",
    ),
    Command(
        "disable",
        "disable",
        "switch breakpoints off; alone, all of them",
        stops.switch(False),
        abbreviations=("dis",),
        usage="disable [NUMBER …]",
    ),
    Command(
        "watch",
        "watch",
        "show an expression at every stop",
        stops.watch,
        abbreviations=("w", "display"),
        keys=("w",),
        usage="watch EXPRESSION",
        details="The language of scenarios, with grad(n), delta(k), comparisons, and, or, not,\n"
        "any, all, isnan, isfinite, and the names loss and iteration.",
        prompt="Watch",
    ),
    Command(
        "unwatch",
        "unwatch",
        "remove watches; alone, all of them",
        stops.unwatch,
        abbreviations=("undisplay",),
        usage="unwatch [NUMBER …]",
    ),
    Command("watches", "watches", "the watches, with their values here", stops.watches),
    Command(
        "print",
        "print",
        "the value of an expression here",
        looks.print_value,
        abbreviations=("p",),
        keys=("p",),
        usage="print EXPRESSION",
        details="print grad(W2)[0, 0]\nprint norm(delta(1)) / norm(delta(2))",
        prompt="Evaluate",
    ),
    Command(
        "where",
        "where",
        "the tick, its line and its numbers",
        looks.where,
        abbreviations=("bt", "wh"),
        keys=("H",),
    ),
    Command(
        "info",
        "info",
        "a node in full: formula, value, gradient, and when that was last written",
        looks.info,
        abbreviations=("i",),
        usage="info [NAME | node | line]",
        details="info W2    that node\n"
        "info node  the node that is written here\n"
        "info line  the multiplication here, with the reason for it",
    ),
    Command(
        "list",
        "list",
        "the backward program around the cursor, or around a line",
        looks.list_program,
        abbreviations=("l",),
        usage="list [LINE]",
    ),
    Command(
        "export",
        "export",
        "write the trace to a file; - is standard output",
        looks.export,
        abbreviations=("x",),
        keys=("x",),
        usage="export FILE [--format text|markdown|json] [--detail layer|edge|term]",
        details="The file's suffix (.txt .md .json) tells the format where none is given.",
        prompt="Export to",
    ),
    Command(
        "help",
        "help",
        "the commands, or one of them in full",
        help_on,
        abbreviations=("h", "?"),
        keys=("question_mark", "f1"),
        usage="help [COMMAND]",
    ),
    Command(
        "quit",
        "quit",
        "leave",
        looks.leave,
        abbreviations=("q", "exit"),
        keys=("q", "ctrl+q"),
    ),
)


@lru_cache(maxsize=1)
def names() -> dict[str, Command]:
    """Every word that names a command, in full or short."""
    return {
        word: command
        for command in COMMANDS
        for word in (command.name, *command.abbreviations)
        if word
    }


def look_up(word: str) -> Command:
    """The command with this name, abbreviation or unmistakable beginning."""
    known = names()
    if word in known:
        return known[word]
    begun = {c.id: c for c in COMMANDS if c.name and word and c.name.startswith(word)}
    if len(begun) == 1:
        return next(iter(begun.values()))
    if begun:
        meant = " or ".join(c.name for c in begun.values())
        raise BpdebugError(f"'{word[:40]}' is short for {meant}; write more of it")
    full = [c.name for c in COMMANDS if c.name]
    hint = did_you_mean(word, full) or "; `help` lists the commands"
    raise BpdebugError(f"unknown command '{word[:40]}'{hint}")

"""The commands for breakpoints and watches."""

from __future__ import annotations

from functools import partial

from bpdebug.debugger.breakpoints.breakpoint import Breakpoint, Target
from bpdebug.debugger.breakpoints.not_hit import already_true
from bpdebug.debugger.commands.command import Argument, Command
from bpdebug.debugger.commands.motion import MOST, parse_whole_number
from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.text.describe import watch_text
from bpdebug.errors import BpdebugError
from bpdebug.wording import safe


def break_at(debugger: Debugger, argument: str) -> str:
    """break [PLACE | CONDITION | PLACE if CONDITION]"""
    if argument:
        return f"breakpoint {new_breakpoint_text(debugger, debugger.add_breakpoint(argument))}"
    # Without an argument it sets or deletes a breakpoint on what the cursor is at.
    text = location_here(debugger)
    numbers = [b.number for b in debugger.breakpoints if b.text == text]
    if numbers:
        debugger.remove_breakpoints(numbers)
        return f"breakpoint {numbers[0]} on {safe(text)} deleted"
    return f"breakpoint {breakpoint_title(debugger.add_breakpoint(text))}"


def temporary_break(debugger: Debugger, argument: str) -> str:
    """tbreak [PLACE | CONDITION | PLACE if CONDITION]"""
    made = debugger.add_breakpoint(argument or location_here(debugger), temporary=True)
    return f"temporary breakpoint {new_breakpoint_text(debugger, made)}"


def new_breakpoint_text(debugger: Debugger, made: Breakpoint) -> str:
    """A new breakpoint's line, with a note where it is true already."""
    note = already_true(debugger, made)
    return f"{breakpoint_title(made)} ({note})" if note else breakpoint_title(made)


def location_here(debugger: Debugger) -> str:
    """The location at the cursor, as `break` takes it: a group just passed, an edge, or a node."""
    moment = debugger.moment
    if moment.passed is not None:
        return moment.passed.group.name
    nodes = moment.graph.nodes
    if moment.edge is not None:
        return f"{nodes[moment.edge.output].label} -> {nodes[moment.edge.operand].label}"
    if moment.position == 0:
        raise BpdebugError("nothing has happened here; name a location: break W2")
    return nodes[moment.node].label


def breakpoint_title(breakpoint: Breakpoint) -> str:
    """A breakpoint's number and text: `1: W2`."""
    return f"{breakpoint.number}: {safe(breakpoint.text)}"


def breakpoints(debugger: Debugger, argument: str = "") -> str:
    """breakpoints"""
    if not debugger.breakpoints:
        return "no breakpoints; `break NAME` sets one"
    width = max(len(target.value) for target in Target)
    return "\n".join(
        f"{b.number:>3}  {'on ' if b.enabled else 'off'}  {b.hits} hit{' ' if b.hits == 1 else 's'}"
        f"  {b.target.value:<{width}}  {safe(b.text)}{'  (temporary)' if b.temporary else ''}"
        for b in debugger.breakpoints
    )


BREAKPOINTS, WATCHES = ("breakpoint", "breakpoints"), ("watch", "watches")
"""The nouns of the two lists, singular and plural."""
ALL = "all"
"""The argument for every breakpoint or every watch; no argument means all too."""


def parse_numbers(argument: str, known: list[int], what: str, listing: str) -> list[int]:
    """Parse the numbers in an argument; BpdebugError for a number that is not known."""
    numbers = []
    for word in argument.replace(",", " ").split():
        number = parse_whole_number(word, MOST)
        if number is None or number not in known:
            raise BpdebugError(f"there is no {what} '{word[:40]}'; `{listing}` lists them")
        numbers.append(number)
    return numbers


def breakpoint_numbers(debugger: Debugger, argument: str) -> list[int]:
    """Parse the numbers of breakpoints; all of them for `all` and without an argument."""
    known = [b.number for b in debugger.breakpoints]
    return known if argument in ("", ALL) else parse_numbers(argument, known, *BREAKPOINTS)


def delete(debugger: Debugger, argument: str) -> str:
    """delete [NUMBER … | all]"""
    numbers = breakpoint_numbers(debugger, argument)
    titles = [breakpoint_title(b) for b in debugger.breakpoints]
    debugger.remove_breakpoints(numbers)
    if argument in ("", ALL):
        return all_removed_text(titles, *BREAKPOINTS, "deleted")
    return done_text(numbers, *BREAKPOINTS, "deleted")


def all_removed_text(titles: list[str], singular: str, plural: str, verb: str) -> str:
    """Which breakpoints or watches are gone, after all of them were removed."""
    if len(titles) > 1:
        return f"all {len(titles)} {plural} {verb}: {'; '.join(titles)}"
    return f"{singular} {titles[0]} {verb}" if titles else f"no {plural}"


def switch(debugger: Debugger, argument: str, *, on: bool) -> str:
    """enable [NUMBER … | all] and disable [NUMBER … | all]"""
    numbers = breakpoint_numbers(debugger, argument)
    debugger.enable_breakpoints(numbers, enabled=on)
    return done_text(numbers, *BREAKPOINTS, "enabled" if on else "disabled")


def edit(debugger: Debugger, argument: str) -> str:
    """edit NUMBER TEXT, where wNUMBER is a watch"""
    word, _, text = argument.partition(" ")
    text = text.strip()
    is_watch = word[:1] == "w"
    if is_watch:
        numbers = parse_numbers(word[1:], [number for number, _ in debugger.watches], *WATCHES)
    else:
        numbers = parse_numbers(word, [b.number for b in debugger.breakpoints], *BREAKPOINTS)
    if len(numbers) != 1 or not text:
        raise BpdebugError(
            "edit what, and into what? edit 1 norm(grad(W1)) < 1e-3; a watch: edit w1 grad(W1)"
        )
    if not is_watch:
        edited = debugger.edit_breakpoint(numbers[0], text)
        return f"breakpoint {new_breakpoint_text(debugger, edited)}"
    value = debugger.show(text)
    debugger.edit_watch(numbers[0], text)
    return f"watch {numbers[0]}: {value}"


def done_text(numbers: list[int], singular: str, plural: str, verb: str) -> str:
    """The message on a change of some breakpoints or watches: `breakpoints 1, 2 deleted`."""
    if not numbers:
        return f"no {plural}"
    noun = singular if len(numbers) == 1 else plural
    return f"{noun} {', '.join(map(str, numbers))} {verb}"


def watch(debugger: Debugger, argument: str) -> str:
    """watch EXPRESSION"""
    if not argument:
        raise BpdebugError("watch what? An expression: watch norm(grad(W1))")
    value = debugger.show(argument)
    return f"watch {debugger.add_watch(argument)}: {value}"


def unwatch(debugger: Debugger, argument: str) -> str:
    """unwatch [NUMBER … | all]"""
    known = [number for number, _ in debugger.watches]
    if argument in ("", ALL):
        titles = [f"{number}: {safe(text)}" for number, text in debugger.watches]
        debugger.remove_watches(known)
        return all_removed_text(titles, *WATCHES, "removed")
    numbers = parse_numbers(argument, known, *WATCHES)
    debugger.remove_watches(numbers)
    return done_text(numbers, *WATCHES, "removed")


def watches(debugger: Debugger, argument: str = "") -> str:
    """watches"""
    if not debugger.watches:
        return "no watches; `watch EXPRESSION` adds one"
    return "\n".join(
        f"{number:>3}  {watch_text(debugger, text)}" for number, text in debugger.watches
    )


BREAKPOINT_COMMANDS: tuple[Command, ...] = (
    Command(
        "break",
        "stop at a node, an edge, a group or a condition; alone, switch one on or off here",
        break_at,
        abbreviations=("b",),
        keys=("b", "f9"),
        usage="break [PLACE] [if CONDITION]",
        details="break z1                         wherever z1, ∂L/∂z1 or z1's update is written\n"
        "break W2[0,1]                    where that cell of ∂L/∂W2 is written\n"
        "break z2 -> W2                   at one edge; z2 -> W2[0,1] at a cell of it\n"
        "break any(isnan(grad(z1)))       where a condition becomes true\n"
        "break loss > 2*previous(loss)    where the loss is twice that of the previous iteration\n"
        "break first_nan                  where the first NaN is born\n"
        "break W2 if norm(grad(W2)) > 1   where W2 is written, if the condition is true\n"
        "`break GROUP` stops where the backward pass enters a group: its upstream gradient is\n"
        "whole, and nothing of it is done. Where a node has the group's name, grad(NAME) is the\n"
        "node.",
        argument=Argument.BREAKPOINT,
    ),
    Command(
        "",
        "stop at a condition",
        break_at,
        ident="break_condition",
        keys=("B", "shift+f9"),
        prompt="Stop where",
        argument=Argument.BREAKPOINT,
    ),
    Command(
        "tbreak",
        "like break, but removed at its first hit",
        temporary_break,
        abbreviations=("tb",),
        usage="tbreak [PLACE] [if CONDITION]",
        argument=Argument.BREAKPOINT,
    ),
    Command(
        "breakpoints", "the breakpoints, with state and hits", breakpoints, abbreviations=("bl",)
    ),
    Command(
        "delete",
        "remove breakpoints; alone, all of them (the screen asks first)",
        delete,
        abbreviations=("d",),
        usage="delete [NUMBER … | all]",
        details="delete 2      breakpoint 2; also d 2, but d alone is `diagnose`, like the key\n"
        "delete all    all of them, without a question",
        argument=Argument.BREAKPOINTS,
    ),
    Command(
        "edit",
        "change a breakpoint or a watch; it keeps its number and hits",
        edit,
        keys=("e",),
        usage="edit NUMBER TEXT",
        details="edit 1 norm(grad(W1)) < 1e-3   breakpoint 1\n"
        "edit w1 grad(W1)               watch 1",
        prompt="Number and new text",
        argument=Argument.ENTRY,
    ),
    Command(
        "enable",
        "switch breakpoints on; alone, all of them",
        partial(switch, on=True),
        abbreviations=("en",),
        usage="enable [NUMBER … | all]",
        argument=Argument.BREAKPOINTS,
    ),
    Command(
        "disable",
        "switch breakpoints off; alone, all of them",
        partial(switch, on=False),
        abbreviations=("dis",),
        usage="disable [NUMBER … | all]",
        argument=Argument.BREAKPOINTS,
    ),
    Command(
        "watch",
        "show an expression at every stop",
        watch,
        abbreviations=("w", "display"),
        keys=("w",),
        usage="watch EXPRESSION",
        details="The language of scenarios, with grad(n), delta(k), change(W), new(W), value(n),\n"
        "comparisons, and, or, not, any, all, isnan, isfinite, and the names loss and iteration;\n"
        "or as the screen writes it: watch ‖∂L/∂W₁‖. previous(…) is a value at the end of the\n"
        "previous iteration: watch loss - previous(loss). state(W1, m) is the m of the optimizer\n"
        "of W1; info optimizer lists such names.",
        prompt="Watch",
        argument=Argument.EXPRESSION,
    ),
    Command(
        "unwatch",
        "remove watches; alone, all of them (the screen asks first)",
        unwatch,
        abbreviations=("undisplay",),
        usage="unwatch [NUMBER … | all]",
        argument=Argument.WATCHES,
    ),
    Command("watches", "the watches, with their values here", watches),
)

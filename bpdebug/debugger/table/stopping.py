"""Breakpoints and watches."""

from __future__ import annotations

from bpdebug.debugger import stops
from bpdebug.debugger.command import Command

STOPPING: tuple[Command, ...] = (
    Command(
        "break",
        "break",
        "stop at a node, an edge or a condition; alone, switch one on or off here",
        stops.break_at,
        abbreviations=("b",),
        keys=("b", "f9"),
        usage="break [PLACE] [if CONDITION]",
        details="break z1                         wherever z1, ∂L/∂z1 or z1's update is written\n"
        "break W2[0,1]                    where that cell of ∂L/∂W2 is written\n"
        "break z2 -> W2                   at one edge; z2 -> W2[0,1] at a cell of it\n"
        "break any(isnan(grad(z1)))       where a condition becomes true\n"
        "break loss > 2*previous(loss)    where the loss is twice that of the previous iteration\n"
        "break first_nan                  where the first NaN is born\n"
        "break W2 if norm(grad(W2)) > 1   where W2 is written, if the condition is true",
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
        "like break, but removed at its first hit",
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
        "remove breakpoints; alone, all of them (the screen asks first)",
        stops.delete,
        abbreviations=("d",),
        usage="delete [NUMBER … | all]",
        details="delete 2      breakpoint 2; also d 2, but d alone is `diagnose`, like the key\n"
        "delete all    all of them, without a question",
    ),
    Command(
        "edit",
        "edit",
        "change a breakpoint or a watch; it keeps its number and hits",
        stops.edit,
        keys=("e",),
        usage="edit NUMBER TEXT",
        details="edit 1 norm(grad(W1)) < 1e-3   breakpoint 1\n"
        "edit w1 grad(W1)               watch 1",
        prompt="Number and new text",
    ),
    Command(
        "enable",
        "enable",
        "switch breakpoints on; alone, all of them",
        stops.switch(True),
        abbreviations=("en",),
        usage="enable [NUMBER … | all]",
    ),
    Command(
        "disable",
        "disable",
        "switch breakpoints off; alone, all of them",
        stops.switch(False),
        abbreviations=("dis",),
        usage="disable [NUMBER … | all]",
    ),
    Command(
        "watch",
        "watch",
        "show an expression at every stop",
        stops.watch,
        abbreviations=("w", "display"),
        keys=("w",),
        usage="watch EXPRESSION",
        details="The language of scenarios, with grad(n), delta(k), change(W), new(W), value(n),\n"
        "comparisons, and, or, not, any, all, isnan, isfinite, and the names loss and iteration;\n"
        "or as the screen writes it: watch ‖∂L/∂W₁‖. previous(…) is a value at the end of the\n"
        "previous iteration: watch loss - previous(loss). state(W1, m) is the m of the optimizer\n"
        "of W1; info optimizer lists such names.",
        prompt="Watch",
    ),
    Command(
        "unwatch",
        "unwatch",
        "remove watches; alone, all of them (the screen asks first)",
        stops.unwatch,
        abbreviations=("undisplay",),
        usage="unwatch [NUMBER … | all]",
    ),
    Command("watches", "watches", "the watches, with their values here", stops.watches),
)

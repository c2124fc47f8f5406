"""Moving from iteration to iteration."""

from __future__ import annotations

from bpdebug.debugger import iterations
from bpdebug.debugger.command import Command

TIME: tuple[Command, ...] = (
    Command(
        "next_iteration",
        "niteration",
        "the end of this phase, one iteration on",
        iterations.by_iterations(1),
        abbreviations=("ni",),
        keys=("right_square_bracket",),
        usage="niteration [COUNT]",
        details="From within the forward pass it is the end of the next forward pass, and so on.\n"
        "A count skips iterations: `niteration 100`. `goto iteration 100` names one.",
        long=True,
    ),
    Command(
        "previous_iteration",
        "piteration",
        "the end of this phase, one iteration back",
        iterations.by_iterations(-1),
        abbreviations=("pi",),
        keys=("left_square_bracket",),
        usage="piteration [COUNT]",
        long=True,
    ),
    Command(
        "along",
        "along",
        "this same tick, one iteration on: watch one multiplication over time",
        iterations.along(1),
        keys=("right_curly_bracket",),
        usage="along [COUNT]",
        details="In a smaller batch, a row that it does not have becomes its last row.",
        long=True,
    ),
    Command(
        "along_back",
        "ralong",
        "this same tick, one iteration back",
        iterations.along(-1),
        keys=("left_curly_bracket",),
        usage="ralong [COUNT]",
        long=True,
    ),
    Command(
        "nan",
        "nan",
        "where the first NaN, or infinity that does harm, is born",
        iterations.nan,
        details="The very multiplication, forward op or update line, with its operands.\n"
        "`break first_nan` stops there too, as `continue` comes to it. An infinity that becomes\n"
        "no NaN and no loss, gradient or parameter does no harm: −∞ in the mask of an attention.",
        long=True,
    ),
)

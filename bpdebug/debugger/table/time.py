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
        details="Within the forward pass it goes to the end of the next forward pass, and so on.\n"
        "With a count it goes that many iterations on: `niteration 100`. `goto iteration 100`\n"
        "goes to iteration 100.",
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
        "this same tick, one iteration on: follow one term over time",
        iterations.along(1),
        keys=("right_curly_bracket",),
        usage="along [COUNT]",
        details="In a smaller batch, a missing row becomes the last row.",
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
        details="It shows the very term, forward op or update line, with its operands. After\n"
        "`break first_nan`, `continue` stops there too. An infinity does no harm if it reaches\n"
        "no loss, gradient or parameter and becomes no NaN, as a −∞ in an attention mask.",
        long=True,
    ),
)

"""The table of commands: line mode, keys, the help screen and the reference all come from it."""

from __future__ import annotations

from contextlib import suppress

from bpdebug.debugger.commands.against import AGAINST
from bpdebug.debugger.commands.analysis import ANALYSIS
from bpdebug.debugger.commands.breakpoints import BREAKPOINT_COMMANDS
from bpdebug.debugger.commands.command import Argument, Command
from bpdebug.debugger.commands.curves import CURVES
from bpdebug.debugger.commands.export import EXPORT
from bpdebug.debugger.commands.find import FIND
from bpdebug.debugger.commands.folding import FOLDING
from bpdebug.debugger.commands.help import LISTINGS, command_text, overview, word_texts
from bpdebug.debugger.commands.iterations import ITERATIONS
from bpdebug.debugger.commands.lookup import commands_by_word, fill_table, look_up
from bpdebug.debugger.commands.marks import MARKS
from bpdebug.debugger.commands.motion import MOTION
from bpdebug.debugger.commands.printing import PRINTING
from bpdebug.debugger.commands.scenarios import SCENARIOS
from bpdebug.debugger.commands.tensors import TENSORS
from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.text.describe import info_text
from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.ops import declarations
from bpdebug.wording.glossary import words

__all__ = ["COMMANDS", "GENERAL", "GROUPS"]


def help_on(debugger: Debugger, argument: str) -> str:
    """help [COMMAND | WORD]: a command in full, and what a word or sign of the screen means.

    The name of a node is a word of the screen too: help prints what `info` does.
    """
    if not argument:
        return overview(COMMANDS)
    command = commands_by_word().get(argument.split()[0])
    parts = [command_text(command)] if command is not None and len(argument.split()) == 1 else []
    parts += word_texts(argument)
    with suppress(BpdebugError):
        parts.append(info_text(debugger, debugger.node(argument)))
    if parts:
        return "\n\n".join(parts)
    try:
        return command_text(look_up(argument.split()[0]))
    except BpdebugError:
        hint = did_you_mean(argument, [*words(), *declarations(), *LISTINGS, *commands_by_word()])
        raise BpdebugError(
            f"there is no help on '{argument[:40]}'{hint or '; `help` lists the commands'}"
        ) from None


def leave(debugger: Debugger, argument: str) -> str:
    """quit"""
    debugger.leave()
    return ""


GROUPS: tuple[tuple[str, tuple[Command, ...]], ...] = (
    ("Moving in time: lower case forward, upper case back", MOTION),
    ("From iteration to iteration", ITERATIONS),
    ("Groups", FOLDING),
    ("Marks and search", (*MARKS, *FIND)),
    ("Breakpoints and watches", BREAKPOINT_COMMANDS),
    ("Looking and exporting", (*PRINTING, *EXPORT)),
    ("Looking into tensors", TENSORS),
    ("Over time, and what is wrong", (*ANALYSIS, *CURVES)),
    ("Your own numbers beside the right ones", AGAINST),
    ("The scenario, another one, the tour", SCENARIOS),
)
"""The lists of commands under their headings, as help and the palette show them."""
GENERAL: tuple[Command, ...] = (
    Command(
        "help",
        "the commands, one of them in full, or what a word or sign means",
        help_on,
        abbreviations=("h", "?"),
        keys=("question_mark", "f1"),
        usage="help [COMMAND | WORD]",
        details="help step   a command\n"
        "help edge   a word of the screen; help ⊙ a sign; help W2 a node\n"
        "help relu   an op, with its derivative; help adam an optimizer, line by line\n"
        "help ops    every op, by family; help optimizers every optimizer",
        argument=Argument.COMMAND,
    ),
    Command("quit", "leave", leave, abbreviations=("q", "exit"), keys=("q", "ctrl+q")),
)
"""The commands of no group: help, and leaving."""
COMMANDS: tuple[Command, ...] = (
    *MOTION,
    *ITERATIONS,
    *FOLDING,
    *MARKS,
    *FIND,
    *BREAKPOINT_COMMANDS,
    *PRINTING,
    *EXPORT,
    *ANALYSIS,
    *CURVES,
    *AGAINST,
    *TENSORS,
    *SCENARIOS,
    *GENERAL,
)
fill_table(COMMANDS)

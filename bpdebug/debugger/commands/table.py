"""The table of commands: line mode, keys, the help screen and the reference all come from it."""

from __future__ import annotations

from contextlib import suppress

from bpdebug.debugger.commands import looking
from bpdebug.debugger.commands.command import Command
from bpdebug.debugger.commands.helping import LISTINGS, described, explained, overview
from bpdebug.debugger.commands.inspecting import INSPECTING
from bpdebug.debugger.commands.judging import JUDGING
from bpdebug.debugger.commands.looking import LOOKING
from bpdebug.debugger.commands.lookup import fill, look_up, names
from bpdebug.debugger.commands.moving import MOVING
from bpdebug.debugger.commands.places import PLACES
from bpdebug.debugger.commands.scenarios import SCENARIOS
from bpdebug.debugger.commands.stopping import STOPPING
from bpdebug.debugger.commands.time import TIME
from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.text.describe import info
from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.ops import REGISTRY
from bpdebug.wording.glossary import words

__all__ = ["COMMANDS", "GENERAL", "GROUPS"]


def help_on(debugger: Debugger, argument: str) -> str:
    """help [COMMAND | WORD]: a command in full, and what a word or sign of the screen means.

    The name of a node is a word of the screen too: it is told what `info` says.
    """
    if not argument:
        return overview(COMMANDS)
    command = names().get(argument.split()[0])
    told = [described(command)] if command is not None and len(argument.split()) == 1 else []
    told += explained(argument)
    with suppress(BpdebugError):
        told.append(info(debugger, debugger.node(argument)))
    if told:
        return "\n\n".join(told)
    try:
        return described(look_up(argument.split()[0]))
    except BpdebugError:
        hint = did_you_mean(argument, [*words(), *REGISTRY, *LISTINGS, *names()])
        raise BpdebugError(
            f"there is no help on '{argument[:40]}'{hint or '; `help` lists the commands'}"
        ) from None


GROUPS: tuple[tuple[str, tuple[Command, ...]], ...] = (
    ("Moving in time: lower case forward, upper case back", MOVING),
    ("From iteration to iteration", TIME),
    ("Marks and search", PLACES),
    ("Breakpoints and watches", STOPPING),
    ("Looking and exporting", LOOKING),
    ("Looking into tensors", INSPECTING),
    ("Over time, and what is wrong", JUDGING),
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
    ),
    Command("quit", "leave", looking.leave, abbreviations=("q", "exit"), keys=("q", "ctrl+q")),
)
"""The commands of no group: help, and leaving."""
COMMANDS: tuple[Command, ...] = (
    *MOVING,
    *TIME,
    *PLACES,
    *STOPPING,
    *LOOKING,
    *JUDGING,
    *INSPECTING,
    *SCENARIOS,
    *GENERAL,
)
fill(COMMANDS)

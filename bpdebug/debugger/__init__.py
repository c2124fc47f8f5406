"""The debugger: a cursor over recorded time, and the commands that move it."""

from bpdebug.debugger.breakpoints.breakpoint import Breakpoint, Target
from bpdebug.debugger.commands.command import Command, ExportRequest, Reply
from bpdebug.debugger.commands.help import key_text
from bpdebug.debugger.commands.lookup import look_up
from bpdebug.debugger.commands.table import COMMANDS
from bpdebug.debugger.comparison import Comparison, Mark, WrongLine
from bpdebug.debugger.cursor import Instant
from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.moment import Moment
from bpdebug.debugger.program import LineKind, Listing, ProgramLine

__all__ = [
    "COMMANDS",
    "Breakpoint",
    "Command",
    "Comparison",
    "Debugger",
    "ExportRequest",
    "Instant",
    "LineKind",
    "Listing",
    "Mark",
    "Moment",
    "ProgramLine",
    "Reply",
    "Target",
    "WrongLine",
    "key_text",
    "look_up",
]

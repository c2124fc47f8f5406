"""The commands that look and do not move: print, where, info, list, export, quit."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from os.path import expanduser

from bpdebug.debugger.commands.breakpoints import breakpoints, watches
from bpdebug.debugger.commands.command import Command, ExportRequest
from bpdebug.debugger.commands.motion import parse_whole_number
from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.moment import Moment
from bpdebug.debugger.program import LineKind, ProgramLine
from bpdebug.debugger.text.describe import info_text as info_of
from bpdebug.debugger.text.describe import where_text as where_of
from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.formats import DETAILS, FORMATS, listed
from bpdebug.record import replace
from bpdebug.run import Selection
from bpdebug.served import served
from bpdebug.wording import optimizer_text, safe, update_why, value_formula, why
from bpdebug.wording.page import stretch

AROUND = 5
"""Lines of the program that `list` shows before and after the cursor's."""


def print_value(debugger: Debugger, argument: str) -> str:
    """print EXPRESSION"""
    if not argument:
        raise BpdebugError("print what? An expression: print grad(W2)[0, 0]")
    return debugger.show(argument)


def where(debugger: Debugger, argument: str) -> str:
    """where"""
    return where_of(debugger)


def info(debugger: Debugger, argument: str) -> str:
    """info [NAME | node | line | optimizer | breakpoints | watches]"""
    node = node_asked_for(debugger, argument)
    return TOPICS[argument](debugger) if node is None else info_of(debugger, node)


def node_asked_for(debugger: Debugger, argument: str) -> int | None:
    """The node that `info` is asked about; None where it is asked about one of `TOPICS`.

    BpdebugError where nothing has this name. A node that a scenario calls `line` is that node.
    """
    if argument not in debugger.timeline.graph.names:
        if argument in TOPICS:
            return None
        if argument in ("", "node"):
            return debugger.moment.node
    return debugger.node(argument)


def current_line(debugger: Debugger) -> str:
    """The line one stands on, and why its multiplication or its update is what it is."""
    moment = debugger.moment
    text = where_of(debugger)
    if moment.update is not None:
        return f"{text}\n  {update_why(moment.graph, moment.update, debugger.script)}"
    if moment.term is None or moment.edge is None:
        return text
    formula = value_formula(moment.graph, moment.edge.output, debugger.script)
    reason = why(moment.graph, moment.term, debugger.script, moment.recorded)
    return f"{text}\n  forward: {formula}\n  {reason}"


def optimizer(debugger: Debugger) -> str:
    """The update rule: settings, lines with their reasons, which variant it is, and α here."""
    moment = debugger.moment
    problem, number = moment.problem, moment.iteration.number
    if problem.rule is None and not problem.own_rules:
        return "no optimizer: the parameters stay as they are"
    script = debugger.script
    parts = []
    if problem.rule is not None:
        rule, settings = problem.rule, problem.settings
        parts.append(optimizer_text(rule, settings, script))
    for name, rule in problem.own_rules.items():
        text = optimizer_text(rule, rule.settings, script)
        parts.append(f"for {safe(name)} alone: {text}")
    rate = problem.rate(number)
    if rate is not None:
        alpha = script.say("α")
        shown = script.number(rate)
        parts.append(f"  iteration {number} has {alpha} = {shown}")
    return "\n".join(parts)


TOPICS: Mapping[str, Callable[[Debugger], str]] = {
    "breakpoints": breakpoints,
    "break": breakpoints,
    "b": breakpoints,
    "watches": watches,
    "display": watches,
    "line": current_line,
    "optimizer": optimizer,
}
"""What `info` tells about besides nodes."""


def list_program(debugger: Debugger, argument: str) -> str:
    """list [LINE | all]"""
    listing = debugger.listing
    here = listing.line_at(debugger.instant.position)
    shown = range(len(listing))
    if argument != "all":
        centre = here if not argument else line_numbered(debugger, argument)
        shown = stretch(len(listing), centre, 2 * AROUND + 1)
    return "\n".join(gutter(debugger, listing[at], at == here) for at in shown)


def line_numbered(debugger: Debugger, argument: str) -> int:
    """The place in the listing of the line with this number."""
    most = len(debugger.timeline.graph.edges) + 1 + debugger.timeline.updates
    number = parse_whole_number(argument, most)
    if number is None:
        raise BpdebugError(f"there is no line '{argument[:40]}'; the program has 1 to {most}")
    if number == 1:
        return 1
    edges, at = len(debugger.timeline.graph.edges), number - 2
    listing = debugger.listing
    return listing.line_of_edge(at) if at < edges else listing.line_of_update(at - edges)


def gutter(debugger: Debugger, line: ProgramLine, here: bool) -> str:
    """A line as a debugger shows source: breakpoint, cursor, number, text."""
    if line.kind is LineKind.HEADING:
        rule = debugger.script.either("──", "--")
        return f"        {rule} {line.text} {rule}"
    stop = has_breakpoint(debugger.moment, line)
    dot, arrow = ("●", "▶") if debugger.script.unicode else ("*", ">")
    number = "" if line.number is None else str(line.number)
    return f"{dot if stop else ' '} {arrow if here else ' '} {number:>4} {line.text}"


def has_breakpoint(moment: Moment, line: ProgramLine) -> bool:
    """True where an enabled breakpoint stands on what the line writes."""
    return line.kind is not LineKind.FORWARD and any(
        point.enabled
        and any(line.start < tick <= line.end for tick in moment.breakpoint_ticks[point.number])
        for point in moment.breakpoints
    )


def export(debugger: Debugger, argument: str) -> str:
    """export FILE [--format F] [--detail D] [--iterations I]"""
    if debugger.exporter is None:
        raise BpdebugError("this session cannot write an export")
    watched = tuple(expression for _, expression in debugger.watches)
    return debugger.exporter(replace(export_request(argument), watches=watched))


def export_request(argument: str) -> ExportRequest:
    """The words after `export`; a file name with blanks stands in quotes."""
    try:
        words = shlex.split(argument)
    except ValueError:
        raise BpdebugError("a quote in the file's name is never closed") from None
    target, options = "", {"--format": "", "--detail": "", "--iterations": ""}
    while words:
        whole = words.pop(0)
        word, _, value = whole.partition("=")
        if word in options:
            options[word] = value or (words.pop(0) if words else "")
            check_choice(word, options[word])
        elif word.startswith("--"):
            raise BpdebugError(f"export has no option '{word}'{did_you_mean(word, options)}")
        elif target:
            raise BpdebugError(f"one file, not '{word[:40]}' too; put a name with blanks in quotes")
        else:
            target = whole
    if not target:
        raise BpdebugError("export to which file? export trace.md, or export - for standard output")
    if not served():  # A visitor's home is not the one of this machine.
        target = expanduser(target)
    return ExportRequest(target, options["--format"], options["--detail"], options["--iterations"])


def check_choice(option: str, value: str) -> None:
    """An option's value must be one of its few, or a selection of iterations."""
    if option == "--iterations":
        Selection.parse(value)
        return
    choices = tuple(FORMATS) if option == "--format" else DETAILS
    if value not in choices:
        raise BpdebugError(f"{option} is one of {', '.join(choices)}, not '{value[:40]}'")


def leave(debugger: Debugger, argument: str) -> str:
    """quit"""
    debugger.leave()
    return ""


PRINTING: tuple[Command, ...] = (
    Command(
        "print",
        "the value of an expression here",
        print_value,
        abbreviations=("p",),
        keys=("p",),
        usage="print EXPRESSION",
        details="print grad(W2)[0, 0]   or as the screen writes it: print ∂L/∂W₂[0,0]\n"
        "print norm(delta(1)) / norm(delta(2))",
        prompt="Evaluate",
    ),
    Command(
        "where",
        "the current tick, its line and its numbers",
        where,
        abbreviations=("bt", "wh"),
        keys=("H",),
    ),
    Command(
        "info",
        "a node in full: formula, value, gradient, and when that was last written",
        info,
        abbreviations=("i",),
        usage="info [NAME | node | line | optimizer]",
        details="info W2    that node\n"
        "info node  the node that is written here\n"
        "info line  the term or update line here, with the reason for it\n"
        "info optimizer  the update rule, its settings, and which variant it is\n"
        "On the screen, info with a node opens the inspector, like the key i.",
    ),
    Command(
        "list",
        "the backward program around the current line, around another, or all of it",
        list_program,
        abbreviations=("l",),
        keys=("l",),
        usage="list [LINE | all]",
        details="On the screen the key l shows the current line in the backward program.",
    ),
    Command(
        "export",
        "write the trace to a file; - is standard output",
        export,
        abbreviations=("x",),
        keys=("x",),
        usage="export FILE [--format F] [--detail D] [--iterations I]",
        details=f"The format is {listed()};\n"
        "without one, the file's suffix decides. The detail is layer, edge or term.\n"
        "The iterations are all, or some of them: export t.json --iterations 1,10,100-110.",
        prompt="Export to",
        long=True,
    ),
)

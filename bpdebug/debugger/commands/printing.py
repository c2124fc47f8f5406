"""The commands that print what is under the cursor: print, where, info, list."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bpdebug.debugger.breakpoints.locations import find_group
from bpdebug.debugger.commands.breakpoints import breakpoints, watches
from bpdebug.debugger.commands.command import Argument, Command
from bpdebug.debugger.commands.motion import parse_whole_number
from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.moment import Moment
from bpdebug.debugger.program import LineKind, ProgramLine
from bpdebug.debugger.text.beside import lines_here, named_text
from bpdebug.debugger.text.describe import info_text, where_text
from bpdebug.debugger.text.groups import group_text
from bpdebug.errors import BpdebugError
from bpdebug.wording import optimizer_text, safe, term_why, update_why, value_formula
from bpdebug.wording.page import visible_range

AROUND = 5
"""Lines of the program that `list` shows before and after the cursor's."""


def print_value(debugger: Debugger, argument: str) -> str:
    """print EXPRESSION"""
    if not argument:
        raise BpdebugError("print what? An expression: print grad(W2)[0, 0]")
    return "\n".join(filter(None, [debugger.show(argument), named_text(debugger, argument)]))


def where(debugger: Debugger, argument: str) -> str:
    """where"""
    return where_text(debugger)


def info(debugger: Debugger, argument: str) -> str:
    """info [NAME | GROUP | node | line | optimizer | breakpoints | watches]"""
    group = find_group(debugger.timeline.graph, argument)
    if group is not None and argument not in debugger.timeline.graph.names:
        return group_text(debugger, group)
    node = node_of_info(debugger, argument)
    text = TOPICS[argument](debugger) if node is None else info_text(debugger, node)
    return text if group is None else f"{text}\n{group_text(debugger, group)}"


def node_of_info(debugger: Debugger, argument: str) -> int | None:
    """The node that the argument of `info` names; None where the argument is one of `TOPICS`.

    BpdebugError for other names. A node called `line` wins over the topic.
    """
    if argument not in debugger.timeline.graph.names:
        if argument in TOPICS:
            return None
        if argument in ("", "node"):
            return debugger.moment.node
    return debugger.node(argument)


def current_line(debugger: Debugger) -> str:
    """The program line under the cursor, and why its multiplication or update is what it is."""
    moment = debugger.moment
    text = where_text(debugger)
    if moment.update is not None:
        return f"{text}\n  {update_why(moment.graph, moment.update, debugger.script)}"
    if moment.term is None or moment.edge is None:
        return text
    formula = value_formula(moment.graph, moment.edge.output, debugger.script)
    reason = term_why(moment.graph, moment.term, debugger.script, moment.recorded)
    return f"{text}\n  forward: {formula}\n  {reason}"


def optimizer(debugger: Debugger) -> str:
    """The optimizer: settings, lines with their reasons, its variant, and α in this iteration."""
    moment = debugger.moment
    problem, number = moment.problem, moment.iteration.number
    if problem.rule is None and not problem.own_rules:
        return "no optimizer: the parameters stay as they are"
    script, parts = debugger.script, []
    if problem.rule is not None:
        parts.append(optimizer_text(problem.rule, problem.settings, script))
    for name, rule in problem.own_rules.items():
        parts.append(f"for {safe(name)} alone: {optimizer_text(rule, rule.settings, script)}")
    rate = problem.rate(number)
    if rate is not None:
        parts.append(f"  iteration {number} has {script.text('α')} = {script.number(rate)}")
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
"""What `info` describes besides nodes."""


def list_program(debugger: Debugger, argument: str) -> str:
    """list [LINE | all]"""
    listing = debugger.listing
    current = listing.line_at(debugger.instant.position)
    lines = range(len(listing))
    if argument != "all":
        centre = index_of_line(debugger, argument) if argument else current
        lines = visible_range(len(listing), centre, 2 * AROUND + 1)
    texts = [gutter(debugger, listing[at], at == current) for at in lines]
    if current in lines:
        at = lines.index(current) + 1
        # A grid of numbers is for `where`: it would push the program off.
        texts[at:at] = [f"{' ' * 11}{one}" for one in lines_here(debugger) if "\n" not in one]
    return "\n".join(texts)


def index_of_line(debugger: Debugger, argument: str) -> int:
    """Parse a line's number into its index in the listing; BpdebugError for no such line."""
    listing, edges = debugger.listing, len(debugger.timeline.graph.edges)
    most = edges + 1 + debugger.timeline.updates
    number = parse_whole_number(argument, most)
    if number is None:
        raise BpdebugError(f"there is no line '{argument[:40]}'; the program has 1 to {most}")
    if number == 1:
        return 1
    at = number - 2
    return listing.line_of_edge(at) if at < edges else listing.line_of_update(at - edges)


def gutter(debugger: Debugger, line: ProgramLine, is_current: bool) -> str:
    """A line as debuggers show source: breakpoint, cursor, number, text.

    Where there is a comparison, the mark of a line that is wrong stands before its number.
    """
    indent = "  " * line.depth
    if line.kind is LineKind.HEADING:
        rule = debugger.script.either("──", "--")
        return f"        {indent}{rule} {line.text} {rule}"
    dot = debugger.script.either("●", "*") if has_breakpoint(debugger.moment, line) else " "
    arrow = debugger.script.either("▶", ">") if is_current else " "
    number = "" if line.number is None else str(line.number)
    moment = debugger.moment
    if moment.comparison is None:
        return f"{dot} {arrow} {number:>4} {indent}{line.text}"
    mark = moment.comparison.line_mark(line, moment.iteration.number)
    return (
        f"{dot} {arrow}{mark.sign(debugger.script) if mark else ' '}{number:>4} {indent}{line.text}"
    )


def has_breakpoint(moment: Moment, line: ProgramLine) -> bool:
    """True where an enabled breakpoint stops within the line."""
    return line.kind is not LineKind.FORWARD and any(
        point.enabled
        and any(line.start < tick <= line.end for tick in moment.breakpoint_lines[point.number])
        for point in moment.breakpoints
    )


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
        argument=Argument.EXPRESSION,
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
        usage="info [NAME | GROUP | node | line | optimizer]",
        details="info W2    that node\n"
        "info node  the node that is written here\n"
        "info line  the term or update line here, with the reason for it\n"
        "info optimizer  the update rule, its settings, and which variant it is\n"
        "Of a group it prints the formula, operands, results, ops, and the norms of the gradients\n"
        "that go in and out.\n"
        "On the screen, info with a node opens the inspector, like the key i.",
        argument=Argument.LOCATION,
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
)

"""Texts that name a location: the arguments of `goto`, `until`, `info` and `break`."""

from __future__ import annotations

import re
from unicodedata import normalize

from bpdebug.debugger.breakpoints.breakpoint import Breakpoint, Target
from bpdebug.debugger.breakpoints.search import edge_ticks
from bpdebug.debugger.cursor import FIRST, Instant, after_forward, end_of_time
from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.expression import parse_watch
from bpdebug.expression.functions import BUILT_IN
from bpdebug.expression.named import MADE, Named, index_of, named, no_update
from bpdebug.expression.tree import Compare
from bpdebug.graph import Graph
from bpdebug.graph.groups import Group
from bpdebug.ops import Index
from bpdebug.run import Run
from bpdebug.ticks import Timeline
from bpdebug.wording import safe

NUMBER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
ITERATION = re.compile(r"iteration(?:\s+(.*))?", re.DOTALL)
QUOTED_OR_ARROW = re.compile(r"\"[^\"]*\"|'[^']*'|->|→")
"""The arrow of an edge, or a text in quotes, whose arrows are its own."""
MOST_GROUPS = 8
"""How many groups an error lists."""


def node_or_cells(graph: Graph, text: str) -> Named | None:
    """The node or the cells that a text names; None for any other text."""
    try:
        result = named(graph, text)
    except BpdebugError:
        return None
    return None if result.aspect in MADE else result


def is_condition(graph: Graph, text: str) -> bool:
    """True for a comparison, `x > 0`, even where a result is made so; `[x > 0]` is that result."""
    try:
        root = parse_watch(graph, text).root
    except BpdebugError:
        return False
    return isinstance(root, Compare) and not root.as_number


def find_node(graph: Graph, text: str) -> int | None:
    """The node that a text names, as typed or as shown; None for any other text."""
    result = node_or_cells(graph, text)
    return result.node if result is not None and result.key is None else None


def named_cell(graph: Graph, parsed: Named, text: str) -> Index | None:
    """The cell that a text names, from the text parsed; None where it names a whole node.

    BpdebugError when it names several cells, or a cell outside of the node.
    """
    if parsed.key is None:
        return None
    return index_of(graph.nodes[parsed.node].shape, parsed.key, text)


def parse_node(graph: Graph, text: str) -> int:
    """The node that a text names; BpdebugError when it names none, or only a part of a node."""
    result = named(graph, text)
    if result.key is not None or result.aspect in MADE:
        label = graph.nodes[result.node].label
        part = "is made by the update" if result.key is None else "names cells"
        raise BpdebugError(f"'{text[:80]}' {part}; name the whole node: {label[:80]}")
    return result.node


def find_group(graph: Graph, text: str) -> Group | None:
    """The group that a text names, as typed or as shown (`block₁.attn`); None for other texts."""
    return graph.groups.get(normalize("NFKC", text.strip()))


def parse_group(graph: Graph, text: str) -> Group:
    """The group that a text names; BpdebugError when it names none."""
    found = find_group(graph, text)
    if found is None:
        hint = did_you_mean(text, graph.groups)
        known = f"; there are {some_groups(graph)}"
        raise BpdebugError(f"there is no group '{safe(text[:80])}'{hint or known}")
    return found


def some_groups(graph: Graph) -> str:
    """The names of groups for a message: all, or of many the first and `…`."""
    names = [safe(name) for name in graph.groups]
    return ", ".join(names[:MOST_GROUPS]) + (", …" if len(names) > MOST_GROUPS else "")


def group_entry(timeline: Timeline, group: Group) -> int | None:
    """The first position at which a group is entered in the backward pass.

    Its upstream gradient is whole there, and nothing of the group is done. None for a group that
    no gradient goes through.
    """
    spans = timeline.spans.of(group.name, backward=True)
    return next((span.start for span in spans if span.end > span.start), None)


def first_write(timeline: Timeline, node: int, cell: Index | None = None) -> int | None:
    """The first tick that writes a node's gradient, or a cell of it.

    For a node without a gradient, the tick that writes its value; None for data, which no tick
    writes.
    """
    graph = timeline.graph
    for edge in graph.into.get(node, ()):
        ticks = edge_ticks(timeline, edge, cell)
        if ticks:
            return ticks[0]
    if node == graph.loss:
        return timeline.forward + 1
    return timeline.forward_tick(node) or None


def last_update(run: Run, iteration: int, node: int, text: str) -> int:
    """The tick at which a parameter gets its new value; BpdebugError for what has no update."""
    updates = run.iteration(iteration).updates
    lines = [line for line, update in enumerate(updates) if update.parameter == node]
    if not lines:
        raise no_update(text)
    return run.timeline(iteration).update_tick(lines[-1])


def destination(run: Run, here: Instant, text: str, marks: dict[str, Instant]) -> Instant:
    """Where `goto TEXT` goes from an instant; BpdebugError when the text names no instant.

    Distances are not parsed here: the ends of time may cut them short.
    """
    text = text.strip()
    if text in ("0", "^"):
        return FIRST
    if text == "$":
        return end_of_time(run)
    if text.startswith("'"):
        return parse_mark(marks, text.strip("'").strip())
    if NUMBER.fullmatch(text):
        total = run.timeline(here.iteration).total
        if int(text) > total:
            raise BpdebugError(
                f"there is no tick {int(text)}; iteration {here.iteration} has 1 to {total}"
            )
        return Instant(here.iteration, int(text))
    timeline = run.timeline(here.iteration)
    graph = timeline.graph
    match = ITERATION.fullmatch(text)
    if match and text not in graph.names and text not in marks:
        return after_forward(run, parse_iteration(run, here, (match[1] or "").strip()))
    group = find_group(graph, text)
    if text in marks and find_node(graph, text) is None and group is None:
        return marks[text]
    if group is not None:
        at = group_entry(timeline, group)
        if at is None:
            at = timeline.spans.of(group.name, backward=False)[0].start
        return Instant(here.iteration, at)
    parsed = named(graph, text)
    if parsed.aspect in MADE:
        return Instant(here.iteration, last_update(run, here.iteration, parsed.node, text))
    cell = named_cell(graph, parsed, text)
    tick = first_write(timeline, parsed.node, cell)
    if tick is None and cell is not None and first_write(timeline, parsed.node) is not None:
        raise BpdebugError(
            f"no term of iteration {here.iteration} adds to '{text[:80]}': its gradient is 0"
        )
    if tick is None:
        raise BpdebugError(f"'{text[:80]}' is data that is there from the start; no tick writes it")
    return Instant(here.iteration, tick)


def parse_iteration(run: Run, here: Instant, text: str) -> int:
    """The iteration that a text means: `3`, `+3` or `-3` from `here`, `$` for the last."""
    if text == "$":
        return run.iterations
    if not NUMBER.fullmatch(text):
        asked = f"'{text[:40]}' is no iteration" if text else "which iteration?"
        raise BpdebugError(
            f"{asked}; give its number from 1 to {run.iterations:,}, or +3, -3 from here, "
            "or $ for the last"
        )
    number = int(text) + (here.iteration if text[0] in "+-" else 0)
    if not 1 <= number <= run.iterations:
        raise BpdebugError(f"there is no iteration {number}; this run has 1 to {run.iterations}")
    return number


def parse_distance(text: str) -> int | None:
    """The ticks that `+10` or `-10` means; None for any other text."""
    text = text.strip()
    return int(text) if text[:1] in ("+", "-") and NUMBER.fullmatch(text) else None


def parse_mark(marks: dict[str, Instant], name: str) -> Instant:
    """The instant of a mark, by default of the latest; BpdebugError when there is none."""
    if not name:
        if not marks:
            raise BpdebugError("there are no marks yet; set one with `mark NAME`")
        return next(reversed(marks.values()))
    if name not in marks:
        hint = did_you_mean(name, marks) or "; set one with `mark NAME`"
        raise BpdebugError(f"there is no mark '{name[:80]}'{hint}")
    return marks[name]


def parse_breakpoint(text: str, number: int, timeline: Timeline, *, temporary: bool) -> Breakpoint:
    """Parse a breakpoint: a group, node, cell, edge, condition, or `PLACE if CONDITION`.

    A name that is a group's and a node's means the group; `grad(NAME)` names the node.

    BpdebugError when the text is none of them. The caller checks the condition by evaluating it.
    """
    text = " ".join(text.split())
    if not text:
        raise BpdebugError(
            "a breakpoint needs a node, an edge or a condition, such as W2, z2 -> W2 or loss < 0.1"
        )
    location, has_if, condition = map(str.strip, f" {text} ".partition(" if "))
    if has_if and not condition:
        raise BpdebugError("a condition must follow 'if', as in: break W2 if any(grad(W2) > 1)")
    graph = timeline.graph
    target, node, operand, cell = Target.CONDITION, "", "", None
    if location:
        group = find_group(graph, location)
        ends = parse_edge(location, timeline) if group is None else None
        if group is not None:
            target, node = Target.GROUP, group.name
            if group_entry(timeline, group) is None:
                raise BpdebugError(f"nothing ever stops at '{node}': no gradient goes through it")
        elif ends is not None:
            target, (node, operand, cell) = Target.EDGE, ends
        elif not is_condition(graph, location) and (parsed := node_or_cells(graph, location)):
            node, cell = graph.nodes[parsed.node].label, named_cell(graph, parsed, location)
            target = Target.NODE if cell is None else Target.CELL
            if first_write(timeline, parsed.node) is None:
                raise BpdebugError(f"nothing ever stops at '{node}': it is data without a gradient")
        elif has_if or (location.isidentifier() and location not in BUILT_IN):
            parse_node(graph, location)  # raises the error of a misspelt name
        else:
            condition = location
    return Breakpoint(number, target, text, node, operand, cell, condition, temporary=temporary)


def split_at_arrows(text: str) -> list[str]:
    """The texts around every arrow that stands in no quotes; the letters of einsum have arrows."""
    parts, start = [], 0
    for found in QUOTED_OR_ARROW.finditer(text):
        if found[0] in ("->", "→"):
            parts.append(text[start : found.start()].strip())
            start = found.end()
    return [*parts, text[start:].strip()]


def parse_edge(text: str, timeline: Timeline) -> tuple[str, str, Index | None] | None:
    """The labels of an edge's output and operand, and the cell of the operand's gradient if named.

    None when the text does not name an edge; BpdebugError when no edge joins the two nodes.
    """
    graph = timeline.graph
    parts = split_at_arrows(text)
    arrow = len(parts) == 2
    if not arrow:
        parts = text.split()
    if len(parts) != 2:
        return None
    if "" in parts:
        raise BpdebugError(f"'{text[:80]}' lacks one end of an edge; name both, as in z2 -> W2")
    if not arrow and (find_node(graph, parts[0]) is None or find_node(graph, parts[1]) is None):
        return None
    end = node_or_cells(graph, parts[1])
    cell = None if end is None else named_cell(graph, end, parts[1])
    output = parse_node(graph, parts[0])
    operand = parse_node(graph, parts[1]) if end is None else end.node
    operands = [edge.operand for edge in graph.out_of.get(output, ())]
    if operand not in operands:
        labels = dict.fromkeys(graph.nodes[index].label for index in operands)
        where = f"they go to {', '.join(labels)}" if labels else "none leaves it"
        raise BpdebugError(
            f"no edge goes from '{parts[0][:80]}' to '{parts[1][:80]}' on the way back; {where}"
        )
    return graph.nodes[output].label, graph.nodes[operand].label, cell

"""Marks, and searching an iteration for forward ops, edges and update lines that have a text."""

from __future__ import annotations

from functools import partial

from bpdebug.debugger.commands.command import Command, MotionText
from bpdebug.debugger.commands.motion import goto
from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.moment import Moment
from bpdebug.errors import BpdebugError
from bpdebug.graph import Graph
from bpdebug.wording import gradient_name, node_name
from bpdebug.wording.script import SCREEN

SAME_OP, SAME_NAME, IN_OP, IN_NAME, IN_FORMULA, NO_HIT = range(6)
"""How good a hit is, from the best."""


def mark(debugger: Debugger, argument: str) -> str:
    """mark [NAME]"""
    name = debugger.add_mark(argument.strip("'").strip())
    iteration, position = debugger.instant
    return f"mark '{name}' at iteration {iteration}, tick {position}"


def marks(debugger: Debugger, argument: str) -> str:
    """marks"""
    if not debugger.marks:
        return "no marks; `mark NAME` sets one here"
    return "\n".join(
        f"'{name}  iteration {iteration}, tick {position}"
        for name, (iteration, position) in debugger.marks.items()
    )


def goto_mark(debugger: Debugger, argument: str) -> str:
    """goto 'MARK, for the key that asks for the mark alone."""
    return goto(debugger, "'" + argument.strip("'"))


def find(debugger: Debugger, text: str, *, back: bool = False) -> str:
    """find [TEXT] and rfind [TEXT]: to the next hit or the previous one, round the end."""
    fresh = bool(text) and text != debugger.last_search
    text = text or debugger.last_search
    if not text:
        raise BpdebugError("nothing searched yet; press / (or: find TEXT)")
    debugger.remember_search(text)
    hits = ranked(debugger.moment, text)
    if not hits:
        raise BpdebugError(f"nothing in this iteration has '{text[:80]}'")
    at, went_round = following(hits, debugger.instant.position, back=back, fresh=fresh)
    debugger.goto(str(hits[at][1]))
    told = f"hit {at + 1} of {len(hits)} with '{text[:80]}'"
    return MotionText(f"{told}, went round" if went_round else told)


def following(
    hits: list[tuple[int, int]], position: int, *, back: bool, fresh: bool
) -> tuple[int, bool]:
    """Which hit comes next after a tick, and whether that is round the end.

    From a hit it is the one beside it in the list; from elsewhere the nearest of the best rank.
    """
    ticks = [tick for _, tick in hits]
    if position in ticks and not fresh:
        at = ticks.index(position) + (-1 if back else 1)
        return at % len(ticks), not 0 <= at < len(ticks)
    best = [at for at, (rank, _) in enumerate(hits) if rank == hits[0][0]]
    beyond = [at for at in best if (ticks[at] < position if back else ticks[at] > position)]
    nearest = beyond or best
    return nearest[-1 if back else 0], not beyond


def ranked(moment: Moment, text: str) -> list[tuple[int, int]]:
    """Rank and first tick of each op, edge and update line that has the text, best first.

    What is typed (`W2`) and what is shown (`W₂`, `δ₂`) both count, in upper or lower case. An op
    or a name that is just the text comes before one that contains it, and that before a formula;
    an edge belongs to the op that it goes through. Among equals it is the order of time.
    """
    wanted = text.casefold()
    graph, timeline = moment.graph, moment.timeline
    ranks: dict[int, int] = {}

    def by_node(node: int) -> int:
        if node not in ranks:
            ranks[node] = node_rank(moment, node, wanted)
        return ranks[node]

    def with_op(node: int, *others: int) -> int:
        return min(op_rank(graph, node, wanted), *map(by_node, (node, *others)), NO_HIT)

    found = [(with_op(node), timeline.forward_tick(node)) for node in graph.forward_order]
    found.append((by_node(graph.loss), timeline.forward + 1))
    for edge in graph.edges:
        start, end = timeline.edge_span(edge.index)
        if end > start:
            found.append((with_op(edge.output, edge.operand), start + 1))
    found += [
        (by_node(update.parameter), timeline.update_tick(line))
        for line, update in enumerate(moment.iteration.updates)
    ]
    return sorted(hit for hit in found if hit[0] < NO_HIT)


def op_rank(graph: Graph, node: int, wanted: str) -> int:
    """How well the text names the op that makes a node."""
    op = graph.nodes[node].op
    if op is None or wanted not in op.name:
        return NO_HIT
    return SAME_OP if wanted == op.name else IN_OP


def node_rank(moment: Moment, node: int, wanted: str) -> int:
    """How well the text names a node; its formula is the last that counts."""
    names, formulas = searchable(moment, node)
    if wanted in names:
        return SAME_NAME
    if any(wanted in name for name in names):
        return IN_NAME
    return IN_FORMULA if any(wanted in formula for formula in formulas) else NO_HIT


def searchable(moment: Moment, node: int) -> tuple[list[str], list[str]]:
    """The names and the formulas by which one may call a node, in one case."""
    one = moment.graph.nodes[node]
    numbers = [x.number for x in moment.layers if x.pre_activation == node and x.alone]
    names = [f"delta{number}" for number in numbers]
    formulas = [] if one.op is None else [one.op.name]
    labels = [one.label, node_name(moment.graph, node, SCREEN, limit=len(one.label) + 60)]
    (names if one.name else formulas).extend(labels)
    if one.given:
        formulas.append(one.source)
    if moment.graph.has_gradient(node):
        shown = gradient_name(moment.graph, node, SCREEN)
        (names if one.name or numbers else formulas).append(shown)
    return [text.casefold() for text in names], [text.casefold() for text in formulas]


PLACES: tuple[Command, ...] = (
    Command(
        "mark",
        "give this place a name",
        mark,
        abbreviations=("m",),
        keys=("m",),
        usage="mark [NAME]",
        details="Without a name, the mark gets the next number. `goto 'NAME` returns to it.",
        prompt="Mark this place as",
    ),
    Command("marks", "the marks", marks),
    Command(
        "",
        "to a mark",
        goto_mark,
        ident="goto_mark",
        keys=("apostrophe",),
        usage="[NAME]",
        details="Without a name: the latest mark.",
        prompt="To the mark",
        long=True,
    ),
    Command(
        "find",
        "the next tick whose name or op has the text",
        find,
        abbreviations=("search",),
        keys=("slash", "ctrl+f"),
        usage="find [TEXT]",
        details="Without a text, `find` searches for the last one again. Exact names come first,\n"
        "ops before nodes; then parts of names; then formulas.",
        prompt="Find",
    ),
    Command(
        "rfind", "the previous hit", partial(find, back=True), keys=("comma",), usage="rfind [TEXT]"
    ),
    Command("", "the next hit", find, ident="find_next", keys=("full_stop",)),
)

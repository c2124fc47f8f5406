"""The command `find`: search an iteration's forward ops, edges and update lines for a text."""

from __future__ import annotations

from functools import partial

from bpdebug.debugger.commands.command import Argument, Command, MotionText, Results
from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.moment import Moment
from bpdebug.errors import BpdebugError
from bpdebug.graph import Graph
from bpdebug.graph.groups import Group
from bpdebug.wording import gradient_name, node_name
from bpdebug.wording.script import SCREEN

SAME_OP, SAME_NAME, IN_OP, IN_NAME, IN_FORMULA, NO_HIT = range(6)
"""The ranks of hits, best first."""


def find(debugger: Debugger, text: str, *, back: bool = False) -> str:
    """find [TEXT] and rfind [TEXT]: go to the next or the previous hit, wrapping at the ends."""
    is_new = bool(text) and text != debugger.last_search
    text = text or debugger.last_search
    if not text:
        raise BpdebugError("nothing searched yet; press / (or: find TEXT)")
    debugger.remember_search(text)
    hits = ranked(debugger.moment, text)
    if not hits:
        raise BpdebugError(f"nothing in this iteration has '{text[:80]}'")
    at, wrapped = following(hits, debugger.instant.position, back=back, is_new=is_new)
    debugger.goto(str(hits[at][1]))
    note = f"hit {at + 1} of {len(hits)} with '{text[:80]}'"
    return MotionText(f"{note}, went round" if wrapped else note)


def following(
    hits: list[tuple[int, int]], position: int, *, back: bool, is_new: bool
) -> tuple[int, bool]:
    """The index of the next hit after a tick, and whether the search wrapped at an end.

    From a hit it is its neighbour in the list; from elsewhere, or for a new text, the nearest hit
    of the best rank.
    """
    ticks = [tick for _, tick in hits]
    if position in ticks and not is_new:
        at = ticks.index(position) + (-1 if back else 1)
        return at % len(ticks), not 0 <= at < len(ticks)
    best = [at for at, (rank, _) in enumerate(hits) if rank == hits[0][0]]
    ahead = [at for at in best if (ticks[at] < position if back else ticks[at] > position)]
    return (ahead or best)[-1 if back else 0], not ahead


def ranked(moment: Moment, text: str) -> list[tuple[int, int]]:
    """Rank and first tick of each op, edge and update line that has the text, best first.

    Names as typed (`W2`) and as shown (`W₂`, `δ₂`) count, in upper or lower case. An op or a name
    that equals the text ranks before one that contains it, and that before a formula; an edge
    ranks with the op that it goes through. A group counts where its value is made and where the
    backward pass enters it, a composite as an op. Hits of a rank are in the order of time.
    """
    text = text.casefold()
    graph, timeline = moment.graph, moment.timeline
    ranks = [node_rank(moment, node.index, text) for node in graph.nodes]

    def with_op(node: int, *others: int) -> int:
        return min(op_rank(graph, node, text), *(ranks[at] for at in (node, *others)))

    hits = [(with_op(node), timeline.forward_tick(node)) for node in graph.forward_order]
    hits.append((ranks[graph.loss], timeline.forward + 1))
    for edge in graph.edges:
        start, end = timeline.edge_span(edge.index)
        if end > start:
            hits.append((with_op(edge.output, edge.operand), start + 1))
    hits += [
        (ranks[update.parameter], timeline.update_tick(line))
        for line, update in enumerate(moment.iteration.updates)
    ]
    hits += [
        (group_rank(span.group, text), span.start if span.backward else span.end)
        for span in timeline.spans.all
    ]
    best: dict[int, int] = {}
    for rank, tick in hits:
        best[tick] = min(rank, best.get(tick, NO_HIT))
    return sorted((rank, tick) for tick, rank in best.items() if rank < NO_HIT)


def group_rank(group: Group, text: str) -> int:
    """The rank of a text that may name a group, or the composite whose call it is."""
    if group.composite is not None and text in group.composite.name:
        return SAME_OP if text == group.composite.name else IN_OP
    names = [group.name.casefold(), SCREEN.name(group.name).casefold()]
    if text in (*names, group.title.casefold()):
        return SAME_NAME
    return IN_NAME if any(text in name for name in names) else NO_HIT


def op_rank(graph: Graph, node: int, text: str) -> int:
    """The rank of a text that may name the op that makes a node."""
    op = graph.nodes[node].op
    if op is None or text not in op.name:
        return NO_HIT
    return SAME_OP if text == op.name else IN_OP


def node_rank(moment: Moment, node: int, text: str) -> int:
    """The rank of a text that may be in a node's names or formulas."""
    names, formulas = searchable(moment, node)
    if text in names:
        return SAME_NAME
    if any(text in name for name in names):
        return IN_NAME
    return IN_FORMULA if any(text in formula for formula in formulas) else NO_HIT


def searchable(moment: Moment, node: int) -> tuple[list[str], list[str]]:
    """A node's names and formulas, as typed and as shown, in lower case."""
    declared = moment.graph.nodes[node]
    numbers = [x.number for x in moment.layers if x.pre_activation == node and x.alone]
    names = [f"delta{number}" for number in numbers]
    formulas = [] if declared.op is None else [declared.op.name]
    shown = node_name(moment.graph, node, SCREEN, limit=len(declared.label) + 60)
    (names if declared.name else formulas).extend([declared.label, shown])
    if declared.given:
        formulas.append(declared.source)
    if moment.graph.has_gradient(node):
        gradient = gradient_name(moment.graph, node, SCREEN)
        (names if declared.name or numbers else formulas).append(gradient)
    return [text.casefold() for text in names], [text.casefold() for text in formulas]


FIND: tuple[Command, ...] = (
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
        argument=Argument.TEXT,
        results=Results.HITS,
    ),
    Command(
        "rfind",
        "the previous hit",
        partial(find, back=True),
        keys=("comma",),
        usage="rfind [TEXT]",
        results=Results.HITS,
    ),
    Command("", "the next hit", find, ident="find_next", keys=("full_stop",), results=Results.HITS),
)

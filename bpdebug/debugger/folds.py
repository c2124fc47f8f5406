"""Which groups are folded: at first, and the groups that a command without a name is about."""

from __future__ import annotations

from bpdebug.debugger.moment import Moment
from bpdebug.graph import Graph
from bpdebug.graph.groups import Origin

NEARLY_ALL = 3 / 4
"""The share of a graph's ops from which on a group of dotted names stands open at first."""


def folded_at_first(graph: Graph) -> frozenset[str]:
    """Composites and groups of dotted names; the layers of a network stand open.

    A group of dotted names with nearly all ops of the graph stands open, too: were the
    `transformer` folded in which a model has everything, a single line would be the whole graph.
    """
    ops = sum(node.op is not None for node in graph.nodes)
    return frozenset(
        group.name
        for group in graph.groups.values()
        if group.origin is Origin.COMPOSITE
        or (group.origin is Origin.NAMES and len(group.nodes) < NEARLY_ALL * ops)
    )


def group_to_fold(moment: Moment) -> str | None:
    """The innermost group at the cursor that is not folded; where all are folded, the innermost.

    None outside of all groups.
    """
    names = [span.group.name for span in reversed(moment.timeline.spans.at(moment.position))]
    return next((name for name in names if name not in moment.folded), names[0] if names else None)


def group_to_unfold(moment: Moment) -> str | None:
    """The folded group that the cursor is at; None where there is none.

    It is the group just passed, else the innermost around the cursor, else the group whose
    backward or forward pass comes next.
    """
    if moment.passed is not None:
        return moment.passed.group.name
    around = [span.group.name for span in moment.timeline.spans.at(moment.position)]
    folded = [name for name in around if name in moment.folded]
    if folded:
        return folded[-1]
    return None if moment.entering is None else moment.entering.group.name

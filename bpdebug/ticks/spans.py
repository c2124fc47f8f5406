"""Where the groups of a graph lie along the timeline, and the rulers with groups folded.

A group has spans: runs of its ops in the forward pass, and of the edges of those ops in the
backward pass. Mostly there is one in each; where entries of two groups take turns there are more.
Spans nest as groups do.

The cursor is in a group where it stands strictly between the ends of a span of it. That span, and
those around it, count as open there, whatever is folded.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence

from bpdebug.graph import Graph
from bpdebug.graph.groups import Group, Origin, around
from bpdebug.records import record


@record
class Span:
    """A run of a group's forward ops, or of edges of the backward pass that go through them."""

    group: Group
    index: int
    """Its number among all spans: in the order of time, each before those inside it."""
    parent: int | None
    """The span around it; None for an outermost one."""
    backward: bool
    first: int
    """The number of its first op or edge."""
    last: int
    """The number of its last op or edge."""
    start: int
    """The position before its first tick: where the group is entered."""
    end: int
    """The position after its last tick."""

    def contains(self, position: int) -> bool:
        """True strictly between its ends."""
        return self.start < position < self.end


class Spans:
    """The spans of a timeline, found by bisection, and its rulers with groups folded."""

    def __init__(self, graph: Graph, starts: Sequence[int]) -> None:
        """`starts` has the position before each edge's first term, and after the last edge."""
        self.graph = graph
        self.all: list[Span] = []
        """In the order of time, each before those inside it."""
        forward = [graph.nodes[node].group for node in graph.forward_order]
        backward = [graph.nodes[edge.output].group for edge in graph.edges]
        if graph.groups:
            self._find(forward, range(len(forward) + 1), backward=False)
            self._find(backward, starts, backward=True)
        self._begin = [span.start for span in self.all]
        self._backward = [span for span in self.all if span.backward]
        self._first_edges = [span.first for span in self._backward]
        self._edge_views: dict[frozenset[str], list[int]] = {}
        self._layer_view: list[int] | None = None

    def of(self, group: str, *, backward: bool) -> list[Span]:
        """The spans of a group in a pass, in the order of time; empty where it has none."""
        return [s for s in self.all if s.group.name == group and s.backward == backward]

    def inside(self, position: int) -> tuple[Span, ...]:
        """The spans that contain a position strictly, the outermost first."""
        return self._chain(bisect_left(self._begin, position) - 1, position, position)

    def at(self, position: int) -> tuple[Span, ...]:
        """The spans that the last tick before a position belongs to, the outermost first."""
        return self._chain(bisect_left(self._begin, position) - 1, position, position - 1)

    def around_edge(self, edge: int) -> tuple[Span, ...]:
        """The spans that an edge belongs to, the outermost first."""
        at = bisect_right(self._first_edges, edge) - 1
        span = self._backward[at] if at >= 0 else None
        while span is not None and span.last < edge:
            span = None if span.parent is None else self.all[span.parent]
        return self.lineage(span)

    def lineage(self, span: Span | None) -> tuple[Span, ...]:
        """A span with those around it, the outermost first; none for None."""
        found: list[Span] = []
        while span is not None:
            found.append(span)
            span = None if span.parent is None else self.all[span.parent]
        return tuple(reversed(found))

    def closed(self, span: Span, folded: Collection[str], position: int) -> bool:
        """Whether a span is passed as a whole, with the cursor at a position."""
        return span.group.name in folded and not span.contains(position)

    def outermost_closed(
        self, spans: Iterable[Span], folded: Collection[str], position: int
    ) -> Span | None:
        """The first of some spans, outermost first, that is closed; None where all are open."""
        return next((span for span in spans if self.closed(span, folded, position)), None)

    def shut(self, folded: Collection[str], position: int, *, backward: bool) -> list[Span]:
        """The outermost closed spans of a pass, in the order of time."""
        found: list[Span] = []
        hidden = -1
        for span in self.all:
            shown = span.backward == backward and span.last > hidden
            if shown and self.closed(span, folded, position):
                hidden = span.last
                found.append(span)
        return found

    # Rulers.

    def edge_ends(
        self, ends: Sequence[int], folded: frozenset[str], position: int
    ) -> Sequence[int]:
        """The ends of edges at which `next` stops, seen from a position.

        `ends` are those of all edges, ops and lines of the update. Those inside a closed group are
        left out; what follows the group does not depend on where in it the cursor stands.
        """
        if not self.all or not folded:
            return ends
        view = self._edge_views.get(folded)
        if view is None:
            view = self._without(ends, self._shut_everywhere(folded, 0))
            self._edge_views = {folded: view}  # of one set only: it changes at a user's pace
        inside = self.inside(position)
        closed = next((span for span in inside if span.group.name in folded), None)
        if closed is None:
            return view
        here = [s for s in self._shut_everywhere(folded, position) if closed.start <= s.start]
        opened = self._without(
            ends[bisect_right(ends, closed.start) : bisect_left(ends, closed.end)],
            [s for s in here if s.end <= closed.end],
        )
        low, high = bisect_right(view, closed.start), bisect_left(view, closed.end)
        return [*view[:low], *opened, *view[high:]]

    def layer_ends(self, ends: Sequence[int], position: int) -> Sequence[int]:
        """The ends at which `finish` stops, seen from a position; `ends` are those of layers.

        In a group they are the ends of the groups around the cursor, and backwards their
        beginnings. Outside of all groups a layer that ends inside a group ends with the group. A
        group that is the layer of a network is a layer.
        """
        if not any(span.group.origin is not Origin.LAYER for span in self.all):
            return ends
        if self._layer_view is None:
            self._layer_view = sorted({self._out_of_groups(end) for end in ends})
        view = self._layer_view
        chain = [s for s in self.inside(position) if s.group.origin is not Origin.LAYER]
        if not chain:
            return view
        own = {at for span in chain for at in (span.start, span.end)} - {0}
        low, high = bisect_left(view, chain[0].start), bisect_right(view, chain[0].end)
        return [*view[:low], *sorted(own), *view[high:]]

    def _out_of_groups(self, end: int) -> int:
        """The end of a layer, or of the outermost group that it lies strictly inside."""
        chain = (s for s in self.inside(end) if s.group.origin is not Origin.LAYER)
        outermost = next(chain, None)
        return end if outermost is None else outermost.end

    def _shut_everywhere(self, folded: Collection[str], position: int) -> list[Span]:
        return [
            span
            for backward in (False, True)
            for span in self.shut(folded, position, backward=backward)
        ]

    def _without(self, ends: Sequence[int], closed: Iterable[Span]) -> list[int]:
        """Ends without those strictly inside closed spans."""
        kept: list[int] = []
        done = 0
        for span in closed:
            upto = bisect_right(ends, span.start)
            if upto > done:
                kept += ends[done:upto]
            done = max(done, upto, bisect_left(ends, span.end))
        return [*kept, *ends[done:]]

    # How spans are found.

    def _chain(self, at: int, position: int, least: int) -> tuple[Span, ...]:
        """The lineage of the innermost span, from number `at` outwards, that ends after `least`."""
        span = self.all[at] if at >= 0 else None
        while span is not None and not (span.start < position and span.end > least):
            span = None if span.parent is None else self.all[span.parent]
        return self.lineage(span)

    def _find(self, groups: Sequence[str], starts: Sequence[int], *, backward: bool) -> None:
        """Add the spans of a pass: `groups` has the innermost group of each op or edge."""
        open_spans: list[tuple[str, int, int]] = []  # name, index in `all`, first op or edge
        chains: dict[str, list[str]] = {}
        base = len(self.all)
        made: list[tuple[str, int | None, int, int]] = []

        def close(depth: int, last: int) -> None:
            while len(open_spans) > depth:
                name, index, first = open_spans.pop()
                made[index - base] = (name, made[index - base][1], first, last)

        for at, group in enumerate(groups):
            if group not in chains:
                chains[group] = [name for name in around(group) if name in self.graph.groups]
            names = chains[group]
            same = 0
            while same < min(len(names), len(open_spans)) and open_spans[same][0] == names[same]:
                same += 1
            close(same, at - 1)
            for name in names[same:]:
                parent = open_spans[-1][1] if open_spans else None
                open_spans.append((name, base + len(made), at))
                made.append((name, parent, at, at))
        close(0, len(groups) - 1)
        self.all += [
            Span(
                self.graph.groups[name],
                base + number,
                parent,
                backward,
                first,
                last,
                starts[first],
                starts[last + 1],
            )
            for number, (name, parent, first, last) in enumerate(made)
        ]

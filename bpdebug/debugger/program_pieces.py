"""The rows of the backward program between seed and update: headings, folded groups, edges.

Rows come in pieces, each known by its first row and edge. Their number depends on headings and
folded groups, not on edges, and a row is found by bisection.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator
from enum import Enum

from bpdebug.graph.groups import Origin
from bpdebug.records import record
from bpdebug.ticks import Span, Timeline


class PieceKind(Enum):
    """What a piece of the program is."""

    LAYER = "the heading of a layer"
    GROUP = "the heading of an open group"
    FOLDED = "a folded group on one row"
    EDGES = "edges, one a row"


@record
class Piece:
    """Rows of the program that follow one another."""

    kind: PieceKind
    row: int
    """Its first row; the first of all is 0."""
    edge: int
    """Its first edge; a heading's is the edge below it."""
    index: int
    """The number of a heading's stretch, or of a group's span; of edges the innermost group's
    span, −1 outside of all groups."""
    depth: int
    """How many open groups with headings are around it."""


class Pieces:
    """The pieces of a program in their order."""

    def __init__(self, timeline: Timeline, closed: Collection[Span]) -> None:
        """`closed` are the folded groups: the outermost, each on one row."""
        self._pieces = list(found(timeline, closed))
        edges = len(timeline.graph.edges)
        last = self._pieces[-1] if self._pieces else None
        self.rows = 0
        """How many rows there are."""
        if last is not None:
            is_run = last.kind is PieceKind.EDGES
            self.rows = last.row + (edges - last.edge if is_run else 1)
        self._rows = [piece.row for piece in self._pieces]
        self._edges = [piece.edge for piece in self._pieces]

    def at_row(self, row: int) -> Piece:
        """The piece that a row belongs to."""
        return self._pieces[bisect_right(self._rows, row) - 1]

    def with_edge(self, edge: int) -> Piece:
        """The piece with an edge: a run of edges, or the folded group that it is in."""
        # A heading stands before the piece with its edge, so the last piece is that one.
        return self._pieces[bisect_right(self._edges, edge) - 1]

    def row_of_heading(self, edge: int, span: int | None) -> int:
        """The row of a heading above an edge, or of the folded group that it is in.

        With a span it is the group's own heading, or the row of the group; with None a layer's.
        """
        groups = PieceKind.GROUP, PieceKind.FOLDED
        for piece in self._pieces[bisect_left(self._edges, edge) :]:
            if piece.edge != edge:
                break
            if piece.kind in groups and piece.index == span:
                return piece.row
            if piece.kind is PieceKind.LAYER and span is None:
                return piece.row
        return self.row_of_edge(edge)

    def row_of_edge(self, edge: int) -> int:
        """The row of an edge, or of the folded group that it is in."""
        piece = self.with_edge(edge)
        return piece.row + (edge - piece.edge if piece.kind is PieceKind.EDGES else 0)


def found(timeline: Timeline, closed: Collection[Span]) -> Iterator[Piece]:
    """The pieces of a program, from the loss down."""
    edges = len(timeline.graph.edges)
    if not edges:
        return
    shut = {span.first: span for span in closed}
    layers = {edge: number for number, edge in enumerate(timeline.borders)}
    headed: dict[int, list[Span]] = {}
    for span in open_spans(timeline, closed):
        headed.setdefault(span.first, []).append(span)
    cuts = {0, *layers, *headed, *shut}
    cuts |= {span.last + 1 for spans in (closed, *headed.values()) for span in spans}
    around: list[Span] = []
    row, behind = 0, -1
    ordered = sorted(cuts - {edges})
    for edge, following in zip(ordered, [*ordered[1:], edges], strict=True):
        if edge <= behind:
            continue  # inside a folded group
        while around and around[-1].last < edge:
            around.pop()
        if edge in layers:
            yield Piece(PieceKind.LAYER, row, edge, layers[edge], len(around))
            row += 1
        for span in headed.get(edge, ()):
            yield Piece(PieceKind.GROUP, row, edge, span.index, len(around))
            around.append(span)
            row += 1
        if edge in shut:
            yield Piece(PieceKind.FOLDED, row, edge, shut[edge].index, len(around))
            row, behind = row + 1, shut[edge].last
        else:
            inner = around[-1].index if around else -1
            yield Piece(PieceKind.EDGES, row, edge, inner, len(around))
            row += following - edge


def open_spans(timeline: Timeline, closed: Collection[Span]) -> Iterator[Span]:
    """The open groups of the backward pass; a layer of a network has a layer's heading already."""
    hidden = {span.index: span for span in closed}
    behind = -1
    for span in timeline.spans.all:
        if not span.backward or span.last <= behind:
            continue
        if span.index in hidden:
            behind = span.last
        elif span.group.origin is not Origin.LAYER:
            yield span

"""The backward pass as a program listing: one edge a line, in the notation of a textbook.

The listing is a sequence that makes a line when it is asked for, so a pane draws what is visible
and a graph of thousands of nodes costs nothing. It never changes: where another group is folded,
there is another listing. Lines have the numbers of their edges, whatever is folded.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import Enum
from typing import overload

from bpdebug.debugger.program_pieces import PieceKind, Pieces
from bpdebug.graph.groups import Origin, around
from bpdebug.records import record
from bpdebug.run import Iteration
from bpdebug.ticks import Phase, Span
from bpdebug.ticks.group_gradients import part_of
from bpdebug.wording import (
    Script,
    edge_formula,
    gradient_name,
    group_call,
    group_line,
    inside,
    layer_title,
    node_name,
    update_symbols,
    value_formula,
)


class LineKind(Enum):
    """What a line of the listing stands for."""

    FORWARD = "forward"
    SEED = "seed"
    HEADING = "heading"
    EDGE = "edge"
    GROUP = "group"
    """A folded group: its whole backward pass on a line."""
    UPDATE = "update"


@record
class ProgramLine:
    """One line of the listing and the ticks it covers."""

    kind: LineKind
    left: str
    """What the line writes; a heading's text."""
    right: str = ""
    """What it writes there, with its sign: `= δ₂ · h₁ᵀ`, `+= …`, `← …`."""
    number: int | None = None
    """The line's number, from 1; None for headings and the forward pass. Of a folded group, that
    of its first edge."""
    start: int = 0
    """The position before the line's first tick."""
    end: int = 0
    """The position after its last tick; `start` for a heading."""
    index: int = -1
    """The edge, the update line, the loss's node for the seed, a heading's layer, or the number
    of the span of a group, folded or not; else -1."""
    depth: int = 0
    """How many open groups with headings are around it."""
    group: str = ""
    """The name of the group whose heading it is, or that it stands for; else empty."""
    last: int | None = None
    """Of a folded group, the number of its last edge."""
    edge: int = -1
    """The first edge of a folded group, or below a heading of the backward pass; else -1."""

    @property
    def text(self) -> str:
        """The whole line in one string."""
        return f"{self.left} {self.right}".rstrip()

    @property
    def numbers(self) -> str:
        """The line's number, or those of a folded group: `6–18`; empty without a number."""
        first = "" if self.number is None else str(self.number)
        return first if self.last in (None, self.number) else f"{first}–{self.last}"


class Listing(Sequence[ProgramLine]):
    """The program of an iteration: a sequence that makes and caches the lines that are read."""

    def __init__(self, iteration: Iteration, script: Script, closed: Collection[Span] = ()) -> None:
        """`closed` are the folded groups of the backward pass: the outermost, a line each."""
        self._iteration = iteration
        self._script = script
        self._graph = iteration.recorded.graph
        self._timeline = iteration.timeline
        self._pieces = Pieces(self._timeline, closed)
        self._edges = len(self._graph.edges)
        self._updates = len(iteration.updates)
        self._update_heading = 2 + self._pieces.rows
        self._cache: dict[int, ProgramLine] = {}

    def __len__(self) -> int:
        return self._update_heading + (1 + self._updates if self._updates else 0)

    @overload
    def __getitem__(self, at: int) -> ProgramLine: ...
    @overload
    def __getitem__(self, at: slice) -> list[ProgramLine]: ...
    def __getitem__(self, at: int | slice) -> ProgramLine | list[ProgramLine]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        at = at + len(self) if at < 0 else at
        if not 0 <= at < len(self):
            raise IndexError("line outside the listing")
        if at not in self._cache:
            self._cache[at] = self._make(at)
        return self._cache[at]

    @property
    def script(self) -> Script:
        """How the listing writes names."""
        return self._script

    @property
    def ops(self) -> int:
        """How many forward ops the first line stands for."""
        return self._timeline.forward

    @property
    def update_heading(self) -> int:
        """The line of the update rule's heading, or the listing's length where there is none."""
        return self._update_heading

    def op(self, number: int) -> ProgramLine:
        """Forward op `number`, from 0, as a line that the listing itself does not have."""
        node = self._graph.forward_order[number]
        name = node_name(self._graph, node, self._script)
        has_name = bool(self._graph.nodes[node].name)
        right = f"= {value_formula(self._graph, node, self._script)}" if has_name else ""
        return ProgramLine(LineKind.FORWARD, name, right, None, number, number + 1, node)

    def line_at(self, position: int) -> int:
        """The index of the line of the last tick before a position: the cursor's line."""
        tick = self._timeline.decode(position)
        if tick.phase in (Phase.START, Phase.FORWARD):
            return 0
        if tick.phase is Phase.SEED:
            return 1
        backward = tick.phase is Phase.BACKWARD
        return (self.line_of_edge if backward else self.line_of_update)(tick.index)

    def line_of_edge(self, edge: int) -> int:
        """The index of an edge's line, or of the folded group that it is in."""
        return 2 + self._pieces.row_of_edge(edge)

    def line_like(self, line: ProgramLine) -> int:
        """The index of the line that has what a line of this program has with other groups folded.

        What a folded group hides is in the group's line; a group's heading and its line stand for
        each other.
        """
        if line.kind in (LineKind.FORWARD, LineKind.SEED):
            return int(line.kind is LineKind.SEED)
        if line.kind is LineKind.UPDATE:
            return self.line_of_update(line.index)
        if line.kind is LineKind.EDGE:
            return self.line_of_edge(line.index)
        if line.edge < 0:
            return self._update_heading
        span = line.index if line.group else None
        return 2 + self._pieces.row_of_heading(line.edge, span)

    def last_of_group(self, heading: ProgramLine) -> int:
        """The index of the last line of the group that a heading is above."""
        if not heading.group:
            return self.line_like(heading)
        return self.line_of_edge(self._timeline.spans.all[heading.index].last)

    def layer_group(self, line: ProgramLine) -> str:
        """The layer of a network whose heading a line is, as the name of a group; else empty."""
        if line.kind is not LineKind.HEADING or line.group or line.edge < 0:
            return ""
        stretch = self._timeline.stretch_at(line.edge)
        if stretch is None:
            return ""
        inner = self._graph.nodes[stretch.layers[0].pre_activation].group
        names = (name for name in around(inner) if name in self._graph.groups)
        layers = [name for name in names if self._graph.groups[name].origin is Origin.LAYER]
        return layers[-1] if layers else ""

    def line_of_update(self, line: int) -> int:
        """The index of the line of an executed update line."""
        return self._update_heading + 1 + line

    def _make(self, at: int) -> ProgramLine:
        timeline = self._timeline
        if at == 0:
            ops = f"{timeline.forward} op{'s' * (timeline.forward != 1)}"
            return ProgramLine(LineKind.FORWARD, "forward", ops, end=timeline.forward)
        if at == 1:
            return self._seed()
        if at < self._update_heading:
            return self._backward(at)
        if at == self._update_heading:
            end = timeline.backward_end
            return ProgramLine(LineKind.HEADING, "update", start=end, end=end)
        return self._update(at - self._update_heading - 1)

    def _seed(self) -> ProgramLine:
        loss, start = self._graph.loss, self._timeline.forward
        name = gradient_name(self._graph, loss, self._script)
        return ProgramLine(LineKind.SEED, name, "= 1", 1, start, start + 1, loss)

    def _backward(self, at: int) -> ProgramLine:
        piece = self._pieces.at_row(at - 2)
        if piece.kind is PieceKind.EDGES:
            return self.edge_line(piece.edge + at - 2 - piece.row)
        start = self._timeline.starts[piece.edge]
        if piece.kind is PieceKind.LAYER:
            stretch = self._timeline.stretches[piece.index]
            title = layer_title(self._graph, stretch.layers, self._script)
            return ProgramLine(
                LineKind.HEADING,
                title,
                start=start,
                end=start,
                index=stretch.number,
                depth=piece.depth,
                edge=piece.edge,
            )
        span = self._timeline.spans.all[piece.index]
        script = self._script_around(span)
        if piece.kind is PieceKind.GROUP:
            title = group_call(self._graph, part_of(self._graph, span), script, opened=True)
            return ProgramLine(
                LineKind.HEADING,
                title,
                start=start,
                end=start,
                index=span.index,
                depth=piece.depth,
                group=span.group.name,
                edge=span.first,
            )
        left, right = group_line(self._graph, span, script)
        return ProgramLine(
            LineKind.GROUP,
            left,
            right,
            span.first + 2,
            span.start,
            span.end,
            span.index,
            piece.depth,
            span.group.name,
            span.last + 2,
            span.first,
        )

    def shorter(self, line: ProgramLine, most: int) -> str:
        """The text of a folded group's line with the names of so many gradients: a count for 0."""
        span = self._timeline.spans.all[line.index]
        script = self._script_around(span)
        return " ".join(group_line(self._graph, span, script, most=most))

    def _script_around(self, span: Span) -> Script:
        """The script that leaves out the name of the group around a span."""
        parent = None if span.parent is None else self._timeline.spans.all[span.parent].group
        return inside(self._graph, parent, self._script)

    def edge_line(self, edge: int) -> ProgramLine:
        """The line of an edge, also where the listing has a folded group in its place."""
        at = self._graph.edges[edge]
        start, end = self._timeline.edge_span(edge)
        piece, script = self._pieces.with_edge(edge), self._script
        if piece.kind is PieceKind.EDGES and piece.index >= 0:
            group = self._timeline.spans.all[piece.index].group
            script = inside(self._graph, group, script)
        formula = edge_formula(self._graph, at, script)
        right = f"{formula.sign} {formula.right}"
        return ProgramLine(
            LineKind.EDGE, formula.left, right, edge + 2, start, end, edge, piece.depth
        )

    def _update(self, line: int) -> ProgramLine:
        symbols = update_symbols(self._graph, self._iteration.updates[line], self._script)
        arrow = self._script.text("←")
        left, _, right = symbols.partition(arrow)
        end = self._timeline.update_tick(line)
        number = self._edges + 2 + line
        return ProgramLine(
            LineKind.UPDATE, left.strip(), f"{arrow} {right.strip()}", number, end - 1, end, line
        )

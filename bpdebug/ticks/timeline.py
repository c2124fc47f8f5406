"""An iteration as a line of ticks, of which only the beginning of each edge is stored.

Position t means that t ticks have happened: 0 is before the first forward op, and at position t
the cursor *stands on* tick number t. Ticks are, in order: one per forward op, one for the seed
∂L/∂L = 1, one per scalar multiplication of the backward pass, one per line of the update rule. The
terms are never listed: a tick is decoded by bisection and `divmod`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from enum import Enum
from functools import cached_property
from itertools import accumulate, groupby
from typing import overload

from bpdebug.graph import Edge, Graph, Layer
from bpdebug.ops import IndexMap
from bpdebug.records import record
from bpdebug.ticks.spans import Spans


class Phase(Enum):
    """The part of an iteration that a tick belongs to."""

    START = "start"
    FORWARD = "forward"
    SEED = "seed"
    BACKWARD = "backward"
    UPDATE = "update"


@record
class Tick:
    """The tick that happened last at a position: its phase, and what it belongs to."""

    number: int
    phase: Phase
    index: int
    """The index of the node (forward), edge (backward) or update line (update)."""
    term: int = 0
    """Which of the edge's multiplications, from 0."""
    terms: int = 1


class Ruler(Enum):
    """The sizes of step along a timeline."""

    TERM = "term"
    CELL = "cell"
    EDGE = "edge"
    LAYER = "layer"
    PASS = "pass"


class RulerEnds(Sequence[int]):
    """Ascending positions, given as rows; each row is shifted by a position of its own.

    Rows may be ranges, so that a row of millions takes no room; to look one up is a bisection.
    """

    def __init__(self, rows: Iterable[tuple[int, Sequence[int]]]) -> None:
        self._rows = [(shift, row) for shift, row in rows if len(row)]
        self._begin = list(accumulate((len(row) for _, row in self._rows), initial=0))

    def __len__(self) -> int:
        return self._begin[-1]

    @overload
    def __getitem__(self, at: int) -> int: ...
    @overload
    def __getitem__(self, at: slice) -> list[int]: ...
    def __getitem__(self, at: int | slice) -> int | list[int]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        at = at + len(self) if at < 0 else at
        if not 0 <= at < len(self):
            raise IndexError("the ruler has fewer ends")
        row = bisect_right(self._begin, at) - 1
        shift, ends = self._rows[row]
        return shift + ends[at - self._begin[row]]


@record
class Stretch:
    """A part of the backward pass that belongs to one layer.

    It begins where a δ of the layer is first written. Pre-activations side by side, such as the
    gates of a time step, share a stretch; each further use of the same weights has its own.
    """

    edge: int
    """The first edge; 0 for the first stretch, which begins with the loss."""
    layers: tuple[Layer, ...]
    """The pre-activations whose δ are first written in it, in that order."""

    @property
    def number(self) -> int:
        """The layer's number."""
        return self.layers[0].number


class Timeline:
    """The ticks of one iteration of a graph, with `updates` lines of update rule at its end.

    Batches of one size have the same ticks. To which cells the terms add may differ, where the data
    picks cells; so a batch may have a timeline of its own (`of_batch`), which shares all else.
    """

    def __init__(self, graph: Graph, updates: int = 0) -> None:
        self.graph = graph
        self.updates = updates
        self.layers: tuple[Layer, ...] = graph.layers
        self.forward = len(graph.forward_order)
        sizes = [graph.index_map(edge).terms for edge in graph.edges]
        first = self.forward + 1
        self.starts = list(accumulate(sizes, initial=first))
        """By edge: the position before its first term; then the position after the last edge."""
        self.total = self.starts[-1] + updates
        """The position at the end of the iteration."""
        self.stretches = self._stretches()
        """The layers of the backward pass, each with the edge that begins it."""
        self.borders = [stretch.edge for stretch in self.stretches]
        """Edges that begin a layer, in the order of the backward pass."""
        self._forward_at = {node: at for at, node in enumerate(graph.forward_order)}
        self._map_of: Callable[[Edge], IndexMap] = graph.index_map
        self._ends: dict[Ruler, Sequence[int]] = {
            Ruler.TERM: range(1, self.total + 1),
            Ruler.EDGE: self._edge_ends(),
            Ruler.LAYER: self._layer_ends(),
            Ruler.PASS: sorted({self.forward, self.backward_end, self.total} - {0}),
        }

    def of_batch(self, map_of: Callable[[Edge], IndexMap]) -> Timeline:
        """The timeline of a batch, whose terms add to the cells that these index maps say."""
        made = copy(self)
        made._map_of = map_of
        made._ends = {ruler: ends for ruler, ends in self._ends.items() if ruler is not Ruler.CELL}
        return made

    def index_map(self, edge: Edge) -> IndexMap:
        """The index map of an edge, with the cells that this batch's indices pick."""
        return self._map_of(edge)

    @property
    def backward_end(self) -> int:
        """The position after the last multiplication."""
        return self.starts[-1]

    def edge_span(self, edge: int) -> tuple[int, int]:
        """Positions before an edge's first term and after its last."""
        return self.starts[edge], self.starts[edge + 1]

    def forward_tick(self, node: int) -> int:
        """The tick at which a result is computed; 0 for a leaf, which is there from the start."""
        return self._forward_at[node] + 1 if node in self._forward_at else 0

    def update_tick(self, line: int) -> int:
        """The tick of an update line, counted from 0."""
        return self.backward_end + line + 1

    def decode(self, position: int) -> Tick:
        """The tick that the cursor stands on at a position, 0 ≤ position ≤ total."""
        if not 0 <= position <= self.total:
            raise IndexError(f"position {position} is outside 0 to {self.total}")
        if position == 0:
            return Tick(0, Phase.START, 0)
        if position <= self.forward:
            return Tick(position, Phase.FORWARD, self.graph.forward_order[position - 1])
        if position == self.forward + 1:
            return Tick(position, Phase.SEED, self.graph.loss)
        if position > self.backward_end:
            return Tick(position, Phase.UPDATE, position - self.backward_end - 1)
        edge = bisect_right(self.starts, position - 1) - 1
        start, end = self.edge_span(edge)
        return Tick(position, Phase.BACKWARD, edge, position - start - 1, end - start)

    def after(self, position: int, ruler: Ruler) -> int | None:
        """The next end of a ruler after a position, or None at the end of the iteration."""
        ends = self.ends(ruler)
        at = bisect_right(ends, position)
        return ends[at] if at < len(ends) else None

    def before(self, position: int, ruler: Ruler) -> int | None:
        """The last end of a ruler before a position, where 0 counts as an end; None at 0."""
        if position <= 0:
            return None
        ends = self.ends(ruler)
        at = bisect_left(ends, position)
        return ends[at - 1] if at else 0

    def ends(self, ruler: Ruler) -> Sequence[int]:
        """All ends of a ruler but 0, ascending."""
        if ruler not in self._ends:
            self._ends[ruler] = self._cell_ends()  # those of an epoch's batches all differ
        return self._ends[ruler]

    @cached_property
    def spans(self) -> Spans:
        """Where the groups of the graph lie on the line."""
        return Spans(self.graph, self.starts)

    def seen(self, ruler: Ruler, folded: frozenset[str], position: int) -> Sequence[int]:
        """The ends of a ruler at which a motion stops, seen from a position.

        A folded group is passed as a whole by the ruler of edges; in a group, that of layers goes
        by the groups around the position.
        """
        ends = self.ends(ruler)
        if ruler is Ruler.EDGE:
            return self.spans.edge_ends(ends, folded, position)
        return self.spans.layer_ends(ends, position) if ruler is Ruler.LAYER else ends

    def stretch_at(self, edge: int) -> Stretch | None:
        """The layer's part of the backward pass that an edge belongs to."""
        at = bisect_right(self.borders, edge) - 1
        return self.stretches[at] if at >= 0 else None

    def _cell_ends(self) -> RulerEnds:
        """Where each cell of a gradient has all products of an edge; elsewhere every tick."""
        edges = ((self.starts[e.index], self.index_map(e).cell_ends) for e in self.graph.edges)
        forward = (0, range(1, self.forward + 2))
        return RulerEnds([forward, *edges, (self.backward_end, range(1, self.updates + 1))])

    def _edge_ends(self) -> list[int]:
        forward = range(1, self.forward + 2)
        updates = range(self.backward_end + 1, self.total + 1)
        # An edge without terms (an empty slice) ends where it begins, so it adds no end.
        return sorted({*forward, *self.starts[1:], *updates})

    def _stretches(self) -> tuple[Stretch, ...]:
        """The layers of the backward pass in its order."""
        into = self.graph.into
        met = sorted(self.layers, key=lambda layer: into[layer.pre_activation][0].index)
        found = []
        for _, group in groupby(met, key=lambda layer: (layer.number, layer.stage)):
            layers = tuple(group)
            found.append(Stretch(into[layers[0].pre_activation][0].index, layers))
        return (Stretch(0, found[0].layers), *found[1:]) if found else ()

    def _layer_ends(self) -> list[int]:
        """The ends of the ruler "layer", ascending, without 0.

        In the forward pass a layer ends with its activation (of pre-activations side by side, the
        last); in the backward pass, where the next layer begins. The last layer begins with the
        seed.
        """
        ends = {self.forward, self.backward_end, self.total}
        ends |= {self.starts[edge] for edge in self.borders[1:]}
        for _, group in groupby(self.layers, key=lambda layer: (layer.number, layer.stage)):
            activations = [layer.activation for layer in group if layer.activation is not None]
            if activations:
                ends.add(max(self._forward_at[node] for node in activations) + 1)
        return sorted(ends - {0})

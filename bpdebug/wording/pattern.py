"""The symbols of all multiplications of an edge at once, for writing very many of them."""

from __future__ import annotations

from itertools import accumulate, pairwise

from bpdebug.graph import Edge, Graph
from bpdebug.ops import IndexMap
from bpdebug.records import record
from bpdebug.wording.cells import TermCells
from bpdebug.wording.script import Script
from bpdebug.wording.terms import sum_text

SLOT = 0xE000
"""Private-use characters from here on stand for index numbers while a pattern is made."""


@record
class TermPattern:
    """The symbols of all multiplications of an edge at once, for writing very many of them.

    `text` has a `%d` for each of `slots`: axes of the cell, of the upstream gradient, and of the
    local derivative, counted on from one to the next.
    """

    text: str
    slots: tuple[int, ...]


def term_pattern(graph: Graph, edge: Edge, script: Script) -> TermPattern:
    """`∂L/∂W₂[%d,%d] += δ₂[%d] · h₁[%d]` with slots (0, 1, 0, 1), and so on."""
    groups = slots_of(graph.index_map(edge))
    cells = TermCells(graph, edge, script, [[chr(SLOT + s) for s in group] for group in groups])
    text = script.finish(sum_text(graph, cells)).replace("%", "%%")
    slots = tuple(ord(c) - SLOT for c in text if SLOT <= ord(c) < SLOT + 64)
    return TermPattern("".join("%d" if SLOT <= ord(c) < SLOT + 64 else c for c in text), slots)


def slots_of(index_map: IndexMap) -> list[range]:
    """The slots for the axes of a cell, of the upstream gradient and of the local derivative."""
    shapes = (index_map.cell_shape, index_map.upstream_shape, index_map.local_shape)
    bounds = list(accumulate(map(len, shapes), initial=0))
    return [range(first, end) for first, end in pairwise(bounds)]

"""The symbols of all multiplications of an edge at once, for writing very many of them."""

from __future__ import annotations

from collections.abc import Sequence

from bpdebug.graph import Edge, Graph, Layer
from bpdebug.ops import LetterMap
from bpdebug.record import record
from bpdebug.wording.cells import local_cell
from bpdebug.wording.gradients import cell_of, gradients_of
from bpdebug.wording.letters import index_text, letters_of
from bpdebug.wording.notation import Script

SLOT = 0xE000
"""Private-use characters from here on stand for index numbers while a pattern is made."""


@record
class TermPattern:
    """The symbols of all multiplications of an edge at once, for writing very many of them.

    `text` has a `%d` for each of `slots`: places in the edge's loop (the operand's axes, then the
    summed letters). For an op that moves cells the upstream axes follow those of the operand.
    """

    text: str
    slots: tuple[int, ...]


def term_pattern(
    graph: Graph, layers: Sequence[Layer], edge: Edge, *, unicode: bool = True, full: bool = False
) -> TermPattern:
    """`∂L/∂W₂[%d,%d] += δ₂[%d] · h₁[%d]` with slots (0, 1, 0, 1)."""
    script = Script(unicode, full=full)
    index_map = graph.index_map(edge)
    rank = len(index_map.cell_shape)
    cell: Sequence[int] = range(rank)
    upstream = range(rank, rank + len(graph.nodes[edge.output].shape))
    letters = letters_of(graph, edge)
    factor = "1"
    if letters is not None:
        assert isinstance(index_map, LetterMap)
        bound: dict[str, str] = {}
        names = (letters.operands[edge.position], letters.output, letters.local)
        for part, axes in zip(
            names, (cell, index_map.upstream_axes, index_map.local_axes), strict=True
        ):
            bound.update((n, chr(SLOT + axis)) for n, axis in zip(part, axes, strict=True))
        bound["0"] = "0"
        places = [index_text(part, bound) for part in names[:2]]
        factor = local_cell(graph, edge, script, letters, bound)
    else:
        places = [index_text([chr(SLOT + axis) for axis in part]) for part in (cell, upstream)]
    left, right = (
        cell_of(name, place, letters is None, script)
        for name, place in zip(gradients_of(graph, layers, edge, script), places, strict=True)
    )
    text = script.finish(f"{left} += {right} · {factor}").replace("%", "%%")
    slots = tuple(ord(c) - SLOT for c in text if SLOT <= ord(c) < SLOT + 64)
    return TermPattern("".join("%d" if SLOT <= ord(c) < SLOT + 64 else c for c in text), slots)

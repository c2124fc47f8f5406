"""The symbols of all multiplications of an edge at once, for writing very many of them."""

from __future__ import annotations

from collections.abc import Sequence

from bpdebug.graph import Edge, Graph, Layer
from bpdebug.ops import IndexMap
from bpdebug.record import record
from bpdebug.wording.cells import IndexTexts, local_at, local_cell
from bpdebug.wording.gradients import cell_of, gradients_of
from bpdebug.wording.letters import index_text, letters_of
from bpdebug.wording.notation import Script

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


def term_pattern(
    graph: Graph, layers: Sequence[Layer], edge: Edge, *, unicode: bool = True, full: bool = False
) -> TermPattern:
    """`∂L/∂W₂[%d,%d] += δ₂[%d] · h₁[%d]` with slots (0, 1, 0, 1), and so on."""
    script = Script(unicode, full=full)
    index_map = graph.index_map(edge)
    groups = slots_of(index_map)
    letters = letters_of(graph, edge)
    if letters is None:
        texts = IndexTexts(*(index_text([chr(SLOT + slot) for slot in group]) for group in groups))
        places = [texts.cell, texts.upstream]
        factor = local_at(graph, edge, script, texts)
    else:
        bound: dict[str, str] = {}
        names = (letters.operands[edge.position], letters.output, letters.local)
        for part, group in reversed(list(zip(names, groups, strict=True))):
            bound.update((n, chr(SLOT + slot)) for n, slot in zip(part, group, strict=True))
        bound["0"] = "0"
        places = [index_text(part, bound) for part in names[:2]]
        factor = local_cell(graph, edge, script, letters, bound)
    left, right = (
        cell_of(name, place, letters is None, script)
        for name, place in zip(gradients_of(graph, layers, edge, script), places, strict=True)
    )
    text = script.finish(f"{left} += {right} · {factor}").replace("%", "%%")
    slots = tuple(ord(c) - SLOT for c in text if SLOT <= ord(c) < SLOT + 64)
    return TermPattern("".join("%d" if SLOT <= ord(c) < SLOT + 64 else c for c in text), slots)


def slots_of(index_map: IndexMap) -> list[range]:
    """The slots for the axes of a cell, of the upstream gradient and of the local derivative."""
    groups, first = [], 0
    for shape in (index_map.cell_shape, index_map.upstream_shape, index_map.local_shape):
        groups.append(range(first, first + len(shape)))
        first += len(shape)
    return groups

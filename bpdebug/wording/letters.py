"""The index letters of an edge, axis by axis, and their numbers in a multiplication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bpdebug.graph import Edge, Graph
from bpdebug.ops import Index, Signature
from bpdebug.records import record

AXES = "ijklmnop"


@record
class Letters:
    """The index letters of one edge, axis by axis; `0` where an axis of size 1 is stretched."""

    output: tuple[str, ...]
    operands: tuple[tuple[str, ...], ...]
    local: tuple[str, ...]


def letters_of(graph: Graph, edge: Edge) -> Letters | None:
    """The letters of an edge's op at its shapes; None for an op without index letters."""
    node = graph.nodes[edge.output]
    assert node.layout is not None
    signature: Signature | None = node.layout.signature
    if signature is None:
        return None
    local = signature.partials[edge.position]
    assert local is not None
    every = "".join(signature.operands) + signature.output + local
    shown = displayed_letters(every, AXES if not signature.typed else every)
    return Letters(
        tuple(shown[n] for n in signature.output),
        tuple(tuple(shown[n] for n in names) for names in signature.operands),
        tuple(shown[n] for n in local),
    )


def displayed_letters(letters: str, known: str = AXES) -> dict[str, str]:
    """Letters as they are written: from i on for those that are not known, as ops of any rank
    count theirs from a.

    An upper-case letter is an axis of size 1, kept or stretched; its index is 0.
    """
    free = iter(n for n in AXES if n not in letters)
    shown = {n: n for n in letters if n in known and not n.isupper()}
    for n in dict.fromkeys(letters):
        if n not in shown:
            shown[n] = "0" if n.isupper() else next(free, n)
    return shown


def index_text(letters: Sequence[str], bound: Mapping[str, str] | None = None) -> str:
    """`[i,j]`, or `[0,1]` with the letters bound; nothing for a scalar."""
    if not letters:
        return ""
    return "[" + ",".join(bound.get(n, n) if bound else n for n in letters) + "]"


def cell_text(index: Index) -> str:
    """A cell's index: `[0,1]`; nothing for a scalar."""
    return index_text([str(i) for i in index])

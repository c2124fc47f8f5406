"""The multiplications of an edge in blocks of arrays, to write millions of them quickly.

A block is worked out with a few array operations and written with one `%` per line; memory is
that of one block, whatever the number of terms. A factor that takes part in many terms is written
once and looked up, since turning a float into text is most of the work.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from bpdebug.graph import Edge, RecordedPass
from bpdebug.ops import Array, IndexMap
from bpdebug.ops.maps.index_map import TermRange, unravel, unravelled
from bpdebug.records import record
from bpdebug.wording import Script, TermPattern, plain_number

BLOCK = 8192
"""Terms that are computed together."""
TABLE = 1 << 18
"""The most cells of an array whose texts are cached for an edge."""

IndexColumn = NDArray[np.int64]
Spell = Callable[[Array], list[str]]
"""The texts of a row of numbers."""


@record
class FactorColumn:
    """The upstream or local factors of a range of terms: an array, and positions in it."""

    array: Array
    """The array that the factors are taken from, flattened; shape (cells)."""
    at: IndexColumn | None
    """A flat position for each term; None where `array` has an entry for each term."""

    @property
    def values(self) -> Array:
        """The factors; shape (terms)."""
        return self.array if self.at is None else self.array[self.at]


class TermBlock:
    """A range of an edge's terms: their indices and their factors."""

    def __init__(
        self, index_map: IndexMap, where: TermRange, upstream: FactorColumn, local: FactorColumn
    ) -> None:
        self.upstream, self.local = upstream, local
        self._groups = (
            (index_map.cell_shape, where.cell),
            (index_map.upstream_shape, where.upstream),
            (index_map.local_shape, where.local),
        )
        self._columns: dict[int, list[IndexColumn]] = {}

    def column(self, slot: int) -> IndexColumn:
        """The index of every term along an axis, by the slots of a pattern; shape (terms)."""
        for at, (shape, flat) in enumerate(self._groups):
            if slot < len(shape):
                if at not in self._columns:
                    self._columns[at] = unravelled(flat, shape)
                return self._columns[at][slot]
            slot -= len(shape)
        raise IndexError("no such slot")

    @property
    def product(self) -> Array:
        """What each term adds to its cell; never −0."""
        with np.errstate(all="ignore"):
            return np.asarray(self.upstream.values * self.local.values + 0.0)


def term_blocks(recorded: RecordedPass, edge: Edge, size: int = BLOCK) -> Iterator[TermBlock]:
    """All terms of an edge, in order."""
    index_map = recorded.index_map(edge)
    upstream = np.asarray(recorded.gradients[edge.output]).reshape(-1) + 0.0
    by_row, whole = recorded.by_row(edge), np.empty(0)
    if not by_row:
        whole = np.asarray(recorded.local(edge))
        if whole.size > 1:
            whole = np.broadcast_to(whole, index_map.local_shape)
        whole = whole.reshape(-1) + 0.0
    for start in range(0, index_map.terms, size):
        where = index_map.term_range(start, min(start + size, index_map.terms))
        if by_row:
            local = FactorColumn(row_factors(recorded, edge, index_map, start, where) + 0.0, None)
        else:
            local = FactorColumn(
                whole, where.local if whole.size > 1 else np.zeros_like(where.local)
            )
        yield TermBlock(index_map, where, FactorColumn(upstream, where.upstream), local)


def row_factors(
    recorded: RecordedPass, edge: Edge, index_map: IndexMap, start: int, where: TermRange
) -> Array:
    """The local factors of a range of terms, from rows of a Jacobian that is never built."""
    first, last = int(where.cell[0]), int(where.cell[-1])
    index = [unravel(cell, index_map.cell_shape) for cell in range(first, last + 1)]
    rows = np.concatenate([recorded.local_row(edge, cell) for cell in index])
    skipped = start - index_map.span(first)[0]
    return np.asarray(rows[skipped : skipped + len(where.cell)])


class Speller:
    """Writes factors, with a cache of the texts of an array that many terms read."""

    def __init__(self, spell: Spell, terms: int) -> None:
        self.spell = spell
        """Gives a text for each value."""
        self._terms = terms
        self._tables: dict[int, list[str]] = {}

    def factors(self, factors: FactorColumn) -> list[str]:
        """A text for each term."""
        array, at = factors.array, factors.at
        if at is None or array.size > min(TABLE, self._terms):
            return self.spell(factors.values)
        table = self._tables.get(id(array))
        if table is None:
            table = self._tables[id(array)] = self.spell(array)
        return list(map(table.__getitem__, at.tolist()))


def spell_text(script: Script) -> Spell:
    """Numbers as `wording.number` writes them, many at once."""
    digits, each = script.digits, f"%.{script.digits}g\n"

    def spell(values: Array) -> list[str]:
        if np.isfinite(values).all():
            text = each * len(values) % tuple(values.tolist())
            text = text.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
        else:
            text = "".join(plain_number(v, digits) + "\n" for v in values.tolist())
            text = text.replace("Infinity", "∞") if script.unicode else text
        return (text.replace("-", "−") if script.unicode else text).split("\n")[:-1]

    return spell


def spell_json(values: Array) -> list[str]:
    """Numbers as JSON, in full precision; NaN and infinities are strings."""
    if not len(values):
        return []
    if np.isfinite(values).all():
        return json.dumps(values.tolist())[1:-1].split(", ")
    return [json_number(v) for v in values.tolist()]


def json_number(value: float) -> str:
    """A number in JSON; NaN and infinities are strings."""
    return repr(value) if np.isfinite(value) else f'"{plain_number(value)}"'


def term_chunks(
    recorded: RecordedPass, edge: Edge, pattern: TermPattern, script: Script, *, indent: str = ""
) -> Iterator[str]:
    """The lines of an edge's multiplications, many in each chunk.

    `∂L/∂W₂[0,1] += δ₂[0] · h₁[1] = 0.138499 × 0.596884 = 0.0826676`
    """
    line = f"{indent}{pattern.text} = %s {script.times} %s = %s\n"
    speller = Speller(spell_text(script), recorded.index_map(edge).terms)
    for block in term_blocks(recorded, edge):
        slots = [block.column(slot).tolist() for slot in pattern.slots]
        yield "".join(map(line.__mod__, zip(*slots, *block_texts(block, speller), strict=True)))


def json_chunks(recorded: RecordedPass, edge: Edge, indent: str) -> Iterator[str]:
    """The multiplications of an edge as JSON objects, one a line, with commas between them."""
    index_map = recorded.index_map(edge)
    rank = len(index_map.cell_shape)
    cell = ", ".join(["%d"] * rank)
    line = f'{indent}{{"cell": [{cell}], "upstream": %s, "local": %s, "product": %s}}'
    speller = Speller(spell_json, index_map.terms)
    comma = ""
    for block in term_blocks(recorded, edge):
        columns = [block.column(axis).tolist() for axis in range(rank)]
        rows = zip(*columns, *block_texts(block, speller), strict=True)
        yield comma + ",\n".join(map(line.__mod__, rows))
        comma = ",\n"


def block_texts(block: TermBlock, speller: Speller) -> tuple[list[str], list[str], list[str]]:
    """Upstream, local and product of a block as texts."""
    return (
        speller.factors(block.upstream),
        speller.factors(block.local),
        speller.spell(block.product),
    )

"""The multiplications of an edge in blocks of arrays, so that millions can be written quickly.

A block is worked out with a few array operations and written with one `%` per line; memory is
that of one block, whatever the number of terms. A factor that takes part in many terms is written
once and looked up, since turning a float into text is most of the work.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bpdebug.graph import Edge, Pass
from bpdebug.ops import Array, LetterMap, SelectMap
from bpdebug.record import record
from bpdebug.wording import TermPattern, plain_number

BLOCK = 8192
"""Terms that are worked out together."""
TABLE = 1 << 18
"""The texts of a whole array are kept for one edge up to so many cells."""

Column = NDArray[np.int64]
Spell = Callable[[Array], list[str]]
"""The texts of a row of numbers."""


@record
class Factors:
    """One side of a stretch of terms: the array it is taken from, and where."""

    array: Array
    """One axis."""
    at: Column | None
    """Positions in it, one a term; None where the array is the terms' own."""

    @property
    def values(self) -> Array:
        """One number a term."""
        return self.array if self.at is None else self.array[self.at]


@record
class Block:
    """A stretch of an edge's terms: index columns by place in the loop, and the factors."""

    columns: tuple[Column, ...]
    upstream: Factors
    local: Factors

    @property
    def product(self) -> Array:
        """What each term adds to its cell; never −0."""
        with np.errstate(all="ignore"):
            return np.asarray(self.upstream.values * self.local.values + 0.0)


def blocks(run: Pass, edge: Edge, size: int = BLOCK) -> Iterator[Block]:
    """All terms of an edge, in order."""
    index_map = run.graph.index_map(edge)
    upstream = np.asarray(run.gradients[edge.output]).reshape(-1) + 0.0
    if isinstance(index_map, SelectMap):
        ones = np.ones(1)
        for flat in stretches(index_map.terms, size):
            columns, where = moved_columns(index_map, flat)
            yield Block(columns, Factors(upstream, where), Factors(ones, np.zeros_like(flat)))
        return
    assert isinstance(index_map, LetterMap)
    loop = index_map.cell_shape + index_map.sum_shape
    upstream_strides = strides(loop, index_map.upstream_axes)
    local_strides = strides(loop, index_map.local_axes)
    by_row = jacobian(run, edge)
    whole = np.empty(0)
    if not by_row:
        whole = np.asarray(run.local(edge))
        if whole.ndim == 0:
            local_strides = [0] * len(loop)
        elif whole.shape != index_map.local_shape:
            whole = np.broadcast_to(whole, index_map.local_shape)
        whole = whole.reshape(-1) + 0.0
    for flat in stretches(index_map.terms, size):
        columns = unravelled(flat, loop)
        if by_row:
            rows = jacobian_factors(run, edge, index_map, int(flat[0]), len(flat))
            local = Factors(rows + 0.0, None)
        else:
            local = Factors(whole, positions(columns, local_strides, len(flat)))
        yield Block(
            columns, Factors(upstream, positions(columns, upstream_strides, len(flat))), local
        )


def stretches(terms: int, size: int) -> Iterator[Column]:
    """The numbers of the terms, so many at a time."""
    for start in range(0, terms, size):
        yield np.arange(start, min(start + size, terms))


def strides(loop: Sequence[int], axes: Sequence[int]) -> list[int]:
    """How far one step along each place of the loop moves in an array with these axes."""
    steps = [0] * len(loop)
    step = 1
    for axis in reversed(axes):
        steps[axis] += step
        step *= loop[axis]
    return steps


def positions(columns: Sequence[Column], steps: Sequence[int], count: int) -> Column:
    """The flat positions that terms take their factor from."""
    at = np.zeros(count, dtype=np.int64)
    for column, step in zip(columns, steps, strict=True):
        if step:
            at += column * step
    return at


def unravelled(flat: Column, shape: Sequence[int]) -> tuple[Column, ...]:
    """Index columns of flat positions; none for a scalar."""
    return tuple(np.unravel_index(flat, tuple(shape))) if shape else ()


def moved_columns(where: SelectMap, flat: Column) -> tuple[tuple[Column, ...], Column]:
    """For an op that moves cells: columns of cell and upstream index, and its flat position."""
    steps = unravelled(flat, [len(pick) for pick in where.picks])
    cell = []
    for pick, step in zip(where.picks, steps, strict=True):
        ascending = pick if pick.step > 0 else pick[::-1]
        cell.append(ascending.start + step * ascending.step)
    if where.refold:
        # Every cell is kept, in the same flat order.
        return (*cell, *unravelled(flat, where.upstream_shape)), flat
    upstream = tuple(
        (cell[axis] - where.picks[axis].start) // where.picks[axis].step + offset
        for axis, offset in zip(where.kept_axes, where.offset, strict=True)
    )
    shape = where.upstream_shape
    at = positions(upstream, strides(shape, range(len(shape))), len(flat))
    return (*cell, *upstream), at


def jacobian(run: Pass, edge: Edge) -> bool:
    """True where the local derivative is known row by row only."""
    op = run.graph.nodes[edge.output].op
    rule = op.partial(edge.position) if op is not None else None
    return rule is not None and rule.row is not None


def jacobian_factors(run: Pass, edge: Edge, index_map: LetterMap, start: int, count: int) -> Array:
    """The local factors of a stretch of terms, from the rows of a Jacobian that is never built."""
    per_cell = index_map.per_cell
    cells = range(start // per_cell, (start + count - 1) // per_cell + 1)
    index = [tuple(int(i) for i in np.unravel_index(c, index_map.cell_shape)) for c in cells]
    rows = np.concatenate([run.local_row(edge, cell) for cell in index])
    skipped = start - cells.start * per_cell
    return np.asarray(rows[skipped : skipped + count])


class Speller:
    """Writes factors, and remembers the texts of an array that comes up again and again."""

    def __init__(self, spell: Spell, terms: int) -> None:
        self._spell = spell
        self._terms = terms
        self._tables: dict[int, list[str]] = {}

    def factors(self, factors: Factors) -> list[str]:
        """One text a term."""
        array, at = factors.array, factors.at
        if at is None or array.size > min(TABLE, self._terms):
            return self._spell(factors.values)
        table = self._tables.get(id(array))
        if table is None:
            table = self._tables[id(array)] = self._spell(array)
        return list(map(table.__getitem__, at.tolist()))

    def values(self, values: Array) -> list[str]:
        """One text a value."""
        return self._spell(values)


def spell_text(digits: int, unicode: bool) -> Spell:
    """Numbers as `wording.number` writes them, many at once."""
    each = f"%.{digits}g\n"

    def spell(values: Array) -> list[str]:
        if np.isfinite(values).all():
            text = each * len(values) % tuple(values.tolist())
            text = text.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
        else:
            text = "".join(plain_number(v, digits) + "\n" for v in values.tolist())
            text = text.replace("Infinity", "∞") if unicode else text
        return (text.replace("-", "−") if unicode else text).split("\n")[:-1]

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
    run: Pass,
    edge: Edge,
    pattern: TermPattern,
    *,
    digits: int,
    unicode: bool,
    indent: str = "",
) -> Iterator[str]:
    """The lines of an edge's multiplications, many in each chunk.

    `∂L/∂W₂[0,1] += δ₂[0] · h₁[1] = 0.138499 × 0.596884 = 0.0826676`
    """
    times = "×" if unicode else "*"
    line = f"{indent}{pattern.text} = %s {times} %s = %s\n"
    speller = Speller(spell_text(digits, unicode), run.graph.index_map(edge).terms)
    for block in blocks(run, edge):
        slots = [block.columns[slot].tolist() for slot in pattern.slots]
        yield "".join(map(line.__mod__, zip(*slots, *written(block, speller), strict=True)))


def json_chunks(run: Pass, edge: Edge, indent: str) -> Iterator[str]:
    """The multiplications of an edge as JSON objects, one a line, with commas between them."""
    index_map = run.graph.index_map(edge)
    rank = len(index_map.cell_shape)
    cell = ", ".join(["%d"] * rank)
    line = f'{indent}{{"cell": [{cell}], "upstream": %s, "local": %s, "product": %s}}'
    speller = Speller(spell_json, index_map.terms)
    comma = ""
    for block in blocks(run, edge):
        columns = [column.tolist() for column in block.columns[:rank]]
        rows = zip(*columns, *written(block, speller), strict=True)
        yield comma + ",\n".join(map(line.__mod__, rows))
        comma = ",\n"


def written(block: Block, speller: Speller) -> tuple[list[str], list[str], list[str]]:
    """Upstream, local and product of a block as texts."""
    return (
        speller.factors(block.upstream),
        speller.factors(block.local),
        speller.values(block.product),
    )

"""The commands that look into tensors: inspect, terms, paths."""

from __future__ import annotations

from bpdebug.debugger.cells import cell_called, tensor_called
from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.statistics import Statistics, bin_edges
from bpdebug.debugger.tensors import tensor
from bpdebug.debugger.values import text as cells_text
from bpdebug.debugger.ways import Ways, agreement, chain_text, factor_row, share_text, ways_of
from bpdebug.ops import show_shape
from bpdebug.trace import Term
from bpdebug.trace.cell_terms import CellTerms
from bpdebug.trace.paths import Path
from bpdebug.wording import aligned, fit, number, term_formula, width
from bpdebug.wording.numbers import in_product
from bpdebug.wording.steps import cell_name, gradient_cell_name

TERMS = 20
"""So many multiplications of a cell are printed."""
PATHS = 20
"""So many paths are printed,"""
WRITTEN = 4
"""so many of them with their factors,"""
FACTORS = 12
"""and of each so many factors."""
BAR = 24
"""Cells of the histogram's longest bar."""
NUMBERS = 5
"""Facts that are numbers: least, most, mean, spread, length; counts follow."""


def inspect(debugger: Debugger, argument: str) -> str:
    """inspect [NAME | grad(NAME) | delta(K) | change(NAME) | new(NAME)]"""
    node, aspect = tensor_called(debugger, argument)
    unicode, digits = debugger.unicode, debugger.digits
    seen = tensor(debugger.moment, node, aspect, unicode=unicode)
    state = f", {seen.state}" if seen.state else ""
    lines = [f"{seen.title}: {aspect.value}, shape {show_shape(seen.shape)}{state}"]
    lines += [f"  {line}" for line in statistics_lines(seen.statistics, digits, unicode=unicode)]
    if seen.statistics.pending < seen.statistics.cells:
        grid = cells_text(seen.shape, lambda w: (seen.values[w], seen.known[w]), digits, unicode)
        lines.append(f"  {grid}".replace("\n", "\n  "))
    return "\n".join(lines)


def statistics_lines(stats: Statistics, digits: int, *, unicode: bool) -> list[str]:
    """Numbers and counts, then the histogram."""
    told = [f"{name} {text}" for name, text in facts(stats, digits, unicode=unicode)]
    numbers = 0 if stats.least is None else NUMBERS
    lines = ["   ".join(part) for part in (told[:numbers], told[numbers:]) if part]
    if len(stats.bins) < 2:
        return lines
    low, high = (
        aligned([edge[end] for edge in bin_edges(stats)], 4, unicode=unicode) for end in (0, 1)
    )
    most = max(stats.bins)
    for a, b, count in zip(low, high, stats.bins, strict=True):
        bar = bar_text(count, most, BAR, unicode=unicode)
        lines.append(f"  {a} to {b}  {bar:<{BAR}}  {count:,}")
    return lines


def bar_text(count: int, most: int, room: int, *, unicode: bool) -> str:
    """A bar of a histogram; what is there has one cell at the least."""
    return ("█" if unicode else "#") * max(round(room * count / most), bool(count))


def facts(stats: Statistics, digits: int, *, unicode: bool) -> list[tuple[str, str]]:
    """What the statistics say, name by name; what does not apply is left out."""
    numbers = [
        ("min", stats.least),
        ("max", stats.most),
        ("mean", stats.mean),
        ("std", stats.spread),
        ("norm", stats.norm),
    ]
    found = [(n, number(v, digits, unicode=unicode)) for n, v in numbers if v is not None]
    cells = f"{stats.cells:,}"
    found.append(("cells", cells))
    counts = [("zeros", stats.zeros), ("NaN", stats.nan), ("infinite", stats.infinite)]
    if stats.pending < stats.cells:
        found += [(name, f"{count:,}") for name, count in counts]
    if stats.pending:
        found.append(("not computed yet", f"{stats.pending:,}"))
    return found


def terms(debugger: Debugger, argument: str) -> str:
    """terms [NAME[CELL] | grad(NAME)[CELL] | delta(K)[CELL]]"""
    node, cell = cell_called(debugger, argument)
    moment = debugger.moment
    found = CellTerms(moment.run, moment.timeline, node, cell)
    lines = [terms_heading(debugger, found)]
    for at, row in enumerate(term_rows(debugger, found, range(min(len(found), TERMS)))):
        part = found.part_of(at)
        if at == part.at and part.edge.of > 1:
            lines.append(f"  {part_heading(debugger, found, part.edge.index)}")
        lines.append("  " + "  ".join(row).rstrip())
    if len(found) > TERMS:
        ticks = f"ticks {found.tick(TERMS)} to {found.tick(len(found) - 1)}"
        lines.append(f"  the first {TERMS} of {len(found):,}; the rest are {ticks}")
    return "\n".join(lines)


def terms_heading(debugger: Debugger, found: CellTerms) -> str:
    """How many multiplications made a cell, and what it is now."""
    moment, unicode = debugger.moment, debugger.unicode
    name = gradient_cell_name(moment.graph, found.node, found.cell, unicode=unicode)
    if not len(found):
        if found.node == moment.graph.loss:
            return f"{name} = 1 is where the backward pass begins; no multiplication makes it"
        return f"{name}: no multiplication adds to it, so it is 0"
    many = "1 multiplication" if len(found) == 1 else f"{len(found):,} multiplications"
    done = f"{made(found, moment.position):,} of {many}"
    last = found.tick(len(found) - 1)
    if moment.position < found.tick(0):
        return f"{name}: {many}, none made yet; the last is tick {last}"
    if moment.position < last:
        return f"{name}: {done} made, partial until tick {last}"
    value = number(found[-1].after, debugger.digits, unicode=unicode)
    return f"{name} = {value}, made by {many}"


def made(found: CellTerms, position: int) -> int:
    """How many of a cell's multiplications have happened at a position."""
    low, high = 0, len(found)
    while low < high:
        middle = (low + high) // 2
        if found.tick(middle) <= position:
            low = middle + 1
        else:
            high = middle
    return low


def part_heading(debugger: Debugger, found: CellTerms, edge: int) -> str:
    """Which contribution some of the multiplications belong to, and its line of the program."""
    part = next(p for p in found.parts if p.edge.index == edge)
    line = debugger.listing[debugger.listing.line_of_edge(edge)]
    return f"contribution {part.edge.nth} of {part.edge.of}, line {line.number}: {line.text}"


def term_rows(
    debugger: Debugger, found: CellTerms, which: range, digits: int = 0
) -> list[tuple[str, ...]]:
    """Tick, symbols, numbers and running sum of some terms, each column aligned.

    The numbers of a multiplication that has not been made yet are `·`.
    """
    if not which:
        return []
    position, unicode = debugger.moment.position, debugger.unicode
    digits = digits or debugger.digits
    rows = [found[at] for at in which]
    there = [found.tick(at) <= position for at in which]
    symbols = [symbol(debugger, term) for term in rows]
    pad = max(width(text) for text in symbols)

    def column(numbers: list[float]) -> list[str]:
        shown = [n if t else None for n, t in zip(numbers, there, strict=True)]
        return aligned(shown, digits, unicode=unicode)

    upstream = column([term.upstream for term in rows])
    local = column([term.local for term in rows])
    product = column([term.product for term in rows])
    after = column([term.after for term in rows])
    ticks = [f"tick {found.tick(at)}" for at in which]
    wide = max(len(tick) for tick in ticks)
    times, total = ("×", "Σ") if unicode else ("*", "sum")
    return [
        (
            tick.ljust(wide),
            fit(text, pad),
            f"= {a} {times} {b} = {c}",
            f"{total} {d}",
        )
        for tick, text, a, b, c, d in zip(
            ticks, symbols, upstream, local, product, after, strict=True
        )
    ]


def symbol(debugger: Debugger, term: Term) -> str:
    """A term without what it is added to: `δ₂[0] · h₁[1]`."""
    moment = debugger.moment
    text, _ = term_formula(moment.graph, moment.layers, term, unicode=debugger.unicode)
    return text.partition(" += ")[2]


def paths(debugger: Debugger, argument: str) -> str:
    """paths [NAME[CELL]]"""
    node, cell = cell_called(debugger, argument)
    ways = ways_of(debugger.moment, node, cell)
    found = ways.paths.first(PATHS)
    lines = [*ways_lines(debugger, ways), ""]
    products = aligned([path.product for path in found], debugger.digits, unicode=debugger.unicode)
    for rank, (path, product) in enumerate(zip(found, products, strict=True), 1):
        share = share_text(ways, [path])
        lines.append(f"{rank:>3}  {product}  {share:>6}  {chain_text(debugger, path)}")
        if rank <= WRITTEN:
            factors = [factor_row(debugger, factor) for factor in path.factors[:FACTORS]]
            more = " ..." if len(path.factors) > FACTORS else ""
            times = " × " if debugger.unicode else " * "
            lines.append(f"       = {times.join(in_product(row[2]) for row in factors)}{more}")
    lines.append(shown_text(ways, found))
    return "\n".join(lines)


def ways_lines(debugger: Debugger, ways: Ways) -> list[str]:
    """How many paths there are, and that their sum is the gradient."""
    moment, unicode = debugger.moment, debugger.unicode
    many = "1 path" if ways.paths.count == 1 else f"{ways.paths.count:,} paths"
    loss = cell_name(moment.graph, moment.graph.loss, (), unicode=unicode)
    name = cell_name(moment.graph, ways.node, ways.cell, unicode=unicode)
    first = f"{name} reaches {loss} by {many}"
    idle = ways.paths.count - ways.paths.alive
    if idle:
        first += f", {idle:,} of them with a factor 0"
    return [first, agreement(debugger, ways)]


def shown_text(ways: Ways, found: list[Path]) -> str:
    """`showing 20 of 4,096 paths: 97 % of the sum of all |products|`."""
    many = ways.paths.count
    if len(found) == many:
        return "these are all of them"
    share = share_text(ways, found)
    return f"showing {len(found)} of {many:,} paths: {share} of the sum of all |products|"

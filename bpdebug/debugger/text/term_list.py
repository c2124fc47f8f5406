"""What `terms` prints: every multiplication that made one cell of a gradient."""

from __future__ import annotations

from bisect import bisect_right

from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.tensors.named_cells import parse_cell
from bpdebug.trace import Term
from bpdebug.trace.cell_terms import CellTerms
from bpdebug.wording import Script, fit, term_formula, width
from bpdebug.wording.steps import gradient_cell_name

TERMS = 20
"""So many multiplications of a cell are printed."""


def terms_text(debugger: Debugger, argument: str) -> str:
    """terms [NAME[CELL] | grad(NAME)[CELL] | delta(K)[CELL]]"""
    node, cell = parse_cell(debugger, argument)
    moment = debugger.moment
    found = CellTerms(moment.recorded, moment.timeline, node, cell)
    lines = [terms_heading(debugger, found)]
    shown = range(min(len(found), TERMS))
    for at, row in enumerate(term_rows(debugger, found, shown, debugger.script)):
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
    moment, script = debugger.moment, debugger.script
    name = gradient_cell_name(moment.graph, found.node, found.cell, script)
    if not len(found):
        if found.node == moment.graph.loss:
            return f"{name} = 1 starts the backward pass and has no terms"
        return f"{name}: no term adds to it, so it is 0"
    many = "1 term" if len(found) == 1 else f"{len(found):,} terms"
    done = f"{terms_computed(found, moment.position):,} of {many}"
    last = found.tick(len(found) - 1)
    if moment.position < found.tick(0):
        return f"{name}: {many}, none computed yet; the last is tick {last}"
    if moment.position < last:
        return f"{name}: {done} computed, partial until tick {last}"
    value = script.number(found[-1].after)
    return f"{name} = {value}, {'the sum of ' * (len(found) > 1)}{many}"


def terms_computed(found: CellTerms, position: int) -> int:
    """How many of a cell's multiplications have happened at a position."""
    return bisect_right(range(len(found)), position, key=found.tick)


def part_heading(debugger: Debugger, found: CellTerms, edge: int) -> str:
    """Which contribution some of the multiplications belong to, and its line of the program."""
    part = next(p for p in found.parts if p.edge.index == edge)
    line = debugger.listing[debugger.listing.line_of_edge(edge)]
    return f"contribution {part.edge.nth} of {part.edge.of}, line {line.number}: {line.text}"


def term_rows(
    debugger: Debugger, found: CellTerms, which: range, script: Script
) -> list[tuple[str, ...]]:
    """Tick, symbols, numbers and running sum of some terms, each column aligned.

    The numbers of a multiplication that has not been made yet are `·`.
    """
    if not which:
        return []
    position = debugger.moment.position
    rows = [found[at] for at in which]
    there = [found.tick(at) <= position for at in which]
    symbols = [term_symbols(debugger, term) for term in rows]
    pad = max(width(text) for text in symbols)

    def column(numbers: list[float]) -> list[str]:
        shown = [n if t else None for n, t in zip(numbers, there, strict=True)]
        return script.aligned(shown)

    upstream = column([term.upstream for term in rows])
    local = column([term.local for term in rows])
    product = column([term.product for term in rows])
    after = column([term.after for term in rows])
    ticks = [f"tick {found.tick(at)}" for at in which]
    wide = max(len(tick) for tick in ticks)
    times, total = script.times, script.say("Σ")
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


def term_symbols(debugger: Debugger, term: Term) -> str:
    """A term without what it is added to: `δ₂[0] · h₁[1]`."""
    moment = debugger.moment
    text, _ = term_formula(moment.graph, term, debugger.script)
    return text.partition(" += ")[2]

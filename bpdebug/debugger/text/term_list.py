"""The text of `terms`: every multiplication that made a cell of a gradient."""

from __future__ import annotations

from bisect import bisect_right

from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.tensors.named_cells import parse_cell
from bpdebug.ticks.cell_terms import CellTerms
from bpdebug.wording import Script, fit, term_formula, width
from bpdebug.wording.steps import gradient_cell_name

MOST_TERMS = 20
"""Multiplications printed, at the most."""


def terms_text(debugger: Debugger, argument: str) -> str:
    """terms [NAME[CELL] | grad(NAME)[CELL] | delta(K)[CELL]]"""
    node, cell = parse_cell(debugger, argument)
    moment = debugger.moment
    cell_terms = CellTerms(moment.recorded, moment.timeline, node, cell)
    lines = [terms_heading(debugger, cell_terms)]
    shown = range(min(len(cell_terms), MOST_TERMS))
    for at, row in enumerate(term_rows(debugger, cell_terms, shown, debugger.script)):
        part = cell_terms.part_of(at)
        if at == part.at and part.edge.of > 1:
            lines.append(f"  {part_heading(debugger, cell_terms, part.edge.index)}")
        lines.append("  " + "  ".join(row).rstrip())
    if len(cell_terms) > MOST_TERMS:
        ticks = f"ticks {cell_terms.tick(MOST_TERMS)} to {cell_terms.tick(len(cell_terms) - 1)}"
        lines.append(f"  the first {MOST_TERMS} of {len(cell_terms):,}; the rest are {ticks}")
    return "\n".join(lines)


def terms_heading(debugger: Debugger, cell_terms: CellTerms) -> str:
    """How many multiplications make a cell, and its value so far."""
    moment, script = debugger.moment, debugger.script
    name = gradient_cell_name(moment.graph, cell_terms.node, cell_terms.cell, script)
    if not len(cell_terms):
        if cell_terms.node == moment.graph.loss:
            return f"{name} = 1 starts the backward pass and has no terms"
        return f"{name}: no term adds to it, so it is 0"
    many = "1 term" if len(cell_terms) == 1 else f"{len(cell_terms):,} terms"
    done = f"{terms_computed(cell_terms, moment.position):,} of {many}"
    last = cell_terms.tick(len(cell_terms) - 1)
    if moment.position < cell_terms.tick(0):
        return f"{name}: {many}, none computed yet; the last is tick {last}"
    if moment.position < last:
        return f"{name}: {done} computed, partial until tick {last}"
    value = script.number(cell_terms[-1].after)
    return f"{name} = {value}, {'the sum of ' * (len(cell_terms) > 1)}{many}"


def terms_computed(cell_terms: CellTerms, position: int) -> int:
    """How many of a cell's multiplications a position has behind it."""
    return bisect_right(range(len(cell_terms)), position, key=cell_terms.tick)


def part_heading(debugger: Debugger, cell_terms: CellTerms, edge: int) -> str:
    """Which contribution an edge makes to a cell, and its line of the program."""
    part = next(p for p in cell_terms.parts if p.edge.index == edge)
    line = debugger.listing.edge_line(edge)
    return f"contribution {part.edge.nth} of {part.edge.of}, line {line.number}: {line.text}"


def term_rows(
    debugger: Debugger, cell_terms: CellTerms, which: range, script: Script
) -> list[tuple[str, ...]]:
    """Tick, symbols, numbers and running sum of the terms `which`, in aligned columns.

    The numbers of a multiplication that is not computed yet are `·`.
    """
    if not which:
        return []
    position = debugger.moment.position
    terms = [cell_terms[at] for at in which]
    ticks = [cell_terms.tick(at) for at in which]
    graph = debugger.moment.graph
    formulas = [term_formula(graph, term, debugger.script)[0] for term in terms]
    # The column has no room for the target of each term.
    symbols = [formula.partition(" += ")[2] for formula in formulas]
    pad = max(width(text) for text in symbols)
    columns = [
        script.aligned(
            [
                getattr(term, field) if tick <= position else None
                for term, tick in zip(terms, ticks, strict=True)
            ]
        )
        for field in ("upstream", "local", "product", "after")
    ]
    tick_width = len(f"tick {ticks[-1]}")
    times, total = script.times, script.text("Σ")
    return [
        (
            f"tick {tick}".ljust(tick_width),
            fit(text, pad),
            f"= {upstream} {times} {local} = {product}",
            f"{total} {after}",
        )
        for tick, text, upstream, local, product, after in zip(
            ticks, symbols, *columns, strict=True
        )
    ]

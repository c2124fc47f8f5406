"""One scalar multiplication written out: in letters, in cells, in numbers, and in a sentence."""

from __future__ import annotations

from bpdebug.graph import Edge, Graph, RecordedPass
from bpdebug.ticks import Term
from bpdebug.wording.anonymous import full_name
from bpdebug.wording.cells import TermCells
from bpdebug.wording.formulas import partial_of, templates
from bpdebug.wording.gradients import cell_of, gradients_of
from bpdebug.wording.notation import average
from bpdebug.wording.numbers import in_product
from bpdebug.wording.options import op_of
from bpdebug.wording.script import Script


def letter_formula(graph: Graph, edge: Edge, script: Script) -> str:
    """The general multiplication of an edge: `∂L/∂W₂[i,j] += δ₂[i] · h₁[j]`."""
    text = script.finish(sum_text(graph, TermCells(graph, edge, script)))
    return text.removesuffix(script.either(" · 1", " * 1"))


def sum_text(graph: Graph, cells: TermCells) -> str:
    """A multiplication in symbols and what it adds to: `∂L/∂W₂[0,1] += δ₂[0] · h₁[1]`."""
    script = cells.script
    picks = op_of(graph.nodes[cells.edge.output]).indices_from is not None
    lettered = cells.letters is not None or picks
    left, upstream = gradients_of(graph, cells.edge, script)
    left = cell_of(left, cells.cell, lettered, script)
    return f"{left} += {cell_of(upstream, cells.upstream, lettered, script)} · {cells.factor()}"


def term_formula(graph: Graph, term: Term, script: Script) -> tuple[str, str]:
    """A multiplication in cells and in numbers.

    `("∂L/∂W₂[0,1] += δ₂[0] · h₁[1]", "= 0.138499 × 0.596884 = 0.0826676")`
    """
    symbols = script.finish(sum_text(graph, cells_of(graph, term, script)))
    a, b, c = (script.number(v) for v in (term.upstream, term.local, term.product))
    return symbols, f"= {a} {script.times} {in_product(b)} = {c}"


def cells_of(graph: Graph, term: Term, script: Script) -> TermCells:
    """The cells of an executed multiplication."""
    at = term.indices
    return TermCells(graph, term.edge, script, (at.cell, at.upstream, at.local))


def accumulation(term: Term, script: Script) -> str:
    """The cell before, the addend, the cell after: `0.1 + 0.02 = 0.12`; empty for a first term."""
    if term.before is None:
        return ""
    a, b, c = (script.number(v) for v in (term.before, term.product, term.after))
    return f"{a} + {in_product(b)} = {c}"


def term_why(graph: Graph, term: Term, script: Script, recorded: RecordedPass | None = None) -> str:
    """A plain sentence on why this factor is in this multiplication.

    With the recorded pass it also names a kink at the cell, and the convention there.
    """
    edge = term.edge
    rule, cells = partial_of(graph, edge), cells_of(graph, term, script)
    text = script.finish(cells.fill(templates(graph, edge).why or rule.why))
    if cells.letters is None:
        return sentence(text + kink_text(graph, term, recorded), rule.why)
    n = average(graph, graph.nodes[edge.output], "n", script)
    if n != "1" and "{per" in rule.text and "{n}" not in rule.why:
        text += f"; the mean over {n} divides it by {n}"
    rows = op_of(graph.nodes[edge.output]).rows
    if len(cells.letters.output) == 2 and cells.letters.output[0] == rows:
        text += f"; this is row {cells.bound[rows]} of the batch"
    text += kink_text(graph, term, recorded)
    fixed, adds = other_operands(graph, edge, script)
    if fixed:
        return sentence(f"with {fixed} held still, {text}; {adds} of its own", "with")
    return sentence(text, rule.why)


def kink_text(graph: Graph, term: Term, recorded: RecordedPass | None) -> str:
    """What its op takes as the derivative where a term stands on a kink, as the end of a sentence;
    empty elsewhere."""
    if recorded is None or not stands_on_kink(recorded, term):
        return ""
    at_kink = op_of(graph.nodes[term.edge.output]).at_kink
    return f"; this cell is exactly at the kink: {at_kink}"


def stands_on_kink(recorded: RecordedPass, term: Term) -> bool:
    """True where the cell that a term's upstream gradient belongs to was computed on a kink."""
    op = recorded.graph.nodes[term.edge.output].op
    if op is None or not op.at_kink:
        return False
    kinks = recorded.on_kink(term.edge.output)
    return kinks is not None and bool(kinks[term.indices.upstream])


ORDINALS = ("first", "second", "third", "fourth")


def other_operands(graph: Graph, edge: Edge, script: Script) -> tuple[str, str]:
    """Which other operands of an edge's op move with the edge's own operand, and what they add.

    Two empty texts where the operand reaches the result by this edge alone.
    """
    if edge.of == 1:
        return "", ""
    names, all_twins = [], True
    operands = graph.nodes[edge.output].operands
    own = script.finish(full_name(graph, edge.operand, script))
    for position, operand in enumerate(operands):
        if position == edge.position or not depends_on(graph, operand, edge.operand):
            continue
        if operand == edge.operand:
            which = ORDINALS[position] if position < len(ORDINALS) else "other"
            names.append(f"the {which} {own}")
        else:
            all_twins = False
            names.append(script.finish(full_name(graph, operand, script)))
    if not names:
        return "", ""
    fixed, single = " and ".join(names), len(names) == 1
    too = "" if all_twins else f"{'depends' if single else 'depend'} on {own} too and "
    return fixed, f"{fixed} {too}{'adds a contribution' if single else 'add contributions'}"


def depends_on(graph: Graph, node: int, source: int) -> bool:
    """True where a node is a source, or is computed from it along edges that carry gradients."""
    pending, seen = [node], {node}
    while pending:
        at = pending.pop()
        if at == source:
            return True
        entry = graph.nodes[at]
        if not entry.needs_gradient:
            continue
        # Operands stand before their results, so nothing in front of the source can hold it.
        new = {operand for operand in entry.operands if operand >= source} - seen
        seen |= new
        pending.extend(new)
    return False


def sentence(text: str, template: str) -> str:
    """A plain sentence: a capital at the start unless a name stands there, and a full stop."""
    if not template.startswith("{"):
        text = text[:1].upper() + text[1:]
    return text + "."

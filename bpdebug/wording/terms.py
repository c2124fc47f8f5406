"""One scalar multiplication written out: in letters, in cells, in numbers, and in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from bpdebug.graph import Edge, Graph, Layer, Pass
from bpdebug.ops import TermIndices
from bpdebug.trace import Term
from bpdebug.wording.anonymous import full_name
from bpdebug.wording.cells import IndexTexts, fill_cells, fill_indices, local_at, local_cell
from bpdebug.wording.formulas import partial_of
from bpdebug.wording.gradients import cell_of, gradients_of, whole_name
from bpdebug.wording.letters import bindings, cell_text, index_text, letters_of
from bpdebug.wording.notation import Script, average
from bpdebug.wording.numbers import DIGITS, in_product, number


def letter_formula(
    graph: Graph, layers: Sequence[Layer], edge: Edge, *, unicode: bool = True
) -> str:
    """The general multiplication of an edge: `∂L/∂W₂[i,j] += δ₂[i] · h₁[j]`."""
    script = Script(unicode)
    left, upstream = gradients_of(graph, layers, edge, script)
    letters = letters_of(graph, edge)
    if letters is None:
        every = "[…]" if unicode else "[...]"
        factor = local_at(graph, edge, script, IndexTexts(every, every, every))
        text = f"{whole_name(left, script)}{every} += {whole_name(upstream, script)}{every}"
        return text if factor == "1" else script.finish(f"{text} · {factor}")
    left += index_text(letters.operands[edge.position])
    upstream += index_text(letters.output)
    factor = local_cell(graph, edge, script, letters, {})
    return script.finish(f"{left} += {upstream} · {factor}").removesuffix(
        " · 1" if unicode else " * 1"
    )


def term_formula(
    graph: Graph,
    layers: Sequence[Layer],
    term: Term,
    *,
    digits: int = DIGITS,
    unicode: bool = True,
) -> tuple[str, str]:
    """A multiplication in cells and in numbers.

    `("∂L/∂W₂[0,1] += δ₂[0] · h₁[1]", "= 0.138499 × 0.596884 = 0.0826676")`
    """
    edge, indices, script = term.edge, term.indices, Script(unicode)
    names = gradients_of(graph, layers, edge, script)
    letters = letters_of(graph, edge)
    left, upstream = (
        cell_of(name, cell_text(index), letters is None, script)
        for name, index in zip(names, (indices.cell, indices.upstream), strict=True)
    )
    if letters is None:
        factor = local_at(graph, edge, script, index_texts(indices))
    else:
        factor = local_cell(graph, edge, script, letters, bindings(letters, edge, indices))
    symbols = script.finish(f"{left} += {upstream} · {factor}")
    a, b, c = (
        number(v, digits, unicode=unicode) for v in (term.upstream, term.local, term.product)
    )
    times = "×" if unicode else "*"
    return symbols, f"= {a} {times} {in_product(b)} = {c}"


def index_texts(indices: TermIndices) -> IndexTexts:
    """The indices of a term as texts: cell, upstream and local."""
    return IndexTexts(
        cell_text(indices.cell), cell_text(indices.upstream), cell_text(indices.local)
    )


def accumulation(term: Term, *, digits: int = DIGITS, unicode: bool = True) -> str:
    """What the cell held, what is added, what it holds now: `0.1 + 0.02 = 0.12`; empty at first."""
    if term.before is None:
        return ""
    a, b, c = (number(v, digits, unicode=unicode) for v in (term.before, term.product, term.after))
    return f"{a} + {in_product(b)} = {c}"


def why(graph: Graph, term: Term, recorded: Pass | None = None, *, unicode: bool = True) -> str:
    """One plain sentence on why this factor stands in this multiplication.

    With the recorded pass it also says where the cell stands on a kink, and what is done there.
    """
    edge, indices, script = term.edge, term.indices, Script(unicode)
    rule = partial_of(graph, edge)
    letters = letters_of(graph, edge)
    if letters is None:
        text = fill_indices(graph, edge, script, index_texts(indices), rule.why)
        return sentence(script.finish(text), rule.why)
    bound = bindings(letters, edge, indices)
    text = script.finish(fill_cells(graph, edge, script, letters, bound, rule.why))
    n = average(graph, graph.nodes[edge.output], "n", script)
    if n != "1" and "{per" in rule.text and "{n}" not in rule.why:
        text += f"; the mean over {n} divides it by {n}"
    if "n" in letters.output and len(letters.output) == 2 and letters.output[0] == "n":
        text += f"; this is row {bound['n']} of the batch"
    if recorded is not None and stands_on_kink(recorded, term):
        op = graph.nodes[edge.output].op
        assert op is not None
        text += f"; this cell is exactly at the kink: {op.at_kink}"
    held, also = other_ways(graph, edge, script)
    if held:
        return sentence(f"with {held} held still, {text}; {also} of its own", "with")
    return sentence(text, rule.why)


def stands_on_kink(recorded: Pass, term: Term) -> bool:
    """True where the cell that a term's upstream gradient belongs to was computed on a kink."""
    op = recorded.graph.nodes[term.edge.output].op
    if op is None or not op.at_kink:
        return False
    found = recorded.on_kink(term.edge.output)
    return found is not None and bool(found[term.indices.upstream])


ORDINALS = ("first", "second", "third", "fourth")


def other_ways(graph: Graph, edge: Edge, script: Script) -> tuple[str, str]:
    """Which other operands of an edge's op move with the edge's own operand, and what they add.

    Two empty texts where the operand reaches the result through its own place alone.
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
            place = ORDINALS[position] if position < len(ORDINALS) else "other"
            names.append(f"the {place} {own}")
        else:
            all_twins = False
            names.append(script.finish(full_name(graph, operand, script)))
    if not names:
        return "", ""
    held, one = " and ".join(names), len(names) == 1
    too = "" if all_twins else f"{'depends' if one else 'depend'} on {own} too and "
    return held, f"{held} {too}{'adds a contribution' if one else 'add contributions'}"


def depends_on(graph: Graph, node: int, source: int) -> bool:
    """True where a node is a source, or is computed from it on a way that gradients travel."""
    pending, seen = [node], {node}
    while pending:
        at = pending.pop()
        if at == source:
            return True
        one = graph.nodes[at]
        if not one.needs_gradient:
            continue
        # Operands stand before their results, so nothing in front of the source can hold it.
        new = {operand for operand in one.operands if operand >= source} - seen
        seen |= new
        pending.extend(new)
    return False


def sentence(text: str, template: str) -> str:
    """A plain sentence: a capital at the start unless a name stands there, and a full stop."""
    if not template.startswith("{"):
        text = text[:1].upper() + text[1:]
    return text + "."

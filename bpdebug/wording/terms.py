"""One scalar multiplication written out: in letters, in cells, in numbers, and in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from bpdebug.graph import Edge, Graph, Layer
from bpdebug.trace import Term
from bpdebug.wording.anonymous import full_name
from bpdebug.wording.cells import fill_cells, local_cell
from bpdebug.wording.formulas import partial_of
from bpdebug.wording.gradients import cell_of, gradients_of, whole_name
from bpdebug.wording.letters import bindings, cell_text, index_text, letters_of
from bpdebug.wording.notation import Script, average, fill
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
        return f"{whole_name(left, script)}{every} += {whole_name(upstream, script)}{every}"
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
    edge, place, script = term.edge, term.place, Script(unicode)
    names = gradients_of(graph, layers, edge, script)
    letters = letters_of(graph, edge)
    left, upstream = (
        cell_of(name, cell_text(index), letters is None, script)
        for name, index in zip(names, (place.cell, place.upstream), strict=True)
    )
    factor = "1"
    if letters is not None:
        bound = bindings(letters, edge, place)
        factor = local_cell(graph, edge, script, letters, bound)
    symbols = script.finish(f"{left} += {upstream} · {factor}")
    a, b, c = (
        number(v, digits, unicode=unicode) for v in (term.upstream, term.local, term.product)
    )
    times = "×" if unicode else "*"
    return symbols, f"= {a} {times} {in_product(b)} = {c}"


def accumulation(term: Term, *, digits: int = DIGITS, unicode: bool = True) -> str:
    """What the cell held, what is added, what it holds now: `0.1 + 0.02 = 0.12`; empty at first."""
    if term.before is None:
        return ""
    a, b, c = (number(v, digits, unicode=unicode) for v in (term.before, term.product, term.after))
    return f"{a} + {in_product(b)} = {c}"


def why(graph: Graph, term: Term, *, unicode: bool = True) -> str:
    """One plain sentence on why this factor stands in this multiplication."""
    edge, place, script = term.edge, term.place, Script(unicode)
    rule = partial_of(graph, edge)
    letters = letters_of(graph, edge)
    if letters is None:
        y = full_name(graph, edge.output, script) + cell_text(place.upstream)
        a = full_name(graph, edge.operand, script) + cell_text(place.cell)
        text = fill(rule.why, lambda field, needed: y if field == "y" else a)
        return sentence(script.finish(text), rule.why)
    bound = bindings(letters, edge, place)
    text = script.finish(fill_cells(graph, edge, script, letters, bound, rule.why))
    n = average(graph, graph.nodes[edge.output], "n", script)
    if n != "1" and "{per" in rule.text and "{n}" not in rule.why:
        text += f"; of the mean over {n} it is 1/{n}"
    if "n" in letters.output and len(letters.output) == 2 and letters.output[0] == "n":
        text += f"; this is row {bound['n']} of the batch"
    return sentence(text, rule.why)


def sentence(text: str, template: str) -> str:
    """A plain sentence: a capital at the start unless a name stands there, and a full stop."""
    if not template.startswith("{"):
        text = text[:1].upper() + text[1:]
    return text + "."

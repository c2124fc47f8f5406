"""Where the first NaN or infinity is born: the sentence that names its operands, and `nan`."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite, isnan
from typing import TYPE_CHECKING

import numpy as np

from bpdebug.debugger.conditions import FIRST_NAN, Needs
from bpdebug.debugger.cursor import Place
from bpdebug.debugger.moment import Moment
from bpdebug.debugger.search import PER_ITERATION, budget
from bpdebug.errors import BpdebugError
from bpdebug.expression import Allow, parse
from bpdebug.expression.tree import Name
from bpdebug.graph import Graph
from bpdebug.ops import Array, Index
from bpdebug.record import replace
from bpdebug.run.birth import Birth, birth_of
from bpdebug.run.progress import Work
from bpdebug.trace import Phase
from bpdebug.wording import node_name, number, term_formula, update_formula, value_formula
from bpdebug.wording.letters import cell_text

if TYPE_CHECKING:
    from bpdebug.debugger.debugger import Debugger

FEW = 4
"""So many operands of one cell are written out; of more, only the extremes."""


def find_birth(debugger: Debugger) -> str:
    """Go to the first birth in recorded time, and say what was born there and of what."""
    run = debugger.run
    work, left = Work(run.progress, run.iterations), budget(run)
    # What was found finite stays so: the same problem gives the same numbers every time.
    for iteration in run.walk(debugger.finite_through + 1, run.iterations):
        work.at(iteration.number)
        left -= PER_ITERATION[Needs.PASS] + iteration.timeline.total
        birth = birth_of(iteration)
        if birth is not None:
            debugger.go(Place(iteration.number, birth.position))
            return birth_text(debugger.moment, birth, debugger.digits, unicode=debugger.unicode)
        debugger.finite_through = iteration.number
        if left < 0 and iteration.number < run.iterations:
            raise BpdebugError(
                f"no NaN and no infinity up to iteration {iteration.number:,} of "
                f"{run.iterations:,}; `nan` again looks on from there"
            )
    many = f"{run.iterations:,} iterations" if run.iterations > 1 else "the one iteration"
    raise BpdebugError(f"no NaN and no infinity in recorded time: all of {many} is finite")


def mentions_first_nan(condition: str, graph: Graph) -> bool:
    """True where a condition reads `first_nan`, and no node of the graph has that name."""
    if FIRST_NAN not in condition or FIRST_NAN in graph.names:
        return False
    leaves = parse(condition, allow=Allow.WATCH).leaves()
    return any(isinstance(leaf, Name) and leaf.name == FIRST_NAN for leaf in leaves)


def birth_here(moment: Moment, digits: int, *, unicode: bool = True) -> str:
    """What was born in the moment's iteration up to it, and where if not here; else nothing."""
    iteration = moment.iteration
    birth = birth_of(iteration)
    if birth is None or birth.position > moment.position:
        return ""
    at = replace(moment, position=birth.position)
    told = birth_text(at, birth, digits, unicode=unicode)
    if birth.position == moment.position:
        return told
    if birth.position:
        return f"tick {birth.position}: {told.replace(' is born here', ' was born', 1)}"
    return told if iteration.number == 1 else f"{told}; `nan` goes to where it was born"


def birth_text(moment: Moment, birth: Birth, digits: int, *, unicode: bool = True) -> str:
    """`−∞ is born here: cell [2] of ln(p); operands: p[2] = 0`."""
    what = number(birth.value, digits, unicode=unicode)
    what = what if isnan(birth.value) or unicode else what.lower()
    graph = moment.graph
    if moment.phase is Phase.START:
        return f"{what} is there before the first tick: a parameter or an input holds it"
    if moment.phase is Phase.UPDATE:
        assert moment.update is not None
        symbols, numbers, _ = update_formula(
            graph, moment.update, birth.cell, digits=digits, unicode=unicode
        )
        return f"{what} is born here: {symbols}; operands: {numbers}"
    if moment.phase is Phase.BACKWARD:
        return f"{what} is born here: {term_operands(moment, digits, unicode=unicode)}"
    node = moment.node
    made = value_formula(graph, node, unicode=unicode)
    if graph.nodes[node].name:
        made = f"{node_name(graph, node, unicode=unicode)} = {made}"
    if birth.cell:
        made = f"cell {cell_text(birth.cell)} of {made}"
    operands = ", ".join(operand_cells(moment, node, birth.cell, digits, unicode=unicode))
    return f"{what} is born here: {made}; operands: {operands}"


def term_operands(moment: Moment, digits: int, *, unicode: bool) -> str:
    """A multiplication, with the operands that made what is not finite."""
    term = moment.term
    assert term is not None
    symbols, _ = term_formula(moment.graph, moment.layers, term, digits=digits, unicode=unicode)

    def shown(value: float) -> str:
        return number(value, digits, unicode=unicode)

    operands = f"upstream gradient {shown(term.upstream)}, local derivative {shown(term.local)}"
    if isfinite(term.product):
        operands = f"product {shown(term.product)}"
        if term.before is not None:
            operands = f"the sum so far {shown(term.before)}, {operands}"
    return f"{symbols}; operands: {operands}"


def operand_cells(
    moment: Moment, node: int, cell: Index, digits: int, *, unicode: bool
) -> Iterator[str]:
    """What one cell of a result was computed from, operand by operand: `p[2] = 0`."""
    graph = moment.graph
    made = graph.nodes[node]
    for at, operand in enumerate(made.operands):
        values = np.asarray(moment.run.values[operand])
        where = read_by(graph, node, at, cell)
        index = ",".join(":" if one is None else str(one) for one in where)
        name = node_name(graph, operand, unicode=unicode) + (f"[{index}]" if index else "")
        picked = values[tuple(slice(None) if one is None else one for one in where)]
        yield f"{name} {several(picked, digits, unicode=unicode)}"


def read_by(graph: Graph, node: int, operand: int, cell: Index) -> tuple[int | None, ...]:
    """Which cells of an operand a cell of a result reads: None along an axis that is read whole."""
    made = graph.nodes[node]
    shape = graph.nodes[made.operands[operand]].shape
    signature = made.layout.signature if made.layout is not None else None
    if signature is None:
        return (None,) * len(shape)
    if "..." in signature.letters:
        own = cell[len(cell) - len(shape) :] if shape else ()
        return tuple(0 if extent == 1 else i for i, extent in zip(own, shape, strict=True))
    fixed = dict(zip(signature.output, cell, strict=True))
    # An axis that goes on into another letter of the result (softmax) is read whole.
    return tuple(fixed.get(letter) for letter in signature.operands[operand])


def several(values: Array, digits: int, *, unicode: bool) -> str:
    """`= 0`, `= [0, 1]`, or the extremes of more."""
    texts = [number(float(v), digits, unicode=unicode) for v in np.ravel(values)[:FEW]]
    if np.ndim(values) == 0:
        return f"= {texts[0]}"
    if values.size <= FEW:
        return f"= [{', '.join(texts)}]"
    low, high = (number(float(pick(values)), digits, unicode=unicode) for pick in (np.min, np.max))
    return f"from {low} to {high}"

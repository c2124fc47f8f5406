"""The command `nan`: where the first NaN or infinity is born, and from which operands."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite, isnan
from typing import TYPE_CHECKING

import numpy as np

from bpdebug.debugger.breakpoints.conditions import FIRST_NAN, Needs
from bpdebug.debugger.breakpoints.search import PER_ITERATION, budget
from bpdebug.debugger.commands.command import MotionText
from bpdebug.debugger.cursor import Instant
from bpdebug.debugger.moment import Moment
from bpdebug.debugger.text.describe import definition
from bpdebug.expression import parse_watch
from bpdebug.expression.tree import Name
from bpdebug.graph import Graph
from bpdebug.graph.reads import cells_read
from bpdebug.ops import Array, Index
from bpdebug.ops.maps.index_map import first_where
from bpdebug.records import replace
from bpdebug.run import Iteration
from bpdebug.run.birth import Birth, birth_of, birth_verb
from bpdebug.run.progress import Work
from bpdebug.ticks import Phase
from bpdebug.wording import Script, node_name, term_formula, update_formula
from bpdebug.wording.anonymous import full_name
from bpdebug.wording.letters import cell_text

if TYPE_CHECKING:
    from bpdebug.debugger.debugger import Debugger

LISTED_VALUES = 4
"""Operands of a cell that are written out, at the most; of more, only the extremes."""


def go_to_first_nan(debugger: Debugger, argument: str = "") -> str:
    """nan: go to the first birth in recorded time, and describe it; without one, say so."""
    run = debugger.run
    work, left = Work(run.progress, run.iterations), budget(run)
    # Iterations once found healthy stay so: a run gives the same numbers every time.
    for iteration in run.walk(debugger.healthy_through + 1, run.iterations):
        work.at(iteration.number)
        left -= PER_ITERATION[Needs.ITERATION] + iteration.timeline.total
        birth = birth_of(iteration)
        if birth is not None:
            debugger.go(Instant(iteration.number, birth.position))
            return MotionText(birth_text(debugger.moment, birth, debugger.script))
        harmless = debugger.harmless or harmless_value(iteration, debugger.script)
        debugger.record_health(iteration.number, harmless)
        if left < 0 and iteration.number < run.iterations:
            searched = f"up to iteration {iteration.number:,} of {run.iterations:,}"
            return f"{no_birth_text(debugger, searched)}; `nan` again looks on from there"
    many = f"{run.iterations:,} iterations" if run.iterations > 1 else "the one iteration"
    return no_birth_text(debugger, f"in {many}")


def no_birth_text(debugger: Debugger, searched: str) -> str:
    """A note that the iterations `searched` hold no NaN, and no infinity that does any harm."""
    if not debugger.harmless:
        return f"no NaN and no infinity {searched}"
    nan = debugger.harmless.startswith(debugger.script.number(float("nan")))
    main = "in the loss, the gradients or the parameters"
    none = f"no NaN and no infinity {main} {searched}"
    if not nan:
        none = f"no NaN {searched}, and no infinity {main}"
    return f"{none}; elsewhere the first is {debugger.harmless}, and it does no harm"


def harmless_value(iteration: Iteration, script: Script) -> str:
    """The first value that is not finite, `−∞ in cell [0,1] of mask`; empty for none."""
    recorded = iteration.recorded
    for node in recorded.graph.nodes:
        values = np.asarray(recorded.values[node.index])
        if np.isfinite(values).all():
            continue
        at = first_where(~np.isfinite(values))
        number = script.number(float(values[at]))
        cell = f"cell {cell_text(at)} of " if at else ""
        return f"{number} in {cell}{node_name(recorded.graph, node.index, script)}"
    return ""


def mentions_first_nan(condition: str, graph: Graph) -> bool:
    """True where a condition reads `first_nan`, and no node of the graph has that name."""
    if FIRST_NAN not in condition or FIRST_NAN in graph.names:
        return False
    leaves = parse_watch(graph, condition).leaves()
    return any(isinstance(leaf, Name) and leaf.name == FIRST_NAN for leaf in leaves)


def birth_text_here(moment: Moment, script: Script) -> str:
    """The NaN or infinity that the moment's iteration bore so far, and where; empty for none."""
    iteration = moment.iteration
    birth = birth_of(iteration)
    if birth is None or birth.position > moment.position:
        return ""
    text = birth_text(replace(moment, position=birth.position), birth, script)
    if birth.position == moment.position:
        return text
    if birth.position:
        past = text.replace(" is born here", " was born", 1)
        return f"tick {birth.position}: {past.replace(' comes in from ', ' came in from ', 1)}"
    return text if iteration.number == 1 else f"{text}; `nan` goes to where it was born"


def birth_text(moment: Moment, birth: Birth, script: Script) -> str:
    """Describe a birth at its moment: `−∞ is born here: cell [2] of ln(p); operands: p[2] = 0`."""
    number = script.number(birth.value)
    number = number if isnan(birth.value) or script.unicode else number.lower()
    graph = moment.graph
    if birth.parameter is not None:
        cell = f"cell {cell_text(birth.cell)} of " * bool(birth.cell)
        holder = f"{cell}{node_name(graph, birth.parameter, script)}"
        return f"{number} is there before the first tick: {holder} holds it"
    if moment.phase is Phase.UPDATE:
        assert moment.update is not None
        symbols, numbers, _ = update_formula(graph, moment.update, script, birth.cell)
        return f"{number} is born here: {symbols}; operands: {numbers}"
    if moment.phase is Phase.BACKWARD:
        return f"{number} is born here: {term_operands(moment, script)}"
    node = moment.node
    result = definition(graph, node, script)
    if birth.cell:
        result = f"cell {cell_text(birth.cell)} of {result}"
    operands = ", ".join(operand_cells(moment, node, birth.cell, script))
    return f"{number} {birth_verb(birth)} here: {result}; operands: {operands}"


def term_operands(moment: Moment, script: Script) -> str:
    """The multiplication at a moment, with the operands of what is not finite in it."""
    term = moment.term
    assert term is not None
    symbols, _ = term_formula(moment.graph, term, script)
    number = script.number
    operands = f"upstream gradient {number(term.upstream)}, local derivative {number(term.local)}"
    if isfinite(term.product):
        operands = f"product {number(term.product)}"
        if term.before is not None:
            operands = f"the sum so far {number(term.before)}, {operands}"
    return f"{symbols}; operands: {operands}"


def operand_cells(moment: Moment, node: int, cell: Index, script: Script) -> Iterator[str]:
    """What a cell of a result was computed from, operand by operand: `p[2] = 0`."""
    graph = moment.graph
    for at, operand in enumerate(graph.nodes[node].operands):
        values = np.asarray(moment.recorded.values[operand])
        key = cells_read(moment.recorded, node, at, cell)
        if key is None:
            continue
        name = node_name(graph, operand, script)
        if key:
            index = ",".join(":" if axis is None else str(axis) for axis in key)
            name = f"{full_name(graph, operand, script)}[{index}]"
        read = values[tuple(slice(None) if axis is None else axis for axis in key)]
        yield f"{name} {values_text(read, script)}"


def values_text(values: Array, script: Script) -> str:
    """`= 0`, `= [0, 1]`, or the extremes of more values, `from 0 to 9`."""
    texts = [script.number(float(v)) for v in np.ravel(values)[:LISTED_VALUES]]
    if np.ndim(values) == 0:
        return f"= {texts[0]}"
    if values.size <= LISTED_VALUES:
        return f"= [{', '.join(texts)}]"
    low, high = (script.number(float(pick(values))) for pick in (np.min, np.max))
    return f"from {low} to {high}"

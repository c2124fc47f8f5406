"""The lines of an update rule written out: `W₂ ← W₂ − α·∂L/∂W₂`, and with numbers."""

from __future__ import annotations

from functools import lru_cache
from string import Formatter

import numpy as np

from bpdebug.graph import Graph
from bpdebug.ops import FLOAT64, Array, Index, of_dtype
from bpdebug.optimizer import UpdateLine
from bpdebug.wording.anonymous import full_name
from bpdebug.wording.gradients import loss_derivative
from bpdebug.wording.letters import cell_text
from bpdebug.wording.notation import BINDS, CLOSED, bracketed, fill
from bpdebug.wording.numbers import in_product, number
from bpdebug.wording.script import LATEX, Script
from bpdebug.wording.terms import sentence

NEW_GRADIENT = "g"
"""How the gradient is written once a line has clipped it or added weight decay."""
SUMMANDS = 4
"""So many gradients of a norm are written out."""


def symbol_of(
    graph: Graph,
    line_done: UpdateLine,
    field: str,
    script: Script,
    needed: int = 0,
    *,
    target: bool = False,
) -> str:
    """The symbol of a name in an update line: a parameter, its gradient, a setting or a state.

    The gradient is ∂L/∂W₂ until a line makes another g of it, and α₀ is what a schedule begins
    with. Squared, the gradient has brackets.
    """
    if field == "theta":
        return full_name(graph, line_done.parameter, script)
    anew = target or line_done.written(field)
    if field == "g":
        if anew:
            return NEW_GRADIENT
        text = loss_derivative(graph, line_done.parameter, script)
        return bracketed(text, script.latex) if needed >= CLOSED else text
    rule = line_done.rule
    if not anew and field in rule.first_symbols and any(x.target == field for x in rule.steps):
        return rule.first_symbols[field][script.latex]
    symbol = (rule.latex if script.latex else rule.symbols).get(field, field)
    return with_loss_name(symbol, full_name(graph, graph.loss, script))


def with_loss_name(symbol: str, loss: str) -> str:
    """A rule's symbol, which calls the loss L, with the name that the scenario has for it."""
    for sign in ("∂", "∇", r"\partial ", r"\nabla "):
        symbol = symbol.replace(f"{sign}L", f"{sign}{loss}")
    return symbol


def update_formula(
    graph: Graph, line_done: UpdateLine, script: Script, cell: Index | None = None
) -> tuple[str, str, str]:
    """An executed update line in symbols, in numbers and in LaTeX.

    The numbers are those of `cell`; without a cell, of a scalar or else of the norms.
    """
    symbols = update_symbols(graph, line_done, script)
    if cell is None and np.ndim(line_done.after) == 0:
        cell = ()
    if cell is None:
        numbers = norms(graph, line_done, script)
    else:
        numbers = cell_numbers(graph, line_done, cell, script)
    return symbols, numbers, update_latex(graph, line_done)


def first_cell(graph: Graph, line_done: UpdateLine, script: Script) -> str:
    """The line with the numbers of an array's first cell; nothing for a scalar, which has no other
    numbers than `update_formula` gives."""
    shape = np.shape(line_done.after)
    if not shape:
        return ""
    return cell_numbers(graph, line_done, (0,) * len(shape), script)


def update_symbols(graph: Graph, line_done: UpdateLine, script: Script) -> str:
    """The line in symbols alone: `W₂ ← W₂ − α·∂L/∂W₂`."""
    return script.finish(in_symbols(graph, line_done, script))


def update_latex(graph: Graph, line_done: UpdateLine) -> str:
    """The line in LaTeX."""
    return in_symbols(graph, line_done, LATEX)


def in_symbols(graph: Graph, line_done: UpdateLine, script: Script) -> str:
    """The line in symbols in any script, not finished yet."""
    line, arrow = line_done.line, r"\leftarrow" if script.latex else "←"
    left = symbol_of(graph, line_done, line.target, script, target=True)
    template = line.latex if script.latex else line.text
    right = fill(template, lambda field, needed: symbol_of(graph, line_done, field, script, needed))
    return f"{left} {arrow} {right}{parameter_note(graph, line_done, script)}"


def parameter_note(graph: Graph, line_done: UpdateLine, script: Script) -> str:
    """The line's parameter in brackets, where the line names neither it nor its gradient."""
    names = {line_done.line.target, *fields(line_done.line.text)}
    if line_done.shared or "theta" in names or ("g" in names and not line_done.written("g")):
        return ""
    name = full_name(graph, line_done.parameter, script)
    return rf" \qquad ({name})" if script.latex else f"   ({name})"


@lru_cache(maxsize=256)
def fields(template: str) -> tuple[str, ...]:
    """The names in a template, each once."""
    found = (field for _, field, _, _ in Formatter().parse(template) if field is not None)
    return tuple(dict.fromkeys(found))


def cell_numbers(graph: Graph, line_done: UpdateLine, cell: Index, script: Script) -> str:
    """`W₂[0,1] ← 0.45 − 0.5 × 0.0826676 = 0.408666`."""

    def at(array: Array) -> str:
        array = np.asarray(array)
        if array.ndim and not cell:
            return summands(array, script)
        return number(float(array[cell] if array.ndim else array), script.digits)

    def resolve(field: str, needed: int) -> str:
        text = at(line_done.reads[field])
        return in_product(text) if needed >= BINDS[2] else text

    right = fill(line_done.line.text, resolve)
    left = symbol_of(graph, line_done, line_done.line.target, script, target=True) + cell_text(cell)
    text = f"{left} ← {right.replace('·', ' × ')} = {at(line_done.after)}"
    return script.finish(text)


def summands(array: Array, script: Script) -> str:
    """The summands of a line, written out: `0.01 + 0.04 + …`."""
    values = [number(float(value), script.digits) for value in array[:SUMMANDS]]
    return " + ".join([*values, *["…"] * (len(array) > SUMMANDS)])


def norms(graph: Graph, line_done: UpdateLine, script: Script) -> str:
    """The norms of an array and of its change: `‖W₂‖: 0.957 → 0.91, ‖change‖ = 0.06`."""
    name = symbol_of(graph, line_done, line_done.line.target, script, target=True)
    after = np.asarray(line_done.after)
    with np.errstate(all="ignore"):
        if line_done.before is None:
            size = number(length(after), script.digits)
            return script.finish(f"‖{name}‖ = {size}")
        before = np.asarray(line_done.before)
        parts = [length(part) for part in (before, after, after - before)]
    sizes = [number(part, script.digits) for part in parts]
    return script.finish(f"‖{name}‖: {sizes[0]} → {sizes[1]}, ‖change‖ = {sizes[2]}")


def length(array: Array) -> float:
    """The norm of an array; its squares are float64, so that those of float32 do not overflow."""
    return float(np.linalg.norm(of_dtype(array, FLOAT64)))


def update_why(graph: Graph, line_done: UpdateLine, script: Script) -> str:
    """A plain sentence on what the line does."""
    text = fill(
        line_done.line.why, lambda field, needed: symbol_of(graph, line_done, field, script)
    )
    return sentence(script.finish(text), line_done.line.why)


def update_operands(graph: Graph, line_done: UpdateLine, script: Script) -> list[tuple[str, Array]]:
    """The arrays that a line reads, with their names, and last its result.

    `W₂ before`, `∂L/∂W₂`, `W₂ new`; nothing for a line that all parameters share.
    """
    target = line_done.line.target
    if line_done.shared:
        return []
    name = script.finish(symbol_of(graph, line_done, target, script, target=True))
    given = {}
    for field in fields(line_done.line.text):
        # A value that shared lines compute for all parameters is no operand of this line.
        if field in {"t", *line_done.rule.settings, *(x.target for x in line_done.rule.shared)}:
            continue
        title = script.finish(symbol_of(graph, line_done, field, script))
        given[f"{title} before" if title == name else title] = line_done.reads[field]
    new = f"{name} new" if line_done.before is not None and name != NEW_GRADIENT else name
    if f"{name} before" in given:
        new = f"{name} new"
    return [*given.items(), (new, line_done.after)]

"""The lines of an update rule written out: `W₂ ← W₂ − α·∂L/∂W₂`, and with numbers."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from bpdebug.graph import Graph
from bpdebug.ops import Array, Index
from bpdebug.optimizer import RULES, Line, UpdateLine
from bpdebug.wording.anonymous import full_name
from bpdebug.wording.gradients import derivative
from bpdebug.wording.letters import cell_text
from bpdebug.wording.notation import BINDS, LATEX, Script, fill
from bpdebug.wording.numbers import DIGITS, in_product, number
from bpdebug.wording.terms import sentence


@lru_cache(maxsize=256)
def symbols_of(line: Line) -> dict[str, str]:
    """How the rule that a line belongs to writes its settings and states."""
    for rule in RULES.values():
        if line in rule.lines:
            return dict(rule.symbols)
    return {}


def written(graph: Graph, done: UpdateLine, field: str, script: Script) -> str:
    """One name of an update line: the parameter, its gradient, a setting or a state."""
    if field == "theta":
        return full_name(graph, done.parameter, script)
    if field == "g":
        loss = full_name(graph, graph.loss, script)
        return derivative(loss, full_name(graph, done.parameter, script), script)
    return symbols_of(done.line).get(field, field)


def update_formula(
    graph: Graph,
    done: UpdateLine,
    cell: Index | None = None,
    *,
    digits: int = DIGITS,
    unicode: bool = True,
) -> tuple[str, str, str]:
    """An executed update line in symbols, in numbers and in LaTeX.

    The numbers are those of one cell; without a cell, of a scalar or else of the norms.
    """
    script = Script(unicode)
    symbols = update_symbols(graph, done, unicode=unicode)
    if cell is None and np.ndim(done.after) == 0:
        cell = ()
    if cell is None:
        numbers = norms(graph, done, digits, script)
    else:
        numbers = cell_numbers(graph, done, cell, digits, script)
    return symbols, numbers, update_latex(graph, done)


def update_symbols(graph: Graph, done: UpdateLine, *, unicode: bool = True) -> str:
    """The line in symbols alone: `W₂ ← W₂ − α·∂L/∂W₂`."""
    script = Script(unicode)
    right = fill(done.line.text, lambda field, needed: written(graph, done, field, script))
    return script.finish(f"{written(graph, done, done.line.target, script)} ← {right}")


def update_latex(graph: Graph, done: UpdateLine) -> str:
    """The line in LaTeX."""
    left = written(graph, done, done.line.target, LATEX)
    right = fill(done.line.latex, lambda field, needed: written(graph, done, field, LATEX))
    return rf"{left} \leftarrow {right}"


def cell_numbers(graph: Graph, done: UpdateLine, cell: Index, digits: int, script: Script) -> str:
    """`W₂[0,1] ← 0.45 − 0.5 × 0.0826676 = 0.408666`."""

    def at(array: Array) -> str:
        array = np.asarray(array)
        return number(float(array[cell] if array.ndim else array), digits)

    def resolve(field: str, needed: int) -> str:
        text = at(done.reads[field])
        return in_product(text) if needed >= BINDS[2] else text

    right = fill(done.line.text, resolve)
    left = written(graph, done, done.line.target, script) + cell_text(cell)
    text = f"{left} ← {right.replace('·', ' × ')} = {at(done.after)}"
    return script.finish(text)


def norms(graph: Graph, done: UpdateLine, digits: int, script: Script) -> str:
    """`‖W₂‖: 0.957 → 0.91, ‖change‖ 0.06`: what is shown of an array as a whole."""
    name = written(graph, done, done.line.target, script)
    after = np.asarray(done.after)
    with np.errstate(all="ignore"):
        if done.before is None:
            return script.finish(f"‖{name}‖ = {number(float(np.linalg.norm(after)), digits)}")
        before = np.asarray(done.before)
        sizes = [
            number(float(np.linalg.norm(part)), digits) for part in (before, after, after - before)
        ]
    return script.finish(f"‖{name}‖: {sizes[0]} → {sizes[1]}, ‖change‖ = {sizes[2]}")


def update_why(graph: Graph, done: UpdateLine, *, unicode: bool = True) -> str:
    """One plain sentence on what the line does."""
    script = Script(unicode)
    text = fill(done.line.why, lambda field, needed: written(graph, done, field, script))
    return sentence(script.finish(text), done.line.why)

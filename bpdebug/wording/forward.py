"""One cell of a forward result in numbers: `z₂[1] = 0.5 × 0.59 + 0.55 × 0.6 + 0.6 = 1.22`.

What an op computes is read from its declaration: an elementwise op from its own formula; a sum of
products is an op whose first two operands are each other's local derivative.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bpdebug.graph import Graph, Node, RecordedPass
from bpdebug.graph.no_gradient import from_comparison
from bpdebug.ops import Array, Index, Layout, Op, Product, Signature
from bpdebug.wording.anonymous import full_name
from bpdebug.wording.letters import cell_text
from bpdebug.wording.notation import BINDS, average, fill
from bpdebug.wording.numbers import in_product, number
from bpdebug.wording.options import op_of, with_options
from bpdebug.wording.page import visible_range
from bpdebug.wording.script import Script

SUMMANDS = 8
"""So many summands are written out; `…` stands for the others."""


def forward_cell(
    recorded: RecordedPass,
    index: int,
    cell: Index,
    script: Script,
    *,
    most: int = SUMMANDS,
    summand: int = 0,
) -> str:
    """How a cell of a result is computed from its operands' cells, in numbers.

    Of a long sum `most` summands are written, around the summand numbered `summand`. Empty for
    a leaf, and where an op's formula speaks of whole arrays and not of cells.
    """
    node = recorded.graph.nodes[index]
    if node.op is None or node.layout is None:
        return ""
    signature, arrays = node.layout.signature, recorded.operands(index)

    def text(value: Array | float) -> str:
        return number(float(value), script.digits)

    if signature is None:
        right = under_window(node, node.layout, arrays, cell, script, most, summand)
    elif signature.cellwise:
        right = elementwise(recorded, node, arrays, cell, script)
    elif is_sum_of_products(node.op):
        rows = summed_rows(signature, arrays, dict(zip(signature.output, cell, strict=True)))
        factors = len(node.op.factors(range(len(arrays))))
        right = sum_of_products(rows, factors, script, most, summand)
    else:
        right = ""
    if not right:
        return ""
    name = full_name(recorded.graph, index, script) + cell_text(cell)
    result = text(np.asarray(recorded.values[index])[cell])
    return script.finish(f"{name} = {right} = {result}")


def elementwise(
    recorded: RecordedPass, node: Node, arrays: tuple[Array, ...], cell: Index, script: Script
) -> str:
    """The op's formula with a number in the place of every operand: `σ(0.3775)`."""
    op = op_of(node)

    def resolve(field: str, needed: int) -> str:
        if field not in op.operands:
            return average(recorded.graph, node, field, script)
        array = arrays[op.operands.index(field)]
        # An axis of size 1 is stretched, and missing axes are the first axes.
        own = cell[len(cell) - array.ndim :]
        at = tuple(0 if extent == 1 else i for i, extent in zip(own, array.shape, strict=True))
        value = number(float(array[at]), script.digits)
        return in_product(value) if needed >= BINDS[2] else value

    return fill(with_options(node), resolve).replace("·", " × ").replace("⊙", "×")


def is_sum_of_products(op: Op) -> bool:
    """True for `{a}·{b}`, with or without summands: each factor's derivative is the other one.

    So it is for a product of any number of factors.
    """
    if op.variadic:
        return op.product is Product.SUMS
    if len(op.operands) < 2 or None in op.partials:
        return False
    texts = [partial.text for partial in op.partials if partial is not None]
    a, b = op.operands[:2]
    return texts[:2] == [f"{{{b}}}", f"{{{a}}}"] and set(texts[2:]) <= {"1"}


def under_window(
    node: Node,
    layout: Layout,
    arrays: tuple[Array, ...],
    cell: Index,
    script: Script,
    most: int,
    focus: int,
) -> str:
    """A cell of an op whose windows lie on an input: the kernel's products, or the op's name with
    the cells under the window. Empty for an op without windows."""
    window = layout.maps[0].window(cell) if layout.maps[0] is not None else None
    if window is None:
        return ""
    under = arrays[window.operand][np.ix_(*window.where)].reshape(-1)
    if window.kernel is None:
        shown = visible_range(under.size, 0, max(most, 1))
        texts = [number(float(value), script.digits) for value in under[: shown.stop]]
        texts += ["…"] * (shown.stop < under.size)
        return f"{op_of(node).name}({', '.join(texts)})"
    kernel = arrays[window.operand + 1][np.ix_(*window.kernel)].reshape(-1)
    rows = list(np.broadcast_arrays(under, kernel))
    for array, index_map in list(zip(arrays, layout.maps, strict=True))[2:]:
        assert index_map is not None
        rows.append(array.reshape(-1)[index_map.cells_of(cell)])
    return sum_of_products(rows, 2, script, most, focus)


def sum_of_products(rows: list[Array], factors: int, script: Script, most: int, focus: int) -> str:
    """`0.5 × 0.59327 + … + 0.6`: the products of the first rows, `factors` of them, cell by cell,
    and what the other rows add to them."""
    size = rows[0].size
    shown = visible_range(size, min(focus, size - 1), max(most, 1))
    terms = ["…"] * (shown.start > 0)
    for at in shown:
        numbers = [number(float(row[at]), script.digits) for row in rows[:factors]]
        first = in_product(numbers[0]) if terms else numbers[0]
        terms.append(" × ".join([first, *map(in_product, numbers[1:])]))
    terms += ["…"] * (shown.stop < size)
    terms += [in_product(number(float(row[0]), script.digits)) for row in rows[factors:]]
    return " + ".join(terms)


def summed_rows(
    signature: Signature, arrays: tuple[Array, ...], bound: Mapping[str, int]
) -> list[Array]:
    """By operand, its cells for every value of the summed letters, at one cell of the result."""
    pairs = list(zip(signature.operands, arrays, strict=True))
    extents = {n: size for names, a in pairs for n, size in zip(names, a.shape, strict=True)}
    summed = [n for n in extents if n not in bound]
    rows = []
    for names, array in pairs:
        part = array[tuple(bound.get(n, slice(None)) for n in names)]
        left = [n for n in names if n in summed]
        part = np.transpose(part, [left.index(n) for n in summed if n in left])
        shape = [extents[n] if n in left else 1 for n in summed]
        full = np.broadcast_to(part.reshape(shape), [extents[n] for n in summed])
        rows.append(full.reshape(-1))
    return rows


def forward_why(graph: Graph, index: int) -> str:
    """A plain sentence on what the backward pass needs a forward result for."""
    if index == graph.loss:
        return "Every gradient says how this number changes. The backward pass begins here."
    if not graph.has_gradient(index):
        if from_comparison(graph, index):
            return "No gradient goes through a comparison, so the backward pass leaves this out."
        return "This result depends on no parameter, so the backward pass leaves it out."
    return (
        "The backward pass needs these numbers again: it takes this op's local derivative at them."
    )

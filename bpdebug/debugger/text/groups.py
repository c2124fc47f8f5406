"""Texts of `where` and `info` on groups: what comes in, what goes out, what a group stands for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bpdebug.debugger.moment import Moment
from bpdebug.debugger.text.values import NOT_YET, array_text, name_value
from bpdebug.graph import Edge, Graph, Kind
from bpdebug.graph.groups import Group, Origin
from bpdebug.ops import FLOAT64, Array, of_dtype
from bpdebug.ticks import Span
from bpdebug.ticks.group_gradients import contribution, edges_of, entered_by, left_by, part_of
from bpdebug.wording import (
    Script,
    fit,
    gradient_name,
    group_call,
    group_chain,
    group_formula,
    layer_title,
    node_name,
    value_formula,
    width,
)

if TYPE_CHECKING:
    from bpdebug.debugger.debugger import Debugger

MOST = 12
"""The most operands, groups or layers that `info` lists."""


def chain_lines(moment: Moment, script: Script) -> list[str]:
    """The groups that the cursor is in, as a line `L · block2 · attn`; none outside of groups."""
    groups = [span.group for span in moment.groups]
    return [f"  {group_chain(moment.graph, groups, script)}"] if groups else []


def entering_line(debugger: Debugger, span: Span) -> str:
    """What comes next where the cursor stands before a folded group."""
    graph = debugger.moment.graph
    call = group_call(graph, part_of(graph, span), debugger.script)
    return f"  next is the group {call}, folded; step goes into it"


def passed_lines(debugger: Debugger, span: Span) -> list[str]:
    """The folded group that was just passed: in the backward pass its gradients, else its value."""
    return (backward_lines if span.backward else forward_lines)(debugger, span)


def forward_lines(debugger: Debugger, span: Span) -> list[str]:
    """The formula and the value of a group, and what it stands for."""
    moment, script = debugger.moment, debugger.script
    graph = moment.graph
    node = graph.forward_order[span.last]
    text = array_text(np.asarray(moment.recorded.values[node]), script)
    name = node_name(graph, node, script)
    value = name_value(name, text).replace("\n", "\n  ")
    return [
        f"  {definition_of(graph, part_of(graph, span), script)}",
        f"  {value}",
        f"  {stands_for(graph, span)}",
    ]


def backward_lines(debugger: Debugger, span: Span) -> list[str]:
    """The vector-Jacobian product of a group: its line, its formula, and norms of in and out."""
    moment, script = debugger.moment, debugger.script
    graph = moment.graph
    line = debugger.listing[debugger.listing.line_of_edge(span.first)]
    lines = [f"  {script.text(line.numbers)}  {line.text}"]
    lines.append(f"  {definition_of(graph, part_of(graph, span), script)}")
    rows = [
        row("in", graph, node, np.asarray(moment.recorded.gradients[node]), script)
        for node in entered_by(graph, span)
    ]
    rows += [
        row("out", graph, node, contribution(moment.recorded, edges), script, share_text(edges))
        for node, edges in left_by(graph, span).items()
    ]
    lines += [f"  {text}" for text in columns(rows)]
    return [*lines, f"  {stands_for(graph, span)}"]


def row(
    what: str, graph: Graph, node: int, gradient: Array, script: Script, note: str = ""
) -> tuple[str, ...]:
    """A gradient that goes into or out of a group, with its shape and its norm."""
    with np.errstate(all="ignore"):
        norm = script.number(float(np.linalg.norm(of_dtype(gradient, FLOAT64))))
    shape = script.shape(gradient.shape) or "scalar"
    return what, gradient_name(graph, node, script), shape, f"norm {norm}{note}"


def share_text(edges: Sequence[Edge]) -> str:
    """`  (contributions 1–2 of 4)`; empty where a group makes the whole gradient."""
    first, last, of = edges[0].nth, edges[-1].nth, edges[0].of
    if last - first + 1 == of:
        return ""
    which = f"contribution {first}" if first == last else f"contributions {first} to {last}"
    return f"  ({which} of {of})"


def columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows with aligned columns; the first is written where it changes."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    lines, before = [], ""
    for cells in rows:
        shown = ("" if cells[0] == before else cells[0], *cells[1:])
        before = cells[0]
        lines.append(
            "  ".join(fit(cell, size) for cell, size in zip(shown, widths, strict=True)).rstrip()
        )
    return lines


def definition_of(graph: Graph, group: Group, script: Script) -> str:
    """`ln = g·(h − mean(h))/√(var(h) + ε) + b`; of a group without a formula its result's."""
    formula = group_formula(graph, group, script)
    if formula:
        return f"{script.name(group.name)} = {formula}"
    formula = value_formula(graph, group.result, script)
    return f"{node_name(graph, group.result, script)} = {formula}"


def stands_for(graph: Graph, span: Span) -> str:
    """`13 edges with 75 products in one step`, or `9 ops in one step`."""
    if not span.backward:
        return f"{many(span.last - span.first + 1, 'op')} in one step"
    edges = edges_of(graph, span)
    products = span.end - span.start
    ops = len({edge.output for edge in edges})
    return (
        f"{many(ops, 'op')}, {many(len(edges), 'edge')} and {many(products, 'product')} in one step"
    )


def many(count: int, noun: str) -> str:
    """`1 op`, `12,000 products`."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def group_text(debugger: Debugger, group: Group) -> str:
    """All of `info` on a group."""
    moment, script = debugger.moment, debugger.script
    graph, spans = moment.graph, moment.timeline.spans
    kind = {
        Origin.COMPOSITE: "a call of a composite",
        Origin.LAYER: "a layer of the network",
        Origin.NAMES: "a group",
    }[group.origin]
    lines = [f"{script.name(group.name)}  {kind}: {group_call(graph, group, script)}"]

    def add(label: str, text: str) -> None:
        lines.extend([f"  {label:<10} {text}"] * bool(text))

    around = [g for g in graph.groups.values() if group.name.startswith(f"{g.name}.")]
    add("inside", group_chain(graph, around, script) if around else "")
    add("formula", definition_of(graph, group, script))
    add("operands", named(graph, (i for i in group.operands if not is_parameter(graph, i)), script))
    add("parameters", named(graph, (i for i in group.operands if is_parameter(graph, i)), script))
    add("result" + "s" * (len(group.results) > 1), named(graph, group.results, script))
    inner = [g.name for g in graph.groups.values() if g.name.startswith(f"{group.name}.")]
    add("groups", in_short([script.name(name) for name in inner], script))
    own = set(group.nodes)
    layers = [layer for layer in graph.layers if layer.pre_activation in own]
    add("layers", in_short([layer_title(graph, [layer], script) for layer in layers], script))
    add("holds", many(len(group.nodes), "op"))
    for span in spans.of(group.name, backward=False):
        add("forward", f"ticks {span.start + 1}{script.dash}{span.end}")
    for span in spans.of(group.name, backward=True):
        add(
            "backward",
            f"ticks {span.start + 1}{script.dash}{span.end}, lines {span.first + 2}{script.dash}"
            f"{span.last + 2}: {many(span.end - span.start, 'product')}",
        )
        for text in columns(gradient_rows(moment, span, script)):
            add("", text)
    folded = group.name in moment.folded
    shown = script.safe(group.name)
    add("folded", f"yes; `unfold {shown}` opens it" if folded else f"no; `fold {shown}` closes it")
    return "\n".join(lines)


def gradient_rows(moment: Moment, span: Span, script: Script) -> list[tuple[str, ...]]:
    """What goes into a span and out of it, as far as the cursor has come."""
    graph, rows = moment.graph, []
    for node in entered_by(graph, span):
        known = moment.position >= span.start
        gradient = np.asarray(moment.recorded.gradients[node])
        rows.append(known_row("in", graph, node, gradient, known, script, ""))
    for node, edges in left_by(graph, span).items():
        known = moment.position >= span.end
        gradient = contribution(moment.recorded, edges)
        rows.append(known_row("out", graph, node, gradient, known, script, share_text(edges)))
    return rows


def known_row(
    what: str, graph: Graph, node: int, gradient: Array, known: bool, script: Script, note: str
) -> tuple[str, ...]:
    """A row for a gradient, without its norm where the cursor has not come to it."""
    found = row(what, graph, node, gradient, script, note)
    return found if known else (*found[:-1], f"{NOT_YET}{note}")


def is_parameter(graph: Graph, node: int) -> bool:
    return graph.nodes[node].kind is Kind.PARAMETER


def named(graph: Graph, nodes: Iterable[int], script: Script) -> str:
    """Nodes with their shapes: `h (2×3), g (3)`."""
    texts = []
    for node in nodes:
        shape = script.shape(graph.nodes[node].shape)
        texts.append(node_name(graph, node, script) + (f" ({shape})" if shape else ""))
    return in_short(texts, script)


def in_short(texts: Sequence[str], script: Script) -> str:
    """Texts with commas, of many the first ones."""
    rest = [script.dots] if len(texts) > MOST else []
    return ", ".join([*texts[:MOST], *rest])

"""Texts of `where`, `info` and the watches: what is under the cursor, in plain lines."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from bpdebug.debugger.moment import Moment
from bpdebug.debugger.text.beside import lines_here
from bpdebug.debugger.text.groups import chain_lines, entering_line, passed_lines
from bpdebug.debugger.text.values import NOT_YET, array_text, gradient_text, name_value
from bpdebug.errors import BpdebugError
from bpdebug.graph import Graph
from bpdebug.graph.no_gradient import why_no_gradient
from bpdebug.ops import FLOAT64
from bpdebug.ticks import Phase, Status
from bpdebug.wording import (
    Script,
    accumulation,
    delta_definition,
    first_cell,
    gradient_name,
    inside,
    layer_of,
    node_name,
    safe,
    term_formula,
    update_formula,
    value_formula,
)

if TYPE_CHECKING:
    from bpdebug.debugger.debugger import Debugger


def where_text(debugger: Debugger) -> str:
    """The tick, the line of the program, and what happened there with its numbers."""
    moment = debugger.moment
    lines = [position_line(moment, debugger.script), *chain_lines(moment, debugger.script)]
    if moment.passed is not None:
        lines += passed_lines(debugger, moment.passed)
    elif moment.phase is Phase.FORWARD:
        lines += forward_lines(debugger, moment)
    elif moment.phase is Phase.SEED:
        lines.append(f"  {debugger.listing[1].text}")
    elif moment.phase is Phase.BACKWARD:
        lines += backward_lines(debugger, moment)
    elif moment.phase is Phase.UPDATE:
        lines += update_lines(debugger, moment)
    if moment.entering is not None:
        lines.append(entering_line(debugger, moment.entering))
    if moment.comparison is not None:
        lines += [f"  {indent_rest(line)}" for line in lines_here(debugger)]
    return "\n".join(lines)


def watch_lines(debugger: Debugger) -> list[str]:
    """The watches at the cursor, as printed after every motion: `watch 1: loss = 0.298371`."""
    return [f"watch {number}: {watch_text(debugger, text)}" for number, text in debugger.watches]


def watch_text(debugger: Debugger, expression: str) -> str:
    """A watch's value, or why it has none here, as in a batch with too few rows."""
    try:
        return debugger.show(expression)
    except BpdebugError as error:
        return f"{safe(expression)}: {error.problem.splitlines()[0]}"


def position_line(moment: Moment, script: Script, *, without: Collection[str] = ()) -> str:
    """`iteration 1/1 · backward · edge 4/9 · tick 12/31`, but for parts that begin `without`.

    A run that computes in another kind of numbers than float64 says so at the end.
    """
    timeline, tick = moment.timeline, moment.tick
    parts = [f"iteration {moment.iteration.number}/{moment.run.iterations}"]
    # The seed is the first tick of the backward pass.
    phase = Phase.BACKWARD if moment.phase is Phase.SEED else moment.phase
    parts.append("start" if phase is Phase.START else phase.value)
    edges = len(moment.graph.edges) + 1
    if moment.phase is Phase.FORWARD:
        parts.append(f"op {moment.position}/{timeline.forward}")
    elif moment.phase is Phase.SEED:
        parts.append(f"edge 1/{edges}")
    elif moment.phase is Phase.BACKWARD:
        # The seed is the first line of the backward program, so edges count from 2.
        parts.append(f"edge {tick.index + 2}/{edges}")
        stretch = timeline.stretch_at(tick.index)
        if stretch is not None:
            parts.insert(2, f"layer {stretch.number}")
    elif moment.phase is Phase.UPDATE:
        parts.append(f"line {tick.index + 1}/{timeline.updates}")
    parts.append(f"tick {moment.position}/{timeline.total}")
    if moment.problem.dtype != FLOAT64:
        parts.append(str(moment.problem.dtype))
    return script.between.join(p for p in parts if p.split()[0] not in without)


def forward_lines(debugger: Debugger, moment: Moment) -> list[str]:
    """The value that the tick computed."""
    graph, node, script = moment.graph, moment.node, debugger.script
    value = moment.value(node)
    assert value is not None
    text = array_text(value, script)
    sign = "" if "\n" in text else "= "
    return [f"  {definition(graph, node, script)}", f"  {sign}{indent_rest(text)}"]


def definition(graph: Graph, node: int, script: Script) -> str:
    """`z₂ = W₂·h₁ + b₂`, or the formula alone of a node without a name."""
    formula = value_formula(graph, node, script)
    if not graph.nodes[node].name:
        return formula
    return f"{node_name(graph, node, script)} = {formula}"


def backward_lines(debugger: Debugger, moment: Moment) -> list[str]:
    """The edge, the multiplication with its numbers, and the gradient as far as accumulated."""
    edge, term = moment.edge, moment.term
    assert edge is not None and term is not None
    script = inside(
        moment.graph, moment.groups[-1].group if moment.groups else None, debugger.script
    )
    line = debugger.listing[debugger.listing.line_of_edge(edge.index)]
    symbols, numbers = term_formula(moment.graph, term, script)
    contribution = f"   (contribution {edge.nth} of {edge.of})" if edge.of > 1 else ""
    lines = [f"  {line.number}  {line.text}{contribution}"]
    if moment.tick.terms > 1:
        lines.append(f"  term {moment.tick.term + 1} of {moment.tick.terms}: {symbols}")
    lines.append(f"    {numbers}")
    if total := accumulation(term, script):
        lines.append(f"    so far: {total}")
    name = gradient_definition(moment.graph, edge.operand, script)
    gradient = gradient_text(moment.gradient(edge.operand), script, term)
    lines.append(f"  {indent_rest(name_value(name, gradient))}")
    return lines


def gradient_definition(graph: Graph, node: int, script: Script) -> str:
    """A gradient's name, and for a δ its definition: `∂L/∂W₂`, `δ₂ = ∂L/∂z₂`."""
    layer = layer_of(graph, node)
    return (
        delta_definition(graph, layer, script)
        if layer is not None
        else gradient_name(graph, node, script)
    )


def update_lines(debugger: Debugger, moment: Moment) -> list[str]:
    """The line of the update rule, with numbers, and the value of its target."""
    update = moment.update
    assert update is not None
    script = debugger.script
    symbols, numbers, _ = update_formula(moment.graph, update, script)
    line = debugger.listing[debugger.listing.line_of_update(moment.tick.index)]
    target = indent_rest(name_value(line.left, array_text(update.after, script)))
    details = filter(None, [numbers, first_cell(moment.graph, update, script)])
    return [f"  {line.number}  {symbols}", *(f"    {text}" for text in details), f"  {target}"]


def indent_rest(text: str) -> str:
    """Indent all lines of a text but the first."""
    return text.replace("\n", "\n  ")


def info_text(debugger: Debugger, node: int) -> str:
    """Describe a node: kind, shape and formula, value and gradient, and the nodes that use it."""
    return "\n".join(info_entries(debugger, node))


def info_entries(debugger: Debugger, node: int) -> list[str]:
    """The entries of `info` on a node; that of a matrix has several lines."""
    moment, script = debugger.moment, debugger.script
    graph = moment.graph
    op = graph.nodes[node].op
    shape = script.shape(graph.nodes[node].shape) or "scalar"
    kind = graph.nodes[node].kind.value if op is None else f"result of {op.name}"
    dtype = f", {moment.problem.dtype}" if moment.problem.dtype != FLOAT64 else ""
    lines = [f"{node_name(graph, node, script)}  {kind}, {shape}{dtype}"]
    lines += [
        f"  layer {x.number}'s pre-activation: {delta_definition(graph, x, script)}"
        for x in moment.layers
        if x.pre_activation == node
    ]
    if axes := axes_of(graph, node):
        lines.append(f"  axes       {axes}")
    if op is not None:
        lines.append(f"  made by    {definition(graph, node, script)}")
    value = moment.value(node)
    text = NOT_YET if value is None else array_text(value, script)
    if moment.updated(node):
        note = "  (what the pass used)"
        used = array_text(np.asarray(moment.recorded.values[node]), script, note=note)
        lines.append(f"  value      {indent_rest(used)}")
    label = "new value" if moment.updated(node) else "value    "
    lines.append(f"  {label}  {indent_rest(text)}")
    if value is not None and (kink := kink_line(moment, node)):
        lines.append(f"  kink       {kink}")
    if graph.has_gradient(node):
        name = gradient_name(graph, node, script)
        gradient = gradient_text(moment.gradient(node), script, moment.term_of(node))
        lines.append(f"  {name:<9}  {indent_rest(gradient)}")
        lines.append(f"  written    {last_written(debugger, moment, node)}")
    else:
        lines.append(f"  gradient   none: {why_no_gradient(graph, node)}")
    users = [n for n in graph.nodes if node in n.operands]
    if users:
        names = [node_name(graph, n.index, script) for n in users[:12]]
        lines.append(f"  used by    {', '.join(names)}{', …' if len(users) > 12 else ''}")
    return lines


def axes_of(graph: Graph, node: int) -> str:
    """What an op declares of the axes of its operand: `(units, inputs), as …`; else empty."""
    for user in graph.nodes:
        for at, axes in user.op.axes.items() if user.op is not None else ():
            if user.operands[at] == node:
                return axes
    return ""


def kink_line(moment: Moment, node: int) -> str:
    """How many cells of a result are on a kink of its op, and the slope there; else empty."""
    op, flags = moment.graph.nodes[node].op, moment.recorded.on_kink(node)
    if op is None or flags is None or not op.at_kink or not flags.any():
        return ""
    count = int(np.count_nonzero(flags))
    which = f"{count} of {flags.size} cells stand" if flags.ndim else "it stands"
    return f"{which} on the kink: {op.at_kink}"


def last_written(debugger: Debugger, moment: Moment, node: int) -> str:
    """When a gradient was last written in this iteration, and by which line of the program."""
    timeline, listing = moment.timeline, debugger.listing
    edges = moment.graph.into.get(node, ())
    for edge in reversed(edges):
        start, end = timeline.edge_span(edge.index)
        if start < moment.position and start < end:
            line = listing.edge_line(edge.index)
            return f"last at tick {min(end, moment.position)}, by line {line.number}: {line.text}"
    if node == moment.graph.loss and moment.gradient(node).status is Status.WHOLE:
        return f"last at tick {timeline.forward + 1}, by line 1: {listing[1].text}"
    first = debugger.first_tick_of(node)
    return f"not yet in this iteration; first at tick {first}"

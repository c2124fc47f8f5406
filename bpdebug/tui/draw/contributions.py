"""The sum behind a cell of a gradient whose node is used several times: a contribution a line."""

from __future__ import annotations

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.graph import Edge
from bpdebug.ops import of_dtype
from bpdebug.ops.maps.index_map import ravel
from bpdebug.ticks import Term
from bpdebug.tui.draw.line import Line, wrap
from bpdebug.wording import Script, node_name
from bpdebug.wording.page import visible_range

MOST = 6
"""Contributions with a line of their own; where there are more, the first ones share a line."""


def contribution_lines(
    moment: Moment, term: Term, script: Script, columns: int, most: int = MOST
) -> list[Line]:
    """How the term's cell adds up: `0.12  from z₂`, `+ 0.03  from z₃, now`, `= 0.15`.

    At most `most` contributions around the current one have a line of their own.
    """
    edges = moment.graph.into[term.edge.operand]
    # The current contribution stays in view, with its neighbours.
    part = visible_range(len(edges), term.edge.nth - 1, most)
    folded, visible = edges[: part.start], edges[part.start : part.stop]
    values: list[float | None] = [amount(moment, term, edge) for edge in visible]
    sources = [f"from {node_name(moment.graph, e.output, script)}" for e in visible]
    roles = ["now" if edge is term.edge else "text" for edge in visible]
    if folded:
        # Folded contributions appear as their sum, so that the numbers on the screen add up.
        parts = [amount(moment, term, edge) or 0.0 for edge in folded]
        values.insert(0, float(np.sum(of_dtype(parts, moment.problem.dtype))))
        sources.insert(0, f"from {len(folded)} before")
        roles.insert(0, "text")
    texts = script.aligned([*values, term.after])
    name = node_name(moment.graph, term.edge.operand, script)
    head = f"{name} is used {term.edge.of} times; contributions add up:"
    lines = wrap(head, columns, "quiet")
    for at, (value, text, source) in enumerate(zip(values, texts, sources, strict=False)):
        state = ", now" if roles[at] == "now" else "" if value is not None else ", to come"
        role = "pending" if value is None else roles[at]
        line = Line("  + " if at else "    ", "quiet").add(text, role).add("  ")
        line.extend(Line(source, "quiet").cut(max(columns - line.width - len(state), 1)))
        lines.append(line.add(state, "quiet").cut(columns))
    if visible[-1] is not edges[-1]:
        left = len(edges) - len(folded) - len(visible)
        lines.append(Line(f"  + {left} more to come", "quiet").cut(columns))
    return [*lines, Line("  = ", "quiet").add(texts[-1], "name").cut(columns)]


def amount(moment: Moment, term: Term, edge: Edge) -> float | None:
    """What an edge has added to the term's cell so far; None for an edge that comes later."""
    if edge.nth > term.edge.nth:
        return None
    own = float(np.asarray(moment.recorded.contributions[edge.index])[term.indices.cell])
    if edge is not term.edge:
        return own
    running = moment.gradient(edge.operand).running
    cell = ravel(term.indices.cell, moment.graph.nodes[edge.operand].shape)
    return running[1] if running is not None and running[0] == cell else own

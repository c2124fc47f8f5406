"""What can be copied at a moment: formulas, single numbers, whole tensors, watches.

A number is copied with full precision, a tensor as numpy or TOML reads it. A number that is not
computed yet cannot be copied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.debugger.breakpoints.evaluation import expression_text
from bpdebug.debugger.text.groups import definition_of
from bpdebug.errors import BpdebugError
from bpdebug.graph import Edge
from bpdebug.ops import Array
from bpdebug.records import record, replace
from bpdebug.ticks import Phase, Span, Status, Term
from bpdebug.ticks.group_gradients import part_of
from bpdebug.tui.draw.group_product import through
from bpdebug.wording import (
    Script,
    edge_formula,
    gradient_name,
    group_line,
    local_label,
    node_name,
    shape_text,
    term_formula,
    update_formula,
    update_latex,
    value_formula,
    value_latex,
)

MOST = 74_000
"""Bytes of the longest text: many terminals take about 100,000 in OSC 52, which is in base 64."""
FEWEST = 5
"""Bytes of the shortest number in a list: `0.0, `."""
FULL = 17
"""Significant digits from which the same float64 is read back."""


@record
class Offer:
    """A text to copy. `make` gives it, or raises BpdebugError where it cannot be had yet."""

    title: str
    make: Callable[[], str]


def offers(moment: Moment, script: Script) -> list[Offer]:
    """Everything that can be copied: first what belongs to the current term or update line."""
    current: Iterator[Offer] = iter(())
    if moment.passed is not None:
        current = of_group(moment, moment.passed, script)
    elif moment.edge is not None and moment.term is not None:
        current = of_term(moment, moment.edge, moment.term, script)
    elif moment.phase is Phase.UPDATE:
        current = of_update(moment, script)
    return [*current, *of_node(moment, script), *of_watches(moment, script)]


def of_group(moment: Moment, span: Span, script: Script) -> Iterator[Offer]:
    """A group that was passed as a whole: its formula, and what went into it and came out."""
    graph = moment.graph
    yield Offer("formula", lambda: definition_of(graph, part_of(graph, span), script.whole))
    if span.backward:
        line = group_line(graph, span, script.whole)
        yield Offer("line of the program", lambda: " ".join(line))
    for each in through(moment, span, script):
        yield from tensor(f"{each.direction} {each.name}", partial(np.asarray, each.array))


def of_term(moment: Moment, edge: Edge, term: Term, script: Script) -> Iterator[Offer]:
    """A multiplication: its formula, its numbers, and the tensors of its factors."""
    graph = moment.graph
    formula = edge_formula(graph, edge, script.whole)
    yield Offer("formula", lambda: formula.text)
    yield Offer("formula in LaTeX", lambda: formula.latex)
    symbols, numbers = term_formula(graph, term, replace(script, digits=FULL))
    yield Offer("this term with its numbers", lambda: f"{symbols} {numbers}")
    yield Offer("its upstream factor", lambda: repr(float(term.upstream)))
    yield Offer("its local factor", lambda: repr(float(term.local)))
    yield Offer("its product", lambda: repr(float(term.product)))
    yield Offer("the cell so far", lambda: repr(float(term.after)))
    upstream = gradient_name(graph, edge.output, script)
    yield from tensor(
        f"upstream {upstream}", lambda: np.asarray(moment.recorded.gradients[edge.output])
    )
    label, local = local_label(graph, edge, script), local_of(moment, edge, term)
    yield from tensor(f"local {label}", lambda: local)


def local_of(moment: Moment, edge: Edge, term: Term) -> Array:
    """The local derivative as the multiplication shows it; of a Jacobian, the cell's row."""
    op = moment.graph.nodes[edge.output].op
    rule = op.partial(edge.position) if op is not None else None
    if rule is not None and rule.row is not None:
        return np.asarray(moment.recorded.local_row(edge, term.indices.cell))
    local = np.asarray(moment.recorded.local(edge))
    if local.size == 1:
        return local.reshape(())
    return np.broadcast_to(local, moment.graph.index_map(edge).local_shape)


def of_update(moment: Moment, script: Script) -> Iterator[Offer]:
    """The current line of the update rule, and its target's new value."""
    update = moment.update
    assert update is not None
    symbols, numbers, _ = update_formula(moment.graph, update, replace(script, digits=FULL))
    yield Offer("formula", lambda: symbols)
    yield Offer("formula in LaTeX", lambda: update_latex(moment.graph, update))
    yield Offer("this line with its numbers", lambda: numbers)
    target = script.name(update.line.target)
    yield from tensor(f"{target} after this line", lambda: np.asarray(update.after))


def of_node(moment: Moment, script: Script) -> Iterator[Offer]:
    """The node that the current tick writes: how it is made, its value and its gradient."""
    graph, node = moment.graph, moment.node
    name = node_name(graph, node, script)
    if graph.nodes[node].op is not None:
        made = value_formula(graph, node, script)
        yield Offer(f"how {name} is made", lambda: f"{name} = {made}")
        yield Offer(f"how {name} is made, in LaTeX", lambda: value_latex(graph, node))
    yield from tensor(f"value of {name}", lambda: known(name, moment.value(node)))
    if graph.has_gradient(node):
        gradient = gradient_name(graph, node, script)
        kind = "result" if moment.edge is not None else "gradient"
        so_far = "" if moment.gradient(node).status is Status.WHOLE else " so far"
        yield from tensor(f"{kind} {gradient}{so_far}", lambda: whole(moment, node, gradient))


def known(name: str, value: Array | None) -> Array:
    """A value; BpdebugError while it is not computed."""
    if value is None:
        raise BpdebugError(f"{name} is not computed yet")
    return value


def whole(moment: Moment, node: int, name: str) -> Array:
    """A gradient; BpdebugError while it has cells without a number."""
    values, known = moment.gradient(node).window()
    if not np.all(known):
        count = int(np.count_nonzero(known))
        raise BpdebugError(f"{name} has {count:,} of {known.size:,} cells so far; press n to go on")
    return np.asarray(values)


def of_watches(moment: Moment, script: Script) -> Iterator[Offer]:
    """The watches with their values now."""
    for _, text in moment.watches:
        yield Offer(
            f"watch {text}", partial(expression_text, moment, text, replace(script, digits=FULL))
        )


def tensor(title: str, values: Callable[[], Array]) -> Iterator[Offer]:
    """A tensor as `np.array` and as nested lists."""
    yield Offer(f"{title}, np.array", lambda: f"np.array({listed(title, values(), 'np.')})")
    yield Offer(f"{title}, list", lambda: listed(title, values(), ""))


def listed(title: str, values: Array, prefix: str) -> str:
    """A tensor as nested lists; BpdebugError if it is too large.

    `prefix` stands before nan and inf: `np.` for numpy, empty for TOML, which knows them.
    """
    if values.size * FEWEST > MOST:
        raise too_large(f"{title} ({shape_text(values.shape)})")
    return nested(values.tolist(), prefix)


def nested(values: float | list[object] | object, prefix: str) -> str:
    """A number, or nested lists of numbers, as text."""
    if isinstance(values, list):
        return f"[{', '.join(nested(value, prefix) for value in values)}]"
    text = repr(values)
    if text.lstrip("-") in ("nan", "inf"):
        return ("-" if text[0] == "-" else "") + prefix + text.lstrip("-")
    return text


def text_of(offer: Offer) -> str:
    """The text to copy; BpdebugError where it cannot be had yet or is too long for a terminal."""
    text = offer.make()
    if len(text.encode("utf-8", "surrogatepass")) > MOST:
        raise too_large(offer.title)
    return text


def too_large(what: str) -> BpdebugError:
    """The error about a text that is too long for a terminal's clipboard."""
    return BpdebugError(
        f"{what} is too large to copy: terminals take about {MOST // 1000} KB; x exports it"
    )

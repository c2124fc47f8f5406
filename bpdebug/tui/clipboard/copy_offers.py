"""What can be copied where one stands: formulas, single numbers, whole tensors, watches.

Pure: a moment in, texts out. A number is copied at full precision, a tensor as numpy or TOML takes
it; nothing that is not computed yet is ever copied as a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.debugger.breakpoints.evaluation import shown
from bpdebug.errors import BpdebugError
from bpdebug.graph import Edge
from bpdebug.ops import Array
from bpdebug.record import record, replace
from bpdebug.trace import Phase, Status, Term
from bpdebug.wording import (
    Script,
    edge_formula,
    gradient_name,
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
"""Bytes of a text; many terminals take about 100,000 in OSC 52, where four stand for three."""
FEWEST = 5
"""Bytes that a number takes at least in a list: `0.0, `."""
FULL = 17
"""Significant digits that give a float64 back."""


@record
class Offer:
    """One thing to copy. `make` gives its text; BpdebugError where there is none to be had."""

    title: str
    make: Callable[[], str]


def offers(moment: Moment, script: Script) -> list[Offer]:
    """Everything there is to copy at a moment, what is under way first."""
    here: Iterator[Offer] = iter(())
    if moment.edge is not None and moment.term is not None:
        here = of_term(moment, moment.edge, moment.term, script)
    elif moment.phase is Phase.UPDATE:
        here = of_update(moment, script)
    return [*here, *of_node(moment, script), *of_watches(moment, script)]


def of_term(moment: Moment, edge: Edge, term: Term, script: Script) -> Iterator[Offer]:
    """The multiplication: in signs and in numbers, its four numbers, its three tensors."""
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
    """The local derivative as the multiplication shows it: of a Jacobian, the row of this cell."""
    op = moment.graph.nodes[edge.output].op
    rule = op.partial(edge.position) if op is not None else None
    if rule is not None and rule.row is not None:
        return np.asarray(moment.recorded.local_row(edge, term.indices.cell))
    local = np.asarray(moment.recorded.local(edge))
    if local.size == 1:
        return local.reshape(())
    return np.broadcast_to(local, moment.graph.index_map(edge).local_shape)


def of_update(moment: Moment, script: Script) -> Iterator[Offer]:
    """The line of the update rule, and what its target holds now."""
    update = moment.update
    assert update is not None
    symbols, numbers, _ = update_formula(moment.graph, update, replace(script, digits=FULL))
    yield Offer("formula", lambda: symbols)
    yield Offer("formula in LaTeX", lambda: update_latex(moment.graph, update))
    yield Offer("this line with its numbers", lambda: numbers)
    target = script.name(update.line.target)
    yield from tensor(f"{target} after this line", lambda: np.asarray(update.after))


def of_node(moment: Moment, script: Script) -> Iterator[Offer]:
    """The node that is written here: how it is made, its value and its gradient."""
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
    """A value that is there; BpdebugError while it is not."""
    if value is None:
        raise BpdebugError(f"{name} is not computed yet")
    return value


def whole(moment: Moment, node: int, name: str) -> Array:
    """A gradient of which every cell holds a number; BpdebugError before."""
    values, there = moment.gradient(node).window()
    if not np.all(there):
        count = int(np.count_nonzero(there))
        raise BpdebugError(f"{name} has {count:,} of {there.size:,} cells so far; press n to go on")
    return np.asarray(values)


def of_watches(moment: Moment, script: Script) -> Iterator[Offer]:
    """The watches with what they are now."""
    for _, text in moment.watches:
        yield Offer(f"watch {text}", partial(shown, moment, text, replace(script, digits=FULL)))


def tensor(title: str, values: Callable[[], Array]) -> Iterator[Offer]:
    """A tensor in its two forms."""
    yield Offer(f"{title}, np.array", lambda: f"np.array({listed(title, values(), 'np.')})")
    yield Offer(f"{title}, list", lambda: listed(title, values(), ""))


def listed(title: str, values: Array, prefix: str) -> str:
    """A tensor as nested lists. `prefix` stands before nan and inf, which TOML has as they are."""
    if values.size * FEWEST > MOST:
        raise too_large(f"{title} ({shape_text(values.shape)})")
    return nested(values.tolist(), prefix)


def nested(values: float | list[object] | object, prefix: str) -> str:
    """Numbers and lists of them, as text."""
    if isinstance(values, list):
        return f"[{', '.join(nested(one, prefix) for one in values)}]"
    text = repr(values)
    if text.lstrip("-") in ("nan", "inf"):
        return ("-" if text[0] == "-" else "") + prefix + text.lstrip("-")
    return text


def text_of(offer: Offer) -> str:
    """The text to copy; BpdebugError where it is more than terminals take."""
    text = offer.make()
    if len(text.encode("utf-8", "surrogatepass")) > MOST:
        raise too_large(offer.title)
    return text


def too_large(what: str) -> BpdebugError:
    """The sentence about what no clipboard takes."""
    return BpdebugError(
        f"{what} is too large to copy: terminals take about {MOST // 1000} KB; x exports it"
    )

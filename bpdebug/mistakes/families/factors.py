"""Mistakes of scale: the number of examples once too often, a constant factor too many."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpdebug.graph import Edge
from bpdebug.mistakes.grounds import Grounds
from bpdebug.mistakes.mistake import (
    Change,
    EdgeRule,
    Family,
    Mistake,
    NodeRule,
    Parts,
    Passed,
)
from bpdebug.mistakes.scales import Sizes, factor_forms
from bpdebug.mistakes.stage import Stage
from bpdebug.mistakes.trial import Trial, total
from bpdebug.ops import Array
from bpdebug.records import replace


def scaled(factor: float, *, onward: bool = True) -> NodeRule:
    """The right gradient times a factor, perhaps only where it is written down."""

    def rule(stage: Stage, node: int, parts: Parts) -> Array | Passed:
        found = list(parts)
        right = total(found) if found else np.float64(1.0)
        wrong = np.asarray(factor * right)
        return wrong if onward else Passed(wrong, np.asarray(right))

    return rule


def part_scaled(factor: float) -> EdgeRule:
    """One contribution times a factor."""

    def rule(stage: Stage, edge: Edge, upstream: Array) -> Array:
        return np.asarray(factor * stage.vjp(edge, upstream))

    return rule


def factor_of(grounds: Grounds, base: Trial, probe: Change) -> float | None:
    """The factor that explains most of what differs, from a trial with the factor 2.

    All gradients beyond hang on the factor as a straight line, so two points tell all. None where
    nothing that differs hangs on it.
    """
    bench = grounds.bench
    found = bench.probe((*base.changes, probe), base)
    if found is None:
        return None
    above = below = 0.0
    for number in sorted(base.missed):
        theirs, once = bench.handed[number].values, base.predicted[number]
        twice = found.predicted.get(number)
        if twice is None or np.shape(twice) != theirs.shape or np.shape(once) != theirs.shape:
            continue
        slope, off = twice - once, theirs - once
        good = np.isfinite(slope) & np.isfinite(off)
        weight = float(np.sum(np.square(slope[good])))
        if weight > 0.0:
            # The first array on the way decides; what lies beyond may have errors of its own.
            above, below = float(np.sum(slope[good] * off[good])), weight
            break
    return 1.0 + above / below if below else None


def nice_factors(grounds: Grounds) -> dict[float, str]:
    """The factors that have a name, each with it; those of the batch first."""
    examples: Sizes = {n: n for n in grounds.examples}
    extents: Sizes = {n: n for n in grounds.extents}
    known: dict[float, str] = {}
    for form in factor_forms(examples, extents, grounds.rules):
        if form.value not in (0.0, 1.0, -1.0) and np.isfinite(form.value):
            known.setdefault(float(form.value), form.name)
    return known


def named_factor(grounds: Grounds, factor: float) -> tuple[float, str] | None:
    """The factor with a name that a measured one is; None where it has none."""
    sign = -1.0 if factor < 0 else 1.0
    tolerance = 1e-6 if grounds.precise else 0.02
    best: tuple[float, float, str] | None = None
    for value, name in nice_factors(grounds).items():
        off = abs(abs(factor) / value - 1.0)
        if off < tolerance and (best is None or off < 0.2 * best[0]):
            best = (off, value, name)
    if best is None:
        return None
    minus = "−" if sign < 0 else ""
    return sign * best[1], minus + best[2]


def find_factors(grounds: Grounds) -> Iterator[Change]:
    """The loss's own gradient, every node's, and each contribution where several meet."""
    graph = grounds.graph
    places: list[tuple[str, int]] = [("node", graph.loss)]
    places += [("node", node) for node in grounds.gradients]
    for node in grounds.gradients:
        if len(graph.into[node]) > 1:
            places += [("edge", edge.index) for edge in graph.into[node]]
        if not grounds.leaf(node) and node in grounds.shapes:
            places.append(("kept", node))
    for where, index in places:
        measured = factor_of(grounds, grounds.whole_base, place(where, index, 2.0))
        if measured is None:
            continue
        found = named_factor(grounds, measured)
        if found is None:
            continue
        factor, name = found
        if abs(factor + 1.0) < 1e-12:
            continue
        yield from described(grounds, where, index, factor, name)
    yield from in_every_layer(grounds)


def in_every_layer(grounds: Grounds) -> Iterator[Change]:
    """Multiply the δ of every layer by a factor, which is there once more in each layer below."""
    nodes = [layer.pre_activation for layer in grounds.graph.layers]
    nodes = [node for node in nodes if node in grounds.gradients]
    if len(nodes) < 2:
        return
    for factor, name in nice_factors(grounds).items():
        examples = any(factor in (n, 1 / n) for n in grounds.examples)
        if examples or factor in (2.0, 0.5):
            yield Change(
                batch_factor if examples else constant_factor,
                tuple(nodes),
                nodes=dict.fromkeys(nodes, scaled(factor)),
                detail=name,
                variant=name,
                edge=grounds.graph.into[nodes[-1]][0].index,
                factor=factor,
                cost=0.5,
            )


def place(where: str, index: int, factor: float) -> Change:
    """The change that multiplies at a place."""
    if where == "edge":
        return Change(constant_factor, (), edges={index: part_scaled(factor)})
    return Change(constant_factor, (), nodes={index: scaled(factor, onward=where == "node")})


def described(
    grounds: Grounds, where: str, index: int, factor: float, name: str
) -> Iterator[Change]:
    """The change by the id that says most: the batch's factor, or a constant."""
    graph = grounds.graph
    node = graph.edges[index].operand if where == "edge" else index
    leaf = grounds.leaf(node) or where == "kept"
    alone = len({grounds.bench.handed[n].node for n in grounds.bench.reach[node]}) == 1
    delta = any(layer.pre_activation == node for layer in graph.layers)
    single = leaf or alone
    examples = [n for n in grounds.examples if abs(abs(factor) - 1 / n) < 1e-9 / n]
    whole = [n for n in grounds.examples if abs(abs(factor) - n) < 1e-9 * n]
    plain = abs(factor) in (2.0, 0.5)
    edge = index if where == "edge" else graph.into[node][0].index if node in graph.into else None
    base = place(where, index, factor)

    def change(mistake: Mistake, cost: float) -> Change:
        return Change(
            mistake,
            (node,),
            edges=base.edges,
            nodes=base.nodes,
            detail=name,
            variant=name,
            edge=edge,
            factor=factor,
            onward=where != "kept",
            cost=cost
            + (0.6 if where == "edge" else 0.3 if where == "kept" else 0.0)
            # Of a single array that is off, the array itself is accused.
            + (0.5 if alone and not leaf else 0.0)
            + (0.0 if leaf or delta else 0.1),
            group=("leaf" if leaf else "result", f"{factor:.12g}"),
        )

    if examples:
        yield change(averaged_again if single else batch_factor, 0.0)
        yield change(batch_factor if single else averaged_again, 0.8)
    elif whole:
        # Where a mean is on the way, its 1/n was left out: that says more.
        averages = edge is not None and grounds.op(graph.edges[edge]).averaged is not None
        yield change(batch_factor, 0.3 if averages and not single else 0.0)
    likely = 0.0 if plain else 1.0 if "the setting" in name else 0.4
    yield change(constant_factor, likely + (0.0 if single else 0.3))


averaged_again = Mistake(
    "averaged-again",
    "divided by the number of examples once more",
    Family.SUM,
    "{left} = ({right}) · {detail}",
    r"{left} = \left({right}\right) \cdot \text{{{detail}}}",
    "the loss is a mean already, so that what comes from above is divided by the number of "
    "examples; here it is divided again",
    "leave the division out, or take it out of the loss's own gradient",
    lambda grounds: iter(()),
    cost=1.2,
    single=True,
    separates="a number of examples that is the size of no other axis",
    hidden="one example",
)
batch_factor = Mistake(
    "batch-factor",
    "the number of examples once too often, or never",
    Family.SUM,
    "{left} = ({right}) · {detail}",
    r"{left} = \left({right}\right) \cdot \text{{{detail}}}",
    "from here on all gradients are off by the number of examples: the mean over them is taken "
    "once too often, or not at all",
    "divide by the number of examples once, where the loss does",
    lambda grounds: iter(()),
    cost=1.2,
    separates="a number of examples that is the size of no other axis",
    hidden="one example",
)
constant_factor = Mistake(
    "constant-factor",
    "a factor too many",
    Family.SUM,
    "{left} = ({right}) · {detail}",
    r"{left} = \left({right}\right) \cdot \text{{{detail}}}",
    "the gradient is the right one times {detail}",
    "look for a ½ or a 2 that was differentiated away or kept, and for a term that is counted "
    "twice",
    find_factors,
    cost=1.6,
    measured=True,
    separates="gradients that are not 0",
    hidden="the gradient is 0",
)


def with_factor(change: Change, factor: float, name: str, mistake: Mistake) -> Change:
    """A change of scale with another factor at its places, and the name that this factor has."""
    return replace(
        change,
        mistake=mistake,
        edges=dict.fromkeys(change.edges, part_scaled(factor)),
        nodes=dict.fromkeys(change.nodes, scaled(factor, onward=change.onward)),
        detail=name,
        variant=name,
        factor=factor,
    )


MISTAKES = (averaged_again, batch_factor, constant_factor)

"""Conventions: numbers that are right by another agreement about layout, scale or sign.

Weights may be stored as (inputs, units), a loss may be a sum where the scenario has a mean or have
a ½ that the scenario has not, and an update may add what is minus the gradient. None of these is
wrong where everything agrees under it, so they are told and not accused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product

import numpy as np

from bpdebug.graph import Graph, Kind
from bpdebug.mistakes.bench import Bench
from bpdebug.mistakes.families.factors import scaled
from bpdebug.mistakes.grounds import Grounds
from bpdebug.mistakes.handed import Handed, Quantity, shape_told
from bpdebug.mistakes.mistake import Change, Family, Mistake
from bpdebug.mistakes.trial import Trial
from bpdebug.ops import FLOAT64, Array, Carries, Product
from bpdebug.records import record, replace


@record
class Convention:
    """An agreement under which numbers are right: an id, and the setting that makes them agree."""

    id: str
    setting: str


# Layout.


def fitted(
    graph: Graph, handed: Sequence[Handed], *, parameters: bool = True
) -> tuple[tuple[Handed, ...], list[Convention]]:
    """The handed arrays in the scenario's layout, and the conventions that this took.

    Axes of size 1 are left out or put in without a word. Weights, or results, of which all that
    are not square are transposed are turned; weights only where `parameters` may be stored so.
    """
    shaped = [squeezed(one, graph.nodes[one.node].shape, turned=not parameters) for one in handed]
    told = []
    single = rows_for_columns(graph, handed) if parameters else None
    if single is not None:
        told.append(layout_told("weights", single))
    for of_parameters in (True, False) if parameters else (False,):
        members = [
            at
            for at, one in enumerate(shaped)
            if len(graph.nodes[one.node].shape) == 2
            and 1 not in graph.nodes[one.node].shape
            and (graph.nodes[one.node].kind is Kind.PARAMETER) is of_parameters
        ]
        if not all_turned([shaped[at] for at in members], graph):
            continue
        for at in members:
            shaped[at] = replace(shaped[at], values=shaped[at].values.T)
        if of_parameters:
            told.clear()
        at = next(at for at in members if len(set(shaped[at].values.shape)) > 1)
        told.append(layout_told("weights" if of_parameters else "results", handed[at]))
    return tuple(shaped), told


def layout_told(what: str, example: Handed) -> Convention:
    """The convention of transposed arrays, with one that shows it."""
    theirs, ours = shape_told(example.values), shape_told(example.values.T)
    return Convention(
        "layout",
        f"the {what} are stored transposed: {example.name} has the shape {theirs}, and {ours} in "
        "the scenario",
    )


def rows_for_columns(graph: Graph, handed: Sequence[Handed]) -> Handed | None:
    """A row of weights that was handed in as a column, where all weights are such rows."""
    weights = []
    for one in handed:
        node = graph.nodes[one.node]
        ops = [graph.nodes[edge.output].op for edge in graph.into.get(one.node, ())]
        multiplied = any(op is not None and op.product is not Product.NONE for op in ops)
        first = any(edge.position < 2 for edge in graph.into.get(one.node, ()))
        if node.kind is Kind.PARAMETER and len(node.shape) == 2 and multiplied and first:
            weights.append((one, node.shape))
    turned = [one for one, shape in weights if one.values.shape == shape[::-1] != shape]
    return turned[0] if turned and len(turned) == len(weights) else None


def squeezed(one: Handed, shape: tuple[int, ...], *, turned: bool = False) -> Handed:
    """A handed array with axes of size 1 as the scenario has them, where that is all.

    With `turned`, a row for a column is more than that.
    """
    given = one.values.shape
    if given == shape or [n for n in given if n != 1] != [n for n in shape if n != 1]:
        return one
    transposed = len(shape) == 2 and given == shape[::-1] and (turned or 1 not in shape)
    return one if transposed else replace(one, values=one.values.reshape(shape))


def all_turned(members: Sequence[Handed], graph: Graph) -> bool:
    """True where every matrix that is not square is handed in transposed, and there is one."""
    found = [
        one.values.shape == graph.nodes[one.node].shape[::-1]
        for one in members
        if len(set(graph.nodes[one.node].shape)) > 1 and 1 not in graph.nodes[one.node].shape
    ]
    return bool(found) and all(found)


def squares_turned(bench: Bench) -> tuple[Handed, ...] | None:
    """The handed arrays with all square weights turned, where each fits so and not as it stands."""
    graph, handed, plain = bench.graph, bench.handed, bench.plain
    members = [
        at
        for at, one in enumerate(handed)
        if one.quantity is Quantity.GRADIENT
        and graph.nodes[one.node].kind is Kind.PARAMETER
        and len(graph.nodes[one.node].shape) == 2
        and min(graph.nodes[one.node].shape) > 1
    ]
    if len(members) < 2:
        return None
    for at in members:
        turned = handed[at].values.T
        if turned.shape != plain.predicted[at].shape or bench.fits(at, plain.predicted[at]):
            return None
        off = np.abs(turned - plain.predicted[at])
        if not np.all(off <= bench.tolerance(at, plain.predicted[at]).T):
            return None
    return tuple(
        replace(one, values=one.values.T) if at in members else one for at, one in enumerate(handed)
    )


SQUARES = Convention("layout", "the weights are stored transposed")


# Scale and sign.


UNNAMED = Mistake("", "", Family.SUM, "", "", "", "", lambda grounds: iter(()))


def scales(grounds: Grounds, plain: Trial) -> Iterator[Convention]:
    """The agreement about scale and sign under which all that was handed in is right, if any."""
    yield from islice(every_scale(grounds, plain), 1)


def every_scale(grounds: Grounds, plain: Trial) -> Iterator[Convention]:
    """All agreements about scale and sign that fit; several where sizes are alike."""
    bench = grounds.bench
    measured = common_factor(bench, plain)
    if measured is not None:
        for factor, convention in known_scales(grounds):
            if abs(measured / factor - 1.0) > tolerance(bench):
                continue
            seed = Change(UNNAMED, (), nodes={grounds.graph.loss: scaled(factor)})
            # Turned signs are an agreement only where the update knows of it.
            if all_scaled(bench, plain, factor) or (factor > 0 and explains(bench, seed)):
                yield convention
    yield from at_parameters(grounds, plain)


def scale_between(grounds: Grounds, plain: Trial, other: Trial) -> Convention | None:
    """The convention that makes all gradients of another trial of the right ones, if one does."""
    for factor, convention in known_scales(grounds):
        if all(
            scaled_so(grounds.bench.handed[n].quantity, right, other.predicted.get(n), factor)
            for n, right in plain.predicted.items()
        ):
            return convention
    return None


def scaled_so(quantity: Quantity, right: Array, other: Array | None, factor: float) -> bool:
    """Whether a gradient is a right one times a factor, or another number the right one itself."""
    if other is None or np.shape(other) != np.shape(right):
        return False
    wanted = factor * right if quantity is Quantity.GRADIENT else right
    scale = float(np.max(np.abs(wanted), initial=0.0))
    rounding = 1e-9 if wanted.dtype == FLOAT64 else 1e-6
    return bool(np.all(np.abs(other - wanted) <= rounding * scale))


def tolerance(bench: Bench) -> float:
    """How far a measured factor may be from a known one."""
    digits = min(one.precision.digits for one in bench.handed)
    return 1e-6 if digits >= 10 else 0.02


def common_factor(bench: Bench, plain: Trial) -> float | None:
    """The factor between all handed gradients and the right ones, from the largest entries."""
    above = below = 0.0
    for number, one in enumerate(bench.handed):
        right = plain.predicted.get(number)
        if one.quantity is not Quantity.GRADIENT or right is None:
            continue
        if right.shape != one.values.shape or not np.all(np.isfinite(one.values)):
            return None
        size = float(np.sum(np.square(right)))
        if size > 0.0 and np.isfinite(size):
            # Every array counts alike, however large its numbers are.
            above += float(np.sum(right * one.values)) / size
            below += 1.0
    return above / below if below else None


def explains(bench: Bench, change: Change) -> bool:
    """Whether a change makes all that was handed in agree."""
    trial = bench.probe((change,), replace(bench.base, missed=frozenset()))
    return trial is not None and all(
        bench.fits(number, predicted) for number, predicted in trial.predicted.items()
    )


def all_scaled(bench: Bench, plain: Trial, factor: float) -> bool:
    """Whether gradients agree times a factor, and all else as it stands."""
    return all(
        bench.fits(
            number,
            predicted * factor if bench.handed[number].quantity is Quantity.GRADIENT else predicted,
        )
        for number, predicted in plain.predicted.items()
    )


def known_scales(grounds: Grounds) -> Iterator[tuple[float, Convention]]:
    """The factors that another agreement about the loss, or the sign, gives."""
    averaged = divisors(grounds)
    whole = max(averaged, default=1)
    reductions: list[tuple[float, str]] = [(1.0, "")]
    if whole > 1:
        reductions.append(
            (float(whole), f"their loss is a sum, the scenario's a mean over {whole}")
        )
        for part in sorted({n for n in (*grounds.examples, *grounds.extents) if whole % n == 0}):
            if 1 < part < whole:
                reductions.append(
                    (
                        float(part),
                        f"their loss is a mean over {whole // part}, the scenario's over {whole}",
                    )
                )
    else:
        sizes = {*grounds.examples, *outputs(grounds)}
        sizes |= {n * m for n, m in product(grounds.examples, outputs(grounds))}
        reductions += [
            (1.0 / n, f"their loss is a mean over {n}, the scenario's a sum") for n in sorted(sizes)
        ]
    halves = [(1.0, "")]
    if squares(grounds):
        halves += [
            (2.0, "their loss has no ½, the scenario's has one"),
            (0.5, "their loss has a ½ that the scenario's has not"),
        ]
    signs = [(1.0, ""), (-1.0, "their numbers are minus the gradient, and their update adds")]
    for (r, reduction), (h, half), (s, sign) in product(reductions, halves, signs):
        told = [text for text in (reduction, half, sign) if text]
        if told and r * h * s != 1.0:
            ident = "reduction" if reduction else "half" if half else "sign"
            yield r * h * s, Convention(ident, "; ".join(told))


def divisors(grounds: Grounds) -> list[int]:
    """Over how many rows or entries the losses and means of the graph average."""
    found = []
    for node in grounds.graph.nodes:
        if node.op is None or not node.needs_gradient or node.shape != ():
            continue
        if node.op.averaged is not None:
            shapes = tuple(grounds.graph.nodes[i].shape for i in node.operands)
            found.append(node.op.averaged(shapes, node.options))
        elif node.op.carries is Carries.SCALES and node.index in near(grounds):
            # A mean that is written out, as a sum over a number.
            operands = [grounds.graph.nodes[i].value for i in node.operands]
            ones = (np.ones(()) if value is None else value for value in operands)
            over = float(np.divide(1.0, node.op.forward(*ones, **node.options)))
            if any(value is not None for value in operands) and over in counted(grounds):
                found.append(int(over))
    return [n for n in found if n > 1]


def counted(grounds: Grounds) -> set[float]:
    """The numbers of examples, and of examples times outputs."""
    rows = {*grounds.examples, *(n for n in grounds.counts.values() if n > 1)}
    return {float(n) for n in rows} | {float(n * m) for n in rows for m in outputs(grounds)}


def outputs(grounds: Grounds) -> list[int]:
    """How many numbers the prediction has for each example."""
    graph = grounds.graph
    found: dict[int, None] = {}
    for edge in graph.out_of.get(graph.loss, ()):
        found.update(dict.fromkeys(n for n in graph.nodes[edge.operand].shape if n > 1))
    return list(found)


def squares(grounds: Grounds) -> bool:
    """True where the loss is made of squares: twice the loss is a usual way of writing it."""
    graph, pass_values = grounds.graph, grounds.stage
    for edge in graph.edges[:12]:
        node = graph.nodes[edge.output]
        if node.op is None or edge.position or edge.output not in near(grounds):
            continue
        x = pass_values.value(edge.operand)
        with np.errstate(all="ignore"):
            moved = [np.asarray(o) for o in pass_values.operands(edge)]
            if node.op.loss and moved[1].shape != x.shape:
                continue
            moved[0] = moved[1] + 2.0 * (x - moved[1]) if node.op.loss else 2.0 * x
            try:
                once = np.asarray(node.op.forward(*pass_values.operands(edge), **node.options))
                twice = np.asarray(node.op.forward(*moved, **node.options))
            except (ValueError, TypeError):
                continue
        if (
            once.size
            and np.all(np.isfinite(once))
            and np.any(once)
            and np.allclose(twice, 4 * once)
        ):
            return True
    return False


def near(grounds: Grounds) -> set[int]:
    """The loss, and what it is made of before the first activation."""
    graph = grounds.graph
    found, waiting = {graph.loss}, [graph.loss]
    while waiting:
        for operand in graph.nodes[waiting.pop()].operands:
            op = graph.nodes[operand].op
            if op is not None and not op.activation and operand not in found and len(found) < 20:
                found.add(operand)
                waiting.append(operand)
    return found


def at_parameters(grounds: Grounds, plain: Trial) -> Iterator[Convention]:
    """Gradients of results without the mean over examples, which the parameters' have."""
    bench = grounds.bench
    for n in dict.fromkeys(divisors(grounds)):
        results = parameters = 0
        for number, predicted in plain.predicted.items():
            one = bench.handed[number]
            leaf = grounds.leaf(one.node) or one.quantity is not Quantity.GRADIENT
            if not bench.fits(number, np.asarray(predicted if leaf else predicted * n)):
                break
            results, parameters = results + (not leaf), parameters + leaf
        else:
            if results and parameters:
                yield Convention(
                    "reduction",
                    f"the mean over {n} is taken at the parameters, and the gradients of results "
                    "are without it",
                )
                return


def kinks(grounds: Grounds) -> Iterator[Change]:
    """Other derivatives at kinks that some values stand on exactly: 0, ½ or 1 of the slope."""
    graph, stage = grounds.graph, grounds.stage
    masks: dict[int, Array] = {}
    for edge in grounds.edges:
        node = graph.nodes[edge.output]
        if node.op is None or node.op.kink is None:
            continue
        operands = stage.operands(edge)
        with np.errstate(all="ignore"):
            found = np.broadcast_to(np.asarray(node.op.kink(*operands, **node.options)), node.shape)
        if found.any() and found.shape == graph.nodes[edge.operand].shape:
            masks[edge.index] = found
    if not masks:
        return
    for slope in (1.0, 0.0, 0.5, -1.0):

        def rule(stage: object, edge: object, upstream: Array, slope: float = slope) -> Array:
            part = stage.vjp(edge, upstream)  # type: ignore[attr-defined]
            return np.where(masks[edge.index], slope * upstream, part)  # type: ignore[attr-defined]

        yield Change(UNNAMED, (), edges=dict.fromkeys(masks, rule))

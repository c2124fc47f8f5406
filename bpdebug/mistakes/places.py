"""Where in the program of a backward pass an explanation's mistakes are: every line of each."""

from __future__ import annotations

from collections.abc import Iterator

from bpdebug.mistakes.mistake import Change, Family
from bpdebug.mistakes.phrasing import Phrasing
from bpdebug.mistakes.verdict import NamedExplanation, NamedMistake
from bpdebug.records import record, replace
from bpdebug.run import Run
from bpdebug.wording import Script


@record
class Place:
    """A line of the program that a mistake writes wrong: that of an edge, or of an update."""

    node: int
    """The node whose gradient comes out wrong; for an update, the parameter."""
    edge: int | None
    """None for the gradient of the loss itself, and for an update."""
    updates: bool
    """True for the update of the parameter."""
    mistake: NamedMistake
    """The mistake in words; its formulas are of this line."""


def places(run: Run, explanation: NamedExplanation, script: Script) -> tuple[Place, ...]:
    """All lines that the mistakes of an explanation write wrong, each once.

    A habit has a line for each layer, where its `NamedMistake` tells the first.
    """
    phrasing = Phrasing(run, script)
    found: dict[tuple[int, int | None, bool], Place] = {}
    for change in explanation.found.changes:
        told = named_by(change, explanation)
        if told is None:
            continue
        for place in of_change(change, told, phrasing):
            found.setdefault((place.node, place.edge, place.updates), place)
    return tuple(found.values())


def named_by(change: Change, explanation: NamedExplanation) -> NamedMistake | None:
    """The mistake that tells a change; None where the explanation leaves it out."""
    mine = [one for one in explanation.mistakes if one.id == change.mistake.id]
    return next((one for one in mine if set(change.at) <= set(one.nodes)), None)


def of_change(change: Change, told: NamedMistake, phrasing: Phrasing) -> Iterator[Place]:
    """The lines that one change writes wrong."""
    graph = phrasing.graph
    if change.mistake.family is Family.UPDATE:
        for node in change.at:
            yield Place(node, None, True, told)
        return
    scoped = change.edge if change.scope else None
    if scoped is not None:
        # All is computed rightly but for one use: the line is that of the edge passed on.
        yield Place(change.at[0], scoped, False, told)
    for node in change.at if scoped is None else change.at[1:]:
        into = [edge.index for edge in graph.into.get(node, ())]
        wrong = [edge for edge in into if edge in change.edges]
        if not wrong and change.edge in into:
            wrong = [change.edge]
        for edge in wrong or into[-1:]:
            yield Place(node, edge, False, of_line(change, told, node, edge, phrasing))
        if not into:
            yield Place(node, None, False, told)


def of_line(
    change: Change, told: NamedMistake, node: int, edge: int, phrasing: Phrasing
) -> NamedMistake:
    """A mistake with the formulas of one of its lines.

    What stands in wrongly is known of the first line alone; for others the first line's formula
    stays, with its number.
    """
    if edge == told.edge:
        return told
    here = phrasing.mistake(replace(change, at=(node,), edge=edge))
    if change.other is None and not change.scope and ", " not in change.detail:
        return replace(here, at=told.at, nodes=told.nodes)
    as_there = f"as in line {told.line}: {told.wrong}" if told.line else told.wrong
    return replace(here, at=told.at, nodes=told.nodes, wrong=as_there, wrong_latex="")

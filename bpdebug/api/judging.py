"""From what a caller hands in to the verdict on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bpdebug.api.handed_in import (
    HandedIn,
    are_models,
    from_mapping,
    from_model,
    from_models,
    is_model,
)
from bpdebug.api.origin import Origin
from bpdebug.api.scripts import output_script
from bpdebug.api.verdict import GradientVerdict
from bpdebug.errors import BpdebugError
from bpdebug.graph import Graph
from bpdebug.mistakes import Verdict, judge
from bpdebug.mistakes.search import Explanation
from bpdebug.ops import Array
from bpdebug.recording.recording import OwnFunction
from bpdebug.records import replace
from bpdebug.wording import Script

NOTHING: Mapping[str, Array] = {}
WANTED = (
    "hand in arrays by name, such as {'W1': dW1}, a function that returns them, or a PyTorch model "
    "after loss.backward()"
)


def verdict_on(origin: Origin, what: Any) -> GradientVerdict:
    """The verdict on arrays by name, a model with gradients, or a function that computes them.

    BpdebugError for anything else.
    """
    run, script = origin.run, output_script()
    models = is_model(what) or are_models(what)
    if isinstance(what, Mapping) or models:
        given = handed_in(origin, what)
        recording = origin.recording if models else None
        left_over = recording.left_over if recording is not None else NOTHING
        found = on_arrays(origin, given, script, left_over)
        places = tuple(own_functions(origin, found))
        found = replace(
            found, notes=(*found.notes, *loss_taken(origin, found), *places), places=places
        )
    elif callable(what):
        found = on_function(origin, what, script)
    else:
        raise BpdebugError(f"a {type(what).__name__} cannot be compared; {WANTED}")
    return GradientVerdict(run, found, script)


def handed_in(origin: Origin, what: Any) -> HandedIn:
    """Arrays by name, of a model, or of several models."""
    if are_models(what):
        return from_models(
            what, origin.run, origin.recording.models if origin.recording is not None else ()
        )
    return from_model(what, origin.run) if is_model(what) else from_mapping(what)


def on_arrays(
    origin: Origin, given: HandedIn, script: Script, left_over: Mapping[str, Array] = NOTHING
) -> Verdict:
    """The verdict on arrays, with a note on what was left out.

    `left_over` are the gradients that parameters had before the forward pass. Beside a recording,
    the arrays are of the code that computed its loss, so that another scale is no convention.
    """
    run = origin.run
    found = judge(
        *(run, given.arrays, given.precisions, script),
        progress=run.progress,
        left_over=left_over,
        same_loss=origin.recording is not None,
    )
    return replace(found, notes=(*found.notes, given.note)) if given.note else found


def on_function(origin: Origin, function: Callable[..., Any], script: Script) -> Verdict:
    """The verdict on a function that computes gradients, on data that separates the mistakes."""
    from bpdebug.mistakes import judge_function

    run, recording = origin.run, origin.recording
    of_code: dict[str, Any] = {}
    if recording is not None:
        of_code = {
            "remake": recording.run_on if recording.remake is not None else None,
            "whole": recording.whole,
            "given": recording.given,
            "same_loss": True,
        }
        if recording.arguments is not None:
            from bpdebug.api.adapted import adapted

            function = adapted(function, recording.arguments)
    return judge_function(run, function, script=script, progress=run.progress, **of_code)


def loss_taken(origin: Origin, found: Verdict) -> list[str]:
    """Which number was taken for the loss, where nothing explains that gradients differ."""
    if found.verdict != "unknown" or origin.recording is None:
        return []
    graph = origin.run.graph(1)
    name = graph.nodes[graph.loss].name
    line = origin.recording.made[name].line.short if name in origin.recording.made else ""
    return [f"the loss that was recorded is {name}{f', of {line}' if line else ''}"]


def own_functions(origin: Origin, found: Verdict) -> list[str]:
    """Which functions with a backward pass of the user's own have the mistakes of a verdict.

    Where nothing is named, and where what is named lies in none of them, all of them may.
    """
    own = origin.recording.own_functions if origin.recording is not None else ()
    if found.agrees or not own:
        return []
    graph = origin.run.graph(1)
    first = [one.found for one in found.explanations[:1]]
    for places_of in (lines_wrong, gradients_wrong):
        places = {place for one in first for place in places_of(graph, one)}
        inside = [one for one in own if within(places, one.group)]
        if inside:
            return [f"the mistake is in the backward pass of {told(one)}" for one in inside]
    return [f"derived from its forward pass is the backward pass of {told(one)}" for one in own]


def told(one: OwnFunction) -> str:
    """A function of the user's own, as a note names it."""
    return f"your own {one.name}{f', {one.line}' if one.line else ''}"


def lines_wrong(graph: Graph, explanation: Explanation) -> Iterator[str]:
    """The groups and the entries whose backward lines have the mistakes of an explanation.

    A line that leads through an op is one of that op, though the gradient in it is its operand's.
    """
    for change in explanation.changes:
        edges = {*change.edges, *([] if change.edge is None else [change.edge])}
        for node in (graph.nodes[graph.edges[edge].output] for edge in edges):
            yield from (node.name, node.group)
        yield change.within


def gradients_wrong(graph: Graph, explanation: Explanation) -> Iterator[str]:
    """The groups and the entries whose gradients are wrong.

    What PyTorch computes is right: such a mistake is in the first line that reads them.
    """
    for change in explanation.changes:
        for node in change.at:
            yield from (graph.nodes[node].name, graph.nodes[node].group)


def within(places: set[str], outer: str) -> bool:
    """Whether one of some groups and entries is this one, or a part of it."""
    return any(f"{place}.".startswith(f"{outer}.") for place in places)

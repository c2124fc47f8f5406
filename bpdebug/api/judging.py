"""From what a caller hands in to the verdict on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bpdebug.api.handed_in import HandedIn, from_mapping, from_model, is_model
from bpdebug.api.origin import Origin
from bpdebug.api.scripts import output_script
from bpdebug.api.verdict import GradientVerdict
from bpdebug.errors import BpdebugError
from bpdebug.mistakes import Verdict, judge
from bpdebug.mistakes.fresh.elsewhere import Remake
from bpdebug.records import replace
from bpdebug.run import Run
from bpdebug.wording import Script

WANTED = (
    "hand in arrays by name, such as {'W1': dW1}, a function that returns them, or a PyTorch model "
    "after loss.backward()"
)


def verdict_on(origin: Origin, what: Any) -> GradientVerdict:
    """The verdict on arrays by name, a model with gradients, or a function that computes them.

    BpdebugError for anything else.
    """
    run, script = origin.run, output_script()
    if isinstance(what, Mapping) or is_model(what):
        given = from_mapping(what) if isinstance(what, Mapping) else from_model(what)
        found = on_arrays(run, given, script)
        found = replace(found, notes=(*found.notes, *own_functions(origin, found)))
    elif callable(what):
        found = on_function(run, what, script, origin.remake)
    else:
        raise BpdebugError(f"a {type(what).__name__} cannot be compared; {WANTED}")
    return GradientVerdict(run, found, script)


def on_arrays(run: Run, given: HandedIn, script: Script) -> Verdict:
    """The verdict on arrays, with a note on what was left out."""
    found = judge(run, given.arrays, given.precisions, script, progress=run.progress)
    return replace(found, notes=(*found.notes, given.note)) if given.note else found


def on_function(
    run: Run, function: Callable[..., Any], script: Script, remake: Remake | None
) -> Verdict:
    """The verdict on a function that computes gradients, on data that separates the mistakes."""
    from bpdebug.mistakes import judge_function

    return judge_function(run, function, script=script, progress=run.progress, remake=remake)


def own_functions(origin: Origin, found: Verdict) -> list[str]:
    """Which functions with a backward pass of the user's own have the mistakes of a verdict.

    Where nothing is named, all of them may.
    """
    if found.agrees:
        return []
    first = [one for named in found.explanations[:1] for one in named.mistakes]
    groups = {place for one in first for place in (one.group, *one.at) if place}
    inside = [one for one in origin.own_functions if not groups or within(groups, one.group)]
    at = "the mistake is in" if groups else "derived from its forward pass is"
    return [
        f"{at} the backward pass of your own {one.name}{f', {one.line}' if one.line else ''}"
        for one in inside
    ]


def within(groups: set[str], outer: str) -> bool:
    """Whether one of some groups is this one, or a part of it."""
    return any(f"{group}.".startswith(f"{outer}.") for group in groups)

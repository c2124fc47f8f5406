"""Hits inside groups that `next` and `finish` would pass without a stop.

As a debugger of programs stops in a function that is stepped over where a breakpoint stands in it,
these motions stop inside a folded group. Of what stands outside of groups they show every edge or
layer that they come to, so there they stop as without breakpoints.
"""

from __future__ import annotations

from bpdebug.debugger.breakpoints.search import Hit, Search
from bpdebug.debugger.cursor import Instant
from bpdebug.graph.groups import Origin
from bpdebug.run import Run
from bpdebug.ticks import Ruler, Span


def hit_passed(
    search: Search, ruler: Ruler, start: Instant, end: Instant, folded: frozenset[str]
) -> Hit | None:
    """The first hit in a group that a motion along a ruler passes over, or leaves by `finish`.

    None where there is none, and for other rulers. A hit without breakpoints is where the search
    ended.
    """
    if ruler not in (Ruler.EDGE, Ruler.LAYER) or not _may_pass(
        search.run, ruler, start, end, folded
    ):
        return None
    here = start
    while True:
        if start < end:
            hit = search.ahead(here, end.iteration)
        else:
            hit = search.behind(here, end.iteration)
        if hit is None or (hit.instant > end if start < end else hit.instant < end):
            return None
        if not hit.breakpoints or _is_passed(search.run, ruler, start, hit.instant, folded):
            return hit
        here = hit.instant


def _may_pass(run: Run, ruler: Ruler, start: Instant, end: Instant, folded: frozenset[str]) -> bool:
    """Whether a motion may pass or leave a group, so that a search for hits is worth its cost."""
    spans = run.timeline(start.iteration).spans.all
    if start.iteration != end.iteration:
        return bool(spans)
    low, high = sorted((start.position, end.position))
    come_through = (span for span in spans if low <= span.end and span.start < high)
    return any(_leaves_out(span, ruler, start, start.iteration, folded) for span in come_through)


def _is_passed(run: Run, ruler: Ruler, start: Instant, at: Instant, folded: frozenset[str]) -> bool:
    """Whether a group around an instant is passed as a whole, or left, by a motion to it."""
    spans = run.timeline(at.iteration).spans.at(at.position)
    return any(_leaves_out(span, ruler, start, at.iteration, folded) for span in spans)


def _leaves_out(
    span: Span, ruler: Ruler, start: Instant, iteration: int, folded: frozenset[str]
) -> bool:
    """Whether a motion that comes through a span of an iteration makes no stop in it."""
    if iteration == start.iteration and span.contains(start.position):
        return ruler is Ruler.LAYER and span.group.origin is not Origin.LAYER
    return span.group.name in folded

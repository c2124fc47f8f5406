"""The paths of a cell to the loss: a list of chains, and below it the chosen path's factors.

Cells that a chain shares with the chain above it are drawn in a quiet colour.
"""

from __future__ import annotations

from itertools import takewhile
from math import isfinite, prod

from bpdebug.debugger import Debugger
from bpdebug.debugger.tensors.cell_paths import (
    PathSum,
    chain_names,
    factor_row,
    factor_tick,
    share_text,
)
from bpdebug.debugger.text.path_list import coverage_text, path_sum_lines
from bpdebug.records import record
from bpdebug.ticks.paths import Path
from bpdebug.tui.draw.line import Line, list_row, wrap
from bpdebug.wording import Script, width
from bpdebug.wording.page import scrolled_range, visible_range


@record
class PathView:
    """A view of a cell's paths: those searched so far, and the cursor among them."""

    path_sum: PathSum
    paths: list[Path]
    """The paths with the largest products; more are searched when the cursor asks for them."""
    chosen: int = 0
    """The index of the path under the cursor."""
    factor: int = 0
    """The index of the factor under the cursor, in that path."""
    top: int = 0
    """The first visible path."""


def draw_paths(
    view: PathView, debugger: Debugger, script: Script, room: int, height: int
) -> tuple[list[Line], range, int]:
    """The whole screen, the range of visible paths, and the line of the first of them."""
    summary, agreement = path_sum_lines(debugger, view.path_sum)
    verdict = "good" if view.path_sum.agrees else "warning"
    head = [*wrap(summary, room, "name"), *wrap(agreement, room, verdict), Line()]
    share = script.either("share of Σ|product|", "share of sum |product|")
    titles = f"{' ' * len(str(len(view.paths)))}   product, {share}, and the cells on the way"
    head.append(Line(titles, "quiet").cut(room))
    foot = [Line(coverage_text(view.path_sum, view.paths), "quiet").cut(room)]
    if not view.paths:
        return [*head, *foot][:height], range(0), 0
    free = max(height - len(head) - len(foot) - 2, 2)
    steps = len(view.paths[view.chosen].steps)
    # Where both lists do not fit, each has half of the lines.
    below = min(steps + 1, max(free // 2, free - len(view.paths)))
    count = min(free - below, len(view.paths))
    rows = scrolled_range(view.top, view.chosen, max(count, 1), len(view.paths))
    lines = [*head, *chains(view, debugger, script, rows, room)]
    factors = factor_lines(view, debugger, script, max(below - 1, 1), room)
    gap = [Line()] * max(height - len(lines) - len(foot) - len(factors) - 1, 0)
    return [*lines, *foot, Line(), *factors, *gap][:height], rows, len(head)


def chains(
    view: PathView, debugger: Debugger, script: Script, rows: range, room: int
) -> list[Line]:
    """The visible paths: rank, product, share, and the cells that each goes through."""
    paths = [view.paths[row] for row in rows]
    products = script.aligned([path.product for path in paths])
    arrow = script.text(" → ")
    above: list[str] = []
    lines = []
    for row, path, product in zip(rows, paths, products, strict=True):
        now = row == view.chosen
        lit = "+lit" if now else ""
        line = Line("[" if now else " ", "lit" if now else "text")
        line.add(f"{row + 1:>{len(str(len(view.paths)))}}", "quiet").add("  ")
        line.add(product, f"{tone(path.product)}{lit}")
        line.add(f"  {share_text(view.path_sum, [path]):>6}  ")
        names = chain_names(debugger, path)
        pairs = zip(above, names, strict=False)
        shared = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
        for at, name in enumerate(names):
            line.add(arrow if at else "", f"quiet{lit}")
            line.add(name, f"{'quiet' if at < shared and not now else 'name'}{lit}")
        lines.append(line.add("]" if now else "", "lit").cut(room))
        above = names
    return lines


def tone(product: float) -> str:
    """The role of a number: a warning where it is not finite, quiet for 0, else its sign's."""
    if not isfinite(product):
        return "warning"
    return "quiet" if product == 0 else "heat+2" if product > 0 else "heat-2"


def factor_lines(
    view: PathView, debugger: Debugger, script: Script, height: int, room: int
) -> list[Line]:
    """The factors of the chosen path, each on a line, with the product so far and the tick."""
    path = view.paths[view.chosen]
    lines = [Line(f"path {view.chosen + 1}, factor by factor", "title").cut(room)]
    steps = len(path.steps)
    rows = visible_range(steps, view.factor, height)
    texts = [factor_row(debugger, path.steps[row]) for row in rows]
    so_far = [prod(factor.local for factor in path.steps[: row + 1]) for row in rows]
    locals_ = script.aligned([path.steps[row].local for row in rows])
    totals = script.aligned(so_far)
    left = min(max(width(fraction) for fraction, _, _ in texts), room // 3)
    right = min(max(width(symbol) for _, symbol, _ in texts), room // 4)
    product = "product so far" if room >= 90 else script.either("Π", "product")
    for row, (fraction, symbol, _), local, total in zip(rows, texts, locals_, totals, strict=True):
        pieces = [
            (script.fit(fraction, left), "name"),
            (f" = {script.fit(symbol, right)} = ", "text"),
            (local, tone(path.steps[row].local)),
            (f"  {product} ", "quiet"),
            (total, "text"),
            (f"  tick {factor_tick(debugger.moment, path.steps[row])}", "quiet"),
        ]
        now = row == view.factor
        lines.append(list_row(pieces, now=now, chosen=now).cut(room))
    return lines

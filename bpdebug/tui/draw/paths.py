"""The paths of a cell to the loss: a list of chains, and the factors of the chosen one below it.

What a chain has in common with the one above it is drawn quietly: there the two are one path, and
the chain rule multiplies that part once only.
"""

from __future__ import annotations

from math import isfinite, prod

from bpdebug.debugger import Debugger
from bpdebug.debugger.tensors.ways import Ways, chain_names, factor_row, factor_tick, share_text
from bpdebug.debugger.text.path_list import shown_text, ways_lines
from bpdebug.record import record
from bpdebug.trace.paths import Path
from bpdebug.tui.draw.line import Line, list_row, wrap
from bpdebug.wording import Script, width
from bpdebug.wording.page import scrolled_range, visible_range


@record
class PathView:
    """What is looked at: the paths found so far, the chosen one, and its chosen factor."""

    ways: Ways
    found: list[Path]
    chosen: int = 0
    factor: int = 0
    top: int = 0


def draw_paths(
    view: PathView, debugger: Debugger, script: Script, room: int, height: int
) -> tuple[list[Line], range, int]:
    """The whole screen, which paths it shows, and the line of the first of them."""
    told = ways_lines(debugger, view.ways)
    verdict = "good" if view.ways.agrees else "warning"
    head = [*wrap(told[0], room, "name"), *wrap(told[1], room, verdict), Line()]
    share = script.either("share of Σ|product|", "share of sum |product|")
    titles = f"{' ' * len(str(len(view.found)))}   product, {share}, and the cells on the way"
    head.append(Line(titles, "quiet").cut(room))
    foot = [Line(shown_text(view.ways, view.found), "quiet").cut(room)]
    if not view.found:
        return [*head, *foot][:height], range(0), 0
    free = max(height - len(head) - len(foot) - 2, 2)
    steps = len(view.found[view.chosen].steps)
    # Both lists are whole where there is room; else each has its half.
    below = min(steps + 1, max(free // 2, free - len(view.found)))
    many = min(free - below, len(view.found))
    rows = scrolled_range(view.top, view.chosen, max(many, 1), len(view.found))
    lines = [*head, *chains(view, debugger, script, rows, room)]
    factors = factor_lines(view, debugger, script, max(below - 1, 1), room)
    gap = [Line()] * max(height - len(lines) - len(foot) - len(factors) - 1, 0)
    return [*lines, *foot, Line(), *factors, *gap][:height], rows, len(head)


def chains(
    view: PathView, debugger: Debugger, script: Script, rows: range, room: int
) -> list[Line]:
    """The visible paths: rank, product, share, and the cells that each goes through."""
    shown = [view.found[row] for row in rows]
    products = script.aligned([path.product for path in shown])
    arrow = script.text(" → ")
    before: list[str] = []
    lines = []
    for row, path, product in zip(rows, shown, products, strict=True):
        now = row == view.chosen
        lit = "+lit" if now else ""
        line = Line("[" if now else " ", "lit" if now else "text")
        line.add(f"{row + 1:>{len(str(len(view.found)))}}", "quiet").add("  ")
        line.add(product, f"{tone(path.product)}{lit}")
        line.add(f"  {share_text(view.ways, [path]):>6}  ")
        names = chain_names(debugger, path)
        shared = common(before, names)
        for at, name in enumerate(names):
            line.add(arrow if at else "", f"quiet{lit}")
            line.add(name, f"{'quiet' if at < shared and not now else 'name'}{lit}")
        lines.append(line.add("]" if now else "", "lit").cut(room))
        before = names
    return lines


def tone(product: float) -> str:
    """A product that is no finite number stands out, one that is 0 stands back."""
    if not isfinite(product):
        return "warning"
    return "quiet" if product == 0 else "heat+2" if product > 0 else "heat-2"


def common(one: list[str], other: list[str]) -> int:
    """How many of the first cells two paths share."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def factor_lines(
    view: PathView, debugger: Debugger, script: Script, height: int, room: int
) -> list[Line]:
    """The factors of the chosen path, one a line, with the product so far and their ticks."""
    path = view.found[view.chosen]
    lines = [Line(f"path {view.chosen + 1}, factor by factor", "title").cut(room)]
    steps = len(path.steps)
    rows = visible_range(steps, view.factor, height)
    told = [factor_row(debugger, path.steps[row]) for row in rows]
    so_far = [prod(factor.local for factor in path.steps[: row + 1]) for row in rows]
    locals_ = script.aligned([path.steps[row].local for row in rows])
    totals = script.aligned(so_far)
    left = min(max(width(fraction) for fraction, _, _ in told), room // 3)
    right = min(max(width(symbol) for _, symbol, _ in told), room // 4)
    product = "product so far" if room >= 90 else script.either("Π", "product")
    for row, (fraction, symbol, _), local, total in zip(rows, told, locals_, totals, strict=True):
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

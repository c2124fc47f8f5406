"""What `inspect` prints: a tensor, its statistics, its histogram."""

from __future__ import annotations

from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.tensors.named_cells import parse_tensor
from bpdebug.debugger.tensors.statistics import Statistics, bin_edges
from bpdebug.debugger.tensors.tensor import tensor_at
from bpdebug.debugger.text.values import window_text as cells_text
from bpdebug.ops import show_shape
from bpdebug.wording import Script

BAR = 24
"""Cells of the histogram's longest bar."""
NUMBERS = 5
"""Facts that are numbers: least, most, mean, spread, length; counts follow."""


def tensor_text(debugger: Debugger, argument: str) -> str:
    """inspect [NAME | grad(NAME) | delta(K) | change(NAME) | new(NAME)]"""
    node, aspect = parse_tensor(debugger, argument)
    script = debugger.script
    seen = tensor_at(debugger.moment, node, aspect, script)
    state = f", {seen.state}" if seen.state else ""
    lines = [f"{seen.title}: {aspect.value}, shape {show_shape(seen.shape)}{state}"]
    lines += [f"  {line}" for line in statistics_lines(seen.statistics, script)]
    if seen.statistics.pending < seen.statistics.cells:
        grid = cells_text(seen.shape, lambda w: (seen.values[w], seen.known[w]), script)
        lines.append(f"  {grid}".replace("\n", "\n  "))
    return "\n".join(lines)


def statistics_lines(stats: Statistics, script: Script) -> list[str]:
    """Numbers and counts, then the histogram."""
    told = [f"{name} {text}" for name, text in facts(stats, script)]
    numbers = 0 if stats.least is None else NUMBERS
    lines = ["   ".join(part) for part in (told[:numbers], told[numbers:]) if part]
    if len(stats.bins) < 2:
        return lines
    low, high = (script.aligned([edge[end] for edge in bin_edges(stats)], 4) for end in (0, 1))
    most = max(stats.bins)
    for a, b, count in zip(low, high, stats.bins, strict=True):
        bar = bar_text(count, most, BAR, script)
        lines.append(f"  {a} to {b}  {bar:<{BAR}}  {count:,}")
    return lines


def bar_text(count: int, most: int, room: int, script: Script) -> str:
    """A bar of a histogram; what is there has one cell at the least."""
    return script.bar * max(round(room * count / most), bool(count))


def facts(stats: Statistics, script: Script) -> list[tuple[str, str]]:
    """What the statistics say, name by name; what does not apply is left out."""
    names = ("min", "max", "mean", "std", "norm")
    values = (stats.least, stats.most, stats.mean, stats.spread, stats.norm)
    numbers = zip(names, values, strict=True)
    found = [(n, script.number(v)) for n, v in numbers if v is not None]
    found.append(("cells", f"{stats.cells:,}"))
    counts = [("zeros", stats.zeros), ("NaN", stats.nan), ("infinite", stats.infinite)]
    if stats.pending < stats.cells:
        found += [(name, f"{count:,}") for name, count in counts]
    if stats.pending:
        found.append(("not computed yet", f"{stats.pending:,}"))
    return found

"""The text of `inspect`: a tensor, its statistics, its histogram."""

from __future__ import annotations

from bpdebug.debugger.debugger import Debugger
from bpdebug.debugger.tensors.named_cells import parse_tensor
from bpdebug.debugger.tensors.statistics import Statistics, bin_edges
from bpdebug.debugger.tensors.tensor import tensor_at
from bpdebug.debugger.text.values import window_text as cells_text
from bpdebug.ops import show_shape
from bpdebug.wording import Script

BAR_WIDTH = 24
"""Columns of the histogram's longest bar."""
NUMBERS = 5
"""How many of the facts are numbers: min, max, mean, std, norm; counts follow."""


def tensor_text(debugger: Debugger, argument: str) -> str:
    """inspect [NAME | grad(NAME) | delta(K) | change(NAME) | new(NAME)]"""
    node, aspect = parse_tensor(debugger, argument)
    script = debugger.script
    tensor = tensor_at(debugger.moment, node, aspect, script)
    state = f", {tensor.state}" if tensor.state else ""
    lines = [f"{tensor.title}: {aspect.value}, shape {show_shape(tensor.shape)}{state}"]
    lines += [f"  {line}" for line in statistics_lines(tensor.statistics, script)]
    if tensor.statistics.pending < tensor.statistics.cells:
        grid = cells_text(tensor.shape, lambda w: (tensor.values[w], tensor.known[w]), script)
        lines.append(f"  {grid}".replace("\n", "\n  "))
    return "\n".join(lines)


def statistics_lines(stats: Statistics, script: Script) -> list[str]:
    """The statistics as lines: numbers, counts, then the histogram."""
    texts = [f"{name} {text}" for name, text in facts(stats, script)]
    numbers = 0 if stats.least is None else NUMBERS
    lines = ["   ".join(part) for part in (texts[:numbers], texts[numbers:]) if part]
    if len(stats.bins) < 2:
        return lines
    low, high = (script.aligned([edge[end] for edge in bin_edges(stats)], 4) for end in (0, 1))
    most = max(stats.bins)
    for a, b, count in zip(low, high, stats.bins, strict=True):
        bar = bar_text(count, most, BAR_WIDTH, script)
        lines.append(f"  {a} to {b}  {bar:<{BAR_WIDTH}}  {count:,}")
    return lines


def bar_text(count: int, most: int, width: int, script: Script) -> str:
    """A bar of a histogram; a count above 0 has a column at the least."""
    return script.bar * max(round(width * count / most), bool(count))


def facts(stats: Statistics, script: Script) -> list[tuple[str, str]]:
    """The names and texts of the statistics; those that do not apply are left out."""
    names = ("min", "max", "mean", "std", "norm")
    values = (stats.least, stats.most, stats.mean, stats.spread, stats.norm)
    numbers = zip(names, values, strict=True)
    result = [(n, script.number(v)) for n, v in numbers if v is not None]
    result.append(("cells", f"{stats.cells:,}"))
    counts = [("zeros", stats.zeros), ("NaN", stats.nan), ("infinite", stats.infinite)]
    if stats.pending < stats.cells:
        result += [(name, f"{count:,}") for name, count in counts]
    if stats.pending:
        result.append(("not computed yet", f"{stats.pending:,}"))
    return result

"""Statistics and histogram of a tensor: as a column beside it, or as a few lines below it."""

from __future__ import annotations

from bpdebug.debugger.tensors.statistics import Statistics, bin_edges
from bpdebug.debugger.text.tensor_text import bar_text, facts
from bpdebug.tui.draw.line import Line, wrap
from bpdebug.wording import Script, align

SPARKS = "▁▂▃▄▅▆▇█"
PLAIN_SPARKS = ".:-=+*%@"


def side(stats: Statistics, script: Script, room: int, height: int) -> list[Line]:
    """A line for each statistic, then the histogram with a bar for each bin.

    Without the histogram where it does not fit in `height` lines.
    """
    statistics = facts(stats, script)
    names = max(len(name) for name, _ in statistics) + 2
    lines = []
    for name, text in statistics:
        role = "warning" if name in ("NaN", "infinite") and text != "0" else "text"
        lines.append(Line(f"{name:<{names}}", "quiet").add(text, role).cut(room))
    edges = bin_edges(stats)
    if len(edges) < 2 or len(lines) + 2 + len(edges) > height:
        return lines[:height]
    lines += [Line(), Line("from", "quiet")]
    starts = align([script.number(a, 4) for a, _ in edges])
    most = max(stats.bins)
    counts = max(len(f"{most:,}"), 1)
    bar = max(room - len(starts[0]) - counts - 2, 1)
    for start, count in zip(starts, stats.bins, strict=True):
        line = Line(start, "quiet").add(" ").add(bar_text(count, most, bar, script))
        lines.append(line.pad(len(starts[0]) + 1 + bar).add(f" {count:>{counts},}", "quiet"))
    return lines


def compact(stats: Statistics, script: Script, room: int) -> list[Line]:
    """The statistics as running text, and the histogram as a row of signs between its ends."""
    texts = [f"{name} {text}" for name, text in facts(stats, script)]
    lines = wrap(", ".join(texts), room, "quiet")
    if len(stats.bins) > 1 and stats.least is not None and stats.most is not None:
        low, high = (script.number(n, 4) for n in (stats.least, stats.most))
        line = Line("histogram ", "quiet").add(low).add(" ").add(sparks(stats, script), "name")
        lines.append(line.add(" ").add(high).cut(room))
    return lines


def sparks(stats: Statistics, script: Script) -> str:
    """The histogram as text: two cells for each bin, higher for more values, blank for none."""
    signs = SPARKS if script.unicode else PLAIN_SPARKS
    most = max(stats.bins)
    return "".join(
        signs[min(int(len(signs) * n / most), len(signs) - 1)] * 2 if n else "  "
        for n in stats.bins
    )

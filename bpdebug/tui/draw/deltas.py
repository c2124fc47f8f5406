"""The δ of every layer, from the loss down: numbers, norm as a bar, and what is wrong with it.

Where there is no room for all of that, each δ has a single line.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, log10

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.graph import Layer
from bpdebug.ops import Array
from bpdebug.records import replace
from bpdebug.ticks import Status
from bpdebug.tui.draw.changed import changed, gradient_changed
from bpdebug.tui.draw.counters import fitting
from bpdebug.tui.draw.delta_flags import Flag, flag_words
from bpdebug.tui.draw.graph_rows import progress_text
from bpdebug.tui.draw.line import Line, wrap
from bpdebug.tui.draw.measures import measure
from bpdebug.tui.draw.summary import number_in, summary
from bpdebug.wording import Script, delta_definition, gradient_name, layer_of, no_layers_text, width

DECADES = 6.0
"""How many powers of ten the bar spans."""
FEW = 3
"""Up to this many δ are always shown in full; the pane scrolls if need be."""
ROWS = 3
"""Lines of a δ in full, without those of its flags."""

Norms = Sequence[float | None]
"""By layer, ‖δ‖; None while the δ is not whole."""
Block = tuple[list[Line], tuple[int, int] | None]
"""The pane's lines, and the first and the last of them that show the current δ."""


def delta_block(moment: Moment, script: Script, room: int, height: int | None = None) -> Block:
    """The pane's lines: δ in full where there are few or there is room, else a line for each.

    With `height` None there is room for all. A δ that is not whole yet says so instead of a 0.
    """
    if not moment.layers:
        text = no_layers_text(moment.graph)
        return wrap(script.text(text), room, "quiet"), None
    norms = [norm_of(moment, layer) for layer in moment.layers]
    finite = [norm for norm in norms if norm is not None and isfinite(norm)]
    top = max(finite, default=0.0)
    count = len(moment.layers)
    crowded = height is not None and count > FEW and count * ROWS >= height
    lines: list[Line] = []
    spans: dict[int, tuple[int, int]] = {}
    for layer in reversed(moment.layers):
        drawn = (one_line if crowded else draw_layer)(moment, layer, norms, top, script, room)
        spans[layer.at] = len(lines), len(lines) + len(drawn) - 1
        lines += drawn
    if len(finite) > 1:
        lines.append(scale_line(top, script, room))
    here = current(moment)
    return lines, None if here is None else spans[here.at]


def current(moment: Moment) -> Layer | None:
    """The layer whose δ is being written, or else used, at the cursor; None in other phases."""
    edge = moment.edge
    if edge is None:
        return None
    written = layer_of(moment.graph, edge.operand)
    stretch = moment.timeline.stretch_at(edge.index)
    return written or (stretch.layers[0] if stretch is not None else None)


def scale_line(top: float, script: Script, room: int) -> Line:
    """The legend of the bars: a log scale, how many decades it has, and its right end."""
    end = script.number(top, 3)
    wordings = (
        f"bar: log scale, {DECADES:.0f} decades up to {end}",
        f"log, {DECADES:.0f} decades to {end}",
        f"log to {end}",
    )
    text = fitting(wordings, room - 4, wordings[-1])
    return Line("  ").add(text, "quiet").cut(room)


def draw_layer(
    moment: Moment, layer: Layer, norms: Norms, top: float, script: Script, room: int
) -> list[Line]:
    """A layer in full: name and norm, numbers, bar and ratio, and its flags."""
    head = titled(moment, layer, script, room, role(moment, layer, "name"))
    norm = norms[layer.at]
    if norm is None:
        return [head.add(*waiting(moment, layer, room - head.width)).cut(room)]
    head.add(script.either("‖·‖ ", "|.| "), "quiet")
    head.add(number_in(norm, room - head.width, replace(script, digits=4)))
    delta = whole(moment, layer)
    new = gradient_changed(moment, layer.pre_activation)
    numbers = Line("  ").add(summary(delta, room - 2, script), changed("text", new))
    longest = max(room // 2 - 3, 3)
    below = Line("  ").extend(bar(norm, top, longest, script, role(moment, layer, "title")))
    following = [other for other in moment.layers if other.number == layer.number + 1]
    # There is no ratio where several pre-activations share a layer's number.
    above = norms[following[0].at] if len(following) == 1 and layer.alone else None
    if above and isfinite(norm / above):
        below.add(ratio_text(norm / above, layer.number + 1, script, room - below.width), "quiet")
    flags = flag_words(moment, layer, delta)
    together = sum(width(flag[0]) + 2 for flag in flags) + 2 <= room
    rows = [flags] * bool(flags) if together else [[flag] for flag in flags]
    flag_lines = [Line(" ").add(flags_in(row, room - 1, script), "warning") for row in rows]
    return [head.cut(room), numbers, below.cut(room), *flag_lines]


def one_line(
    moment: Moment, layer: Layer, norms: Norms, top: float, script: Script, room: int
) -> list[Line]:
    """A layer where there are many: name, norm, bar and flags on a line."""
    names = [delta_definition(moment.graph, other, script) for other in moment.layers]
    if max(map(width, names)) + BESIDE > room:
        names = [name_of(moment, other, script) for other in moment.layers]
    across = min(max(map(width, names)), room // 2)
    name = script.cut_middle(names[layer.at], across)
    line = Line(script.fit(name, across), role(moment, layer, "name"))
    line.add(" ")
    norm = norms[layer.at]
    if norm is None:
        return [line.add(*waiting(moment, layer, room - line.width)).cut(room)]
    line.add(script.fit(script.number(norm, 3), NORM))
    flags = flag_words(moment, layer, whole(moment, layer))
    warning = flags_in(flags, room - line.width, script)
    bars = min(room // 3, room - line.width - width(warning))
    if bars >= SHORTEST or not warning:
        line.extend(bar(norm, top, max(bars, SHORTEST), script, role(moment, layer, "title")))
    return [line.add(warning, "warning").cut(room)]


def flags_in(flags: Sequence[Flag], room: int, script: Script) -> str:
    """Flags in at most `room` cells: all, the first, or the warning sign; empty without flags."""
    if not flags:
        return ""
    sign = script.either("⚠ ", "! ")
    levels = range(max(map(len, flags)))
    every = [", ".join(flag[min(level, len(flag) - 1)] for flag in flags) for level in levels]
    wordings = [f" {sign}{text}" for text in (*every, *flags[0])]
    return fitting(wordings, room, f" {sign}".rstrip())


BESIDE = 24
"""Cells that norm, bar and a flag need beside the name of a δ."""
NORM = 9
"""Cells of a norm with three digits, as in 1.23e−15, and a blank."""
SHORTEST = 3
"""Cells of the shortest bar; with less room the flags stand alone."""


def titled(moment: Moment, layer: Layer, script: Script, room: int, role: str) -> Line:
    """`δ₂ = ∂L/∂z₂  layer 2  `, shortened where that leaves no room for a norm."""
    name = name_of(moment, layer, script)
    definition = delta_definition(moment.graph, layer, script)
    number = f"layer {layer.number}  "
    for text, more, beside in (
        (definition, number, len("not computed yet")),
        (definition, "", len("‖·‖ 0.1234")),
        (name, number, len("not computed yet")),
    ):
        line = Line(text, role).add(f"  {more}", "quiet")
        if line.width + beside <= room:
            return line
    return Line(script.cut_middle(name, max(room - LEAST_NORM, 1)), role).add("  ")


LEAST_NORM = 9
"""Cells beside a long name, for `not yet` and two blanks."""


def name_of(moment: Moment, layer: Layer, script: Script) -> str:
    """`δ₂`, or `∂L/∂z_i` where several pre-activations share the layer's number."""
    return gradient_name(moment.graph, layer.pre_activation, script)


def role(moment: Moment, layer: Layer, otherwise: str) -> str:
    """The role of a δ's texts: `now` while it is being written, else `otherwise`."""
    here = moment.edge is not None and moment.edge.operand == layer.pre_activation
    return "now" if here else otherwise


def waiting(moment: Moment, layer: Layer, left: int) -> tuple[str, str]:
    """How far a δ is that is not whole, in at most `left` cells, and the role of that text."""
    new = gradient_changed(moment, layer.pre_activation)
    status = moment.gradient(layer.pre_activation).status
    if status is Status.PARTIAL:
        return progress_text(moment, layer.pre_activation, left), changed("now", new)
    text = fitting(("not computed yet", "not yet"), left, "·")
    return text, changed("pending", new)


def norm_of(moment: Moment, layer: Layer) -> float | None:
    """‖δ‖; None while the δ is not whole."""
    if moment.gradient(layer.pre_activation).status is not Status.WHOLE:
        return None
    return measure(whole(moment, layer)).norm


def whole(moment: Moment, layer: Layer) -> Array:
    """The complete δ, as the pass recorded it."""
    delta = moment.recorded.gradients[layer.pre_activation]
    assert delta is not None
    return np.asarray(delta)


def ratio_text(ratio: float, above: int, script: Script, room: int) -> str:
    """`×0.21 of layer 2`: a norm divided by that of the layer above."""
    times = f" {script.either('×', 'x')}{script.number(ratio, 2)}"
    wordings = (f"{times} of layer {above}", f"{times} of {script.delta(above)}")
    return fitting(wordings, room, times)


def bar(norm: float, top: float, room: int, script: Script, role: str) -> Line:
    """A norm as a bar on a log scale that ends, at the right, at `top`: the largest norm."""
    full, part = 0, ""
    if isfinite(norm) and norm > 0 and top > 0:
        share = max(0.0, 1.0 + log10(norm / top) / DECADES)
        full, eighth = divmod(round(share * room * 8), 8)
        part = " ▏▎▍▌▋▊▉"[eighth].strip() if script.unicode else ""
        if not full and not part:
            full, part = (0, "▏") if script.unicode else (1, "")
    line = Line(script.bar * full + part, role)
    return line.add(script.either("·", ".") * (room - line.width), "quiet")

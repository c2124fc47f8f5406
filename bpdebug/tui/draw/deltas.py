"""The δ of every layer, from the loss down: numbers, norm as a bar, and what is wrong with it."""

from __future__ import annotations

from math import isfinite, log10

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.graph import Layer
from bpdebug.ops import Array
from bpdebug.trace import Status
from bpdebug.tui.draw.changed import changed, gradient_changed
from bpdebug.tui.draw.labels import progress_text
from bpdebug.tui.draw.line import Line, Look
from bpdebug.tui.draw.summary import length, number_in, summary
from bpdebug.wording import delta_of, number

VANISHING = 1e-2
"""A δ is called vanishing when its norm is below this fraction of the next layer's."""
EXPLODING = 1e2
"""And exploding when it is above this multiple."""
DECADES = 6.0
"""How many powers of ten the bar spans."""


def draw_deltas(moment: Moment, look: Look, room: int) -> list[Line]:
    """The whole pane. A δ that is not whole yet says so; it is never a 0."""
    if not moment.layers:
        return [Line("no layer: nothing here feeds an activation", "quiet").cut(room)]
    norms = {layer.number: norm_of(moment, layer) for layer in moment.layers}
    known = [norm for norm in norms.values() if norm is not None and isfinite(norm)]
    top = max(known, default=0.0)
    lines: list[Line] = []
    for layer in reversed(moment.layers):
        lines += draw_layer(moment, layer, norms, top, look, room)
    return lines


def draw_layer(
    moment: Moment,
    layer: Layer,
    norms: dict[int, float | None],
    top: float,
    look: Look,
    room: int,
) -> list[Line]:
    """One layer: its name and numbers, and a line with norm, bar, ratio and flags."""
    state = moment.gradient(layer.pre_activation)
    here = moment.edge is not None and moment.edge.operand == layer.pre_activation
    new = gradient_changed(moment, layer.pre_activation)
    name = delta_of(layer.number, unicode=look.unicode)
    head = Line(name, "now" if here else "name").add(
        f"  layer {layer.number}  " if room >= 28 else "  ", "quiet"
    )
    if state.status is not Status.WHOLE:
        left = room - head.width
        if state.status is Status.PENDING:
            told = "not computed yet" if left >= 16 else "not yet" if left >= 7 else "·"
        else:
            told = progress_text(moment, layer.pre_activation, left)
        role = "now" if state.status is Status.PARTIAL else "pending"
        head.add(told, changed(role, new))
        return [head.cut(room)]
    delta = whole(moment, layer)
    norm = norms[layer.number]
    assert norm is not None
    head.add("‖·‖ " if look.unicode else "|.| ", "quiet")
    head.add(number_in(norm, room - head.width, Look(4, look.unicode)))
    above = norms.get(layer.number + 1)
    ratio = norm / above if above else None
    numbers = Line("  ").add(summary(delta, room - 2, look), changed("text", new))
    below = Line("  ").add(bar(norm, top, max(room // 2, 3), look), "now")
    if ratio is not None and isfinite(ratio):
        times = "×" if look.unicode else "x"
        other = delta_of(layer.number + 1, unicode=look.unicode)
        below.add(f" {times}{number(ratio, 2, unicode=look.unicode)} of {other}", "quiet")
    flags = [flag for flag in flag_words(moment, layer, delta, ratio) if flag]
    lines = [head.cut(room), numbers, below.cut(room)]
    if flags:
        mark = "⚠ " if look.unicode else "! "
        lines.append(Line(f"  {mark}" + ", ".join(flags), "warning").cut(room))
    return lines


def norm_of(moment: Moment, layer: Layer) -> float | None:
    """‖δ‖, or None while the δ is not whole."""
    if moment.gradient(layer.pre_activation).status is not Status.WHOLE:
        return None
    return length(whole(moment, layer))


def whole(moment: Moment, layer: Layer) -> Array:
    """The complete δ, as the pass recorded it."""
    delta = moment.run.gradients[layer.pre_activation]
    assert delta is not None
    return np.asarray(delta)


def bar(norm: float, top: float, room: int, look: Look) -> str:
    """The norm on a log scale whose right end is the largest of all layers."""
    if not isfinite(norm) or norm <= 0 or top <= 0:
        return ""
    share = max(0.0, 1.0 + log10(norm / top) / DECADES)
    full, eighth = divmod(round(share * room * 8), 8)
    if not look.unicode:
        return "#" * max(full, 1)
    return "█" * full + " ▏▎▍▌▋▊▉"[eighth].strip() or "▏"


def flag_words(moment: Moment, layer: Layer, delta: Array, ratio: float | None) -> list[str]:
    """What is wrong with a δ, in words."""
    flags = []
    if np.isnan(delta).any():
        flags.append("NaN")
    elif np.isinf(delta).any():
        flags.append("infinite")
    if ratio is not None and isfinite(ratio) and delta.any():
        if ratio < VANISHING:
            flags.append("vanishing")
        elif ratio > EXPLODING:
            flags.append("exploding")
    units = delta.shape[-1] if delta.ndim else 1
    silent = np.all(delta.reshape(-1, units) == 0, axis=0)
    if silent.any():
        flags.append(f"dead: {int(silent.sum())} of {units} units have δ = 0")
    return flags

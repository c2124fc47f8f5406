"""The δ of every layer, from the loss down: numbers, norm as a bar, and what is wrong with it."""

from __future__ import annotations

from math import isfinite, log10

import numpy as np

from bpdebug.debugger import Moment
from bpdebug.graph import Layer
from bpdebug.ops import Array
from bpdebug.trace import Status
from bpdebug.tui.draw.changed import changed, gradient_changed
from bpdebug.tui.draw.flags import flag_words
from bpdebug.tui.draw.labels import progress_text
from bpdebug.tui.draw.line import Line, Look
from bpdebug.tui.draw.measure import measure
from bpdebug.tui.draw.summary import number_in, summary
from bpdebug.wording import delta_of, gradient_name, number, width

DECADES = 6.0
"""How many powers of ten the bar spans."""


def draw_deltas(moment: Moment, look: Look, room: int) -> list[Line]:
    """The whole pane. A δ that is not whole yet says so; it is never a 0."""
    if not moment.layers:
        return [Line("no layer: nothing here feeds an activation", "quiet").cut(room)]
    norms = {layer.at: norm_of(moment, layer) for layer in moment.layers}
    known = [norm for norm in norms.values() if norm is not None and isfinite(norm)]
    top = max(known, default=0.0)
    lines: list[Line] = []
    for layer in reversed(moment.layers):
        lines += draw_layer(moment, layer, norms, top, look, room)
    if len(known) > 1:
        lines.append(scale_line(top, look, room))
    return lines


def scale_line(top: float, look: Look, room: int) -> Line:
    """What the bars mean: a log scale, how far it reaches, and where its right end is."""
    end = number(top, 3, unicode=look.unicode)
    wordings = (
        f"bar: log scale, {DECADES:.0f} decades up to {end}",
        f"log, {DECADES:.0f} decades to {end}",
        f"log to {end}",
    )
    text = next((text for text in wordings if len(text) <= room - 4), wordings[-1])
    return Line("  ").add(text, "quiet").cut(room)


def bar_room(room: int) -> int:
    """Cells of the longest bar."""
    return max(room // 2 - 3, 3)


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
    name = gradient_name(moment.graph, moment.layers, layer.pre_activation, unicode=look.unicode)
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
    norm = norms[layer.at]
    assert norm is not None
    head.add("‖·‖ " if look.unicode else "|.| ", "quiet")
    head.add(number_in(norm, room - head.width, Look(4, look.unicode)))
    next_layer = following(moment, layer)
    above = norms[next_layer.at] if next_layer is not None else None
    ratio = norm / above if above else None
    numbers = Line("  ").add(summary(delta, room - 2, look), changed("text", new))
    below = Line("  ").extend(bar(norm, top, bar_room(room), look, "now" if here else "title"))
    if ratio is not None and isfinite(ratio):
        below.add(ratio_text(ratio, layer.number + 1, look, room - below.width), "quiet")
    flags = [flag for flag in flag_words(moment, layer, delta, ratio) if flag]
    lines = [head.cut(room), numbers, below.cut(room)]
    if flags:
        mark = "⚠ " if look.unicode else "! "
        lines.append(Line(f"  {mark}" + ", ".join(flags), "warning").cut(room))
    return lines


def following(moment: Moment, layer: Layer) -> Layer | None:
    """The layer with the next number, where both numbers belong to one pre-activation alone."""
    found = [x for x in moment.layers if x.number == layer.number + 1]
    return found[0] if len(found) == 1 and layer.alone else None


def norm_of(moment: Moment, layer: Layer) -> float | None:
    """‖δ‖, or None while the δ is not whole."""
    if moment.gradient(layer.pre_activation).status is not Status.WHOLE:
        return None
    return measure(whole(moment, layer)).norm


def whole(moment: Moment, layer: Layer) -> Array:
    """The complete δ, as the pass recorded it."""
    delta = moment.run.gradients[layer.pre_activation]
    assert delta is not None
    return np.asarray(delta)


def ratio_text(ratio: float, above: int, look: Look, room: int) -> str:
    """`×0.21 of layer 2`: the norm against that of the layer above."""
    times = f" {'×' if look.unicode else 'x'}{number(ratio, 2, unicode=look.unicode)}"
    wordings = (f"{times} of layer {above}", f"{times} of {delta_of(above, unicode=look.unicode)}")
    return next((text for text in wordings if width(text) <= room), times)


def bar(norm: float, top: float, room: int, look: Look, role: str) -> Line:
    """The norm on a log scale whose right end is the largest of all layers, and its rest."""
    full, part = 0, ""
    if isfinite(norm) and norm > 0 and top > 0:
        share = max(0.0, 1.0 + log10(norm / top) / DECADES)
        full, eighth = divmod(round(share * room * 8), 8)
        part = " ▏▎▍▌▋▊▉"[eighth].strip() if look.unicode else ""
        if not full and not part:
            full, part = (0, "▏") if look.unicode else (1, "")
    line = Line(("█" if look.unicode else "#") * full + part, role)
    return line.add(("·" if look.unicode else ".") * (room - line.width), "quiet")

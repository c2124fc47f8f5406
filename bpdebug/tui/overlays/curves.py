"""Curves over time: the loss, each δ, each gradient, how far each update went, and the watches.

One curve is drawn large, the others are a list beside it with their values at the cursor. Left and
right move the cursor from iteration to iteration; enter, or a click, goes there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Static

from bpdebug.debugger import Moment
from bpdebug.run.series import Curve
from bpdebug.tui.draw.curve import draw_curve, iteration_at
from bpdebug.tui.draw.line import Line
from bpdebug.tui.draw.summary import number_in
from bpdebug.tui.overlays.wrapping import in_lines
from bpdebug.tui.panes.block_pane import BlockPane
from bpdebug.tui.panes.cursor_pane import CursorPane
from bpdebug.tui.theme.styles import styles
from bpdebug.tui.work.background import run_in_background
from bpdebug.wording import Script, delta_name, textbook_name

if TYPE_CHECKING:
    from bpdebug.tui.screen import DebuggerScreen

POINTS = 4096
"""Up to so many iterations each is a point of its own."""
NARROW = 84
"""Below this width the list stands above the curve."""
FORMS = (
    (re.compile(r"norm\(delta\(([0-9]+)\)\)"), "‖{}‖"),
    (re.compile(r"norm\(grad\((\w+)\)\)"), "‖∂{loss}/∂{}‖"),
    (re.compile(r"norm\(change\((\w+)\)\) / norm\(value\(\1\)\)"), "‖Δ{0}‖ / ‖{0}‖"),
)
"""How the curves that every run has are written in a textbook."""


def show_curves(screen: DebuggerScreen) -> None:
    """`L`: compute what is missing, with its progress, and show it."""
    curves = screen.debugger.curves
    names = list(curves.names())
    for _, text in screen.debugger.watches:
        if text not in names and curves.measures(text):
            names.append(text)

    def opened(found: Mapping[str, Curve]) -> None:
        def gone(iteration: int | None) -> None:
            if iteration is not None:
                screen.run_command("goto", f"iteration {iteration}")

        screen.app.push_screen(CurvesScreen(screen, names, found), gone)

    run_in_background(
        screen, "Curves over time", lambda: curves.curves(names, points=POINTS), opened
    )


class CurveListPane(CursorPane):
    """The names of the curves, with the value of each at the cursor."""

    def __init__(self, shown: CurvesScreen, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self._shown = shown

    def line_count(self) -> int:
        return len(self._shown.names)

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        """Nothing is kept from line to line; the border says how many there are."""
        self.entitle("Curves", f"{self.cursor + 1} of {self.line_count()}")

    def line(self, y: int, width: int) -> Line:
        name = self._shown.names[y]
        chosen = y == self.cursor
        mark = self.script.either("▸ ", "> ") if chosen else "  "
        value = self._shown.value_of(name)
        text = number_in(value, 11, self.script) if value is not None else ""
        told = shown_name(name, self.script, self._shown.loss)
        line = Line(mark, "now").add(told, "name" if chosen else "text").cut(width - len(text) - 1)
        return line.pad(width - len(text)).add(text, "now" if chosen else "quiet")

    def put_cursor(self, entry: int) -> None:
        """Another curve is drawn."""
        super().put_cursor(entry)
        self._shown.redraw()


class CurvePlotPane(BlockPane):
    """The chosen curve."""

    def __init__(self, shown: CurvesScreen, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self._shown = shown

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        shown = self._shown
        name = shown.chosen
        self.block = draw_curve(
            shown.curve, shown.last, shown.at, width, height, self.script, log=shown.logarithmic
        )
        scale = "log scale" if shown.logarithmic else "linear scale"
        self.entitle(shown_name(name, self.script, shown.loss).replace("[", r"\["), scale)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the curve was clicked; a click where it stands goes there."""
        at = event.get_content_offset(self)
        if at is None:
            return
        room = self.scrollable_content_region.width
        found = iteration_at(at.x, self._shown.first, self._shown.last, room)
        if found is None:
            return
        nearest = self._shown.nearest(found)
        if nearest == self._shown.at:
            self._shown.action_choose()
        else:
            self._shown.put(nearest)


class CurvesScreen(ModalScreen[int | None]):
    """Gives the iteration that a person wants to go to; None when there is none."""

    CSS = """
    CurvesScreen { background: $background; }
    CurvesScreen #curve-list { width: 34; height: 1fr; }
    CurvesScreen #curve-plot {
        width: 1fr; height: 1fr; overflow: hidden hidden; scrollbar-gutter: auto;
    }
    CurvesScreen.-slim Horizontal { layout: vertical; }
    CurvesScreen.-slim #curve-list { width: 100%; height: 8; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,L", "dismiss(None)", show=False, id="curves.close"),
        Binding("left,h", "move(-1)", show=False, priority=True, id="curves.left"),
        Binding("right", "move(1)", show=False, priority=True, id="curves.right"),
        Binding("pageup", "move(-20)", show=False, priority=True, id="curves.far_left"),
        Binding("pagedown", "move(20)", show=False, priority=True, id="curves.far_right"),
        Binding("home,less_than_sign", "end(0)", show=False, priority=True, id="curves.first"),
        Binding("end,greater_than_sign", "end(-1)", show=False, priority=True, id="curves.last"),
        Binding("j", "choose_curve(1)", show=False, id="curves.next"),
        Binding("k", "choose_curve(-1)", show=False, id="curves.previous"),
        Binding("g", "scale", show=False, id="curves.scale"),
        Binding("m", "extreme(True)", show=False, id="curves.lowest"),
        Binding("M", "extreme(False)", show=False, id="curves.highest"),
        Binding("enter", "choose", show=False, priority=True, id="curves.choose"),
    ]
    KEYS = (
        "↑↓ curve",
        "←→ iteration",
        "home end",
        "m lowest",
        "M highest",
        "g log scale",
        "enter goes there",
        "esc closes",
    )

    def __init__(
        self, screen: DebuggerScreen, names: Sequence[str], found: Mapping[str, Curve]
    ) -> None:
        super().__init__()
        self.names, self.found = list(names), found
        self.logarithmic = False
        self.at = 1
        self.script: Script = screen.script
        self._moment = screen.debugger.moment
        self.last = screen.debugger.run.iterations
        """The last iteration of the run; in a long run it may have no point of its own."""
        graph = screen.debugger.moment.graph
        self.loss = textbook_name(graph.nodes[graph.loss].label)
        self.list = CurveListPane(self, id="curve-list", script=self.script)
        self.plot = CurvePlotPane(self, id="curve-plot", script=self.script)
        self.keys = Static(markup=False, id="curve-keys")
        self.at = self.nearest(screen.debugger.place.iteration)

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield self.list
            yield self.plot
        yield self.keys

    def on_mount(self) -> None:
        """The list has the keys."""
        roles: Mapping[str, Style] = styles(self.app.current_theme)
        for pane in (self.list, self.plot):
            pane.show(self._moment, roles)
        self.list.focus()

    def on_resize(self, event: events.Resize) -> None:
        """The list goes above the curve where it would take too much of its width."""
        self.keys.update(in_lines(self.KEYS, event.size.width - 2))
        self.set_class(event.size.width < NARROW, "-slim")

    # What is chosen.

    @property
    def chosen(self) -> str:
        """The curve that is drawn."""
        return self.names[self.list.cursor]

    @property
    def curve(self) -> Curve:
        """Its points."""
        return self.found[self.chosen]

    @property
    def first(self) -> int:
        """The first iteration of the run."""
        return int(self.curve.iterations[0])

    def value_of(self, name: str) -> float | None:
        """A curve's value at the cursor, where it has a point."""
        curve = self.found[name]
        at = int(np.searchsorted(curve.iterations, self.at))
        known = at < len(curve) and int(curve.iterations[at]) == self.at
        return float(curve.values[at]) if known else None

    def nearest(self, iteration: int) -> int:
        """The nearest iteration that has a point of its own, so that its value is exact."""
        points = self.curve.iterations
        return int(points[int(np.argmin(np.abs(points - iteration)))])

    def put(self, iteration: int) -> None:
        """Move the cursor to an iteration that has a point."""
        self.at = iteration
        self.redraw()

    def redraw(self) -> None:
        """Draw both sides anew."""
        self.list.redraw()
        self.plot.redraw()

    # Keys.

    def action_move(self, by: int) -> None:
        """So many points on or back."""
        points = self.curve.iterations
        at = int(np.searchsorted(points, self.at)) + by
        self.put(int(points[min(max(at, 0), len(points) - 1)]))

    def action_end(self, which: int) -> None:
        """The first or the last iteration."""
        self.put(self.last if which else self.first)

    def action_extreme(self, lowest: bool) -> None:
        """The iteration with the lowest or the highest value among the points."""
        values = self.curve.values
        if not np.isfinite(values).any():
            return
        where = np.where(np.isfinite(values), values, np.inf if lowest else -np.inf)
        self.put(int(self.curve.iterations[int(where.argmin() if lowest else where.argmax())]))

    def action_choose_curve(self, by: int) -> None:
        """j and k."""
        self.list.action_cursor(by)

    def action_scale(self) -> None:
        """Linear or logarithmic."""
        self.logarithmic = not self.logarithmic
        self.redraw()

    def action_choose(self) -> None:
        """Go to the iteration at the cursor."""
        self.dismiss(self.at)


def shown_name(name: str, script: Script, loss: str = "L") -> str:
    """A curve's name: `‖δ₁‖`, `‖∂L/∂W₁‖`, `‖ΔW₁‖ / ‖W₁‖`; a watch as it was typed."""
    for pattern, form in FORMS if script.unicode else ():
        found = pattern.fullmatch(name)
        if found:
            inside = found[1]
            shown = delta_name(int(inside)) if inside.isdigit() else textbook_name(inside)
            return form.format(shown, loss=loss)
    return script.safe(name)

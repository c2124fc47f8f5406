"""Curves over time: the loss, each δ, each gradient, the size of each update, and the watches.

A curve is drawn large, beside a list of all curves with their values at the cursor. Left and right
move the cursor from iteration to iteration; enter, or a click, goes there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Static

from bpdebug.debugger import Moment
from bpdebug.errors import BpdebugError
from bpdebug.expression.functions import Allow
from bpdebug.expression.parse import parse
from bpdebug.expression.tree import Delta, NodeAspect
from bpdebug.run.curves import DELTA_NORM, GRADIENT_NORM, RELATIVE_CHANGE
from bpdebug.run.series import Curve
from bpdebug.tui.draw.curve import draw_curve, iteration_at
from bpdebug.tui.draw.line import Line, flow
from bpdebug.tui.draw.summary import number_in
from bpdebug.tui.panes.block_pane import BlockPane, escape
from bpdebug.tui.panes.cursor_pane import CursorPane
from bpdebug.tui.theme.styles import styles
from bpdebug.tui.work.background import run_in_background
from bpdebug.wording import Script, delta_name, textbook_name

if TYPE_CHECKING:
    from bpdebug.tui.screen import DebuggerScreen

POINTS = 4096
"""Points of a curve at the most; a longer run has points for several iterations each."""
NARROW = 84
"""Below this width the list stands above the curve."""
FORMS = {
    DELTA_NORM: "‖{}‖",
    GRADIENT_NORM: "‖∂{loss}/∂{}‖",
    RELATIVE_CHANGE: "‖Δ{0}‖ / ‖{0}‖",
}
"""A textbook's names for the curves that every run has, by the expressions that name them."""


def show_curves(screen: DebuggerScreen) -> None:
    """`L`: compute the curves, showing the progress, then open the screen."""
    curves = screen.debugger.curves
    names = list(curves.names())
    for _, text in screen.debugger.watches:
        if text not in names and curves.measures(text):
            names.append(text)

    def computed(points: Mapping[str, Curve]) -> None:
        def closed(iteration: int | None) -> None:
            if iteration is not None:
                screen.run_command("goto", f"iteration {iteration}")

        screen.app.push_screen(CurvesScreen(screen, names, points), closed)

    run_in_background(
        screen, "Curves over time", lambda: curves.curves(names, points=POINTS), computed
    )


class CurveListPane(CursorPane):
    """The names of the curves, with the value of each at the cursor."""

    def __init__(self, curves: CurvesScreen, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self._curves = curves

    def line_count(self) -> int:
        return len(self._curves.names)

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        """Count the curves on the border; `line` needs nothing else."""
        self.entitle("Curves", f"{self.cursor + 1} of {self.line_count()}")

    def line(self, y: int, width: int) -> Line:
        name = self._curves.names[y]
        chosen = y == self.cursor
        sign = self.script.either("▸ ", "> ") if chosen else "  "
        value = self._curves.value_of(name)
        text = number_in(value, 11, self.script) if value is not None else ""
        label = curve_label(name, self.script, self._curves.loss)
        line = Line(sign, "now").add(label, "name" if chosen else "text").cut(width - len(text) - 1)
        return line.pad(width - len(text)).add(text, "now" if chosen else "quiet")

    def put_cursor(self, entry: int) -> None:
        """Put the cursor on a curve, and draw that curve."""
        super().put_cursor(entry)
        self._curves.redraw()


class CurvePlotPane(BlockPane):
    """The chosen curve."""

    def __init__(self, curves: CurvesScreen, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self._curves = curves

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        curves, log = self._curves, self._curves.logarithmic
        self.block = draw_curve(
            curves.curve, curves.last, curves.at, width, height, self.script, log=log
        )
        label = curve_label(curves.chosen, self.script, curves.loss)
        self.entitle(escape(label), "log scale" if log else "linear scale")

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the curve was clicked; go there if it is there already."""
        curves, at = self._curves, event.get_content_offset(self)
        if at is None:
            return
        room = self.scrollable_content_region.width
        iteration = iteration_at(at.x, curves.first, curves.last, room)
        if iteration is None:
            return
        nearest = curves.nearest(iteration)
        if nearest == curves.at:
            curves.action_choose()
        else:
            curves.put(nearest)


class CurvesScreen(ModalScreen[int | None]):
    """The curves. It closes with the iteration to go to, or with None to stay."""

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
        self, screen: DebuggerScreen, names: Sequence[str], points: Mapping[str, Curve]
    ) -> None:
        super().__init__()
        self.names, self.points = list(names), points
        self.logarithmic = False
        self.at = 1
        """The iteration at the cursor, which has a point."""
        self.script: Script = screen.script
        self._moment = screen.debugger.moment
        self.last = screen.debugger.run.iterations
        """The last iteration of the run; in a long run it may have no point of its own."""
        graph = self._moment.graph
        self.loss = textbook_name(graph.nodes[graph.loss].label)
        self.list = CurveListPane(self, id="curve-list", script=self.script)
        self.plot = CurvePlotPane(self, id="curve-plot", script=self.script)
        self.keys = Static(markup=False, id="curve-keys")
        self.at = self.nearest(screen.debugger.instant.iteration)

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield self.list
            yield self.plot
        yield self.keys

    def on_mount(self) -> None:
        """Draw both panes, and focus the list."""
        roles = styles(self.app.current_theme)
        for pane in (self.list, self.plot):
            pane.show(self._moment, roles)
        self.list.focus()

    def on_resize(self, event: events.Resize) -> None:
        """Arrange the keys; on a narrow screen the list goes above the curve."""
        lines = flow(map(Line, self.KEYS), event.size.width - 2, gap=2)
        self.keys.update("\n".join(line.plain for line in lines))
        self.set_class(event.size.width < NARROW, "-slim")

    @property
    def chosen(self) -> str:
        """The name of the curve that is drawn."""
        return self.names[self.list.cursor]

    @property
    def curve(self) -> Curve:
        """The points of the curve that is drawn."""
        return self.points[self.chosen]

    @property
    def first(self) -> int:
        """The first iteration of the run."""
        return int(self.curve.iterations[0])

    def value_of(self, name: str) -> float | None:
        """A curve's value at the cursor; None where it has no point."""
        curve = self.points[name]
        at = int(np.searchsorted(curve.iterations, self.at))
        has_point = at < len(curve) and int(curve.iterations[at]) == self.at
        return float(curve.values[at]) if has_point else None

    def nearest(self, iteration: int) -> int:
        """The nearest iteration that has a point of its own, and so an exact value."""
        points = self.curve.iterations
        return int(points[int(np.argmin(np.abs(points - iteration)))])

    def put(self, iteration: int) -> None:
        """Move the cursor to an iteration that has a point."""
        self.at = iteration
        self.redraw()

    def redraw(self) -> None:
        """Draw both panes anew."""
        self.list.redraw()
        self.plot.redraw()

    def action_move(self, by: int) -> None:
        """Move the cursor by some points."""
        points = self.curve.iterations
        at = int(np.searchsorted(points, self.at)) + by
        self.put(int(points[min(max(at, 0), len(points) - 1)]))

    def action_end(self, which: int) -> None:
        """Move the cursor to the first iteration (0) or the last (−1)."""
        self.put(self.last if which else self.first)

    def action_extreme(self, lowest: bool) -> None:
        """Move the cursor to the point with the lowest or the highest finite value."""
        values = self.curve.values
        if not np.isfinite(values).any():
            return
        where = np.where(np.isfinite(values), values, np.inf if lowest else -np.inf)
        self.put(int(self.curve.iterations[int(where.argmin() if lowest else where.argmax())]))

    def action_choose_curve(self, by: int) -> None:
        """`j` and `k`: choose the next or the previous curve."""
        self.list.action_cursor(by)

    def action_scale(self) -> None:
        """`g`: change between a linear and a logarithmic scale."""
        self.logarithmic = not self.logarithmic
        self.redraw()

    def action_choose(self) -> None:
        """Enter: close, and go to the iteration at the cursor."""
        self.dismiss(self.at)


def curve_label(name: str, script: Script, loss: str = "L") -> str:
    """A curve's name for the screen: `‖δ₁‖`, `‖∂L/∂W₁‖`, `‖ΔW₁‖ / ‖W₁‖`; a watch as typed."""
    for typed, shown in measured(name) if script.unicode else ():
        for expression, form in FORMS.items():
            if name == expression.format(typed):
                return form.format(shown, loss=loss)
    return script.safe(name)


@lru_cache(maxsize=256)
def measured(name: str) -> list[tuple[str, str]]:
    """The layers and nodes that an expression measures, each as it is typed and as it is shown."""
    with suppress(BpdebugError):
        nodes = parse(name, allow=Allow.WATCH).nodes
        return [
            *((str(n.number), delta_name(n.number)) for n in nodes if isinstance(n, Delta)),
            *((n.of.text, textbook_name(n.of.text)) for n in nodes if isinstance(n, NodeAspect)),
        ]
    return []

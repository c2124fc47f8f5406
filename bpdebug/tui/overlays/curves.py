"""Curves over time: the loss, each δ, each gradient, the size of each update, and the watches.

Curves are drawn large, beside a list of all with their values at the cursor. Space puts several
into one plot; those of a second run stand beside them. Left and right move the cursor from
iteration to iteration; enter, or a click, goes there.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Static

from bpdebug.debugger import Command, Debugger, Reply
from bpdebug.debugger.commands.curves import named_here
from bpdebug.debugger.second_run import constant_note
from bpdebug.errors import BpdebugError
from bpdebug.run.curve_names import FAMILIES
from bpdebug.run.series import Curve
from bpdebug.tui.draw.line import Line, flow, wrap
from bpdebug.tui.overlays.curve_choice import NONE, CurveChoice, Drawn, RunCurves
from bpdebug.tui.overlays.curve_panes import CurveListPane, CurvePlotPane
from bpdebug.tui.theme.styles import styles
from bpdebug.tui.work.background import run_in_background
from bpdebug.wording import Script, textbook_name

if TYPE_CHECKING:
    from bpdebug.tui.screen import DebuggerScreen

TITLE = "Curves over time"
POINTS = 4096
"""Points of a curve at the most; a longer run has points for several iterations each."""
NARROW = 84
"""Below this width the list stands above the curve."""


def show_curves(screen: DebuggerScreen, together: Sequence[str] = ()) -> None:
    """`L`: compute the curves, showing the progress, then open the screen.

    With `together` these curves are in one plot; one alone is the chosen curve.
    """
    debugger = screen.debugger
    names = names_of(debugger, together)
    run_in_background(
        screen,
        TITLE,
        partial(computed, debugger, names),
        lambda choice: present(screen, choice, together),
    )


def open_curves(screen: DebuggerScreen, command: Command, argument: str) -> bool:
    """`curves NAME, NAME`: open the screen with these curves in one plot. True always."""
    try:
        curves = screen.debugger.curves
        names = named_here(screen.debugger, argument) if argument else ()
        for name in names:
            curves.quantity(name)
    except BpdebugError as error:
        screen.show_reply(command.name, Reply(str(error), ok=False))
    else:
        show_curves(screen, names)
    return True


def run_beside(screen: DebuggerScreen, command: Command, argument: str) -> bool:
    """`with KEY=VALUE`: open the screen with the losses of both runs. True always.

    A reply that is no second run, an error or the end of one, is shown as in line mode.
    """
    debugger = screen.debugger

    def compute() -> tuple[Reply, CurveChoice | None]:
        reply = debugger.perform(command, argument, where=False)
        if not reply.ok or debugger.second is None:
            return reply, None
        return reply, computed(debugger, names_of(debugger))

    def show(found: tuple[Reply, CurveChoice | None]) -> None:
        reply, choice = found
        if choice is None:
            screen.show_reply(command.name, reply)
        else:
            screen.refresh_soon()
            present(screen, choice)

    run_in_background(screen, TITLE, compute, show)
    return True


def names_of(debugger: Debugger, more: Sequence[str] = ()) -> list[str]:
    """The curves of the list: those of every run, `more`, and the watches that are one number."""
    names = list(debugger.curves.names())
    watched = [text for _, text in debugger.watches if debugger.curves.measures(text)]
    return names + [name for name in dict.fromkeys([*more, *watched]) if name not in names]


def computed(debugger: Debugger, names: Sequence[str]) -> CurveChoice:
    """Compute the curves of the run, and those of the second run; `Cancelled` comes through."""
    second, last = debugger.second, debugger.run.iterations
    points = debugger.curves.curves(names, points=POINTS)
    mine, beside = RunCurves(points, debugger.curves.values_at(points, last), last), NONE
    if second is not None:
        last = second.run.iterations
        points = second.curves_of(names, points=POINTS)
        beside = RunCurves(points, second.curves.values_at(points, last), last)
    return CurveChoice(names, mine, beside)


def present(screen: DebuggerScreen, choice: CurveChoice, together: Sequence[str] = ()) -> None:
    """Open the screen; when it closes with an iteration, go there."""

    def closed(iteration: int | None) -> None:
        if iteration is not None:
            screen.run_command("goto", f"iteration {iteration}")

    if len(together) > 1:
        choice.toggle(*together)
    chosen = choice.names.index(together[0]) if together else 0
    screen.app.push_screen(CurvesScreen(screen, choice, chosen), closed)


def note_on(debugger: Debugger, choice: CurveChoice) -> str:
    """That nothing is trained, or that the second run is like this one; empty for neither."""
    second = debugger.second
    if second is not None and second.same(choice.mine.points, choice.beside.points):
        return f"{debugger.script.safe(second.label)} changes nothing in these curves"
    return constant_note(debugger.run) if debugger.run.iterations > 1 else ""


def plain_arrows(text: str) -> str:
    """A text with its arrows in words, for a terminal that shows ASCII only."""
    return text.replace("↑↓", "up, down").replace("←→", "left, right")


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
        Binding("space", "together", show=False, id="curves.together"),
        Binding("a", "family", show=False, id="curves.family"),
        Binding("g", "scale", show=False, id="curves.scale"),
        Binding("m", "extreme(True)", show=False, id="curves.lowest"),
        Binding("M", "extreme(False)", show=False, id="curves.highest"),
        Binding("enter", "choose", show=False, priority=True, id="curves.choose"),
    ]
    KEYS = (
        "↑↓ curve",
        "space into the plot",
        "a all of its kind",
        "←→ iteration",
        "home end",
        "m lowest",
        "M highest",
        "g log scale",
        "enter goes there",
        "esc closes",
    )

    def __init__(self, screen: DebuggerScreen, choice: CurveChoice, chosen: int = 0) -> None:
        """`chosen` is the place of the chosen curve among the names."""
        super().__init__()
        self.choice, self.names = choice, choice.names
        self.at = 1
        """The iteration at the cursor, which has a point."""
        self.script: Script = screen.script
        self._moment = screen.debugger.moment
        self.last = screen.debugger.run.iterations
        """The last iteration of the run; in a long run it may have no point of its own."""
        graph = self._moment.graph
        self.loss = textbook_name(graph.nodes[graph.loss].label)
        second = screen.debugger.second
        self.beside_label = second.label if second is not None else ""
        """What the second run differs in; empty without one."""
        self.note = note_on(screen.debugger, choice)
        """What a reader of the curves must know; empty for nothing."""
        self._family = {
            name: family
            for word in dict.fromkeys(FAMILIES.values())
            for family in [screen.debugger.curves.family(word)]
            for name in family
        }
        self.list = CurveListPane(self, id="curve-list", script=self.script)
        self.list.cursor = chosen
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
        keys = self.KEYS if self.script.unicode else [plain_arrows(key) for key in self.KEYS]
        lines = flow(map(Line, keys), event.size.width - 2, gap=2)
        notes = wrap(self.note, event.size.width - 2)
        self.keys.update("\n".join(line.plain for line in [*notes, *lines]))
        self.set_class(event.size.width < NARROW, "-slim")

    @property
    def chosen(self) -> str:
        """The name of the curve at the list's cursor."""
        return self.names[self.list.cursor]

    @property
    def drawn(self) -> list[Drawn]:
        """The curves in the plot, with their letters."""
        return self.choice.drawn(self.chosen)

    @property
    def axis_end(self) -> int:
        """The last iteration of the plot: that of the longer run which is drawn."""
        return max(one.last for one in self.drawn)

    @property
    def curve(self) -> Curve:
        """The points of the chosen curve."""
        return self.choice.mine.points[self.chosen]

    @property
    def first(self) -> int:
        """The first iteration of the run."""
        return int(self.curve.iterations[0])

    def value_of(self, name: str) -> float | None:
        """A curve's value at the cursor; None where it has no point."""
        return self.choice.mine.points[name].value_at(self.at)

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

    def action_together(self) -> None:
        """Space: put the chosen curve into the plot, or take it out."""
        self.choice.toggle(self.chosen)
        self.redraw()

    def action_family(self) -> None:
        """`a`: put all curves of the chosen one's kind into the plot, or take them out."""
        self.choice.toggle(*self._family.get(self.chosen, (self.chosen,)))
        self.redraw()

    def action_scale(self) -> None:
        """`g`: change between a linear and a logarithmic scale."""
        self.choice.logarithmic = not self.choice.log(self.drawn)
        self.redraw()

    def action_choose(self) -> None:
        """Enter: close, and go to the iteration at the cursor."""
        self.dismiss(self.at)

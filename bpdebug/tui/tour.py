"""The tour on the screen: the debugger's own screen, and a panel of words below its panes.

The panes that a stop talks about get a heavy border; the panel has a place of its own and hides
none of them. Only `bpdebug --tour` loads this.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.geometry import Size
from textual.screen import Screen

from bpdebug.debugger import Debugger, Moment
from bpdebug.debugger.tour import STOPS, Tour
from bpdebug.record import replace
from bpdebug.run import Run
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.draw.line import Look
from bpdebug.tui.draw.tour import draw_tour, lines_needed
from bpdebug.tui.layout import SMALLEST
from bpdebug.tui.palettes import DARK
from bpdebug.tui.panes import BlockPane
from bpdebug.tui.screen import DebuggerScreen
from bpdebug.wording import to_ascii

FRAME_WIDTH, FRAME_HEIGHT = 4, 2
"""Cells around the words: border and padding beside them, the border above and below."""
SNUG = 45
"""Below this height the timeline gives its border to the panes."""
LOW = 22
"""Below this height the pane that a stop talks about has the whole area."""
LOW_WIDTH, LOW_HEIGHT = 2, 1
"""Cells around the words there: the padding, and a line with the title."""
KEYS = "enter next · backspace back · escape leaves the tour"


class TourPanel(BlockPane, can_focus=False):
    """Says what there is to see at a stop."""

    DEFAULT_CSS = """
    TourPanel {
        height: 7; border: round $primary; border-title-color: $primary;
        border-subtitle-color: $foreground; background: $panel; overflow: hidden hidden;
    }
    """

    def __init__(self, tour: Tour, *, id: str, look: Look) -> None:
        super().__init__(id=id, look=look)
        self.tour = tour

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self.block = draw_tour(self.tour, self.look, width)
        title = f"Tour · stop {self.tour.at + 1} of {len(STOPS)} · {self.tour.stop.title}"
        keys = KEYS
        if not self.look.unicode:
            title, keys = (to_ascii(text.replace("·", "-")) for text in (title, keys))
        self.entitle(title, keys)


class TourScreen(DebuggerScreen):
    """The debugger's screen with the tour in it, until the tour is left."""

    BINDINGS: ClassVar[list[Binding]] = [
        # Before any pane: to a newcomer these keys mean one thing wherever the focus is.
        Binding("enter,space", "tour_move(1)", show=False, priority=True, id="tour.next"),
        Binding("backspace", "tour_move(-1)", show=False, priority=True, id="tour.back"),
        Binding("escape", "leave_tour", show=False, id="tour.leave"),
    ]

    def __init__(self, debugger: Debugger, look: Look) -> None:
        super().__init__(debugger, look)
        self.tour = Tour(debugger)
        self.touring = True
        self.panel = TourPanel(self.tour, id="tour", look=look)

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.area
        yield self.panel
        yield self.timeline
        yield self.footer

    def on_mount(self) -> None:
        """Point at the first stop's panes."""
        self.point()

    def on_resize(self, event: events.Resize) -> None:
        """The panel is as high as its longest stop needs at this width; on a low screen, this."""
        self.set_class(self.touring and event.size.height < SNUG, "-snug")
        was = self.has_class("-shallow")
        self.set_class(self.touring and event.size.height < LOW, "-shallow")
        self._set_height(event.size)
        if self.touring and was != self.has_class("-shallow"):
            self.call_after_refresh(self.point)

    def _set_height(self, size: Size) -> None:
        width = max(size.width, SMALLEST.width)
        if self.has_class("-shallow"):
            lines = len(draw_tour(self.tour, self.look, width - LOW_WIDTH)) + LOW_HEIGHT
        else:
            lines = lines_needed(self.tour, self.look, width - FRAME_WIDTH) + FRAME_HEIGHT
        self.panel.styles.height = lines

    def watch_moment(self, moment: Moment | None) -> None:
        """Whatever moved the debugger: see whether that was the way to the next stop."""
        arrived = self.touring and moment is not None and self.tour.notice()
        super().watch_moment(moment)
        if moment is None or not self.touring or self._roles is None:
            return
        self.panel.show(moment, self._roles[1])
        if arrived:
            self.point()

    def point(self) -> None:
        """Bring the panes that the stop talks about to the front, and mark them."""
        told = self.tour.stop.panes
        for name, pane in self.panes.items():
            pane.set_class(name in told, "-told")
        shallow = self.has_class("-shallow")
        self._set_height(self.size)
        choice = replace(self.area.choice, zoomed=told[0] if shallow else "")
        for name in reversed(told):
            if name in ("graph", "program"):
                choice = replace(choice, left=name)
            elif name in ("delta", "parameters", "stops"):
                choice = replace(choice, right=name)
        if choice != self.area.choice:
            self.area.choose(choice)
        self._name_panes()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The tour's keys are the panes' again once it is left."""
        if action in ("tour_move", "leave_tour"):
            return self.touring
        return super().check_action(action, parameters)

    def action_tour_move(self, by: int) -> None:
        """Enter, space and backspace."""
        if by > 0 and self.tour.last:
            self.action_leave_tour()
            return
        self.tour.move(by)
        self.footer.say("")
        self.refresh_moment()
        self.point()

    def action_leave_tour(self) -> None:
        """Escape: the panel goes; the debugger stays where it is, and all of it works."""
        self.touring = False
        self.remove_class("-snug", "-shallow")
        self.area.choose(replace(self.area.choice, zoomed=""))
        for pane in self.panes.values():
            pane.remove_class("-told")
        self.panel.remove()
        self.footer.say("The tour is over; the debugger is yours. ? shows the keys, q leaves.")


class TourApp(BpdebugApp):
    """The debugger's application, opening with the tour."""

    CSS = (
        BpdebugApp.CSS
        + """
    TourScreen .-told, TourScreen .-told:focus {
        border: heavy $accent; border-title-color: $accent; border-title-style: bold reverse;
    }
    .-ascii TourScreen .-told, .-ascii TourScreen .-told:focus { border: ascii $accent; }
    .-ascii TourPanel { border: ascii $primary; }
    TourScreen.-snug #timeline { border: none; height: 1; padding: 0; }
    TourScreen.-shallow #timeline { display: none; }
    TourScreen.-shallow TourPanel { border: none; border-top: solid $primary; }
    .-ascii TourScreen.-shallow TourPanel { border: none; border-top: ascii $primary; }
    TourScreen.-tiny TourPanel { display: none; }
    """
    )

    def get_default_screen(self) -> Screen[None]:
        """The screen with the tour in it."""
        return TourScreen(self.debugger, self.look)


def tour_app(run: Run, *, digits: int, unicode: bool, theme: str = DARK.name) -> TourApp:
    """The application with a debugger of its own, which nothing kept from before has touched."""
    debugger = Debugger(run, digits=digits, unicode=unicode)
    return TourApp(debugger, Look(digits, unicode), theme=theme)

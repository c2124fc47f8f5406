"""The tour on the screen: the debugger's own screen, and a panel of text below its panes.

The panes that a station is about get a heavy border; the panel covers none of them. On a screen
with few lines the text stands beside the pane that it is about. Only `bpdebug --tour` loads this.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.geometry import Size
from textual.screen import Screen

from bpdebug.debugger import Debugger, Moment
from bpdebug.debugger.tour import STATIONS, Tour
from bpdebug.records import replace
from bpdebug.run import Run
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.draw.counters import fitting
from bpdebug.tui.draw.line import Line, wrap
from bpdebug.tui.draw.tour import draw_tour, lines_needed
from bpdebug.tui.layout import SMALLEST, THREE
from bpdebug.tui.panes.block_pane import BlockPane
from bpdebug.tui.screen import DebuggerScreen
from bpdebug.tui.theme.palettes import DARK
from bpdebug.wording import Script, to_ascii

FRAME_WIDTH, FRAME_HEIGHT = 4, 2
"""Cells around the text: border and padding beside it, the border above and below it."""
SNUG = 45
"""Below this height the timeline has no border, for the sake of the panes."""
LOW = 22
"""Below this height only the pane that a station is about is visible, above the text."""
BESIDE = 32
"""Below this height, where the screen is wide enough, the text stands beside the pane."""
LOW_WIDTH, LOW_HEIGHT = 2, 1
"""Cells around the text on a low screen: the padding, and a line with the title."""
KEYS = "enter next · backspace back · escape leaves the tour"


class TourPanel(BlockPane, can_focus=False):
    """The text of the tour's current station."""

    DEFAULT_CSS = """
    TourPanel {
        height: 7; border: round $primary; border-title-color: $primary;
        border-subtitle-color: $foreground; background: $panel; overflow: hidden hidden;
    }
    """

    def __init__(self, tour: Tour, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self.tour = tour

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self.block = draw_tour(self.tour, self.script, width)
        keys = self._on_border(KEYS)
        if len(keys) > width:
            # On the border they would be cut.
            apart = draw_tour(self.tour, self.script, width, apart=True)
            self.block, keys = [*apart, Line(), *wrap(keys, width, "quiet")], ""
        progress = f"Tour · station {self.tour.at + 1} of {len(STATIONS)}"
        title = fitting((f"{progress} · {self.tour.station.title}", progress), width)
        self.entitle(self._on_border(title), keys)

    def _on_border(self, text: str) -> str:
        return text if self.script.unicode else to_ascii(text, dot="-")


class TourScreen(DebuggerScreen):
    """The debugger's screen with the tour in it, until the user leaves the tour."""

    BINDINGS: ClassVar[list[Binding]] = [
        # With priority over the panes: these keys do the same in every pane.
        Binding("enter,space", "tour_move(1)", show=False, priority=True, id="tour.next"),
        Binding("backspace", "tour_move(-1)", show=False, priority=True, id="tour.back"),
        Binding("escape", "leave_tour", show=False, id="tour.leave"),
    ]

    def __init__(self, debugger: Debugger) -> None:
        super().__init__(debugger)
        self.tour = Tour(debugger)
        self.touring = True
        self.panel = TourPanel(self.tour, id="tour", script=self.script)

    def compose(self) -> ComposeResult:
        yield self.header
        with Container(id="stage"):
            yield self.area
            yield self.panel
        yield self.timeline
        yield self.footer

    def on_mount(self) -> None:
        """Mark the panes of the first station."""
        self.point()

    def on_resize(self, event: events.Resize) -> None:
        """Arrange the panel anew, and the panes where other panes are visible now."""
        was_alone = self.alone
        self._arrange(event.size)
        if self.touring and was_alone != self.alone:
            self.call_after_refresh(self.point)

    @property
    def alone(self) -> bool:
        """True where only the pane that a station is about is visible."""
        return self.has_class("-shallow") or self.has_class("-beside")

    def _arrange(self, size: Size) -> None:
        """Put the text below the panes, or beside them; on a low screen below, without a frame.

        Below the panes the panel is high enough for every station; on a low screen it is as high
        as the current station needs.
        """
        low = size.height < LOW
        beside = not low and size.height < BESIDE and size.width >= THREE
        for name, on in (("-snug", size.height < SNUG), ("-shallow", low), ("-beside", beside)):
            self.set_class(self.touring and on, name)
        width = max(size.width, SMALLEST.width)
        if beside:
            self.panel.styles.height = None  # As high as the pane.
            return
        if low:
            lines = len(draw_tour(self.tour, self.script, width - LOW_WIDTH)) + LOW_HEIGHT
        else:
            lines = lines_needed(self.tour, self.script, width - FRAME_WIDTH) + FRAME_HEIGHT
        self.panel.styles.height = lines

    def watch_moment(self, moment: Moment | None) -> None:
        """Show a new moment, and the next station if the user has done what this one asks for."""
        arrived = self.touring and moment is not None and self.tour.notice()
        super().watch_moment(moment)
        if moment is None or not self.touring or self._roles is None:
            return
        self.panel.show(moment, self._roles[1])
        if arrived:
            self.point()

    def point(self) -> None:
        """Bring the panes that the station is about to the front, and mark them."""
        named = self.tour.station.panes
        for name, pane in self.panes.items():
            pane.set_class(name in named, "-named")
        self._arrange(self.size)
        choice = replace(self.area.choice, zoomed=named[0] if self.alone else "")
        for name in reversed(named):
            choice = choice.in_front(name)
        if choice != self.area.choice:
            self.area.choose(choice)
        self._name_panes()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable the tour's keys after the tour, so that they reach the panes."""
        if action in ("tour_move", "leave_tour"):
            return self.touring
        return super().check_action(action, parameters)

    def action_tour_move(self, by: int) -> None:
        """Enter, space and backspace: go to the next or the previous station."""
        if by > 0 and self.tour.last:
            self.action_leave_tour()
            return
        self.tour.move(by)
        self.footer.show_message("")
        self.refresh_moment()
        self.point()

    def action_leave_tour(self) -> None:
        """Escape: remove the panel; the debugger stays where it is."""
        self.touring = False
        self.tour.leave()
        self.refresh_moment()
        self.remove_class("-snug", "-shallow", "-beside")
        self.area.choose(replace(self.area.choice, zoomed=""))
        for pane in self.panes.values():
            pane.remove_class("-named")
        self.panel.remove()
        self.call_after_refresh(self._name_panes)
        self.footer.show_message(
            "The tour is over; the debugger is yours. ? shows the keys, q leaves."
        )


class TourApp(BpdebugApp):
    """The application that opens with the tour."""

    CSS = (
        BpdebugApp.CSS
        + """
    TourScreen .-named, TourScreen .-named:focus {
        border: heavy $accent; border-title-color: $accent; border-title-style: bold reverse;
    }
    .-ascii TourScreen .-named, .-ascii TourScreen .-named:focus { border: ascii $accent; }
    .-ascii TourPanel { border: ascii $primary; }
    #stage { height: 1fr; layout: vertical; }
    TourScreen.-beside #stage { layout: horizontal; }
    TourScreen.-beside #panes { width: 1fr; }
    TourScreen.-beside TourPanel { width: 36; height: 100%; }
    TourScreen.-snug #timeline { border: none; height: 1; padding: 0; }
    TourScreen.-shallow #timeline { display: none; }
    TourScreen.-shallow TourPanel { border: none; border-top: solid $primary; }
    .-ascii TourScreen.-shallow TourPanel { border: none; border-top: ascii $primary; }
    TourScreen.-tiny TourPanel, TourScreen.-tiny #stage { display: none; }
    """
    )

    def get_default_screen(self) -> Screen[None]:
        """Make the screen with the tour."""
        return TourScreen(self.debugger)


def tour_app(run: Run, script: Script, *, theme: str = DARK.name) -> TourApp:
    """The tour's application; its debugger begins anew, whatever session was saved."""
    return TourApp(Debugger(run, script), theme=theme)

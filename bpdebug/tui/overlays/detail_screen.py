"""The base of the screens that show a tensor, terms or paths in detail, with their own cursor.

While such a screen is open, the debugger stays at its tick.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from bpdebug.debugger import Debugger, Moment
from bpdebug.tui.draw.line import Line
from bpdebug.tui.panes.block_pane import BlockPane, escape
from bpdebug.tui.theme.styles import styles
from bpdebug.wording import to_ascii


class DetailPane(BlockPane):
    """The only pane of a detail screen, which draws it and handles its keys."""

    DEFAULT_CSS = """
    DetailPane { height: 100%; width: 100%; overflow: hidden hidden; scrollbar-gutter: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        # In the pane, since the widget's own scrolling keys would come before the screen's.
        Binding("up,k", "screen.step(-1)", show=False, id="look.up"),
        Binding("down,j", "screen.step(1)", show=False, id="look.down"),
        Binding("pageup", "screen.page(-1)", show=False, id="look.page_up"),
        Binding("pagedown", "screen.page(1)", show=False, id="look.page_down"),
        Binding("left", "screen.across(-1)", show=False, id="look.left"),
        Binding("right", "screen.across(1)", show=False, id="look.right"),
        Binding("home", "screen.across_all(-1)", show=False, id="look.row_start"),
        Binding("end", "screen.across_all(1)", show=False, id="look.row_end"),
        Binding("ctrl+home", "screen.all(-1)", show=False, id="look.first"),
        Binding("ctrl+end", "screen.all(1)", show=False, id="look.last"),
        Binding("enter", "screen.choose", show=False, id="look.choose"),
    ]

    @property
    def detail(self) -> DetailScreen:
        """The pane's own screen."""
        assert isinstance(self.screen, DetailScreen)
        return self.screen

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        self.block = self.detail.draw(width, height)
        self.entitle(escape(self.detail.heading()), escape(self.detail.keys()))

    def on_click(self, event: events.Click) -> None:
        """Pass the position of a click on to the screen."""
        at = event.get_content_offset(self)
        if at is not None:
            self.detail.clicked(at.x, at.y)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move the cursor down, and the window with it."""
        self._turn(event, 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move the cursor up, and the window with it."""
        self._turn(event, -3)

    def _turn(self, event: events.MouseEvent, by: int) -> None:
        event.stop()
        self.detail.action_step(by)


class DetailScreen(ModalScreen[int | None]):
    """A screen with a single pane; a subclass draws it, and says what its keys do.

    It closes with the tick to go to, or with None to stay.
    """

    CSS = """
    DetailScreen { background: $background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", show=False, id="look.close"),
        Binding("question_mark,f1", "help", show=False, id="look.help"),
    ]
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Keys and what they do, the most useful first."""

    def __init__(self, debugger: Debugger) -> None:
        super().__init__()
        self.debugger = debugger
        self.script = debugger.script
        self.pane = DetailPane(id="look", script=self.script)
        self.rows = range(0)
        """The rows that are visible, as drawn last."""

    def compose(self) -> ComposeResult:
        yield self.pane

    def on_mount(self) -> None:
        """Draw, and draw anew when the theme changes."""
        self.pane.focus()
        self.app.theme_changed_signal.subscribe(self, lambda _: self.show())
        self.show()

    def show(self) -> None:
        """Draw the pane in the colours of the current theme."""
        self.pane.show(self.debugger.moment, styles(self.app.current_theme))

    def draw(self, width: int, height: int) -> list[Line]:
        """The lines of the pane."""
        raise NotImplementedError

    def heading(self) -> str:
        """The title on the frame."""
        raise NotImplementedError

    def keys(self) -> str:
        """The subtitle on the frame: as many of the keys as fit, and the key that closes."""
        close = "esc close"
        room = self.app.size.width - 6 - len(close)
        text = ""
        for key, what in self.keys_here():
            longer = f"{text}{key} {what} · "
            text = longer if len(longer) <= room else text
        text += close
        return text if self.script.unicode else to_ascii(text, dot="|")

    def keys_here(self) -> tuple[tuple[str, str], ...]:
        """The keys that do something here, and what they do."""
        return self.KEYS

    def action_help(self) -> None:
        """Show every key of the screen in a box."""
        from bpdebug.tui.dialogs import dialogs

        rows = [*self.keys_here(), ("esc q", "close"), ("?", "these keys")]
        wide = max(len(key) for key, _ in rows)
        text = "\n".join(f"{key:<{wide}}  {what}" for key, what in rows)
        dialogs.show_box(self.app, "Keys", self.script.text(text))

    def action_step(self, by: int) -> None:
        """Move the cursor up or down by some rows."""
        raise NotImplementedError

    def action_page(self, by: int) -> None:
        """Move the cursor a page up or down."""
        self.action_step(by * max(len(self.rows) - 1, 1))

    def action_across(self, by: int) -> None:
        """Move the cursor left or right; nothing in a list."""

    def action_across_all(self, by: int) -> None:
        """Move the cursor to the first or last column; in a list, to the first or last row."""
        self.action_all(by)

    def action_all(self, by: int) -> None:
        """Move the cursor to the very first or the very last."""
        raise NotImplementedError

    def action_choose(self) -> None:
        """Enter: choose what is at the cursor."""
        raise NotImplementedError

    def clicked(self, x: int, y: int) -> None:
        """Move the cursor to a position of the drawing."""

    def child_closed(self, tick: int | None) -> None:
        """Close too if a detail screen above this screen has closed with a tick."""
        if tick is not None:
            self.dismiss(tick)

"""A screen over the panes that looks into something, with a cursor of its own; time stands still.

It ends with nothing, or with the tick to which the person wants to go.
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


class DetailPane(BlockPane):
    """The one pane of a look: its screen draws it and takes its keys."""

    DEFAULT_CSS = """
    DetailPane { height: 100%; width: 100%; overflow: hidden hidden; scrollbar-gutter: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        # Here, since the scrolling keys of the widget itself would come before the screen's.
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

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        screen = self.screen
        assert isinstance(screen, DetailScreen)
        self.block = screen.draw(width, height)
        self.entitle(escape(screen.heading()), escape(screen.keys()))

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor to what was clicked."""
        at, screen = event.get_content_offset(self), self.screen
        if at is not None and isinstance(screen, DetailScreen):
            screen.clicked(at.x, at.y)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel moves the cursor, and the window with it."""
        self._turn(event, 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel moves the cursor up, and the window with it."""
        self._turn(event, -3)

    def _turn(self, event: events.MouseEvent, by: int) -> None:
        event.stop()
        screen = self.screen
        if isinstance(screen, DetailScreen):
            screen.action_step(by)


class DetailScreen(ModalScreen[int | None]):
    """What the looks share; a subclass draws, and says what its keys do."""

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
        """The rows, or entries, that were drawn last."""

    def compose(self) -> ComposeResult:
        yield self.pane

    def on_mount(self) -> None:
        """Draw, and draw anew when the colours change."""
        self.pane.focus()
        self.app.theme_changed_signal.subscribe(self, lambda _: self.show())
        self.show()

    def show(self) -> None:
        """Draw what there is to see now."""
        self.pane.show(self.debugger.moment, styles(self.app.current_theme))

    def draw(self, width: int, height: int) -> list[Line]:
        """The lines of the pane."""
        raise NotImplementedError

    def heading(self) -> str:
        """What stands on the frame's upper line."""
        raise NotImplementedError

    def keys(self) -> str:
        """The keys, as many as there is room for and how to leave, on the frame's lower line."""
        close = "esc close"
        room = self.app.size.width - 6 - len(close)
        text = ""
        for key, what in self.keys_here():
            longer = f"{text}{key} {what} · "
            text = longer if len(longer) <= room else text
        text += close
        return self.script.text(text).replace("*", "|")

    def keys_here(self) -> tuple[tuple[str, str], ...]:
        """The keys that do something for what is looked at."""
        return self.KEYS

    def action_help(self) -> None:
        """Every key of this screen in a box."""
        from bpdebug.tui.dialogs import dialogs

        rows = [*self.keys_here(), ("esc q", "close"), ("?", "these keys")]
        wide = max(len(key) for key, _ in rows)
        text = "\n".join(f"{key:<{wide}}  {what}" for key, what in rows)
        dialogs.show_box(self.app, "Keys", self.script.text(text))

    def action_step(self, by: int) -> None:
        """Up and down."""
        raise NotImplementedError

    def action_page(self, by: int) -> None:
        """A screenful up or down."""
        self.action_step(by * max(len(self.rows) - 1, 1))

    def action_across(self, by: int) -> None:
        """Left and right."""

    def action_across_all(self, by: int) -> None:
        """To the first or last on the left or right; here, of all."""
        self.action_all(by)

    def action_all(self, by: int) -> None:
        """To the very first or last."""
        raise NotImplementedError

    def action_choose(self) -> None:
        """Enter."""
        raise NotImplementedError

    def clicked(self, x: int, y: int) -> None:
        """A place of the drawing was clicked."""

    def gone(self, tick: int | None) -> None:
        """A look on top of this one has ended; with a tick, this one ends too."""
        if tick is not None:
            self.dismiss(tick)

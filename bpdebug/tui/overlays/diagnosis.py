"""The diagnosis on the screen: causes with their symptoms folded below, and one in detail."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from bpdebug.debugger import Moment, Reply
from bpdebug.debugger.commands.analysis import run_diagnosis
from bpdebug.diagnosis import Diagnosis
from bpdebug.tui.draw.findings import Entry, draw_detail, draw_entry, entries_of
from bpdebug.tui.draw.line import wrap
from bpdebug.tui.panes.block_pane import BlockPane
from bpdebug.tui.panes.cursor_pane import CursorPane, EntryPane
from bpdebug.tui.theme.styles import styles
from bpdebug.tui.work.background import run_in_background
from bpdebug.wording import Script

if TYPE_CHECKING:
    from bpdebug.tui.screen import DebuggerScreen

FRAME = 2
"""Lines of a pane's frame."""
CORNERS = 4
"""Cells of a frame's lower edge that its text leaves free."""


def show_diagnosis(screen: DebuggerScreen) -> None:
    """`d`: diagnose the run, showing the progress, then open the screen if anything is wrong."""

    def closed(number: str | None) -> None:
        if number is not None:
            screen.run_command("diagnose", number)

    def finished(diagnosis: Diagnosis) -> None:
        if diagnosis.findings:
            screen.app.push_screen(DiagnosisScreen(screen, diagnosis), closed)
        else:
            screen.show_reply("diagnose", Reply(diagnosis.summary()))

    run_in_background(screen, "Diagnosis", lambda: run_diagnosis(screen.debugger), finished)


class FindingsPane(EntryPane):
    """The causes below one another, and below a cause that is unfolded its symptoms."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "screen.fold", show=False, id="diagnosis.fold"),
        Binding("right", "screen.fold(False)", show=False, id="diagnosis.unfold"),
        Binding("left", "screen.fold(True)", show=False, id="diagnosis.shut"),
    ]

    def __init__(self, diagnosis: Diagnosis, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self._diagnosis = diagnosis
        self.unfolded: set[int] = set()
        """The causes whose symptoms are listed, by their place."""
        self.listed: list[Entry] = entries_of(diagnosis, self.unfolded)

    @property
    def chosen(self) -> Entry:
        """The entry under the cursor."""
        return self.listed[self.cursor]

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        rows = []
        for entry in self.listed:
            unfolded = entry.cause in self.unfolded
            rows.append([draw_entry(entry, self.script, width, unfolded=unfolded)])
        self.put(rows)
        self.entitle("Diagnosis")

    def put_cursor(self, entry: int) -> None:
        """Put the cursor on an entry, and show that in detail."""
        super().put_cursor(entry)
        if isinstance(self.screen, DiagnosisScreen):
            self.screen.detail.redraw()

    def fold(self, shut: bool | None) -> None:
        """Fold (`shut`) or unfold the symptoms of the cause at the cursor; None does the other.

        From a symptom the cursor goes to its cause.
        """
        cause = self.chosen.cause
        if not self._diagnosis.findings[cause].symptoms:
            return
        shut = cause in self.unfolded if shut is None else shut
        self.unfolded = self.unfolded - {cause} if shut else self.unfolded | {cause}
        self.listed = entries_of(self._diagnosis, self.unfolded)
        if shut:
            self.cursor = self.listed.index(Entry(cause, None, self._diagnosis.findings[cause]))


class DetailPane(BlockPane, can_focus=False):
    """The entry under the cursor: evidence, remedy, tick, plot; and the summary below all."""

    def __init__(self, pane: FindingsPane, diagnosis: Diagnosis, *, script: Script) -> None:
        super().__init__(id="finding", script=script)
        self._pane, self._diagnosis = pane, diagnosis

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        summary = self._diagnosis.summary()
        fits = len(summary) <= width - CORNERS
        # On the border it would be cut.
        below = [] if fits else wrap(f"{summary}.", width, "quiet")
        rows = height - len(below)
        chosen = self._pane.chosen
        self.block = draw_detail(self._diagnosis, chosen, self.script, width, rows) + below
        self.entitle(f"Finding {chosen.number}", summary if fits else "")


class DiagnosisScreen(ModalScreen[str | None]):
    """The diagnosis. It closes with the number of the entry to go to, or with None to stay."""

    CSS = """
    DiagnosisScreen { align: center middle; background: $background 60%; }
    DiagnosisScreen DetailPane { height: 1fr; }
    DiagnosisScreen Static {
        height: 1; padding: 0 1; color: $foreground-muted; background: $panel;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,d", "dismiss(None)", show=False, id="diagnosis.close"),
        Binding("j", "move(1)", show=False, id="diagnosis.next"),
        Binding("k", "move(-1)", show=False, id="diagnosis.previous"),
    ]

    def __init__(self, screen: DebuggerScreen, diagnosis: Diagnosis) -> None:
        super().__init__()
        self._moment = screen.debugger.moment
        script = screen.script
        arrows = script.either("↑↓", "up down")
        folds = any(finding.symptoms for finding in diagnosis.findings)
        fold = "space symptoms   " if folds else ""
        keys = f"{arrows} finding   {fold}enter goes there   esc closes"
        self.pane = FindingsPane(diagnosis, id="findings", script=script)
        self.detail = DetailPane(self.pane, diagnosis, script=script)
        self._keys = Static(keys, markup=False)

    def compose(self) -> ComposeResult:
        yield self.pane
        yield self.detail
        yield self._keys

    def on_mount(self) -> None:
        """Draw the findings, and focus them."""
        self._arrange(self.app.size.height)
        for pane in (self.pane, self.detail):
            pane.show(self._moment, styles(self.app.current_theme))
        self.pane.focus()

    def on_resize(self, event: events.Resize) -> None:
        """Give the list its share of the new height."""
        self._arrange(event.size.height)

    def _arrange(self, height: int) -> None:
        """The list takes the lines that it needs, a third of the screen at the most."""
        self.pane.styles.height = min(len(self.pane.listed) + FRAME, max(height // 3, FRAME + 2))

    def action_move(self, by: int) -> None:
        """`j` and `k`: choose the next or the previous entry."""
        self.pane.action_cursor(by)

    def action_fold(self, shut: bool | None = None) -> None:
        """Space, left and right: fold or unfold the symptoms of the cause at the cursor."""
        self.pane.fold(shut)
        self._arrange(self.app.size.height)
        self.pane.redraw()
        self.pane.put_cursor(self.pane.cursor)

    def on_cursor_pane_chosen(self, event: CursorPane.Chosen) -> None:
        """Enter, or a double click: close, and go to the entry's tick."""
        event.stop()
        self.dismiss(self.pane.chosen.number)

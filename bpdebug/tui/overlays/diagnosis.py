"""The diagnosis on the screen: what is wrong, with its evidence; enter goes to that tick."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from bpdebug.debugger import Moment, Reply
from bpdebug.debugger.commands.analysis import run_diagnosis
from bpdebug.diagnosis import Diagnosis, Finding
from bpdebug.tui.draw.line import Line, wrap
from bpdebug.tui.panes.cursor_pane import CursorPane, EntryPane
from bpdebug.tui.theme.styles import styles
from bpdebug.tui.work.background import run_in_background
from bpdebug.wording import Script

if TYPE_CHECKING:
    from bpdebug.tui.screen import DebuggerScreen

INDENT = "    "
CORNERS = 4
"""Cells of a frame's lower edge that its text leaves free."""


def show_diagnosis(screen: DebuggerScreen) -> None:
    """`d`: diagnose the run, showing the progress, then open the screen if anything is wrong."""

    def closed(number: int | None) -> None:
        if number is not None:
            screen.run_command("diagnose", str(number))

    def finished(diagnosis: Diagnosis) -> None:
        if diagnosis.findings:
            screen.app.push_screen(DiagnosisScreen(screen, diagnosis), closed)
        else:
            screen.show_reply("diagnose", Reply(diagnosis.summary()))

    run_in_background(screen, "Diagnosis", lambda: run_diagnosis(screen.debugger), finished)


class FindingsPane(EntryPane):
    """The findings, below one another."""

    def __init__(self, diagnosis: Diagnosis, *, id: str, script: Script) -> None:
        super().__init__(id=id, script=script)
        self._diagnosis = diagnosis

    def prepare(self, moment: Moment, width: int, height: int) -> None:
        findings = enumerate(self._diagnosis.findings, 1)
        self.put([draw_finding(number, each, self.script, width) for number, each in findings])
        summary = self._diagnosis.summary()
        fits = len(summary) <= width - CORNERS
        self.entitle("Diagnosis", summary if fits else "")
        if not fits:
            # On the border it would be cut.
            self._lines += wrap(f"{summary}.", width, "quiet")

    def line_count(self) -> int:
        return len(self._lines)

    def line_is_cursor(self, y: int) -> bool:
        """True for the lines of the finding at the cursor, without the blank line below it."""
        return super().line_is_cursor(y) and y < self.lines_of(self.cursor)[1]


def draw_finding(number: int, finding: Finding, script: Script, width: int) -> list[Line]:
    """A finding: what is wrong, the evidence, the usual remedy, the tick, and a blank line."""
    room = max(width - len(INDENT), 10)
    sign = script.either("⚠", "!")
    head = Line(f"{sign}{number:>2} {finding.title}", "warning")
    head.add(f"  {finding.subject}", "name")
    lines = [
        *wrap(f"{finding.text}.", room),
        *wrap(f"usual remedy: {finding.remedy}.", room, "quiet"),
        Line(f"iteration {finding.iteration}, tick {finding.position}", "title"),
    ]
    return [head.cut(width), *(Line(INDENT).extend(line) for line in lines), Line()]


class DiagnosisScreen(ModalScreen[int | None]):
    """The diagnosis. It closes with the number of the finding to go to, or with None to stay."""

    CSS = """
    DiagnosisScreen { align: center middle; background: $background 60%; }
    DiagnosisScreen FindingsPane { height: 1fr; }
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
        arrows = screen.script.either("↑↓", "up down")
        keys = f"{arrows} finding   enter goes there   esc closes"
        self.pane = FindingsPane(diagnosis, id="findings", script=screen.script)
        self._keys = Static(keys, markup=False)

    def compose(self) -> ComposeResult:
        yield self.pane
        yield self._keys

    def on_mount(self) -> None:
        """Draw the findings, and focus them."""
        self.pane.show(self._moment, styles(self.app.current_theme))
        self.pane.focus()

    def action_move(self, by: int) -> None:
        """`j` and `k`: choose the next or the previous finding."""
        self.pane.action_cursor(by)

    def on_cursor_pane_chosen(self, event: CursorPane.Chosen) -> None:
        """Enter, or a double click: close, and go to the finding."""
        event.stop()
        self.dismiss(self.pane.cursor + 1)

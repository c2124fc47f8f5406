"""`x`: a dialog for the file, format, detail and iterations of an export.

It stays open until the file is written.
"""

from __future__ import annotations

import shlex
from functools import partial
from os.path import expanduser, isfile
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static
from textual.widgets.input import Selection

from bpdebug.debugger import Reply
from bpdebug.formats import DETAILS, EVERY_SUFFIX, FORMATS
from bpdebug.scenario.library import name_of
from bpdebug.served import served
from bpdebug.tui.dialogs import dialogs
from bpdebug.tui.dialogs.completion import NOTHING, complete_file
from bpdebug.tui.dialogs.prompt import LineInput
from bpdebug.tui.work.background import run_in_background

if TYPE_CHECKING:
    from bpdebug.tui.screen import DebuggerScreen


class Options(Static, can_focus=True):
    """A choice among words; left, right, space and a click choose. The first means none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "choose(-1)", show=False, id="export.left"),
        Binding("right,space", "choose(1)", show=False, id="export.right"),
    ]

    def __init__(self, words: tuple[str, ...], *, id: str) -> None:
        super().__init__(id=id)
        self._words, self._at = words, 0

    @property
    def value(self) -> str:
        """The chosen word; empty for the first, which means none."""
        return self._words[self._at] if self._at else ""

    def render(self) -> Text:
        """Every word, the chosen one in brackets."""
        text = Text()
        for at, word in enumerate(self._words):
            chosen = at == self._at
            text.append(f"[{word}]" if chosen else f" {word} ", "bold" if chosen else "")
        return text

    def action_choose(self, by: int) -> None:
        """Choose the word that is `by` words further on."""
        self._at = (self._at + by) % len(self._words)
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Choose the word that was clicked."""
        at = event.get_content_offset(self)
        start = 0
        for number, word in enumerate(self._words):
            start += len(word) + 2
            if at is not None and at.x < start:
                self._at = number
                self.refresh()
                return


class ExportDialog(ModalScreen[Reply | None]):
    """Asks for the options of an export; gives the reply of a successful export, or None."""

    CSS = """
    ExportDialog { align: center middle; background: $background 60%; }
    ExportDialog Vertical {
        width: 72; max-width: 100%; height: auto; padding: 0 1;
        border: round $accent; border-subtitle-color: $foreground-muted; background: $surface;
    }
    ExportDialog Horizontal { height: 1; }
    ExportDialog Label { width: 12; color: $foreground-muted; }
    ExportDialog Input { border: none; height: 1; padding: 0; background: $panel; width: 1fr; }
    ExportDialog Input:focus { border: none; }
    ExportDialog Options { width: 1fr; }
    ExportDialog Options:focus { background: $panel; color: $accent; }
    ExportDialog #message { height: auto; min-height: 1; color: $foreground-muted; }
    ExportDialog #message.-wrong { color: $warning; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", show=False, id="export.close"),
        Binding("up", "app.focus_previous", show=False, id="export.up"),
        Binding("down", "app.focus_next", show=False, id="export.down"),
        Binding("enter", "export", show=False, id="export.write"),
    ]

    def __init__(self, bottom: DebuggerScreen, path: str) -> None:
        super().__init__()
        self._bottom = bottom
        self._path = LineInput(path, complete_file, id="path")
        # Selected, so that a name typed at once replaces it; a key that moves the cursor does not.
        self._path.selection = Selection(0, len(path))
        self._format = Options(("by its suffix", *FORMATS), id="format")
        self._detail = Options(("as started", *DETAILS), id="detail")
        self._iterations = LineInput("", NOTHING, id="iterations")
        self._iterations.placeholder = "all; or some of them, such as 1,10,100-110"

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Export"
            box.border_subtitle = "enter writes, tab completes, up and down move, esc leaves"
            for label, field in (
                ("file", self._path),
                ("format", self._format),
                ("detail", self._detail),
                ("iterations", self._iterations),
            ):
                with Horizontal():
                    yield Label(label)
                    yield field
            yield Static(
                f"The suffix chooses the format: {EVERY_SUFFIX}", id="message", markup=False
            )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the path, or in the iterations."""
        self.action_export()

    def action_export(self) -> None:
        """Write the file, after a question where it exists; a browser replaces no file."""
        path = self._path.value.strip()
        if not path:
            self.show_message("Name a file, such as trace.md.")
        elif not served() and isfile(expanduser(path)):

            def confirmed(yes: bool | None) -> None:
                if yes:
                    self._write(path)
                else:
                    self.show_message("Nothing was written.")

            shown = self._bottom.script.safe(path)
            dialogs.confirm(self.app, f"{shown} exists.", "overwrites it", confirmed)
        else:
            self._write(path)

    def _write(self, path: str) -> None:
        line = f"export {self.arguments(path)}"
        job = partial(self._bottom.debugger.execute, line, where=False)
        if served():
            # It is sent piece by piece while the browser takes it.
            self._answered(job())
        else:
            run_in_background(self._bottom, "Writing", job, self._answered)

    def _answered(self, reply: Reply) -> None:
        if reply.ok:
            self.dismiss(reply)
        else:
            self.show_message(reply.note)

    def arguments(self, path: str) -> str:
        """The arguments of the command `export` in line mode."""
        if path.startswith("-") and path != "-":
            path = f"./{path}"
        chosen = (
            ("--format", self._format.value),
            ("--detail", self._detail.value),
            ("--iterations", self._iterations.value.strip()),
        )
        options = [f"{option} {shlex.quote(value)}" for option, value in chosen if value]
        return " ".join([shlex.quote(path), *options])

    def show_message(self, text: str) -> None:
        """Show what went wrong, and stay open."""
        message = self.query_one("#message", Static)
        message.update(text)
        message.add_class("-wrong")


def ask_export(screen: DebuggerScreen) -> None:
    """`x`: open the dialog, and show the reply of the export."""

    def written(reply: Reply | None) -> None:
        if reply is not None:
            screen.show_reply("export", reply)

    stem = name_of(Path(screen.debugger.run.problem.file or "trace"))
    screen.app.push_screen(ExportDialog(screen, f"{stem}.trace.txt"), written)

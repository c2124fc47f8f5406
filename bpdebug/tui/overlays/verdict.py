"""The verdict on somebody's gradients in a box: what differs, which mistake, and the way there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType

from bpdebug.debugger import Command, Reply
from bpdebug.debugger.commands.against import title
from bpdebug.debugger.comparison import Comparison
from bpdebug.tui.keys.at_cursor import reveal_panes
from bpdebug.tui.keys.hints import WRONG_LINE_HINTS
from bpdebug.tui.overlays.text_box import TextBox
from bpdebug.tui.theme.styles import styles
from bpdebug.tui.work.background import run_in_background

if TYPE_CHECKING:
    from bpdebug.tui.screen import DebuggerScreen

MARK = re.compile(r"^ *([✗x]|[○o]|[•*]) ")
"""The mark that begins a line."""
LABEL = re.compile(r"^ *(?:line \d+ +)?(theirs|yours|right|why:|remedy:|note:)(?= )")
"""The word that says what a line is."""
TITLE = re.compile(r"\([a-z]+(?:-[a-z]+)+\)")
"""The id of a mistake, which only its title has behind it."""


def open_verdict(screen: DebuggerScreen, command: Command, argument: str) -> bool:
    """`against FILE`, and `against` alone: show the verdict in its box once it is found.

    True always: the screen has done the command, or shows why it could not.
    """

    def found(reply: Reply) -> None:
        comparison = screen.debugger.comparison
        if not reply.ok or comparison is None or argument == "off":
            screen.show_reply(command.name, reply)
            return
        screen.show_reply(command.name, Reply(""))
        show_verdict(screen, comparison)

    job = partial(screen.debugger.perform, command, argument, where=False)
    run_in_background(screen, f"{command.name} {argument}".rstrip(), job, found)
    return True


def ask_or_show(screen: DebuggerScreen) -> None:
    """`a`: show the verdict again; without a comparison, ask for the file to compare with."""
    from bpdebug.tui.dialogs.dialogs import unless_blank

    if screen.debugger.comparison is not None:
        show_verdict(screen, screen.debugger.comparison)
        return
    answered = unless_blank(partial(screen.run_command, "against"))
    screen.ask_line("Compare with the gradients in", "against", answered)


def show_verdict(screen: DebuggerScreen, comparison: Comparison) -> None:
    """Open the box of a comparison's verdict; where it closes with True, go to the wrong line."""

    def closed(onward: bool | None) -> None:
        if onward:
            go_to_wrong_line(screen, comparison)

    roles = styles(screen.app.current_theme)
    screen.app.push_screen(VerdictBox(comparison, roles), closed)


def go_to_wrong_line(screen: DebuggerScreen, comparison: Comparison) -> None:
    """Go to the first wrong line, and say which mistake it is."""
    line = comparison.wrong_lines[0]
    screen.debugger.go(line.instant)
    note = f"wrong line 1 of {len(comparison.wrong_lines)}: {title(screen.debugger, line)}"
    screen.show_reply("against", Reply(screen.debugger.showable(note)))
    screen.footer.offer_keys(WRONG_LINE_HINTS)
    reveal_panes(screen)


def verdict_text(lines: Sequence[str], roles: Mapping[str, Style]) -> Text:
    """The lines of a verdict with their marks, titles and labels set off."""
    return Text("\n").join(verdict_line(line, roles) for line in lines)


def verdict_line(line: str, roles: Mapping[str, Style]) -> Text:
    """A line of a verdict."""
    text, mark, label = Text(line), MARK.match(line), LABEL.match(line)
    if mark:
        text.stylize(roles["warning" if mark[1] in "✗x•*" else "quiet"], *mark.span(1))
    elif label:
        text.stylize(roles["quiet"], *label.span(1))
        if label[1] in ("theirs", "yours"):
            text.stylize(roles["warning"], label.end(), len(line))
        elif label[1] == "right":
            text.stylize(roles["name"], label.end(), len(line))
    elif TITLE.search(line):
        text.stylize(roles["title"])
    return text


class VerdictBox(TextBox):
    """The box of a verdict. It closes with True to go to the wrong line."""

    SCOPED_CSS: ClassVar[bool] = False
    """The style of the `TextBox` that it is; in a scope of its own it would match nothing."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go", show=False, id="verdict.go"),
        Binding("y", "copy", show=False, id="verdict.copy"),
        Binding("a", "dismiss(None)", show=False, id="verdict.close"),
    ]

    def __init__(self, comparison: Comparison, roles: Mapping[str, Style]) -> None:
        name = comparison.source if comparison.own_lines else Path(comparison.source).name
        super().__init__(f"Against {name}", verdict_text(comparison.report, roles))
        self._comparison = comparison

    def closing(self, *, more: bool) -> str:
        onward = "enter goes to the wrong line, " if self._comparison.wrong_lines else ""
        return f"{'up, down; ' if more else ''}{onward}y copies, esc closes"

    def action_go(self) -> None:
        """Enter: close, and go to the first wrong line where there is one."""
        self.dismiss(bool(self._comparison.wrong_lines) or None)

    def action_copy(self) -> None:
        """`y`: copy the verdict."""
        self.app.copy_to_clipboard("\n".join(self._comparison.report))
        self._box.border_subtitle = "copied, esc closes"

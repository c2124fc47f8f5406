"""What the screen asks and answers: one line of input, a box of text, where to export to.

The widgets are loaded when they are first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from rich.text import Text
from textual.app import App

from bpdebug.debugger import Moment
from bpdebug.debugger.looks import export_request
from bpdebug.errors import BpdebugError
from bpdebug.served import served
from bpdebug.wording import safe


def ask(
    app: App[None],
    label: str,
    answered: Callable[[str | None], None],
    text: str = "",
    *,
    words: Sequence[str] = (),
    history: list[str] | None = None,
    problem: Callable[[str], str] | None = None,
) -> None:
    """Ask for one line; None is the answer of someone who leaves instead.

    `words` complete what is typed, `history` are lines sent before, and `problem` says what is
    wrong with a line while it is typed.
    """
    from bpdebug.tui.prompt import Assistance, Prompt

    help_with = Assistance(words, [] if history is None else history, problem)
    app.push_screen(Prompt(label, text, help_with), answered)


def show_box(app: App[None], title: str, text: str | Text) -> None:
    """Show an answer of several lines over the panes."""
    from bpdebug.tui.answer import Answer

    app.push_screen(Answer(title, text))


def ask_export(app: App[None], suggestion: str, export: Callable[[str | None], None]) -> None:
    """Where to export to, and a second question where that file is there already.

    `export` is given the arguments of the command, or None where nothing shall be written.
    """

    def answered(arguments: str | None) -> None:
        if not arguments or not arguments.strip():
            return
        existing = overwritten(arguments)
        if existing is None:
            export(arguments)
            return

        def confirmed(answer: str | None) -> None:
            agreed = answer is not None and answer.strip().lower() in ("y", "yes")
            export(arguments if agreed else None)

        ask(app, f"{safe(existing)} exists. Overwrite it? (y/n)", confirmed)

    ask(app, "Export to (.txt, .md or .json)", answered, suggestion)


def ask_copy(
    app: App[None],
    moment: Moment,
    copied: Callable[[tuple[str, bool] | None], None],
    *,
    unicode: bool,
) -> None:
    """Choose what to copy; answers with what to say about it, and whether it went well."""
    from bpdebug.tui.copy_menu import CopyMenu
    from bpdebug.tui.copying import offers

    app.push_screen(CopyMenu(offers(moment, unicode=unicode), unicode=unicode), copied)


def overwritten(arguments: str) -> str | None:
    """The file that an export with these arguments would replace.

    In a browser it replaces none, and whether a name is there is not a visitor's business.
    """
    if served():
        return None
    try:
        target = export_request(arguments).target
        return target if Path(target).is_file() else None
    except (BpdebugError, OSError, ValueError):
        # The command itself says what is wrong.
        return None

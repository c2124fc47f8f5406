"""Switching from a session to another scenario, or to the tour."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bpdebug.debugger import Command, Reply
from bpdebug.errors import BpdebugError, did_you_mean
from bpdebug.served import served

if TYPE_CHECKING:
    from bpdebug.tui.screen import DebuggerScreen


class ScreenResult(NamedTuple):
    """How the user left a screen: the exit status, and what they want to see next."""

    status: int
    next_scenario: Path | None = None
    """A scenario, or `TOUR`; None where the program shall end."""
    theme: str = ""
    """The theme at the end, which the next screen takes over."""


def open_chooser(screen: DebuggerScreen) -> None:
    """`open` without a name: show the chooser over the session, to which escape goes back."""
    from bpdebug.tui.choosing.chooser import ChooserScreen, path_of

    def chosen(ident: str | None) -> None:
        path = path_of(ident)
        if path is not None:
            switch_to(screen, path)

    screen.app.push_screen(ChooserScreen(screen.script, back="goes back"), chosen)


def open_scenario(screen: DebuggerScreen, command: Command, argument: str) -> bool:
    """`open NAME`: switch to a scenario; after a mistake the session stays."""
    if not argument:
        open_chooser(screen)
        return True
    from bpdebug.scenario import load

    try:
        path = scenario_path(argument)
        load(path)
    except BpdebugError as error:
        screen.show_reply(command.name, Reply(str(error), ok=False))
    else:
        switch_to(screen, path)
    return True


def take_tour(screen: DebuggerScreen, command: Command, argument: str) -> bool:
    """`tour`: switch to the tour."""
    from bpdebug.tui.choosing.chooser import TOUR

    switch_to(screen, TOUR)
    return True


def scenario_path(name: str) -> Path:
    """The path of a scenario, for a visitor in a browser only of a bundled scenario.

    BpdebugError where there is none.
    """
    from bpdebug.reading import MissingError
    from bpdebug.scenario import find
    from bpdebug.scenario.library import paths

    bundled = paths()
    if name in bundled:
        return bundled[name]
    if not served():
        with suppress(MissingError):
            return find(name)
    hint = did_you_mean(name, bundled) or "; open alone lists those that come with bpdebug"
    raise BpdebugError(f"there is no scenario '{name[:40]}'{hint}")


def switch_to(screen: DebuggerScreen, path: Path) -> None:
    """End this screen; the command line then opens the next scenario."""
    from bpdebug.tui.app import BpdebugApp

    assert isinstance(screen.app, BpdebugApp)
    screen.app.next_scenario = path
    screen.app.exit()

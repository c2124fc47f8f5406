"""Apps for snapshot tests: the debugger's screen in a state that lines of commands reach.

A snapshot must be the same on every machine and in every run: colours are on whatever the
environment says, nothing blinks or moves, no clock is shown, and what the screen does while it is
idle has been done or never is.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from textual.pilot import Pilot

from bpdebug.debugger import Debugger
from bpdebug.run import Run
from bpdebug.scenario import find, load
from bpdebug.tui.app import BpdebugApp
from bpdebug.tui.panes.parameter_pane import ParameterPane
from bpdebug.tui.theme.palettes import DARK
from bpdebug.wording import Script

SIZES = {"80x24": (80, 24), "120x36": (120, 36), "200x60": (200, 60)}


def app_at(
    scenario: str | Path,
    lines: Iterable[str] = (),
    *,
    unicode: bool = True,
    theme: str = DARK.name,
) -> BpdebugApp:
    """The app on a bundled scenario or a file, after some lines of commands."""
    path = scenario if isinstance(scenario, Path) else find(scenario)
    debugger = Debugger(Run(load(path)), Script(unicode=unicode))
    for line in lines:
        reply = debugger.execute(line)
        assert reply.ok, reply.text
    app = BpdebugApp(debugger, theme=theme)
    app.animation_level = "none"
    return app


async def at_rest(pilot: Pilot[None]) -> None:
    """Let the app do at once what it does while it is idle."""
    await pilot.pause()
    pane = pilot.app.screen.query_one(ParameterPane)
    while pane.check_one():
        pass
    await pilot.pause()

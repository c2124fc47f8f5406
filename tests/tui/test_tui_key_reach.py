"""Which keys reach what: the screen's own from every pane, none from inside what is typed into."""

import pytest
from textual.widgets import Input

from bpdebug.debugger import COMMANDS
from bpdebug.tui.dialogs.export_dialog import ExportDialog
from bpdebug.tui.dialogs.prompt import Prompt
from bpdebug.tui.keys.bindings import COUNT_KEYS, SCREEN_KEYS
from bpdebug.tui.panes.pane_spec import PANES
from tests.tui.apps import app_on

MEDIUM = (120, 36)
FREE = ("escape", "ctrl+p", "ctrl+z", "ctrl+q")
"""Keys that do their work inside an input too; all but the first are the app's."""
KEYS = [key for command in COMMANDS for key in command.keys if key not in FREE]
KEYS += [row[1] for row in SCREEN_KEYS if row[1] not in FREE] + [*COUNT_KEYS]
PROMPTS = ["colon", "g", "slash", "w", "p", "B", "e", "m", "apostrophe"]


async def test_the_screens_own_keys_reach_it_from_every_pane(monkeypatch):
    app = app_on()
    app.debugger.add_watch("L")
    ran, expected = [], {key: action for action, key, _, _ in SCREEN_KEYS if key not in FREE[1:]}
    expected |= {digit: f"digit('{digit}')" for digit in COUNT_KEYS}
    expected |= {key: f"command('{c.id}')" for c in COMMANDS for key in c.keys if key not in FREE}

    async def record(action, *_):
        ran.append(action)
        return True

    async with app.run_test(size=MEDIUM) as pilot:
        screen = app.screen
        for pane in PANES:
            screen.action_focus_pane(pane)
            await pilot.pause()
            assert app.focused.id == pane
            with monkeypatch.context() as patched:
                patched.setattr(app, "run_action", record)
                for key in expected:
                    app.simulate_key(key)
                await pilot.pause()
            assert ran == list(expected.values()), pane
            ran.clear()


async def type_every_key(app, pilot, monkeypatch):
    """Press all keys where the focus is; fails where the screen below heeds one."""
    bottom, top = app.screen_stack[0], app.screen
    ran = []
    for action in ("command", "digit", "zoom"):
        monkeypatch.setattr(type(bottom), f"action_{action}", lambda self, *args: ran.append(args))
    for key in KEYS:
        app.simulate_key(key)
    await pilot.pause()
    assert app.screen is top
    assert not ran
    assert app.debugger.moment.position == 5


@pytest.mark.parametrize("opener", PROMPTS)
async def test_keys_are_letters_inside_every_prompt(opener, monkeypatch):
    app = app_on()
    app.debugger.execute("break W1")
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.press(opener)
        assert isinstance(app.screen, Prompt)
        field = app.screen.query_one(Input)
        field.value = ""
        await type_every_key(app, pilot, monkeypatch)
        assert field.value == "".join(key for key in KEYS if len(key) == 1)


@pytest.mark.parametrize("name", ["path", "format", "detail", "iterations"])
async def test_keys_are_inert_inside_the_export_dialog(name, monkeypatch):
    app = app_on()
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.press("x")
        assert isinstance(app.screen, ExportDialog)
        field = app.screen.query_one(f"#{name}")
        field.focus()
        await type_every_key(app, pilot, monkeypatch)
        assert app.focused is field

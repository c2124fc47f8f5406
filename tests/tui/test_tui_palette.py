"""The palette: every command by its name."""

from bpdebug.debugger import COMMANDS
from bpdebug.tui.prompt import Prompt
from tests.tui.apps import app_on


async def test_every_entry_of_the_palette_runs():
    names = {command.name for command in COMMANDS if command.name}
    app = app_on()
    app.debugger.exporter = lambda request: "wrote it"
    async with app.run_test(size=(120, 36)) as pilot:
        bottom = app.screen
        entries = list(app.get_system_commands(bottom))
        assert {entry.title for entry in entries} == names | {"theme"}
        for entry in entries:
            if entry.title == "quit":
                continue
            entry.callback()
            await pilot.pause()
            if isinstance(app.screen, Prompt):
                await pilot.press("1", "enter")
            while app.screen is not bottom:
                await pilot.press("escape")
                await pilot.pause()
            assert app.is_running, entry.title


async def test_the_palette_opens_and_runs_what_is_chosen():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("s", "s", "ctrl+p", *"restart")
        await pilot.pause(0.3)
        await pilot.press("down", "enter", "enter")
        await pilot.pause()
        assert app.debugger.moment.position == 5

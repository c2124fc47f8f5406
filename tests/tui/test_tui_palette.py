"""The palette: every command with its keys, in groups."""

from bpdebug.debugger import COMMANDS, key_text
from bpdebug.debugger.commands.table import GROUPS
from bpdebug.tui.choosing.palette import Palette, entries, entry_actions
from bpdebug.tui.choosing.picker import matching
from bpdebug.tui.dialogs.prompt import Prompt
from bpdebug.tui.keys.bindings import SCREEN_KEYS
from bpdebug.wording import Script
from tests.tui.apps import app_on, screen_lines

THEMES = ["bpdebug-dark", "nord"]


def test_every_command_and_key_stands_once_with_its_keys_in_the_groups_of_the_help():
    groups = entries({}, THEMES, Script())
    assert [heading for heading, _ in groups][: len(GROUPS)] == [heading for heading, _ in GROUPS]
    shown = {entry.ident: entry.label.plain for _, of in groups for entry in of}
    assert len(shown) == sum(len(of) for _, of in groups)
    for command in COMMANDS:
        assert command.name in shown[command.id]
        assert all(key_text(key) in shown[command.id] for key in command.keys[:2])
    assert {ident for _, _, ident, _ in SCREEN_KEYS} - {"screen.palette"} <= shown.keys()
    assert [entry.ident for entry in matching(groups, "theme")[0][1]] == [
        f"theme {x}" for x in THEMES
    ]
    assert matching(groups, "rst")[0][1][0].ident == "rstep"


def test_the_palette_shows_the_keys_that_were_chosen():
    shown = [
        entry.label.plain for _, of in entries({"s": "k", "F11": ""}, [], Script()) for entry in of
    ]
    assert any(text.startswith("step") and " k " in text for text in shown)
    assert all(
        "".join(entry.label.plain).isascii()
        for _, of in entries({}, [], Script(unicode=False))
        for entry in of
    )


async def test_every_entry_of_the_palette_runs():
    app = app_on()
    app.debugger.export_with(lambda request: "wrote it")
    async with app.run_test(size=(120, 36)) as pilot:
        bottom = app.screen
        known = {entry.ident for _, of in entries({}, ["nord"], Script()) for entry in of}
        run = entry_actions(bottom)
        assert known <= run.keys()
        for ident in sorted(known - {"quit", "tour", "screen.suspend"}):
            bottom.call_later(run[ident])
            await pilot.pause()
            if isinstance(app.screen, Prompt):
                await pilot.press("1", "enter")
            while app.screen is not bottom:
                await pilot.press("escape")
                await pilot.pause()
            assert app.is_running, ident
        assert app.theme == "nord"


async def test_the_palette_opens_and_runs_what_is_chosen():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("s", "s", "ctrl+p")
        assert isinstance(app.screen, Palette)
        assert "s F11            the next tick" in "\n".join(screen_lines(app))
        await pilot.press(*"restart", "enter")
        await pilot.pause()
        assert app.debugger.moment.position == 5

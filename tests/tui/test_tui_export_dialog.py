"""The export dialog: it asks before it overwrites, and stays until the file is written."""

from pathlib import Path

import pytest
from textual.widgets import Input

from bpdebug.debugger.commands.command import ExportRequest
from bpdebug.tui.dialogs.confirm import Confirm
from bpdebug.tui.dialogs.export_dialog import ExportDialog
from bpdebug.tui.start import file_exporter
from tests.tui.apps import app_on, footer, screen_lines, told


async def test_export_asks_before_it_overwrites(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two_layer.trace.txt").write_text("mine")
    app = app_on()
    wrote = []

    def exporter(request: ExportRequest) -> str:
        wrote.append(request.target)
        return f"wrote {request.target}"

    app.debugger.export_with(exporter)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("x", "enter")
        assert "y overwrites it, n or esc does not" in "".join(screen_lines(app))
        await pilot.press("n")
        assert not wrote
        await pilot.press("enter", "escape")
        assert isinstance(app.screen, ExportDialog)
        assert not wrote
        await pilot.press("escape")
        await pilot.press("x", "enter", "y")
        assert wrote == ["two_layer.trace.txt"]
        assert "wrote" in footer(app)


@pytest.mark.parametrize("path", ["my trace.md", "~/t.md", "./t.md", "-t.md"])
async def test_no_way_to_write_a_file_name_skips_the_question(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("t.md", "my trace.md", "-t.md"):
        (tmp_path / name).write_text("mine")
    app = app_on()
    wrote = []
    app.debugger.export_with(lambda request: wrote.append(request) or "wrote it")
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("x")
        app.screen.query_one(Input).value = path
        await pilot.press("enter")
        assert isinstance(app.screen, Confirm)
        await pilot.press("n")
        assert not wrote
        assert "Nothing was written" in told(app)
        await pilot.press("enter", "y")
        assert Path(wrote[0].target).name == Path(path).name
        assert footer(app) == "wrote it"


async def test_the_export_dialog_hands_on_format_and_detail_and_keeps_errors(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "traces").mkdir()
    app = app_on()
    wrote = []
    app.debugger.export_with(file_exporter(lambda request: wrote.append(request) or "wrote it"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("x")
        path = app.screen.query_one(Input)
        for wrong, says in (("-", "name a file"), ("", "Name a file")):
            path.value = wrong
            await pilot.press("enter")
            assert says in told(app)
        path.value = ""
        await pilot.press("t", "r", "tab", *"a.md", "down", "right", "right", "down", "left")
        await pilot.click("#format", offset=(23, 0))
        iterations = app.screen.query_one("#iterations", Input)
        iterations.value = "2-1"
        await pilot.press("enter")
        assert "2-1" in told(app)
        iterations.value = "1, 2"
        await pilot.press("enter")
        assert wrote == [ExportRequest("traces/a.md", "markdown", "term", "1, 2")]


async def test_a_name_that_is_typed_at_once_takes_the_place_of_the_one_that_stands_there():
    app = app_on()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("x")
        path = app.screen.query_one("#path", Input)
        assert path.value == "two_layer.trace.txt"
        await pilot.press(*"a.md")
        assert path.value == "a.md"
        await pilot.press("escape", "x", "end", "backspace", "backspace", "backspace", *"md")
        assert app.screen.query_one("#path", Input).value == "two_layer.trace.md"

"""The line at the bottom in which something is typed."""

from textual.widgets import Input

from bpdebug.tui.dialogs.prompt import Prompt
from bpdebug.tui.overlays.text_box import TextBox
from tests.tui.apps import app_on, footer, told


async def test_keys_are_letters_inside_an_input():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("g")
        assert isinstance(app.screen, Prompt)
        await pilot.press("n", "s", "c", "f10", "q")
        assert app.screen.query_one(Input).value == "nscq"
        assert "nscq" in app.screen.query_one(Input).render_line(0).text
        assert app.screen.query_one(Input).region.width > 60
        assert app.debugger.moment.position == 5
        await pilot.press("escape")
        assert not isinstance(app.screen, Prompt)


async def test_go_to_a_name_and_a_wrong_one():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("g", *"W2", "enter")
        assert app.debugger.moment.position == 11
        await pilot.press("g", *"W9", "enter")
        assert app.debugger.moment.position == 11
        assert "W9" in told(app)


async def test_a_typed_command_runs_and_a_long_answer_gets_a_box():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("colon", *"next 2", "enter")
        assert app.debugger.moment.position == 8
        await pilot.press("colon", *"list", "enter")
        assert isinstance(app.screen, TextBox)


async def test_a_condition_is_checked_as_it_is_typed():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("B", *"norm(grad(W9)) < 1")
        assert "W9" in told(app)
        assert "^^" in told(app)
        for _ in range(len("9)) < 1")):
            await pilot.press("backspace")
        await pilot.press(*"2)) < 1")
        assert told(app).startswith("not computed yet here; next hit: iteration 1, tick 1")
        await pilot.press("enter")
        assert app.debugger.breakpoints[0].text == "norm(grad(W2)) < 1"


async def test_a_prompt_completes_and_remembers():
    app = app_on()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("p", *"norm(y_", "tab", *")", "enter")
        assert footer(app).startswith("norm(y_hat) =")
        await pilot.press("p", *"L", "enter")
        await pilot.press("p", "up", "up")
        assert app.screen.query_one(Input).value == "norm(y_hat)"
        await pilot.press("down")
        assert app.screen.query_one(Input).value == "L"
        await pilot.press("down")
        assert app.screen.query_one(Input).value == ""

"""The private parts of Textual that the screen uses are there, and do what they are used for."""

from textual.app import App
from textual.screen import Screen
from textual.widgets import Static

from bpdebug.tui.textual_private import (
    EndsByItself,
    can_suspend,
    close_at_once,
    exception_of,
    mark_painted,
)


class Failing(EndsByItself[None]):
    """Fails when it is asked to, and notes the end."""

    ended = False

    def compose(self):
        yield Static("here")

    def fail(self):
        self.ended = True
        close_at_once(self)

    def break_down(self):
        raise ZeroDivisionError("on purpose")


async def test_a_failure_ends_in_fail_with_its_exception():
    app = Failing()
    try:
        async with app.run_test() as pilot:
            app.call_later(app.break_down)
            await pilot.pause()
    except ZeroDivisionError:
        pass
    assert app.ended
    assert isinstance(exception_of(app), ZeroDivisionError)


async def test_an_app_without_a_failure_has_no_exception_and_a_driver_without_a_terminal():
    app = App()
    assert not can_suspend(app)
    async with app.run_test():
        assert exception_of(app) is None
        assert not can_suspend(app)


async def test_a_screen_that_is_taken_as_painted_needs_no_repaint():
    class Plain(Screen):
        pass

    app = App()
    async with app.run_test() as pilot:
        await app.push_screen(Plain())
        await pilot.pause()
        app.screen.refresh()
        assert app.screen._repaint_required
        mark_painted(app.screen)
        assert not app.screen._repaint_required

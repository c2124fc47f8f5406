"""The private parts of Textual that the screen uses are there, and do what they are used for."""

import os
import sys
from threading import Event, Thread

import pytest
from textual.app import App
from textual.drivers.web_driver import WebDriver
from textual.screen import Screen
from textual.widgets import Static

from bpdebug.tui.textual_private import (
    EndsByItself,
    app_of,
    can_suspend,
    close_at_once,
    exception_of,
    mark_painted,
    wait_for_input_thread,
    write_packets_by,
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


class Reading(WebDriver):
    """A driver for browsers whose thread reads until it is told to end."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.ended = Event()

    def run_input_thread(self):
        self.ended.wait(10)


@pytest.fixture
async def driver(monkeypatch):
    reading, writing = os.pipe()
    with open(reading) as typed, open(writing, "w") as drawn:
        monkeypatch.setattr(sys, "__stdin__", typed)
        monkeypatch.setattr(sys, "__stdout__", drawn)
        yield Reading(App())


async def test_a_driver_knows_its_app(driver):
    app = App()
    assert app_of(Reading(app)) is app


async def test_all_that_a_driver_for_browsers_writes_goes_through_its_function(driver):
    packets = []
    write_packets_by(driver, lambda packet: packets.append(packet) or len(packet))
    driver.write("ab")
    driver.write_meta({"type": "exit"})
    assert packets[0] == b"D\x00\x00\x00\x02ab"
    assert packets[1].startswith(b"M")
    assert len(packets) == 2


async def test_the_thread_that_reads_is_waited_for_but_not_for_long(driver):
    (thread,) = (part for part in vars(driver).values() if isinstance(part, Thread))
    wait_for_input_thread(driver, 1)  # it does not run yet
    thread.start()
    wait_for_input_thread(driver, 0.01)
    assert thread.is_alive()
    driver.ended.set()
    wait_for_input_thread(driver, 10)
    assert not thread.is_alive()

"""The private parts of Textual that the screen uses, all of them here.

Each has a test in `tests/tui/test_tui_textual_private.py`, so that a release of Textual that
changes a part fails that test, and not the screen.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from textual.app import App
from textual.driver import Driver
from textual.screen import Screen

if TYPE_CHECKING:
    from textual.drivers.web_driver import WebDriver

Result = TypeVar("Result")


def can_suspend(app: App[Any]) -> bool:
    """True where the app's driver can return the terminal to the shell, and take it again."""
    return app._driver is not None and app._driver.can_suspend


def exception_of(app: App[Any]) -> BaseException | None:
    """The exception that ends the app; None where there is none."""
    return app._exception


def close_at_once(app: App[Any]) -> None:
    """End the app's loop of messages without waiting for those that are queued."""
    app._close_messages_no_wait()


def app_of(driver: Driver) -> App[Any]:
    """The app that a driver draws."""
    return driver._app


def write_packets_by(driver: WebDriver, write: Callable[[bytes], int]) -> None:
    """Let a function write the driver's packets; it returns how many bytes it wrote."""
    driver._write = write  # type: ignore[assignment]


def wait_for_input_thread(driver: WebDriver, seconds: float) -> None:
    """Wait so long, at most, until the thread that reads the driver's input ends."""
    if driver._key_thread.is_alive():
        driver._key_thread.join(seconds)


def mark_painted(screen: Screen[Any]) -> None:
    """Mark the whole screen as painted, so that Textual does not paint it a second time."""
    screen._repaint_required = False


class EndsByItself(App[Result]):
    """An app whose failures end in `fail`, and not in Textual's traceback over the shell."""

    @abstractmethod
    def fail(self) -> None:
        """End after a failure."""

    def _fatal_error(self) -> None:
        self.fail()

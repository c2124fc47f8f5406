"""The private parts of Textual that the screen uses, all of them here.

Each has a test in `tests/tui/test_tui_textual_private.py`, so that a release of Textual that
changes a part fails that test, and not the screen. The driver for browsers, a subclass of
Textual's own, is a file by itself.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, TypeVar

from textual.app import App
from textual.screen import Screen

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

"""The driver between the screen and a browser: Textual's own, made fit for visitors."""

from __future__ import annotations

import os
from threading import Lock
from typing import Any

from textual import events, messages
from textual.drivers.web_driver import WebDriver
from textual.message import Message

from bpdebug.tui.textual_private import app_of, wait_for_input_thread, write_packets_by

PRELUDE = b"__GANGLION__\n"
"""The line by which the server recognises an application of Textual's."""
WAIT = 2.0
"""Seconds for the thread that reads; it looks up ten times a second."""


class BrowserDriver(WebDriver):
    """Speaks with the server over standard input and output.

    One process may show two applications, one after the other: the chooser, then the debugger.
    So the prelude is sent once, the end of an application is not the end of the session, and
    the size is handed on. The session ends with the process.
    """

    _began = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # A download is written by the thread that reads: packets must not run into one another.
        self._lock = Lock()
        write_packets_by(self, self._write_whole)

    def start_application_mode(self) -> None:
        """Begin in focus, as a page does that was just opened; Textual begins without."""
        super().start_application_mode()
        app = app_of(self)
        app.call_later(app.post_message, events.AppFocus())

    def _write_whole(self, packet: bytes) -> int:
        """Write one packet, all of it."""
        if packet == PRELUDE:
            if BrowserDriver._began:
                return 0
            BrowserDriver._began = True
        with self._lock:
            written = 0
            while written < len(packet):
                written += os.write(self.fileno, packet[written:])
        return written

    def write_meta(self, data: dict[str, object]) -> None:
        """Send data, but not the end of an application, which would end the session."""
        if data.get("type") != "exit":
            super().write_meta(data)

    def process_message(self, message: Message) -> None:
        """Handle a message, except a size that was typed: the server sends sizes within bounds."""
        if not isinstance(message, events.Resize):
            super().process_message(message)

    def on_meta(self, packet_type: str, payload: dict[str, object]) -> None:
        """Remember the size for the next application."""
        if packet_type == "resize":
            os.environ.update(COLUMNS=str(payload["width"]), ROWS=str(payload["height"]))
        super().on_meta(packet_type, payload)

    def run_input_thread(self) -> None:
        """Read until the application ends, or until the server is gone: then end with it."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            app_of(self).post_message(messages.ExitApp())

    def stop_application_mode(self) -> None:
        """Leave later input to the next application."""
        super().stop_application_mode()
        wait_for_input_thread(self, WAIT)

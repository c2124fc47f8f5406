"""Exports of a visitor in a browser: sent to them, never written here."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import RawIOBase
from typing import BinaryIO, cast

from textual.app import App

from bpdebug.debugger.commands.command import ExportRequest

Source = Callable[[ExportRequest], RawIOBase]
LONGEST = 80


def browser_exporter(app: App[None], source: Source) -> Callable[[ExportRequest], str]:
    """An exporter that sends the file to the browser, under the name that the user typed."""

    def send(request: ExportRequest) -> str:
        stream = source(request)
        name = harmless_name(request.target)
        app.deliver_binary(
            cast(BinaryIO, stream),  # it has all of it that Textual asks for
            save_directory=".",
            save_filename=name,
            mime_type="application/octet-stream",
        )
        return f"sent to your browser: {name}"

    return send


def harmless_name(target: str) -> str:
    """A file's name without folders, and without what a header or a shell would obey."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", re.split(r"[/\\]", target)[-1])
    return name.lstrip("._-")[-LONGEST:] or "trace.txt"

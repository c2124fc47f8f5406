"""One visitor: a process with a debugger of their own, which ends when they leave."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from typing import Any

from textual_serve.app_service import AppService

from bpdebug.served import DRIVER, VARIABLE
from bpdebug.wording import safe

PATIENCE = 3.0
"""Seconds that a debugger has to end by itself."""
MOST_ERRORS = 64 * 1024


class Session(AppService):
    """Starts a visitor's debugger, carries its input and output, and ends it."""

    def __init__(self, program: list[str], **options: Any) -> None:
        super().__init__("bpdebug", **options)
        self.program = program

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        """As Textual's server has it, with our driver, and an encoding that browsers have."""
        environment: dict[str, str] = super()._build_environment(width, height)
        return {**environment, VARIABLE: DRIVER, "PYTHONIOENCODING": "utf-8"}

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        """Start the debugger, without a shell that could obey a file's name.

        It is a process group of its own: Ctrl+C at the server's terminal is the server's alone.
        """
        process = await asyncio.create_subprocess_exec(
            *self.program,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=self._build_environment(width=width, height=height),
            start_new_session=os.name == "posix",
        )
        assert process.stderr is not None
        process.stderr = SafeErrors(process.stderr)  # type: ignore[assignment]
        self._process, self._stdin = process, process.stdin
        return process

    async def run(self) -> None:
        """Until the process ends, of itself or because the visitor left."""
        await super().run()
        with suppress(ConnectionError, RuntimeError):
            await self.remote_close()

    async def stop(self) -> None:
        """Ask the process to end; kill it where it does not end in time."""
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(super().stop(), PATIENCE)
        if self._process is not None and self._process.returncode is None:
            with suppress(asyncio.TimeoutError):
                # Its output may have ended just before itself.
                await asyncio.wait_for(self._process.wait(), 1)
                return
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()


class SafeErrors:
    """The standard error of a process, with its control characters made visible."""

    def __init__(self, stream: asyncio.StreamReader) -> None:
        self._stream = stream
        self._left = MOST_ERRORS

    async def read(self, size: int) -> bytes:
        """The next bytes; after `MOST_ERRORS` bytes all others are dropped."""
        while data := await self._stream.read(size):
            kept, self._left = data[: self._left], max(self._left - len(data), 0)
            if kept:
                lines = kept.decode("utf-8", "replace").split("\n")
                return "\n".join(map(safe, lines)).encode("utf-8", "replace")
        return b""

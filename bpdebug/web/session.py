"""One visitor: a process with a debugger of their own, which ends when they leave."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from typing import Any

from bpdebug.served import DRIVER, VARIABLE
from bpdebug.web.textual_serve_private import ProcessService
from bpdebug.wording import safe

PATIENCE = 3.0
"""Seconds that a debugger has to end by itself."""
MOST_ERRORS = 64 * 1024


class Session(ProcessService):
    """Starts a visitor's debugger, carries its input and output, and ends it."""

    def __init__(self, program: list[str], **options: Any) -> None:
        super().__init__("bpdebug", **options)
        self.program = program

    async def start_process(self, environment: dict[str, str]) -> Process:
        """Start the debugger, without a shell that could obey a file's name.

        It gets our driver, and an encoding that browsers have. It is a process group of its own:
        Ctrl+C at the server's terminal is the server's alone.
        """
        process = await asyncio.create_subprocess_exec(
            *self.program,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env={**environment, VARIABLE: DRIVER, "PYTHONIOENCODING": "utf-8"},
            start_new_session=os.name == "posix",
        )
        assert process.stderr is not None
        process.stderr = SafeErrors(process.stderr)  # type: ignore[assignment]
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
        process = self.process
        if process is not None and process.returncode is None:
            with suppress(asyncio.TimeoutError):
                # Its output may have ended just before itself.
                await asyncio.wait_for(process.wait(), 1)
                return
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


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

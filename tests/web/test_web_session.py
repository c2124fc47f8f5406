"""A visitor's process: one that does not listen is ended, and what it complains of is harmless."""

import asyncio
import sys

import pytest

from tests.web.needs import require

require("textual_serve", "web")
from textual_serve.download_manager import DownloadManager  # noqa: E402

from bpdebug.web import session as sessions  # noqa: E402

DEAF = "import time; print('__GANGLION__', flush=True); time.sleep(600)"
LOUD = r"import sys; sys.stderr.write('\x1b]0;owned\x07' + 'x' * 10**6); sys.exit(2)"


@pytest.fixture
def start():
    closed = []

    async def nothing(*_):
        closed.append(True)

    async def make(code):
        made = sessions.Session(
            [sys.executable, "-c", code],
            write_bytes=nothing,
            write_str=nothing,
            close=nothing,
            download_manager=DownloadManager(),
        )
        await made.start(80, 24)
        return made, closed

    return make


async def test_a_process_that_does_not_listen_is_ended(start, monkeypatch):
    monkeypatch.setattr(sessions, "PATIENCE", 0.1)
    made, _ = await start(DEAF)
    await made.stop()
    assert made._process.returncode not in (None, 0)


async def test_what_a_process_complains_of_is_shown_and_never_obeyed(start, capsys):
    made, closed = await start(LOUD)
    async with asyncio.timeout(60):
        while not closed:
            await asyncio.sleep(0.01)
    await made.stop()
    out = capsys.readouterr().out
    assert "owned" in out
    assert "\x1b" not in out
    assert len(out) <= 2 * sessions.MOST_ERRORS  # textual-serve says it twice

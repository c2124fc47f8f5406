"""The private parts of textual-serve are there, and do what the server uses them for."""

import asyncio
import sys
from asyncio.subprocess import PIPE

from tests.web.needs import require

require("textual_serve", "web")
from textual_serve.download_manager import DownloadManager  # noqa: E402

from bpdebug.web.textual_serve_private import ExtendedServer, ProcessService  # noqa: E402

ECHO = "import sys; print('__GANGLION__', flush=True); sys.stdin.buffer.read(5)"


class Echo(ProcessService):
    """A service whose process ends when it has read a packet's head."""

    environment: dict[str, str]

    async def start_process(self, environment):
        self.environment = environment
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", ECHO), stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment
        )


async def nothing(*_):
    pass


async def test_a_service_starts_its_own_process_and_writes_to_it():
    made = Echo(
        "no command",
        write_bytes=nothing,
        write_str=nothing,
        close=nothing,
        download_manager=DownloadManager(),
    )
    assert made.process is None
    await made.start(91, 33)
    assert made.process is not None
    assert (made.environment["COLUMNS"], made.environment["ROWS"]) == ("91", "33")
    assert await made.send_bytes(b"ab")
    async with asyncio.timeout(60):
        assert await made.process.wait() == 0
    await made.stop()


class Extended(ExtendedServer):
    """A server with a route of its own."""

    def extend(self, application):
        application.router.add_get("/own", nothing, name="own")


async def test_an_application_has_the_routes_of_textual_and_those_that_extend_it():
    made = await Extended("no command").make_application()
    assert {"index", "websocket", "download", "static", "own"} <= set(made.router.named_resources())

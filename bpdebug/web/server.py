"""The server: the page, the websocket that a visitor's debugger speaks through, downloads."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from bpdebug.web.hosts import may_visit, same_origin
from bpdebug.web.messages import parse_message, size_of
from bpdebug.web.session import Session
from bpdebug.web.textual_serve_private import ExtendedServer

HERE = Path(__file__).resolve().parent
MOST_VISITORS = 32
"""Every visitor has a process: more would take the machine."""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server(ExtendedServer):
    """Serves debuggers, to pages of its own alone."""

    def __init__(self, program: list[str], *, host: str, title: str) -> None:
        super().__init__("bpdebug", host=host, title=title, templates_path=HERE / "page")
        self.program = program
        self.sockets: set[web.WebSocketResponse] = set()

    def run(self, listening: socket.socket) -> None:
        """Serve until Ctrl+C or SIGTERM; every debugger has ended then."""
        loop = asyncio.new_event_loop()
        with suppress(NotImplementedError):
            for number in (signal.SIGINT, signal.SIGTERM):
                # A shell's background job goes on ignoring the Ctrl+C of others.
                if signal.getsignal(number) is not signal.SIG_IGN:
                    loop.add_signal_handler(number, self.request_exit)
        web.run_app(
            self.make_application(),
            sock=listening,
            loop=loop,
            handle_signals=False,
            print=None,
            access_log=None,
            shutdown_timeout=10,
        )

    def extend(self, application: web.Application) -> None:
        """Add our page's files, and put all behind our guard."""
        application.router.add_static("/page", HERE / "page", name="page")
        application.middlewares.append(own_pages_only(self.host))
        application.on_response_prepare.append(add_headers)

    async def on_startup(self, app: web.Application) -> None:
        """Print nothing: the command line has printed the address already."""

    async def on_shutdown(self, app: web.Application) -> None:
        """Close the visitors' sockets, which ends their debuggers."""
        for visitor in list(self.sockets):
            with suppress(ConnectionError, RuntimeError):
                await visitor.close(message=b"the server ends")

    async def handle_websocket(self, request: web.Request) -> web.StreamResponse:
        """A visitor, from coming to leaving."""
        if len(self.sockets) >= MOST_VISITORS:
            raise web.HTTPServiceUnavailable(text="there are too many visitors; come back later")
        visitor = web.WebSocketResponse(heartbeat=15, max_msg_size=1 << 20)
        self.sockets.add(visitor)
        try:
            await visitor.prepare(request)
            await self._attend(visitor, size_of(request.query))
        finally:
            self.sockets.discard(visitor)
        return visitor

    async def _attend(self, visitor: web.WebSocketResponse, size: tuple[int, int]) -> None:
        """Carry messages between a visitor and their debugger until either is gone."""
        session = Session(
            self.program,
            write_bytes=visitor.send_bytes,
            write_str=visitor.send_str,
            close=visitor.close,
            download_manager=self.download_manager,
        )
        try:
            await session.start(*size)
            async for message in visitor:
                if message.type == WSMsgType.TEXT:
                    await handle_message(session, visitor, message.data)
        except ConnectionError:
            pass  # The visitor left in the middle of a message.
        finally:
            await session.stop()


async def handle_message(session: Session, visitor: web.WebSocketResponse, message: str) -> None:
    """Handle a message of a visitor's page; an unknown message is ignored."""
    kind, data = parse_message(message)
    if kind == "stdin":
        await session.send_bytes(data)
    elif kind == "resize":
        await session.set_terminal_size(*data)
    elif kind == "ping":
        await visitor.send_json(["pong", data])
    elif kind == "focus":
        await session.focus()
    elif kind == "blur":
        await session.blur()


def own_pages_only(listening: str) -> Any:
    """The middleware that refuses requests by another host's name, or from another site's page."""

    async def checked(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not may_visit(request.headers.get("Host", ""), listening):
            raise web.HTTPForbidden(text="this server is not known by that name")
        origin = request.headers.get("Origin")
        # Browsers name the origin of every websocket.
        needed = request.path == "/ws"
        if (needed or origin is not None) and not same_origin(origin or "", request.host):
            raise web.HTTPForbidden(text="this server answers only its own pages")
        return await handler(request)

    return web.middleware(checked)


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """What the page may load and who may frame it, on every answer."""
    response.headers.update(HEADERS)

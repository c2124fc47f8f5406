"""The private parts of textual-serve that the server uses, all of them here.

Each has a test in `tests/web/test_web_textual_serve_private.py`, so that a release of textual-serve
that changes a part fails that test, and not the server.
"""

from __future__ import annotations

from abc import abstractmethod
from asyncio.subprocess import Process

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.server import Server


class ProcessService(AppService):
    """Textual's service for one visitor, around a process that a subclass starts."""

    @abstractmethod
    async def start_process(self, environment: dict[str, str]) -> Process:
        """Start the visitor's process with all its streams piped, in this environment."""

    @property
    def process(self) -> Process | None:
        """The visitor's process; None before it is started."""
        started: Process | None = self._process
        return started

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        environment = self._build_environment(width=width, height=height)
        process = await self.start_process(environment)
        self._process, self._stdin = process, process.stdin
        return process


class ExtendedServer(Server):
    """Textual's server, whose application a subclass extends."""

    @abstractmethod
    def extend(self, application: web.Application) -> None:
        """Add to Textual's routes, handlers and middlewares."""

    async def make_application(self) -> web.Application:
        """Textual's application, extended."""
        made: web.Application = await self._make_app()
        self.extend(made)
        return made

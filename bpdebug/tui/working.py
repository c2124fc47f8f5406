"""Work that may take long, beside the screen: its progress after a second, escape cancels it.

The work is done in one thread of its own, so that two pieces of it never meet. Nearly all of it is
over in a few milliseconds: the screen waits so long, and the answer is painted in the same frame.
Only what takes longer is waited for behind a box that takes all keys.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from bpdebug.run.progress import Cancelled, Remaining, progress_text

if TYPE_CHECKING:
    from bpdebug.run import Run
    from bpdebug.tui.screen import DebuggerScreen

T = TypeVar("T")
AT_ONCE = 0.03
"""Seconds in which the work may end without anybody noticing that it was elsewhere."""
SHOWN_AFTER = 0.7
"""Seconds after which the box is seen."""
BAR = 40
"""Cells of the bar."""


class Background:
    """The thread, and the way to stop what it does."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bpdebug-work")
        self._stop = Event()
        self.done_of: tuple[int, int] | None = None
        """How far the work is, as it told last; None before it told anything."""

    def start(self, job: Callable[[], T]) -> Future[T]:
        """Begin a piece of work."""
        self._stop.clear()
        self.done_of = None
        return self._pool.submit(self._carry_out, job)

    def stop(self) -> None:
        """Let the work end at its next report."""
        self._stop.set()

    def _carry_out(self, job: Callable[[], T]) -> T:
        self._run.progress = self._report
        try:
            return job()
        finally:
            self._run.progress = None

    def _report(self, done: int, total: int) -> None:
        self.done_of = done, total
        if self._stop.is_set():
            raise Cancelled


def work(
    screen: DebuggerScreen, title: str, job: Callable[[], T], done: Callable[[T], None]
) -> None:
    """Do a job beside the screen and hand its result to `done`; when it is cancelled, say so."""
    background = screen.background = screen.background or Background(screen.debugger.run)
    future = background.start(job)
    try:
        result = future.result(timeout=AT_ONCE)
    except NotYet:
        ended = partial(take, screen, future, done)
        screen.app.push_screen(Progress(title, background, asyncio.wrap_future(future)), ended)
    except Cancelled:
        cancelled(screen)
    else:
        done(result)


def take(
    screen: DebuggerScreen, future: Future[T], done: Callable[[T], None], _: object = None
) -> None:
    """Hand on what the work came to; what it raised is raised here."""
    try:
        result = future.result()
    except Cancelled:
        cancelled(screen)
    else:
        done(result)


def cancelled(screen: DebuggerScreen) -> None:
    """Where one stands is where one stood."""
    screen.footer.say("Cancelled; you stand where you stood.", ok=False)


class Progress(ModalScreen[None]):
    """How far the work is. Takes all keys meanwhile; escape cancels."""

    CSS = """
    Progress { align: center middle; background: transparent; }
    Progress Vertical {
        width: 56; max-width: 100%; height: auto; border: round $accent; background: $surface;
        padding: 0 2;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c", "stop", show=False, id="work.cancel")
    ]

    def __init__(self, title: str, background: Background, result: asyncio.Future[Any]) -> None:
        super().__init__()
        self._background, self._result = background, result
        self._left = Remaining()
        self._text = Static("", markup=False)
        self._box = Vertical(self._text)
        self._box.border_title = title.replace("[", r"\[")
        self._box.border_subtitle = "esc cancels"
        self._box.display = False

    def compose(self) -> ComposeResult:
        yield self._box

    def on_mount(self) -> None:
        """Look how far it is a few times a second, and leave when it is done."""
        self._result.add_done_callback(self._ended)
        self.set_timer(SHOWN_AFTER, self._show)
        self.set_interval(0.1, self._tell)

    def _ended(self, result: asyncio.Future[Any]) -> None:
        # Taken here, so that nothing complains of a failure that `take` raises once more.
        if not result.cancelled():
            result.exception()
        if self.is_attached:
            self.dismiss(None)

    def _show(self) -> None:
        self._box.display = True
        self._tell()

    def _tell(self) -> None:
        if self._background.done_of is None:
            self._text.update("working …" if self._unicode else "working ...")
            return
        done, total = self._background.done_of
        filled = BAR * done // max(total, 1)
        full, empty = ("█", "·") if self._unicode else ("#", ".")
        told = progress_text(done, total, self._left.seconds(done, total))
        told = told if self._unicode else told.replace("·", "-")
        self._text.update(f"{full * filled}{empty * (BAR - filled)}\n{told}")

    @property
    def _unicode(self) -> bool:
        return not self.app.has_class("-ascii")

    def action_stop(self) -> None:
        """Cancel."""
        self._background.stop()
        self._box.border_subtitle = "cancelling"

"""Work that may take long, beside the screen: its progress after a while, escape cancels it.

The work is done in one thread of its own, so that two pieces of it never meet. Nearly all of it is
over in a few milliseconds: the screen waits so long, and the answer is painted in the same frame.
What takes longer is waited for behind a box that takes all keys. Until the box is seen they are
kept, and pressed again when the work is done; a person who sees it knows that keys are for it.

The debugger belongs to the work while it lasts: the screen shows what it showed, and asks nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from bpdebug.debugger.debugger import CANCELLED
from bpdebug.run.progress import Cancelled, RemainingTime, progress_text

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
        self._cancel = Event()
        self.busy = False
        """True from the start of a piece of work until its result was taken."""
        self.progress: tuple[int, int] | None = None
        """How far the work is, as it told last; None before it told anything."""

    def start(self, job: Callable[[], T]) -> Future[T]:
        """Begin a piece of work."""
        self._cancel, self.progress, self.busy = Event(), None, True
        return self._pool.submit(self._run_job, job, self._cancel)

    @property
    def cancelled(self) -> bool:
        """True where the last piece of work was cancelled."""
        return self._cancel.is_set()

    def cancel(self) -> None:
        """Let the work end at its next report."""
        self._cancel.set()

    def close(self) -> None:
        """No more work: the program ends, and its thread must not keep it."""
        self.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run_job(self, job: Callable[[], T], cancel: Event) -> T:
        def report(done: int, total: int) -> None:
            self.progress = done, total
            if cancel.is_set():
                raise Cancelled

        self._run.progress = report
        try:
            return job()
        finally:
            self._run.progress = None


def run_in_background(
    screen: DebuggerScreen, title: str, job: Callable[[], T], done: Callable[[T], None]
) -> None:
    """Do a job beside the screen and hand its result to `done`; when it is cancelled, say so."""
    background = screen.background = screen.background or Background(screen.debugger.run)
    future = background.start(job)
    wait([future], AT_ONCE)
    if future.done():
        take_result(screen, future, done)
        return

    def ended(early_keys: list[str] | None) -> None:
        take_result(screen, future, done)
        # Whoever cancelled does not want what was to come after, either.
        for key in early_keys or () if not background.cancelled else ():
            screen.app.simulate_key(key)

    screen.app.push_screen(ProgressBox(title, background, asyncio.wrap_future(future)), ended)


def take_result(screen: DebuggerScreen, future: Future[T], done: Callable[[T], None]) -> None:
    """Take what the work came to; what it raised is raised here."""
    assert screen.background is not None  # it did the work
    screen.background.busy = False
    try:
        result = future.result()
    except Cancelled:
        screen.footer.show_message(CANCELLED, ok=False)
        screen.refresh_moment()
    else:
        done(result)


class ProgressBox(ModalScreen[list[str]]):
    """How far the work is. Takes all keys meanwhile; escape cancels.

    Gives the keys that were pressed before it was seen.
    """

    CSS = """
    ProgressBox { align: center middle; background: transparent; }
    ProgressBox Vertical {
        width: 56; max-width: 100%; height: auto; border: round $accent; background: $surface;
        padding: 0 2;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c", "cancel", show=False, id="work.cancel")
    ]

    def __init__(self, title: str, background: Background, result: asyncio.Future[Any]) -> None:
        super().__init__()
        self._background, self._result = background, result
        self._remaining = RemainingTime()
        self._keys: list[str] = []
        self._dismissed = False
        self._text = Static("", markup=False)
        self._box = Vertical(self._text)
        self._box.border_title = title.replace("[", r"\[")
        self._box.border_subtitle = "esc cancels"
        self._box.display = False

    def compose(self) -> ComposeResult:
        yield self._box

    def on_mount(self) -> None:
        """Look how far it is a few times a second, and leave when it is done."""
        self._result.add_done_callback(partial(self.call_next, self._ended))
        self.set_timer(SHOWN_AFTER, self._show)
        self.set_interval(0.1, self._show_progress)

    def on_screen_resume(self) -> None:
        """What lay over it is gone; perhaps the work is over since."""
        if self._result.done():
            self.call_next(self._ended, self._result)

    def on_key(self, event: events.Key) -> None:
        """A key that was pressed before the box was seen was meant for the debugger."""
        if not self._box.display and event.key != "escape" and "ctrl+" not in event.key:
            self._keys.append(event.key)

    def _ended(self, result: asyncio.Future[Any]) -> None:
        # Taken here, so that nothing complains of a failure that `finish` raises once more.
        if not result.cancelled():
            result.exception()
        # `is_current` is true of a screen that shows through, too.
        if self.app.screen is self and not self._dismissed:
            self._dismissed = True
            self.dismiss(self._keys)

    def _show(self) -> None:
        self._box.display = True
        self._show_progress()

    def _show_progress(self) -> None:
        if self._background.progress is None:
            self._text.update("working …" if self._unicode else "working ...")
            return
        done, total = self._background.progress
        filled = BAR * done // max(total, 1)
        full, empty = ("█", "·") if self._unicode else ("#", ".")
        text = progress_text(done, total, self._remaining.seconds(done, total))
        text = text if self._unicode else text.replace("·", "-")
        self._text.update(f"{full * filled}{empty * (BAR - filled)}\n{text}")

    @property
    def _unicode(self) -> bool:
        return not self.app.has_class("-ascii")

    def action_cancel(self) -> None:
        """Cancel."""
        self._background.cancel()
        self._box.border_subtitle = "cancelling"

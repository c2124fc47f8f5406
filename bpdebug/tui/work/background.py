"""Work that may take long, in the background: a box shows its progress, escape cancels it.

A single thread does all work, so that no two jobs run at once. Nearly every job ends in a few
milliseconds: the screen waits for it, and paints the reply in the same frame. During a longer job a
box takes all keys. Keys typed before the box is visible are pressed again after the job; later keys
are for the box.

The debugger belongs to the job while it runs: the screen goes on showing the previous moment.
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
from bpdebug.wording import to_ascii

if TYPE_CHECKING:
    from bpdebug.run import Run
    from bpdebug.tui.screen import DebuggerScreen

T = TypeVar("T")
AT_ONCE = 0.03
"""Seconds for which the screen waits before it shows the box."""
SHOWN_AFTER = 0.7
"""Seconds after which the box is visible."""
BAR = 40
"""Cells of the bar."""


class Background:
    """The thread that does long work, and a way to cancel its job."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bpdebug-work")
        self._cancel = Event()
        self.busy = False
        """True from the start of a job until its result is taken."""
        self.progress: tuple[int, int] | None = None
        """Parts done and in all, as last reported; None before the first report."""

    def start(self, job: Callable[[], T]) -> Future[T]:
        """Begin a job; returns its future result."""
        self._cancel, self.progress, self.busy = Event(), None, True
        return self._pool.submit(self._run_job, job, self._cancel)

    @property
    def cancelled(self) -> bool:
        """True where the last job was cancelled."""
        return self._cancel.is_set()

    def cancel(self) -> None:
        """Cancel the job at its next report."""
        self._cancel.set()

    def close(self) -> None:
        """Cancel all jobs, so that the thread does not keep the program alive."""
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
    """Do a job in the background and hand its result to `done`; after a cancel, show a message."""
    background = screen.background = screen.background or Background(screen.debugger.run)
    future = background.start(job)
    wait([future], AT_ONCE)
    if future.done():
        take_result(screen, future, done)
        return

    def ended(early_keys: list[str] | None) -> None:
        take_result(screen, future, done)
        # A user who cancels the job does not want the keys typed after it, either.
        for key in early_keys or () if not background.cancelled else ():
            screen.app.simulate_key(key)

    screen.app.push_screen(ProgressBox(title, background, asyncio.wrap_future(future)), ended)


def take_result(screen: DebuggerScreen, future: Future[T], done: Callable[[T], None]) -> None:
    """Hand the result of a job to `done`; an exception of the job is raised again."""
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
    """The box with the progress of a job. It takes all keys; escape cancels.

    Its result is the keys that were pressed before it was visible.
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
        """Show the progress ten times a second, and leave when the job is done."""
        self._result.add_done_callback(partial(self.call_next, self._ended))
        self.set_timer(SHOWN_AFTER, self._show)
        self.set_interval(0.1, self._show_progress)

    def on_screen_resume(self) -> None:
        """Leave if the job ended while another screen lay over the box."""
        if self._result.done():
            self.call_next(self._ended, self._result)

    def on_key(self, event: events.Key) -> None:
        """Remember a key for the debugger while the box is not visible yet."""
        if not self._box.display and event.key != "escape" and "ctrl+" not in event.key:
            self._keys.append(event.key)

    def _ended(self, result: asyncio.Future[Any]) -> None:
        # Retrieved, so that asyncio does not report a failure that `take_result` raises again.
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
        text = text if self._unicode else to_ascii(text, dot="-")
        self._text.update(f"{full * filled}{empty * (BAR - filled)}\n{text}")

    @property
    def _unicode(self) -> bool:
        return not self.app.has_class("-ascii")

    def action_cancel(self) -> None:
        """Cancel the job."""
        self._background.cancel()
        self._box.border_subtitle = "cancelling"

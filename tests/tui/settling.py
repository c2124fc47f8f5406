"""Waiting for an app in tests: until it has nothing left to do, and no longer.

Textual's pilot waits after every key until the process has been idle for 20 ms, three times over,
and up to a second each time where the machine is busy. Here a wait ends as soon as every message
has been handled and every change painted, so that a test takes as long as the app's own work, and
sees the same screen on a machine under load.
"""

from __future__ import annotations

import asyncio
from time import monotonic, process_time

from textual._context import active_app
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

QUIET = 3
"""Turns of the event loop in a row in which only the waiting test has anything to do."""
NAP = 0.01
"""Seconds between two looks at work beside the screen."""
LONG = 1.0
"""Seconds after which a wait ends though work goes on beside the screen, as the pilot's does."""
PATIENCE = 30.0
"""Seconds after which any wait ends; on a machine under load one key may take several."""


async def settled(min_sleep: float = 0.0, max_sleep: float = LONG) -> None:
    """Wait until the app has handled and painted all there is. Stands in for `wait_for_idle`."""
    app = active_app.get()
    start = monotonic()
    quiet = idle = 0
    while quiet < QUIET and idle < QUIET and monotonic() < start + PATIENCE:
        await asyncio.sleep(0)
        if tasks_wait() or paints(app):
            quiet = idle = 0
        elif works(app):
            # In a thread of its own: it may be held up, or take longer than the test.
            if monotonic() > start + max_sleep:
                return
            spent = process_time()
            await asyncio.sleep(NAP)
            idle = idle + 1 if process_time() - spent < NAP / 20 else 0
        elif not painted(app):
            quiet += 1


PAINT = Screen._compositor_refresh
"""As Textual paints what has changed, several times a key."""


def paint_later(screen: Screen[object]) -> None:
    """Stands in for `PAINT`: what has changed is painted once, when all has."""
    if screen is not screen.app.screen:
        PAINT(screen)
        return
    screen.paint_is_due = True
    screen._dirty_widgets.clear()


def painted(app: App[object]) -> bool:
    """Paint what is due; False where nothing is. A failure to paint fails the test."""
    screen = app.screen if app._running and app._screen_stack else None
    if screen is None or not getattr(screen, "paint_is_due", False):
        return False
    screen.paint_is_due = False
    PAINT(screen)
    return True


async def paused(pilot: Pilot[object], delay: float | None = None) -> None:
    """Stands in for `Pilot.pause`: after a delay too, all that is due is done."""
    await pilot._wait_for_screen()
    if delay is not None:
        await asyncio.sleep(delay)
    await settled()


def tasks_wait() -> bool:
    """True where another task can go on at once; one that waits for a time or a reply cannot."""
    return bool(asyncio.get_running_loop()._ready)


def paints(app: App[object]) -> bool:
    """Do what the screen would do at its next frame; False where there is nothing."""
    if not app._running or not app._screen_stack:
        return False
    if app._resize_event is not None:
        app._check_resize()
        return True
    screen = app.screen
    due = (
        screen._layout_required
        or screen._scroll_required
        or screen._repaint_required
        or screen._recompose_required
        or screen._dirty_widgets
        or screen._callbacks
    )
    if due and screen.is_current and not app._batch_count:
        screen._on_timer_update()
        return True
    return False


def works(app: App[object]) -> bool:
    """True while a command of the debugger is under way in a thread of its own."""
    return any(getattr(screen, "busy", False) for screen in app._screen_stack)

"""Lets pilots wait until an app has really come to rest.

Textual takes a process that has used no CPU for 20 ms to be idle. On a busy machine it may only not have had its turn,
and what a test looks at has not come about yet; on an idle one, each key costs 40 ms in which nothing happens.
"""

from __future__ import annotations

import asyncio
import time

import textual.app
import textual.pilot
from textual._context import active_app
from textual.notifications import Notification
from textual.screen import Screen

_SOON = 0.02
"""Seconds: what is to happen later than that, as a look that is taken four times a second, is not waited for.

Nor is Textual's timer for painting, which may sleep for longer after a painting: what is unpainted is painted at once.
"""

_PATIENCE = 0.3
"""Seconds for which is waited at most, without those in which other processes had the processor."""

_TICK, _TURN = 0.002, 0.00001

_IDLE_TICKS = 10
"""A worker that has done nothing meanwhile waits for something itself."""


async def settled(min_sleep: float = 0.0, max_sleep: float = _PATIENCE) -> None:
    """Wait until nothing is left to do in the event loop, no timer goes off soon, and no worker of the app's works."""
    loop = asyncio.get_running_loop()
    quiet, left, idle, worked = 0, max_sleep, 0, _worked()
    while left > 0:
        await asyncio.sleep(0)
        left -= _TURN
        quiet = 0 if loop._ready else quiet + 1  # type: ignore[attr-defined]
        # What a file or another thread brings about is seen between two turns.
        if quiet < 2:
            continue
        if (screen := _unpainted()) is not None:
            screen._on_timer_update()
            quiet, left = 0, left - _TICK
            continue
        now = loop.time()
        timers = (timer.when() - now for timer in loop._scheduled if not timer.cancelled())  # type: ignore[attr-defined]
        next_timer = min(timers, default=_SOON)
        idle, worked = (idle + 1, worked) if _worked() - worked < _TICK / 10 else (0, _worked())
        works = idle < _IDLE_TICKS and any(worker.is_running for worker in active_app.get().workers)
        if next_timer >= _SOON and not works:
            return
        pause = max(next_timer, _TICK) if next_timer < _SOON else _TICK
        await asyncio.sleep(pause)
        left -= pause


def _unpainted() -> Screen[object] | None:
    """The screen in front if Textual's timer would lay it out or paint it now."""
    app = active_app.get()
    screen = app.screen_stack[-1] if app.screen_stack else None
    if screen is None or app._batch_count or not screen.is_current:
        return None
    is_due = (
        screen._layout_required
        or screen._scroll_required
        or screen._repaint_required
        or screen._recompose_required
        or screen._dirty_widgets
    )
    return screen if is_due else None


def _worked() -> float:
    """Seconds of the processor that threads besides this one have had."""
    return time.process_time() - time.thread_time()


def wait_until_settled() -> None:
    """From now on, all pilots wait like that, and what an app says stays, however long it takes to look at it."""
    textual.app.wait_for_idle = textual.pilot.wait_for_idle = settled  # type: ignore[assignment]
    Notification.has_expired = property(lambda self: False)  # type: ignore[method-assign,assignment]

"""Waits for other processes, threads and timers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from cnntui.runs.directory.status import Status
from cnntui.runs.reading.follow import RunFollower, RunView

PATIENCE = 300.0
"""Seconds after which waiting fails, even on a busy machine."""

_TICK_SECONDS, _LOOK_SECONDS = 0.005, 0.015


def wait_until(condition: Callable[[], bool], seconds: float = PATIENCE) -> float:
    """Wait for a condition; returns how long it took, and fails after `seconds`."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"it did not happen within {seconds} s")
        time.sleep(_LOOK_SECONDS)
    return time.monotonic() - began


async def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Let the app go on until a condition holds; fails after `seconds`."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"it did not happen within {seconds} s")
        await asyncio.sleep(_TICK_SECONDS)


def wait_for_view(follower: RunFollower, condition: Callable[[RunView], bool], seconds: float = PATIENCE) -> RunView:
    """Poll until a view fulfils the condition, and return it."""
    wait_until(lambda: condition(follower.poll()), seconds)
    return follower.poll()


def wait_for_status(follower: RunFollower, *statuses: Status, seconds: float = PATIENCE) -> RunView:
    return wait_for_view(follower, lambda view: view.status in statuses, seconds)

"""Work in a thread in the background, and polling until it is done."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event
from typing import TypeVar

from textual.dom import DOMNode
from textual.timer import Timer
from textual.worker import Worker, get_current_worker

from cnntui.files.errors import CnntuiError

Work = Callable[[Callable[[], bool]], None]
"""Work that takes a while: it receives a function that returns whether its result is still wanted."""

LOOK_SECONDS = 0.2
"""Seconds between two polls for new results."""

MOST_WAIT = 0.5
"""The longest time that work waits for a painting, which never comes if the screen has been left in the meantime."""

Found = TypeVar("Found")


class Looking:
    """Polls for as long as something is expected; otherwise no timer runs.

    Args:
        node: the owner of the timer; when it is removed, the timer stops.
        look: the function to call at every poll.
        seconds: the time between two polls.
    """

    def __init__(self, node: DOMNode, look: Callable[[], object], seconds: float = LOOK_SECONDS) -> None:
        self._node, self._look, self._seconds = node, look, seconds
        self._timer: Timer | None = None

    @property
    def is_on(self) -> bool:
        """Whether the timer runs."""
        return self._timer is not None

    def keep(self, on: bool) -> None:
        """Start or stop polling; does nothing if that is already the case."""
        if on and self._timer is None:
            self._timer = self._node.set_interval(self._seconds, self._look)
        elif not on and self._timer is not None:
            self._timer.stop()
            self._timer = None


@contextmanager
def exempt_from_gc() -> Iterator[None]:
    """Exempt what is created in this block from garbage collection: scanning so many objects would stall the app."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def while_wanted(work: Work) -> None:
    """Do some work in the worker that calls this function, as long as the worker is not cancelled."""
    worker = get_current_worker()
    work(lambda: not worker.is_cancelled)


def in_background(node: DOMNode, work: Work, group: str) -> Worker[None]:
    """Do some work in a thread until the node is removed or other work of the group begins."""
    return node.run_worker(partial(while_wanted, work), group=group, exclusive=True, thread=True)


def tell(node: DOMNode, call: Callable[..., object], *arguments: object) -> None:
    """Call a function in the app's thread from a worker's thread, unless the result is no longer wanted."""

    def told() -> None:
        # A node that is being removed loses its children some time before its work is cancelled.
        if not node._pruning:
            call(*arguments)

    if node.app.is_running and not get_current_worker().is_cancelled:
        node.app.call_from_thread(told)


def wait_until_painted(node: DOMNode) -> None:
    """Let the app's thread paint its changes first, which work in another thread would delay."""
    painted = Event()
    tell(node, node.call_after_refresh, painted.set)
    painted.wait(MOST_WAIT)


def fetch(
    node: DOMNode,
    read: Callable[[], Found],
    then: Callable[[Found], object],
    failed: Callable[[CnntuiError], object],
    group: str,
    exclusive: bool = True,
) -> None:
    """Read something in a thread and report the result, unless it is no longer wanted.

    Args:
        node: the node that wants the result.
        read: the function that reads; it may raise CnntuiError.
        then: receives the result, in the app's own thread.
        failed: receives the error if reading failed, in the app's own thread.
        group: the group of the work; at most one of an exclusive group is read at a time.
        exclusive: whether the newest work cancels earlier work of the group; otherwise all of it is read to the end.
    """

    def work() -> None:
        try:
            found = read()
        except CnntuiError as error:
            tell(node, failed, error)
        else:
            tell(node, then, found)

    node.run_worker(work, group=group, exclusive=exclusive, thread=True)

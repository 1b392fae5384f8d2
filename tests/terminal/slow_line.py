"""A program at the other end of a slow line, as over SSH from a train.

What it writes goes into a queue without an end, as the buffers of sshd and TCP are, and arrives late and slowly; keys
and answers take their time on the way back. So a program that never asks whether it is kept up with paints what is old.
"""

from __future__ import annotations

import select
import time
from collections import deque
from collections.abc import Sequence

from tests.terminal.terminal import Terminal

BYTES_A_SECOND = 20_000.0
ROUND_TRIP = 0.2
"""Seconds there and back."""

_LOOK_SECONDS = 0.004


class SlowTerminal(Terminal):
    """A terminal at the end of a slow line."""

    def __init__(self, command: Sequence[str], size: tuple[int, int] = (80, 24), rate: float = BYTES_A_SECOND) -> None:
        super().__init__(command, size)
        self._rate = rate
        self._on_the_way: deque[tuple[float, bytes]] = deque()
        self._on_the_way_back: deque[tuple[float, bytes]] = deque()
        self._credit, self._looked = 0.0, time.perf_counter()
        self._has_ended = False

    def send_bytes(self, data: bytes) -> None:
        """Send some bytes, which arrive later."""
        self._on_the_way_back.append((time.perf_counter() + ROUND_TRIP / 2, data))

    def hold(self, keys: Sequence[str], seconds: float, often: float = 30.0) -> float:
        """Press keys in turns as fast as one that is held down repeats; how long after the last one the last byte came.

        Args:
            keys: one alone where it goes on to mean something, or several that lead nowhere in the end.
            seconds: for how long.
            often: presses a second.
        """
        for number in range(int(seconds * often)):
            self.send(keys[number % len(keys)])
            due = time.perf_counter() + 1 / often
            while number < int(seconds * often) - 1 and (left := due - time.perf_counter()) > 0:
                self._read(left)
        let_go = time.perf_counter()
        self.answer(quiet=2 * ROUND_TRIP + 0.6)
        return max(self.last_written - let_go, 0.0)

    def _read(self, timeout: float) -> bytes:
        until = time.perf_counter() + timeout
        while True:
            arrived = self._carry()
            if arrived or time.perf_counter() >= until or self._ended:
                return arrived

    def _carry(self) -> bytes:
        """Let everything come as much nearer as it can since the last time; returns what has arrived."""
        now = time.perf_counter()
        while self._on_the_way_back and self._on_the_way_back[0][0] <= now and not self._has_ended:
            super().send_bytes(self._on_the_way_back.popleft()[1])
        if not self._has_ended and select.select([self._fd], [], [], _LOOK_SECONDS)[0]:
            data = self._receive()
            self._has_ended = not data
            self._on_the_way.append((now + ROUND_TRIP / 2, data))
        self._credit = min(self._credit + (now - self._looked) * self._rate, self._rate * 0.05)
        self._looked = now
        arrived = b""
        while self._on_the_way and self._on_the_way[0][0] <= now and self._credit >= 1:
            due, data = self._on_the_way.popleft()
            part, rest = data[: int(self._credit)], data[int(self._credit) :]
            if rest:
                self._on_the_way.appendleft((due, rest))
            self._credit -= len(part)
            arrived += part
        self._ended = self._has_ended and not self._on_the_way
        self._take(arrived)
        return arrived

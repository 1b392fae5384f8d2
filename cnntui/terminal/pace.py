"""When the next frame may be painted: one is on its way at a time.

A line is slow in two ways: little goes through it, and what went through is seen late. Whoever writes faster than it
carries fills buffers whose content is old when it arrives. So after a frame the terminal is asked whether it is well
(DSR, `CSI 5n`), which it answers when it has come to the end of that frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

PATIENCE, LONGEST = 1.0, 5.0
"""Seconds that an answer is waited for; the longer one where a frame is so large that its answer must take longer."""

SLOW_SECONDS = 0.1
"""An answer that takes longer came over a slow line."""

FRAMES = 4.0
"""Frames a second that nobody has asked for by a key: as many as can be followed."""

FAST, SLOW = 40_000.0, 8_000.0
"""Bytes a second of such frames, on a line that carries much and on one that does not."""

SILENT = 3
"""Frames without an answer after which a terminal that once answered is no longer waited for."""

WRITING_SECONDS = 0.02
"""Seconds after which to look again whether the last frame has left the process."""


@dataclass
class Pace:
    """Knows what was painted when, and what the terminal has answered. Times are seconds on one clock."""

    _answers: bool = False
    _waiting: bool = False
    _silent: int = 0
    _painted: float = -inf
    _size: int = 0
    _taken: float = 0.0
    _taken_for: int = 1

    @property
    def is_slow(self) -> bool:
        """Whether the line is slow, as far as is known."""
        return self._taken > SLOW_SECONDS or self._silent > 0

    def wait(self, now: float, *, is_used: bool, writing: bool) -> float:
        """Seconds until the next frame may be painted, or be asked for again; 0 or less for now.

        Args:
            now: the time.
            is_used: whether somebody has just pressed a key, or plays something.
            writing: whether the last frame is still being written.
        """
        if writing:
            return WRITING_SECONDS
        due = -inf
        if self._answers and self._waiting:
            expected = self._taken * max(1.0, self._size / self._taken_for)
            due = self._painted + min(max(PATIENCE, 2 * expected), LONGEST)
        if not is_used:
            due = max(due, self._painted + max(1 / FRAMES, self._size / (SLOW if self.is_slow else FAST)))
        return due - now

    def painted(self, now: float, size: int) -> bool:
        """Note that a frame of some bytes is being written; returns whether to ask the terminal behind it."""
        if self._answers and self._waiting:
            self._silent += 1
            self._waiting = False
            if self._silent >= SILENT:
                # It may have been exchanged for one that does not answer, as a multiplexer does.
                self._answers = False
        self._painted, self._size = now, size
        # A terminal that has not answered yet is asked once: most that do not answer never will.
        asks = not self._waiting
        self._waiting = True
        return asks

    def answered(self, now: float) -> None:
        """Note an answer."""
        if self._waiting:
            self._taken, self._taken_for = now - self._painted, max(self._size, 1)
        self._answers, self._waiting, self._silent = True, False, 0

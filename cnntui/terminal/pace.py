"""When the next frame may be painted: only one is on its way at a time.

A line can be slow in two ways: it carries little, and what it carries arrives late. Writing faster than the line
carries fills buffers with frames that are out of date when they arrive. So after a frame, the terminal is asked for its
status (DSR, `CSI 5n`), which it reports once it has processed that frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

PATIENCE, LONGEST = 1.0, 5.0
"""Seconds to wait for an answer; the longer limit is for frames so large that their answer must take longer."""

SLOW_SECONDS = 0.1
"""An answer that takes longer than this came over a slow line."""

INPUT_SECONDS = 0.5
"""How long after a key press a frame still counts as the answer to it, together with the frame that follows."""

FRAMES = 4.0
"""Frames a second without a key press: as many as a viewer can follow."""

FAST, SLOW = 40_000.0, 8_000.0
"""Bytes a second for such frames, on a fast line and on a slow one."""

SILENT = 3
"""After this many unanswered frames, a terminal that used to answer is no longer waited for."""

WRITING_SECONDS = 0.02
"""Seconds after which to check again whether the last frame has been written."""


@dataclass
class Pace:
    """Keeps track of what was painted when and what the terminal has answered. Times are seconds on one clock."""

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

    def wait(self, now: float, *, used: float, writing: bool) -> float:
        """Seconds until the next frame may be painted, or until it is time to ask again; 0 or less means now.

        Args:
            now: the current time.
            used: the time when a key was last pressed or something was last played.
            writing: whether the last frame is still being written.
        """
        if writing:
            return WRITING_SECONDS
        due = -inf
        if self._answers and self._waiting:
            expected = self._taken * max(1.0, self._size / self._taken_for)
            due = self._painted + min(max(PATIENCE, 2 * expected), LONGEST)
        if used + INPUT_SECONDS <= min(now, self._painted):
            due = max(due, self._painted + max(1 / FRAMES, self._size / (SLOW if self.is_slow else FAST)))
        return due - now

    def painted(self, now: float, size: int) -> bool:
        """Note that a frame of some bytes is being written. Returns whether to ask the terminal to answer it."""
        if self._answers and self._waiting:
            self._silent += 1
            self._waiting = False
            if self._silent >= SILENT:
                # A multiplexer may have attached another terminal, which does not answer.
                self._answers = False
        self._painted, self._size = now, size
        # A terminal that has not answered yet is asked only once: most such terminals never will.
        asks = not self._waiting
        self._waiting = True
        return asks

    def answered(self, now: float) -> None:
        """Note an answer."""
        if self._waiting:
            self._taken, self._taken_for = now - self._painted, max(self._size, 1)
        self._answers, self._waiting, self._silent = True, False, 0

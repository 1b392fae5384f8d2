"""Restores the terminal when a signal ends the app."""

from __future__ import annotations

import os
import select
import signal
import termios
import threading
from asyncio import AbstractEventLoop
from types import FrameType
from typing import Any

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)

SOON_SECONDS = 6.0
"""How long the app may take to end on its own."""

GIVEN_BACK = (
    "\x1b[?2026l\x1b[m\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l"
    "\x1b[?1004l\x1b[<u\x1b[?1049l\x1b[?25h"
)
"""Resets the terminal for the shell: frame complete, mouse off, main screen, cursor visible."""


class Leaving:
    """Ends the app on a signal, with the exit status that a shell reports for it."""

    def __init__(self, driver: LinuxDriver, app: App[None], loop: AbstractEventLoop) -> None:
        self._driver, self._app, self._loop = driver, app, loop
        self._before: dict[signal.Signals, Any] = {}
        self._last_resort: threading.Timer | None = None

    def watch(self) -> None:
        """From now on, end the app on these signals; ignored ones stay ignored, as `nohup` expects."""
        for number in SIGNALS:
            if number not in self._before and signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._hear)

    def watch_no_more(self) -> None:
        """Restore the handlers that the signals had before."""
        for number, before in self._before.items():
            signal.signal(number, before)
        self._before = {}
        if self._last_resort is not None:
            self._last_resort.cancel()

    def leave(self, number: int) -> None:
        """End the app."""
        self._app.exit(return_code=128 + number)

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        self._loop.call_soon_threadsafe(self.leave, number)
        if self._last_resort is None:
            self._last_resort = threading.Timer(SOON_SECONDS, self._break_off, [number])
            self._last_resort.daemon = True
            self._last_resort.start()

    def _break_off(self, number: int) -> None:
        """End the process, because the app hangs and cannot end itself."""
        driver = self._driver
        if driver.attrs_before is not None:
            try:
                termios.tcsetattr(driver.fileno, termios.TCSANOW, driver.attrs_before)
                if select.select([], [driver.fileno], [], 0.5)[1]:
                    os.write(driver.fileno, GIVEN_BACK.encode())
            except (OSError, termios.error):
                pass  # There is no terminal to restore.
        os._exit(128 + number)

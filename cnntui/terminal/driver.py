"""A driver that asks the terminal whether it keeps up, leaves it as it found it, and copes with whatever it sends."""

from __future__ import annotations

import asyncio
import os
import selectors
import signal
import threading
import time
from codecs import getincrementaldecoder
from types import FrameType
from typing import Any

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.message import Message

from cnntui.terminal.driven_app import DrivenApp
from cnntui.terminal.leaving import Leaving
from cnntui.terminal.output import Output
from cnntui.terminal.parser import ASK, TerminalParser

LAST_ANSWER_SECONDS = 2.0
"""How long to wait for input that is still on its way before the terminal is handed back."""

FIRST_ANSWER_SECONDS = 0.3
"""The same for a terminal that has never answered and perhaps never will."""

GOODBYE_SECONDS = 2.0
"""How long to wait at the end for a terminal that accepts no output."""

MOST_TYPED_AHEAD = 200
"""With this many messages queued, further keys are dropped."""

HANGING_SECONDS = 5.0
"""If events have been waiting for this long and none was handled, the app hangs: then ctrl+c sends SIGINT, as it does
in other programs."""

CTRL_C = "\x03"


class TerminalDriver(LinuxDriver):
    """Reads from a terminal and writes to it."""

    def __init__(self, app: DrivenApp, **options: Any) -> None:
        super().__init__(app, **options)
        self.app = app
        self.loop = asyncio.get_running_loop()
        assert self._file is not None
        self._output = Output(self._file.fileno())
        self._file = self._output  # type: ignore[assignment]  # as much of a file as the thread that writes needs
        self._asked = self._answered = 0
        self._heard_all = threading.Event()
        """Set when nothing that was requested is still on its way, or nothing can be expected."""
        self._leaving = Leaving(self, app, self.loop)
        self.last_input = 0.0
        """When a key or a mouse button was last pressed, on the clock of `time.monotonic`."""

    # Writing

    @property
    def is_writing(self) -> bool:
        """Whether output is still being written."""
        return self._output.is_writing

    def write(self, data: str) -> None:
        """Hand output to the thread that writes it."""
        self._output.give()
        super().write(data)

    def paint(self, frame: str, ask: bool) -> None:
        """Write a frame, and ask the terminal to answer once it has processed it."""
        if ask:
            self._asked += 1
            self._heard_all.clear()
        self.write(frame + ASK if ask else frame)

    # Reading

    def run_input_thread(self) -> None:
        """Read what the terminal sends until the app ends or the terminal is gone."""
        parser = TerminalParser(self._note_answer, self._debug, self._has_room)
        # A byte that is not UTF-8 becomes a replacement character, which no key is bound to.
        decode = getincrementaldecoder("utf-8")("replace").decode
        handled, since = 0, time.monotonic()
        # Set when the loop has come round since the last input.
        heard = threading.Event()
        heard.set()
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if heard.is_set() and (not self.app.waiting or self.app.handled != handled):
                    handled, since = self.app.handled, time.monotonic()
                if selector.select(0.1):
                    try:
                        data = os.read(self.fileno, 4096)
                    except OSError:
                        data = b""
                    if not data:
                        self._lose()
                        return
                    if text := decode(data):
                        if CTRL_C in text and time.monotonic() - since > HANGING_SECONDS:
                            os.kill(os.getpid(), signal.SIGINT)
                        if heard.is_set():
                            heard.clear()
                            self.loop.call_soon_threadsafe(heard.set)
                        for event in parser.feed(text):
                            self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)

    def process_message(self, message: Message) -> None:
        """Pass on what was read. A report of a new size says only that there is one; the size comes from the kernel."""
        if isinstance(message, events.Resize):
            size = Size(*self._get_terminal_size())
            message = events.Resize(size, size)
        if isinstance(message, events.Key | events.Paste | events.MouseEvent) and not (
            isinstance(message, events.MouseMove) and not message.button
        ):
            self.last_input = time.monotonic()
        super().process_message(message)

    def _has_room(self) -> bool:
        return self.app.waiting < MOST_TYPED_AHEAD

    def _note_answer(self) -> None:
        self._answered += 1
        if self._answered >= self._asked:
            self._heard_all.set()
        self.loop.call_soon_threadsafe(self.app.answered, time.monotonic())

    def _lose(self) -> None:
        """Handle the loss of the terminal."""
        self._output.is_gone = True
        self._heard_all.set()
        self.loop.call_soon_threadsafe(self._leaving.leave, signal.SIGHUP)

    def _query_in_band_window_resize(self) -> None:
        """Do nothing: the kernel reports every new size."""

    def _enable_mouse_pixels(self) -> None:
        """Do nothing: positions are cells, and some terminals that report their size report no pixels."""

    # Beginning and ending

    def start_application_mode(self) -> None:
        """Take over the terminal."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._leaving.watch()
        signal.signal(signal.SIGWINCH, self._note_resize)

    def _note_resize(self, _number: int, _frame: FrameType | None) -> None:
        self.loop.call_soon_threadsafe(self._resize)

    def _resize(self) -> None:
        size = Size(*self._get_terminal_size())
        self.app.repaint()
        self.send_message(events.Resize(size, size))

    def disable_input(self) -> None:
        """Stop reading once everything on its way has arrived: otherwise the shell would receive it."""
        if self.is_reading and not self._output.is_gone:
            self._disable_mouse_support()
            if self._answered:
                self.paint("", ask=True)
            patience = LAST_ANSWER_SECONDS if self._answered else FIRST_ANSWER_SECONDS
            if self._answered < self._asked and not self._output.is_gone:
                self._heard_all.wait(patience)
            self._asked = self._answered
        super().disable_input()

    @property
    def is_reading(self) -> bool:
        """Whether the app has the terminal and reads from it."""
        return self._key_thread is not None and self._key_thread.is_alive()

    def close(self) -> None:
        """Finish writing, as long as the terminal accepts output."""
        self._leaving.watch_no_more()
        closing = threading.Thread(target=super().close, daemon=True)
        closing.start()
        closing.join(GOODBYE_SECONDS)

    # Suspending and resuming

    def _sigtstp_application(self, *_: Any) -> None:
        # Not inside the signal handler, which may have interrupted a write.
        self.loop.call_soon_threadsafe(self._suspend)

    def _suspend(self) -> None:
        if self._auto_restart and self.is_reading:
            self.suspend_application_mode()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _sigcont_application(self, *_: Any) -> None:
        self.loop.call_soon_threadsafe(self._resume)

    def _resume(self) -> None:
        if not self._auto_restart:
            return
        if self.is_reading:
            # The process was stopped without notice, and anything may have been written to the terminal since.
            self.suspend_application_mode()
        self.resume_application_mode()
        self.app.repaint()

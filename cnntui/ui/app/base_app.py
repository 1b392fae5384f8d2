"""The base of the app: handles one key at a time, sends nothing to closed screens, and ends cleanly after a bug."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from rich.console import RenderableType
from textual import events
from textual.command import CommandList
from textual.errors import NoWidget
from textual.message_pump import MessagePump
from textual.notifications import Notify, SeverityLevel
from textual.screen import Screen
from textual.theme import ThemeProvider
from textual.worker import NoActiveWorker, WorkerCancelled, WorkerFailed, get_current_worker

from cnntui.files import bug_report
from cnntui.files.errors import CnntuiError
from cnntui.printable import printable, text_width
from cnntui.terminal.app import TerminalApp
from cnntui.ui.app.notice import Notice
from cnntui.ui.keys.command import Refusing
from cnntui.ui.keys.symbols import shown_key
from cnntui.ui.views.base.overlay import Overlay, Palette
from cnntui.ui.widgets.bars.key_bar import MARGIN, KeyBar

Result = TypeVar("Result")

LAST_KEYS = 30
"""How many of the last keys a bug report names."""

UNPAINTED_SECONDS, PAINTED_SECONDS = 0.1, 0.02
"""While keys are queued, painting pauses for the first time and then resumes for the second."""

PATIENCE = 3.0
"""The longest that a key waits for the effects of the one before; only something that hangs takes so long."""

MOST_ROUNDS = 50
"""How often a key lets the app's queue go first: on a busy machine, playing may never leave the queue empty."""

PALETTE_ROUNDS = 3
"""In how many of these rounds to wait for the parts of the palette, which need these rounds to act on enter."""

CHOOSING = ("enter", "up", "down", "pageup", "pagedown", "home", "end")
"""Keys that choose from the palette's list."""

NOTHING = "{key} does nothing here; ? lists the keys"

ANSWERS = "{key} does nothing here; press {keys}"
"""The hint in a dialog, which has only a few keys."""

MOUNTING_SECONDS = 0.02
"""How soon to check again whether a screen has its widgets."""


class BaseApp(TerminalApp):
    """Handles keys and mouse events one at a time, and leaves a report after a bug.

    Textual passes a key from queue to queue: to the widget, up to the screen, back to the app, on to the new screen. Of
    two keys that arrive together, the second could be looked up on one screen and handled by another. So an event is
    dispatched only once everything that the one before it caused is done, as if the user had waited for that.
    """

    def __init__(self) -> None:
        super().__init__()
        self.last_words: str | None = None
        """The text that is printed on the terminal after a bug."""
        self._typed: deque[events.Event] = deque()
        self._is_busy = False
        self._reached: tuple[MessagePump, ...] = ()
        self._rounds = 0
        self._unpainted_since: float | None = None
        self._painted_since = 0.0
        self._last_keys: deque[str] = deque(maxlen=LAST_KEYS)
        self._hinting: KeyBar | None = None
        self._next_hint = ""

    @property
    def front(self) -> Screen[Any] | None:
        """The screen in front, ignoring the palette, which acts on the screen beneath it; None while the app starts."""
        return next((screen for screen in reversed(self.screen_stack) if not isinstance(screen, Palette)), None)

    @property
    def is_covered(self) -> bool:
        """Whether a page or a dialog lies over the current view."""
        return isinstance(self.front, Overlay)

    # One at a time

    async def on_event(self, event: events.Event) -> None:
        """Handle an event of Textual's; keys, pastes and the mouse queue up."""
        if not isinstance(event, events.InputEvent | events.Paste):
            await super().on_event(event)
            return
        if not self.screen_stack:
            # The app is closing.
            return
        if event.is_forwarded:
            await super().on_event(event)
            return
        self._typed.append(event)
        if not self._is_busy:
            await self._dispatch_next()

    @property
    def waiting(self) -> int:
        """How many messages and keys are queued."""
        return super().waiting + len(self._typed)

    async def _dispatch_next(self) -> None:
        event = self._typed.popleft()
        self._hold_back()
        if isinstance(event, events.Key):
            self._last_keys.append(event.key)
        if isinstance(event, events.Key | events.MouseDown):
            self.hint("")
        self._reached, self._rounds = self._reached_by(event), MOST_ROUNDS
        self._is_busy = True
        await super().on_event(event)
        _call_later(self, self._dispatch_when_done)

    async def _dispatch_when_done(self) -> None:
        """Dispatch the next event once everything that the one before caused is done."""
        try:
            async with asyncio.timeout(PATIENCE):
                for pump in (*self._reached, *self.screen_stack[-1:]):
                    await _all_read(pump)
                if self._rounds > MOST_ROUNDS - PALETTE_ROUNDS:
                    await self._chosen()
        except TimeoutError:
            pass
        self._reached = ()
        if self.message_queue_size and self._rounds:
            # The messages that they sent to the app come first.
            self._rounds -= 1
            _call_later(self, self._dispatch_when_done)
        elif self._typed:
            await self._dispatch_next()
        else:
            self._is_busy = False
            self._paint_again()

    async def _chosen(self) -> None:
        """Wait until the palette has handled a key, and for its list of results if the next key chooses from the list.

        The palette's parts notify one another in turn: the input notifies the palette, which notifies the list, which
        notifies the palette again.
        """
        palette = self.screen_stack[-1] if self.screen_stack else None
        if not isinstance(palette, Palette):
            return
        for part in (self.focused, *palette.query(CommandList)):
            for pump in _chain(part, self):
                await _all_read(pump)
        following = self._typed[0] if self._typed else None
        if isinstance(following, events.Key) and following.key in CHOOSING:
            await palette.found()

    def _hold_back(self) -> None:
        """Skip painting while more keys wait, but show the current state now and then."""
        now = time.monotonic()
        if self._unpainted_since is not None:
            if now - self._unpainted_since > UNPAINTED_SECONDS:
                self._paint_again()
                self._painted_since = now
        elif self._typed and now - self._painted_since > PAINTED_SECONDS:
            self._begin_batch()
            self._unpainted_since = now

    def _paint_again(self) -> None:
        if self._unpainted_since is not None:
            self._unpainted_since = None
            self._end_batch()
            if self.screen_stack:
                # The screen was told that there is something to paint, but skipped it.
                self.screen.check_idle()

    def _reached_by(self, event: events.Event) -> tuple[MessagePump, ...]:
        """The widget that an event goes to and the ancestors that it bubbles through, up to the app."""
        widget: MessagePump | None = self.focused
        if isinstance(event, events.MouseEvent):
            try:
                widget = self.mouse_captured or self.get_widget_at(event.x, event.y)[0]
            except NoWidget:
                widget = None
        return _chain(widget, self)

    # Keys that do nothing

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        """Handle a key as Textual does, and say why if it does nothing."""
        done = await super()._check_bindings(key, priority)
        if not done and not priority:
            self.hint(self._why_nothing(key))
        return done

    def hint(self, text: str) -> None:
        """Show a few words in place of the key bar until the next key; empty restores the keys."""
        self._next_hint = ""
        if self._hinting is not None:
            self._hinting.hint("")
            self._hinting = None
        if text:
            # A dialog has no key bar; that of the view beneath it is visible.
            bars = (bar for screen in reversed(self.screen_stack) for bar in screen.query(KeyBar))
            self._hinting = next(bars, None)
            if self._hinting is not None:
                self._hinting.hint(text)

    def hint_soon(self, text: str) -> None:
        """Show a few words in place of the key bar once there is one, unless a key comes first."""
        self._next_hint = text
        self.call_after_refresh(lambda: self.hint(self._next_hint) if self._next_hint else None)

    @property
    def is_hinting(self) -> bool:
        """Whether the key bar shows, or is about to show, something else than keys."""
        return self._hinting is not None or bool(self._next_hint)

    def on_key_bar_hint(self, message: KeyBar.Hint) -> None:
        self.hint(message.text)

    def _why_nothing(self, key: str) -> str:
        """Why a key does nothing here."""
        for node, bindings in self.screen._modal_binding_chain:
            for binding in bindings.key_to_bindings.get(key, ()):
                target, action, parameters = self._parse_action(binding.action, node)
                if isinstance(target, Refusing) and (reason := target.why_not(action, parameters)):
                    return reason
        said = printable(shown_key(key))
        if "question_mark" in self.screen.active_bindings:
            return NOTHING.format(key=said)
        *others, last = (shown_key(found) for found in _one_key_each(self.screen))
        return ANSWERS.format(key=said, keys=f"{', '.join(others)} or {last}" if others else last)

    # Notifications

    def notify(
        self, message: str, *, title: str = "", severity: SeverityLevel = "information", timeout: float | None = None,
        markup: bool = True,
    ) -> None:  # fmt: skip
        """Notify as Textual does, but with notices that cannot expire before they are shown."""
        seconds = self.NOTIFICATION_TIMEOUT if timeout is None else timeout
        self.post_message(Notify(Notice(message, title, severity, seconds, markup)))

    def complain(self, error: CnntuiError) -> None:
        """Show an error in its own words, never as markup."""
        self.notify(f"{error}", severity="error", timeout=12, markup=False)

    def warn(self, said: str, *shorter: str, seconds: float = 8) -> None:
        """Say something in place of the keys until the next key, where it covers nothing.

        Args:
            said: the sentences.
            shorter: other ways to say it, in decreasing length, for a narrow key bar.
            seconds: how long a box shows the sentences if they do not fit the key bar, or it already says something.
        """
        room = self.size.width - MARGIN
        fitting = next((form for form in (said, *shorter) if text_width(form) <= room), "")
        if fitting and not self.is_hinting:
            self.hint_soon(fitting)
        else:
            self.notify(said, severity="warning", timeout=seconds, markup=False)

    def unwarn(self) -> None:
        """Remove what was said: it is no longer true."""
        self.hint("")
        self.clear_notifications()

    # Leaving

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Leave once every screen has its widgets; Textual would not mount them any more."""
        if all(screen.is_mounted for screen in self.screen_stack):
            super().exit(result, return_code, message)
        else:
            self.set_timer(MOUNTING_SECONDS, partial(self.exit, result, return_code, message))

    async def _close_all(self) -> None:
        """Close all screens, but none before it has its widgets; nothing is sent to them afterwards."""
        try:
            async with asyncio.timeout(PATIENCE):
                for screen in [node for node in self._registry if isinstance(node, Screen)]:
                    await screen._mounted_event.wait()
        except TimeoutError:
            pass
        # This stops the timers, which would report on the run.
        self._exit = True
        await super()._close_all()

    # The palette

    def action_command_palette(self) -> None:
        """Open the palette."""
        if not any(isinstance(screen, Palette) for screen in self.screen_stack):
            self.push_screen(Palette(id="--command-palette"))

    def search_themes(self) -> None:
        """Choose a theme."""
        self.push_screen(Palette([ThemeProvider], placeholder="Search for themes…"))

    # Background work

    def call_from_thread(
        self, callback: Callable[..., Result | Awaitable[Result]], *args: Any, **kwargs: Any
    ) -> Result:
        """Call as Textual does, but end the work of a cancelled worker here, since its screen is gone.

        Raises:
            WorkerCancelled: the calling thread belongs to a worker that was cancelled.
        """
        try:
            worker = get_current_worker()
        except NoActiveWorker:
            return super().call_from_thread(callback, *args, **kwargs)

        def tell() -> Result | Awaitable[Result]:
            # Checked here, in the thread that closes screens.
            if worker.is_cancelled:
                raise WorkerCancelled
            return callback(*args, **kwargs)

        return super().call_from_thread(tell)

    # Bugs

    def facts(self) -> dict[str, object]:
        """The circumstances to name in a bug report."""
        return {
            "size": f"{self.size.width}×{self.size.height}",
            "screens": " ".join(type(screen).__name__ for screen in self.screen_stack),
            "keys": " ".join(self._last_keys),
        }

    def how_to_continue(self) -> str:
        """One sentence that says how to continue after a bug."""
        return bug_report.SAFE

    def _handle_exception(self, error: Exception) -> None:
        """End after a bug with a report in a file; in tests, fail the test."""
        if self.is_headless:
            super()._handle_exception(error)
            return
        self._return_code = 1
        if self.last_words is None:
            bug = error.error if isinstance(error, WorkerFailed) else error
            self.last_words = bug_report.give_up(bug, self.facts(), self.how_to_continue())
        self._close_messages_no_wait()


def _one_key_each(screen: Screen[Any]) -> list[str]:
    """The first key for each action of a dialog; in Textual's palette, only the keys that it shows."""
    found = dict[str, str]()
    for key, active in screen.active_bindings.items():
        if active.node is screen and (active.binding.id is not None or active.binding.show):
            found.setdefault(active.binding.action, key)
    return [*found.values()]


def _chain(pump: MessagePump | None, end: MessagePump) -> tuple[MessagePump, ...]:
    """A widget and the ancestors that its messages bubble through, up to but excluding `end`."""
    chain: list[MessagePump] = []
    while pump is not None and pump is not end:
        chain.append(pump)
        pump = pump._parent
    return tuple(chain)


async def _all_read(pump: MessagePump) -> None:
    """Wait until a widget has handled all its messages."""
    read = asyncio.Event()
    if _call_later(pump, read.set):
        await read.wait()


def _call_later(pump: MessagePump, callback: Callable[[], None] | Callable[[], Awaitable[None]]) -> bool:
    """Like the pump's own `call_later`, which would wrap the callback in a function and inspect its parameters."""
    return pump.post_message(events.Callback(callback))

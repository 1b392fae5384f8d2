"""The ground that the app stands on: one key at a time, nothing told to what has gone, and a bug that ends cleanly."""

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
from cnntui.printable import printable
from cnntui.terminal.app import TerminalApp
from cnntui.ui.app.notice import Notice
from cnntui.ui.keys.command import Refusing
from cnntui.ui.keys.symbols import shown_key
from cnntui.ui.views.base.overlay import Overlay, Palette
from cnntui.ui.widgets.bars.key_bar import KeyBar

Result = TypeVar("Result")

LAST_KEYS = 30
"""Keys that a report about a bug names."""

UNPAINTED_SECONDS, PAINTED_SECONDS = 0.1, 0.02
"""While keys wait for their turn nothing is painted for so long, and then whatever there is for so long."""

PATIENCE = 3.0
"""Seconds that a key waits for what the one before it has caused. It only waits that long for something that hangs."""


MOST_ROUNDS = 50
"""How often a key waits for the app's queue: on a busy machine what plays may never leave it empty."""

PALETTE_ROUNDS = 3
"""How often of these the palette's parts are waited for: until a choice is made of enter."""

CHOOSING = ("enter", "up", "down", "pageup", "pagedown", "home", "end")
"""Keys that choose from the palette's list."""

NOTHING = "{key} does nothing here; ? lists the keys"

ANSWERS = "{key} does nothing here; press {keys}"
"""In a dialog, which has a few keys only."""

MOUNTING_SECONDS = 0.02
"""After which to look again whether a screen has its widgets."""


class BaseApp(TerminalApp):
    """Gives out keys and the mouse one at a time, and leaves a report where there was a bug.

    Textual passes a key on from queue to queue: to the widget, up to the screen, back to the app, on to the new screen.
    Of keys that arrive together the second would be looked up on one screen and acted upon on another. So an event is
    given out only when all that the one before it has caused is done, as if people had waited for it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.last_words: str | None = None
        """What is to be said on the terminal after a bug."""
        self._typed: deque[events.Event] = deque()
        self._is_busy = False
        self._reached: tuple[MessagePump, ...] = ()
        self._rounds = 0
        self._unpainted_since: float | None = None
        self._painted_since = 0.0
        self._last_keys: deque[str] = deque(maxlen=LAST_KEYS)
        self._hinting: KeyBar | None = None

    @property
    def front(self) -> Screen[Any] | None:
        """The screen in front, or below the palette, which acts on what lies below it; None while the app starts."""
        return next((screen for screen in reversed(self.screen_stack) if not isinstance(screen, Palette)), None)

    @property
    def is_covered(self) -> bool:
        """Whether a page or a dialog lies over the screen of a mode."""
        return isinstance(self.front, Overlay)

    # One at a time

    async def on_event(self, event: events.Event) -> None:
        """Take an event of Textual's; one that a person made waits for its turn."""
        if not isinstance(event, events.InputEvent | events.Paste):
            await super().on_event(event)
            return
        if not self.screen_stack:
            # The app is being left.
            return
        if event.is_forwarded:
            await super().on_event(event)
            return
        self._typed.append(event)
        if not self._is_busy:
            await self._give_out()

    @property
    def waiting(self) -> int:
        """How many messages wait for their turn, and keys."""
        return super().waiting + len(self._typed)

    async def _give_out(self) -> None:
        """Give out the next event."""
        event = self._typed.popleft()
        self._hold_back()
        if isinstance(event, events.Key):
            self._last_keys.append(event.key)
        if isinstance(event, events.Key | events.MouseDown):
            self.hint("")
        self._reached, self._rounds = self._reached_by(event), MOST_ROUNDS
        self._is_busy = True
        await super().on_event(event)
        _call_later(self, self._go_on)

    async def _go_on(self) -> None:
        """Give out the next event, if there is one, once nothing is left to do of the one before."""
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
            # What they sent to the app comes first.
            self._rounds -= 1
            _call_later(self, self._go_on)
        elif self._typed:
            await self._give_out()
        else:
            self._is_busy = False
            self._paint_again()

    async def _chosen(self) -> None:
        """Wait for what the palette's parts make of a key, and for its list if the next key chooses from that.

        They tell each other: the line of letters tells the palette, which tells the list, which tells the palette.
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
        """Paint nothing that the next key will change, but now and then what there is."""
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
                # It has been told of what there is to paint, and has let it pass.
                self.screen.check_idle()

    def _reached_by(self, event: events.Event) -> tuple[MessagePump, ...]:
        """The widget that an event goes to, and those that it passes on its way up to the app."""
        widget: MessagePump | None = self.focused
        if isinstance(event, events.MouseEvent):
            try:
                widget = self.mouse_captured or self.get_widget_at(event.x, event.y)[0]
            except NoWidget:
                widget = None
        return _chain(widget, self)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do of all that was typed."""
        return not self._is_busy

    # Keys that do nothing

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        """As Textual's; of a key that does nothing it is said why."""
        done = await super()._check_bindings(key, priority)
        if not done and not priority:
            self.hint(self._why_nothing(key))
        return done

    def hint(self, text: str) -> None:
        """Say a few words in place of the keys in the bar, until the next key; empty for the keys again."""
        if self._hinting is not None:
            self._hinting.hint("")
            self._hinting = None
        if text:
            # A dialog has no bar; that of the view below it is in sight.
            bars = (bar for screen in reversed(self.screen_stack) for bar in screen.query(KeyBar))
            self._hinting = next(bars, None)
            if self._hinting is not None:
                self._hinting.hint(text)

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
        """As Textual's, but no notification expires before it is shown."""
        seconds = self.NOTIFICATION_TIMEOUT if timeout is None else timeout
        self.post_message(Notify(Notice(message, title, severity, seconds, markup)))

    # Leaving

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Leave, as soon as the screens that have come have their widgets: from then on Textual gives them none."""
        if all(screen.is_mounted for screen in self.screen_stack):
            super().exit(result, return_code, message)
        else:
            self.set_timer(MOUNTING_SECONDS, partial(self.exit, result, return_code, message))

    async def _close_all(self) -> None:
        """Close all screens. None is closed before it has its widgets, and none is told anything after."""
        try:
            async with asyncio.timeout(PATIENCE):
                for screen in self.screen_stack:
                    await screen._mounted_event.wait()
        except TimeoutError:
            pass
        # Timers, which would tell of the run, stop at that.
        self._exit = True
        await super()._close_all()

    # The palette

    def action_command_palette(self) -> None:
        """All that can be done."""
        if not any(isinstance(screen, Palette) for screen in self.screen_stack):
            self.push_screen(Palette(id="--command-palette"))

    def search_themes(self) -> None:
        """All themes."""
        self.push_screen(Palette([ThemeProvider], placeholder="Search for themes…"))

    # Work beside

    def call_from_thread(
        self, callback: Callable[..., Result | Awaitable[Result]], *args: Any, **kwargs: Any
    ) -> Result:
        """As Textual's. Work that nobody waits for any more, as its screen has gone, ends here.

        Raises:
            WorkerCancelled: the work is that of a worker, and nobody wants it.
        """
        try:
            worker = get_current_worker()
        except NoActiveWorker:
            return super().call_from_thread(callback, *args, **kwargs)

        def tell() -> Result | Awaitable[Result]:
            # Asked here, in the thread in which screens go.
            if worker.is_cancelled:
                raise WorkerCancelled
            return callback(*args, **kwargs)

        return super().call_from_thread(tell)

    # Bugs

    def facts(self) -> dict[str, object]:
        """What a report says about what was going on."""
        return {
            "size": f"{self.size.width}×{self.size.height}",
            "screens": " ".join(type(screen).__name__ for screen in self.screen_stack),
            "keys": " ".join(self._last_keys),
        }

    def go_on(self) -> str:
        """One sentence: how a person goes on after a bug."""
        return bug_report.SAFE

    def _handle_exception(self, error: Exception) -> None:
        """A bug: end, with a report in a file. In tests it ends the test."""
        if self.is_headless:
            super()._handle_exception(error)
            return
        self._return_code = 1
        if self.last_words is None:
            bug = error.error if isinstance(error, WorkerFailed) else error
            self.last_words = bug_report.give_up(bug, self.facts(), self.go_on())
        self._close_messages_no_wait()


def _one_key_each(screen: Screen[Any]) -> list[str]:
    """The first key for each thing that can be done in a dialog; of the palette, which is Textual's, those it shows."""
    found = dict[str, str]()
    for key, active in screen.active_bindings.items():
        if active.node is screen and (active.binding.id is not None or active.binding.show):
            found.setdefault(active.binding.action, key)
    return [*found.values()]


def _chain(pump: MessagePump | None, end: MessagePump) -> tuple[MessagePump, ...]:
    """A widget and all that its messages pass on their way up, as far as `end`, which is left out."""
    chain: list[MessagePump] = []
    while pump is not None and pump is not end:
        chain.append(pump)
        pump = pump._parent
    return tuple(chain)


async def _all_read(pump: MessagePump) -> None:
    """Wait until a widget has dealt with all messages that it has got."""
    read = asyncio.Event()
    if _call_later(pump, read.set):
        await read.wait()


def _call_later(pump: MessagePump, callback: Callable[[], None] | Callable[[], Awaitable[None]]) -> bool:
    """As the pump's own `call_later`, which makes a new function each time, whose parameters are then counted."""
    return pump.post_message(events.Callback(callback))

"""An app that paints frame by frame: only what has changed, and only once the terminal has shown the last frame."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from rich.color import ColorSystem
from rich.console import RenderableType
from rich.control import Control
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual._context import visible_screen_stack
from textual._styles_cache import StylesCache
from textual.await_complete import AwaitComplete
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen

from cnntui.terminal.composing import Composer
from cnntui.terminal.driven_app import DrivenApp
from cnntui.terminal.driver import TerminalDriver
from cnntui.terminal.pace import Pace
from cnntui.terminal.screen_buffer import ScreenBuffer

SYNC_START, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"

BATCH_SECONDS = 0.02
"""How soon to check again for further changes before painting."""


class TerminalApp(DrivenApp):
    """Paints on a real terminal frame by frame; without one, as in a test, it paints like any Textual app."""

    def __init__(self) -> None:
        super().__init__()
        self._canvas: ScreenBuffer | None = None
        self._composer = Composer()
        self._pace = Pace()
        self._next_frame: asyncio.TimerHandle | None = None
        self._played = 0.0
        self._undrawn = False
        self._pointer = "default"

    def get_driver_class(self) -> type[Driver]:
        driver = super().get_driver_class()
        return TerminalDriver if driver is LinuxDriver else driver

    def keep_up(self) -> None:
        """Paint the next frames as if they answered a key: something is playing."""
        self._played = time.monotonic()

    def pop_screen(self) -> AwaitComplete:
        """Close the screen in front, and release everything that was drawn for it."""
        # Textual caches the finished lines of the last 1,024 widgets by colour pair and so keeps them alive.
        StylesCache.get_inner_outer.cache_clear()
        return super().pop_screen()

    def _set_pointer_shape(self, shape: str) -> None:
        # Textual sets the shape of the mouse pointer whenever a screen appears, usually to the one it already has.
        if shape != self._pointer:
            self._pointer = shape
            super()._set_pointer_shape(shape)

    # What the driver reports

    def answered(self, when: float) -> None:
        self._pace.answered(when)
        if self._next_frame is not None:
            self.call_later(self._paint)

    def repaint(self) -> None:
        if self._canvas is not None:
            self._canvas.forget()
        if self.screen_stack:
            self.screen.refresh()

    def action_repaint(self) -> None:
        """Paint the whole screen, because something else has written over it."""
        self.repaint()

    # Painting

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if not isinstance(self._driver, TerminalDriver) or not isinstance(renderable, ChopsUpdate | LayoutUpdate):
            super()._display(screen, renderable)
            return
        if not self._batch_count and self._running and not self._closed:
            self._canvas_now().apply(renderable)
            self._paint()
        self.post_display_hook()

    def draw(self, compositor: Compositor) -> bool:
        """Draw what has changed on the screen in front. Returns whether this app draws it rather than Textual."""
        if not isinstance(self._driver, TerminalDriver) or self._batch_count or not self._running or self._closed:
            return False
        # A dialog shows the screens behind it around itself.
        visible_screen_stack.set(self._background_screens)
        self._composer.compose(compositor, self._canvas_now())
        self._paint()
        self.post_display_hook()
        return True

    def _canvas_now(self) -> ScreenBuffer:
        width, height = self.size
        canvas, colours = self._canvas, self.console._color_system or ColorSystem.TRUECOLOR
        if canvas is None or (canvas.width, canvas.height, canvas.colours) != (width, height, colours):
            canvas = self._canvas = ScreenBuffer(width, height, colours)
        return canvas

    @property
    def _wait(self) -> float:
        """Seconds until a frame may be painted; 0 or less means now."""
        driver = self._driver
        assert isinstance(driver, TerminalDriver)
        if self._batch_count:
            return BATCH_SECONDS
        used = max(driver.last_input, self._played)
        return self._pace.wait(time.monotonic(), used=used, writing=driver.is_writing)

    def holds_back(self, screen: Screen[Any]) -> bool:
        """Whether a screen must not draw now because nothing can be painted; it is asked again later."""
        if not isinstance(self._driver, TerminalDriver):
            return False
        if self._batch_count:
            # Textual would draw what has changed and discard it. Instead, everything is drawn once when the batch ends:
            # the whole screen, since no widget covers the gaps between widgets.
            screen._compositor._dirty_regions = {screen._compositor.size.region}
            screen._repaint_required = True
            return True
        if self._canvas is None:
            return False
        self._undrawn = self._wait > 0
        if self._undrawn:
            self._look_again(self._wait)
        return self._undrawn

    def _look_again(self, seconds: float) -> None:
        if self._next_frame is not None:
            self._next_frame.cancel()
        self._next_frame = asyncio.get_running_loop().call_later(seconds, self.call_later, self._paint)

    def _paint(self) -> None:
        """Write the difference between the screen and the terminal if a frame may be sent now, or schedule it."""
        driver, canvas = self._driver, self._canvas
        if not isinstance(driver, TerminalDriver) or not driver.is_reading or canvas is None:
            return
        if not self._undrawn and not canvas.has_changes:
            return
        if (wait := self._wait) > 0:
            self._look_again(wait)
            return
        if self._next_frame is not None:
            self._next_frame.cancel()
            self._next_frame = None
        if self._undrawn:
            self._undrawn = False
            if self.screen_stack:
                self.screen._compositor_refresh()
        # Drawing also paints, and by now perhaps on a canvas of another size.
        changes = self._canvas.changes(is_slow=self._pace.is_slow) if self._canvas is not None else ""
        if not changes:
            return
        frame = changes + Control.move_to(*self.cursor_position).segment.text
        if self._sync_available:
            frame = SYNC_START + frame + SYNC_END
        driver.paint(frame, self._pace.painted(time.monotonic(), len(frame.encode(errors="replace"))))

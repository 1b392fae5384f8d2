"""A screen that draws only when its app can paint, and then only what has changed."""

from __future__ import annotations

from textual.geometry import Size
from textual.screen import Screen, ScreenResultType

from cnntui.terminal.app import TerminalApp


class PacedScreen(Screen[ScreenResultType]):
    """The base of all screens; in front of an app without a terminal, as in a test, it draws like Textual's."""

    def require_layout(self) -> None:
        """Lay out the screen before it is painted again.

        A widget's own `refresh(layout=True)` reaches the screen by way of two queues, in which time the screen may be
        painted with the new contents in the old layout.
        """
        self._layout_required = True
        self.check_idle()

    def _screen_resized(self, size: Size) -> None:
        # Textual also tells a screen the size that it has just been laid out for, as it tells all widgets theirs.
        if size != self.outer_size:
            super()._screen_resized(size)

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        super()._refresh_layout(size, scroll)
        # Unless only what scrolled into view was laid out, the map is complete. Textual would build it again as soon as
        # a widget is looked up, possibly with a layout that the widgets do not have yet.
        if self._compositor._visible_map is None:
            self._compositor._full_map_invalidated = False

    def _compositor_refresh(self) -> None:
        # What is not drawn now stays marked, and is drawn as soon as painting is possible: that halves a key's cost.
        app = self.app
        if not isinstance(app, TerminalApp) or self is not app.screen:
            super()._compositor_refresh()
        elif app.holds_back(self):
            self._dirty_widgets.clear()
        elif app.draw(self._compositor):
            self._dirty_widgets.clear()
            app._update_mouse_over(self)
        else:
            super()._compositor_refresh()

"""What pages that lie over a view, and adapt to the room, have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.geometry import Size
from textual.widget import Widget

from cnntui.explore.scene import Scene
from cnntui.ui.views.base.commands import commands_of
from cnntui.ui.views.base.overlay import Overlay, lay_over
from cnntui.ui.views.base.sizes import is_compact, too_small
from cnntui.ui.views.base.state import AppState
from cnntui.ui.widgets.bars.key_bar import KeyBar
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.kept import BlankScreen
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.responsive import ResponsiveText

WIDE_WIDTH, HIGH_HEIGHT = 164, 36
"""From this size on a page has room for something beside its content, or below it."""


class Page(BlankScreen, Overlay[None]):
    """A page with a key bar, and a line that app.tcss shows alone where the class is -tiny; -compact is below 80×24.

    It is -wide or -high where there is room for more beside or below what it shows.
    """

    TOPIC: ClassVar[str]
    """The title of its help page."""

    TEXT: ClassVar[str]
    """The text of its help page."""

    AUTO_FOCUS = ""
    """Keys belong to the page alone."""

    @abstractmethod
    def compose_page(self) -> Iterable[Widget]:
        """The widgets above the page's key bar."""

    def compose(self) -> ComposeResult:
        yield from self.compose_page()
        yield Lines("", id="too-small")
        yield KeyBar()

    def on_mount(self) -> None:
        """Find out the size of the room before anything is painted."""
        self._measure(self.app.size)

    def on_resize(self, event: events.Resize) -> None:
        self._measure(event.size)

    def _measure(self, size: Size) -> None:
        need = too_small(size)
        self.set_class(bool(need), "-tiny")
        self.set_class(is_compact(size), "-compact")
        self.set_class(size.width >= WIDE_WIDTH and not need, "-wide")
        self.set_class(size.height >= HIGH_HEIGHT and not need, "-high")
        self.query_one("#too-small", Lines).set(need)

    def show_state(self, state: AppState) -> None:
        """Of the app's state, a page follows only the grid style."""
        if self.is_mounted:
            for grid in self.query(Grid):
                grid.prefer(state.style)

    @property
    def pointed_scene(self) -> Scene | None:
        """The selected image, where the page is about images whose class may have to be predicted."""
        return None

    def point_at_another(self) -> None:
        """Select another image."""

    def action_leave(self) -> None:
        """Close the page."""
        self.dismiss()

    async def action_help(self) -> None:
        """Explain the page."""
        from cnntui.ui.views.base.help import HelpScreen

        await lay_over(self.app, HelpScreen(self.TOPIC, self.TEXT, commands_of(self)))

    def responsive(self, selector: str) -> ResponsiveText:
        """One of the page's lines."""
        return self.query_one(selector, ResponsiveText)

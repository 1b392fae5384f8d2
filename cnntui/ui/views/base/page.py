"""The parts that pages share: pages cover a view and adapt to the room."""

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
from cnntui.ui.widgets.text.responsive import ResponsiveText, Writer

WIDE_WIDTH, HIGH_HEIGHT = 160, 36
"""The least width and the least height at which a page has room for more beside its content, or below it."""


class Page(BlankScreen, Overlay[None]):
    """A page with a key bar, and a line that app.tcss shows alone if the class is -tiny; -compact is below 80×24.

    The page is -wide or -high if there is room for more beside or below its content.
    """

    TOPIC: ClassVar[str]
    """The title of the page's help page."""

    TEXT: ClassVar[str]
    """The text of the page's help page."""

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
        """Measure the room before anything is painted."""
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
        """Show the app's grid style, the only part of the state that a page follows."""
        if self.is_mounted:
            for grid in self.query(Grid):
                grid.prefer(state.style)

    @property
    def pointed_scene(self) -> Scene | None:
        """The scene of the selected image; None unless the user may have to predict classes of the page's images."""
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

    def write(self, part: str, writer: Writer) -> None:
        """Set the function that writes a part's lines."""
        self.query_one(f"#{part}", ResponsiveText).write(writer)

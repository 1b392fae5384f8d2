"""Apps with a single widget, to test it."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widget import Widget


class OneWidget(App[None]):
    """An app that shows one widget in a given room."""

    def __init__(self, widget: Widget, width: int, height: int) -> None:
        super().__init__()
        self.widget = widget
        self._room = (width, height)
        self.painted: list[int] = []

    def compose(self) -> ComposeResult:
        self.widget.styles.width, self.widget.styles.height = self._room
        yield self.widget


def text_of(widget: Widget) -> list[str]:
    """The text of a widget, line by line."""
    return [widget.render_line(y).text for y in range(widget.size.height)]

"""Lines whose wording depends on the room."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.geometry import Size
from textual.strip import Strip

from cnntui.ui.widgets.text.line import Line, as_line
from cnntui.ui.widgets.text.lines import Lines

Writer = Callable[[Size], Sequence[Line | str]]
"""Writes lines for a size in columns and lines."""


class ResponsiveText(Lines):
    """Lines that are written to fit their room, and rewritten when it changes: before they are painted, not after."""

    def __init__(self, *, id: str | None = None) -> None:
        """No lines yet; `write` sets the function that writes them."""
        super().__init__(id=id)
        self._writer: Writer = lambda size: ()
        self._written_for: Size | None = None

    def write(self, writer: Writer) -> None:
        """Set the function that writes the lines; only lines that differ from the present ones are repainted."""
        self._writer = writer
        self._written_for = size = self.size or None
        if size is not None:
            self.set(*writer(size))
        else:
            # A screen that opens writes all its texts before it is laid out. They are written once there is room.
            self._kept = {}

    @property
    def text(self) -> str:
        """All lines, without their roles."""
        self._fit()
        return super().text

    def render_line(self, y: int) -> Strip:
        self._fit()
        return super().render_line(y)

    def _fit(self) -> None:
        # The first painting of a layout comes before the event that reports the new size.
        if self.size != self._written_for:
            self._written_for = self.size
            self._lines = [as_line(line) for line in self._writer(self.size)]

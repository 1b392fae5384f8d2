"""A grid that can be drawn on with the mouse."""

from __future__ import annotations

from textual import events
from textual.message import Message

from cnntui.ui.widgets.grids.map_grid import MapGrid

RIGHT_BUTTON = 3


class DrawPad(MapGrid):
    """A grid of pixels that reports where the mouse goes while a button is held; it draws nothing of its own accord."""

    ALLOW_SELECT = False

    class Stroked(Message):
        """The mouse was pressed, or moved while a button was held.

        Attributes:
            row, col: the position in pixels; the middle of the first pixel is (0.5, 0.5). It may lie outside the grid.
            begins: whether the button has just been pressed.
            right: whether the button is the right one.
        """

        def __init__(self, row: float, col: float, begins: bool, right: bool) -> None:
            super().__init__()
            self.row = row
            self.col = col
            self.begins = begins
            self.right = right

    def _point(self, event: events.MouseEvent) -> None:
        begins = isinstance(event, events.MouseDown)
        if begins:
            # A stroke that leaves the canvas continues when it comes back.
            self.capture_mouse()
        elif self.app.mouse_captured is not self:
            return
        event.stop()
        row, col = self._pixel_at(event)
        self.post_message(self.Stroked(row, col, begins, event.button == RIGHT_BUTTON))

    def on_mouse_up(self) -> None:
        self.release_mouse()

    def _pixel_at(self, event: events.MouseEvent) -> tuple[float, float]:
        """The row and column under the mouse, as precisely as the terminal reports them."""
        x, y = float(event.pointer_screen_x), float(event.pointer_screen_y)
        if x.is_integer() and y.is_integer():
            # Most terminals report only the character, so drawing happens in its middle.
            x, y = x + 0.5, y + 0.5
        geometry, corner = self.geometry, self.content_region.offset
        lines = geometry.cell_height / 2 if geometry.half else geometry.cell_height
        return (y - corner.y) / lines, (x - corner.x) / geometry.cell_width

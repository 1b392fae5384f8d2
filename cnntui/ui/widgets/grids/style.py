"""The styles that grids can be drawn in."""

from __future__ import annotations

from cnntui.ui.widgets.cycle import Cycle


class GridStyle(Cycle):
    """A way to draw the cells of a grid."""

    AUTO = "auto"
    BLOCKS = "blocks"
    HALVES = "half-blocks"
    GLYPHS = "glyphs"
    NUMBERS = "numbers"

    @property
    def said(self) -> str:
        """The style's name, as shown when the style is set."""
        return "automatic, as the room allows" if self is GridStyle.AUTO else self.value

"""How a person wants grids drawn."""

from __future__ import annotations

from cnntui.ui.widgets.cycle import Cycle


class GridStyle(Cycle):
    """One of the ways to draw the cells of a grid."""

    AUTO = "auto"
    BLOCKS = "blocks"
    HALVES = "half-blocks"
    GLYPHS = "glyphs"
    NUMBERS = "numbers"

    @property
    def said(self) -> str:
        """What it is called where it is set."""
        return "automatic, as the room allows" if self is GridStyle.AUTO else self.value

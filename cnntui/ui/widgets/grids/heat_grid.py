"""Heat on a digit: how much depends on each pixel, by colour, and the digit's strokes below it, by lightness."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnntui.palette import Colormap, Mark, Scale
from cnntui.ui.widgets.grids.map_grid import MapGrid

HAS_INK = 0.3
"""A pixel from this brightness on belongs to a stroke."""


class HeatGrid(MapGrid):
    """A grid of signed values over a digit."""

    def __init__(self, *, id: str | None = None) -> None:
        """No heat and no digit yet; `lay` lays them."""
        super().__init__(ink=Colormap.HEAT, id=id)
        self._strokes: NDArray[np.bool_] = np.zeros((1, 1), np.bool_)

    def lay(self, heat: NDArray[np.float32], digit: NDArray[np.float32], scale: Scale) -> None:
        """Show other heat, perhaps on another digit.

        Args:
            heat: (rows, columns) float32.
            digit: (rows, columns) float32, 0 to 1.
            scale: what heat gets the strongest colour.
        """
        strokes = digit >= HAS_INK
        same = np.array_equal(strokes, self._strokes)
        self._strokes = strokes
        self.show(heat, scale)
        if not same:
            self._remark()
            self.refresh()

    def _remark(self) -> None:
        super()._remark()
        if self._strokes.shape == self._marks.shape:
            self._marks[self._strokes & (self._marks == Mark.PLAIN)] = Mark.STROKE

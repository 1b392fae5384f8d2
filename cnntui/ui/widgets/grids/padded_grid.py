"""A map of numbers with the zeros that padding puts around it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnntui.palette import Colormap, Mark, Scale
from cnntui.ui.widgets.grids.map_grid import MapGrid


class PaddedGrid(MapGrid):
    """A grid with the zeros around it that padding adds, drawn as what is no part of the map."""

    def __init__(self, *, id: str | None = None) -> None:
        """An empty grid; `lay` fills it."""
        super().__init__(id=id)
        self._ring: NDArray[np.bool_] = np.zeros((1, 1), np.bool_)

    def lay(self, values: NDArray[np.float32], ring: NDArray[np.bool_], unread: NDArray[np.bool_] | None) -> None:
        """Show values `(rows, columns)`; `ring` is True for those that padding added."""
        self._ring = ring
        self.show(values, Scale(1.0), unread=unread, ink=Colormap.PIXELS if values.min() >= 0 else Colormap.SIGNED)

    def _remark(self) -> None:
        super()._remark()
        if self._ring.shape == self._marks.shape:
            self._marks[self._ring & (self._marks == Mark.PLAIN)] = Mark.PENDING

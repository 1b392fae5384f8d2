"""Small grids of one size in a row, at a given pitch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from textual.geometry import Size

from cnntui.palette import Scale
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.tiling import TileCell, Tiling


class KernelRow(Grid):
    """Kernels side by side on one colour scale. Showing other kernels repaints only the lines that changed."""

    def __init__(self, *, id: str | None = None) -> None:
        """No kernels yet; `show` draws them."""
        super().__init__(id=id)
        self._kernels: NDArray[np.float32] = np.zeros((0, 1, 1), np.float32)
        self._tiling = replace(self._tiling, count=0)

    def show(self, kernels: NDArray[np.float32], scale: Scale, tiling: Tiling) -> None:
        """Show other kernels.

        Args:
            kernels: (kernels, rows, columns) float32.
            scale: the scale that gives each value its colour.
            tiling: the layout of the kernels, from `tiling.in_a_row`.
        """
        before, levels_before, tiling_before = self._kernels, self._levels, self._tiling
        self._kernels, self._levels, self._tiling = kernels, scale.levels(kernels), tiling
        if before.shape != kernels.shape or tiling != tiling_before:
            self.refresh()
            return
        changed = self._levels != levels_before
        if tiling.tile.numbers:
            changed |= ~np.isclose(before, kernels, rtol=0, atol=0, equal_nan=True)
        self._redraw(tiling.ends(changed))

    def _fit(self, room: Size) -> Tiling:
        return self._tiling

    def _place_at(self, x: int, y: int) -> TileCell | None:
        # A press beside or below a kernel's small cells counts as on them.
        return self.tiling.at(x - x % self.tiling.pitch, 0)

    def _values_of(self, tile: int) -> NDArray[np.float32]:
        values: NDArray[np.float32] = self._kernels[tile]
        return values

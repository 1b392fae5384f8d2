"""All kernels of a convolution side by side, each a small grid of coloured cells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from textual.geometry import Size

from cnntui.palette import Colormap, Mark, Scale
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.tiling import Tiling, averaged, fit_kernels


class KernelGrid(Grid):
    """The kernels of all filters, or patches, on one colour scale. Showing others repaints only the cells that changed.

    If large kernels have too little room, several cells are drawn as one, their mean; if that is not enough, only the
    first kernels are shown.
    """

    def __init__(self, *, ink: Colormap = Colormap.SIGNED, id: str | None = None) -> None:
        """No kernels yet; `show` draws them."""
        super().__init__(ink=ink, id=id)
        self._kernels: NDArray[np.float32] = np.zeros((1, 1, 0), np.float32)
        self._drawn = self._kernels
        self._chosen: int | None = None

    @property
    def drawn(self) -> NDArray[np.float32]:
        """`(rows, columns, kernels)`: the values of the cells in view."""
        return self._drawn if self.tiling else self._kernels

    def show(self, kernels: NDArray[np.float32]) -> None:
        """Show other kernels.

        Args:
            kernels: (rows, columns, filters) float32.
        """
        tiling, before, shape_before = self.tiling, self._levels, self._kernels.shape
        self._kernels = kernels
        if kernels.shape != shape_before:
            self.refresh()
            return
        self._draw(tiling)
        self._redraw(tiling.ends(before != self._levels))

    def choose(self, chosen: int | None) -> None:
        """Draw another kernel, or none, in the colours of a window."""
        before, self._chosen = self._chosen, chosen
        if before != chosen:
            self.refresh(*[self.tiling.region(kernel) for kernel in (before, chosen) if kernel is not None])

    def _draw(self, tiling: Tiling) -> None:
        self._drawn = drawn = averaged(self._kernels[..., : tiling.capacity], tiling.reduced)
        self._levels = Scale.of(np.nan_to_num(drawn, posinf=0.0, neginf=0.0)).levels(drawn).transpose(2, 0, 1)

    def _form(self) -> tuple[object, ...]:
        return (self._kernels.shape,)

    def _fit(self, room: Size) -> Tiling:
        rows, cols, count = self._kernels.shape
        tiling = fit_kernels(count, rows, cols, room.width, room.height)
        self._draw(tiling)
        return tiling

    def _mark_of(self, tile: int) -> Mark:
        return Mark.WITHIN if tile == self._chosen else Mark.PLAIN

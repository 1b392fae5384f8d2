"""Some patches of digits side by side, one of which is chosen."""

from __future__ import annotations

from textual.geometry import Region

from cnntui.palette import Colormap, Mark
from cnntui.ui.widgets.grids.cells import Cell
from cnntui.ui.widgets.grids.kernel_grid import KernelGrid


class PatchWall(KernelGrid):
    """Patches as large as there is room for; the chosen one is in the colours of a window."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(ink=Colormap.PIXELS, id=id)
        self._chosen: int | None = None

    def choose(self, chosen: int | None) -> None:
        """Choose another patch, or none."""
        before, self._chosen = self._chosen, chosen
        if before != chosen:
            self.refresh(*[self._place_of(place) for place in (before, chosen) if place is not None])

    def _place_of(self, place: int) -> Region:
        tiling = self.tiling
        down, across = divmod(place, tiling.across)
        top = down * (tiling.height + tiling.gap)
        return Region(across * (tiling.width + 1), top, tiling.width, tiling.height)

    def _row(self, filter: int, row: int) -> list[Cell]:
        if filter != self._chosen:
            return super()._row(filter, row)
        return [(level, Mark.WITHIN) for level, _ in super()._row(filter, row)]

"""All maps of a layer side by side, each a small coloured grid with its number below it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.message import Message

from cnntui.palette import Scale
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.tiling import Tiling, fit_gallery, peaks


class Gallery(Grid):
    """Small maps in rows; the selected one is always in view. Selecting another map repaints two numbers."""

    class Refitted(Message):
        """The number of cells drawn as one has changed, or other maps are in view."""

    def __init__(self, *, enlarge: bool = False, id: str | None = None) -> None:
        """No maps yet; `show` draws them.

        Args:
            enlarge: whether to draw cells larger than necessary if there is room.
        """
        super().__init__(id=id)
        self._enlarge = enlarge
        self._maps: NDArray[np.float32] = np.zeros((1, 1, 0), np.float32)
        self._limits: NDArray[np.float32] = np.zeros(0, np.float32)
        self._chosen: int | None = 0
        self._told: tuple[int, range] = 1, range(0)

    # What is shown

    def show(self, maps: NDArray[np.float32], limits: NDArray[np.float32], chosen: int | None) -> None:
        """Show other maps, or select another map.

        Args:
            maps: (rows, columns, maps) float32.
            limits: (maps,) float32: the value that has the strongest colour in each map.
            chosen: the selected map; None if no map is selected.
        """
        if maps is not self._maps or limits.shape != self._limits.shape or (limits != self._limits).any():
            if maps.shape != self._maps.shape:
                self._tiling = self._tiling.rolled_to(0)
            self._maps, self._limits, self._chosen = maps, limits, chosen
            self._fitted = ()
            self.refresh()
            return
        before, self._chosen = self._chosen, chosen
        if before == chosen:
            return
        if self._roll_to(self._with_chosen(self.tiling)):
            self.refresh()
        else:
            labels = [self.tiling.region_of_caption(index) for index in (before, chosen) if index is not None]
            self.refresh(*[region for region in labels if region])

    @property
    def reduced(self) -> int:
        """How many rows and columns of a map are drawn as one cell."""
        return self.tiling.reduced

    @property
    def count(self) -> int:
        """How many maps there are."""
        return len(self._limits)

    @property
    def shown(self) -> range:
        """The numbers of the maps in view."""
        return self.tiling.in_view

    # Layout

    def _form(self) -> tuple[object, ...]:
        return (self._maps.shape,)

    def _fit(self, room: Size) -> Tiling:
        rows, cols, count = self._maps.shape
        tiling = fit_gallery(count, rows, cols, room.width, room.height, enlarge=self._enlarge)
        drawn = peaks(self._maps, tiling.reduced)
        if tiling.enlarged > 1:
            drawn = drawn.repeat(tiling.enlarged, axis=0).repeat(tiling.enlarged, axis=1)
        self._levels = _levels(drawn.transpose(2, 0, 1), self._limits)
        tiling = self._with_chosen(tiling.rolled_to(self._tiling.first // self._tiling.across))
        self._tell(tiling)
        return tiling

    def _with_chosen(self, tiling: Tiling) -> Tiling:
        return tiling.scrolled_to(self._chosen) if self._chosen is not None else tiling

    def _roll_to(self, tiling: Tiling) -> bool:
        """Scroll to another part. Returns whether the part in view has changed."""
        if tiling is self._tiling:
            return False
        self._tiling = tiling
        self._tell(tiling)
        return True

    def _tell(self, tiling: Tiling) -> None:
        if (told := (tiling.reduced, tiling.in_view)) != self._told:
            self._told = told
            self.post_message(self.Refitted())

    # Drawing

    def _caption(self, tile: int) -> Segment:
        text = f"{tile}".center(self._tiling.tile.width)
        if tile == self._chosen:
            return Segment(text, self.role("selected"))
        return Segment(text, self.role("faint"))

    # The mouse

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._roll(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._roll(event, -1)

    def _roll(self, event: events.MouseEvent, rows: int) -> None:
        event.stop()
        tiling = self.tiling
        if self._roll_to(tiling.rolled_to(tiling.first // tiling.across + rows)):
            self.refresh()


def _levels(maps: NDArray[np.float32], limits: NDArray[np.float32]) -> NDArray[np.int8]:
    """The levels of `(maps, rows, columns)`, each map relative to its own limit."""
    safe = np.where(limits > 0, limits, np.float32(1)).astype(np.float32)
    shares: NDArray[np.float32] = maps / safe[:, np.newaxis, np.newaxis]
    return Scale(1.0).levels(shares)

"""Many images side by side, in pages, each with a caption; one of them is selected."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from rich.segment import Segment
from textual.geometry import Size

from cnntui.palette import Colormap
from cnntui.printable import set_width
from cnntui.ui.widgets.grids.cells import Levels
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.tiling import Tiling, fit_wall
from cnntui.values import dataclass


@dataclass(frozen=True, eq=False)
class WallPicture:
    """One image on the wall.

    Attributes:
        levels: `(rows, columns)` levels, of the wall's kind of values.
        caption: the text of the line below; cut off at the image's right edge.
        is_marked: whether the caption has the colour of what is wrong.
    """

    levels: Levels
    caption: str
    is_marked: bool = False

    def shows_the_same(self, other: WallPicture) -> bool:
        """Whether two pictures look alike apart from their captions."""
        return self.levels is other.levels or np.array_equal(self.levels, other.levels)

    def says_the_same(self, other: WallPicture) -> bool:
        """Whether their captions are alike."""
        return (self.caption, self.is_marked) == (other.caption, other.is_marked)


class ImageWall(Grid):
    """Pictures, each fetched when it comes into view. Showing others repaints only the lines that changed."""

    def __init__(self, rows: int, cols: int, *, ink: Colormap = Colormap.PIXELS, id: str | None = None) -> None:
        """An empty wall; `show` fills it."""
        super().__init__(ink=ink, id=id)
        self._cells_of_picture = rows, cols
        self._count = 0
        self._picture_at: Callable[[int], WallPicture] | None = None
        self._chosen = 0
        self._pictures: list[WallPicture] = []

    def show(self, count: int, picture_at: Callable[[int], WallPicture], chosen: int) -> None:
        """Show other pictures, or select another one.

        Args:
            count: the number of pictures on all pages.
            picture_at: returns the picture at a place, counted from 0.
            chosen: the place of the selected picture, whose page is shown.
        """
        before, chosen_before = self._pictures, self._chosen - self._tiling.first
        self._count, self._picture_at, self._chosen = count, picture_at, chosen
        # A wall of a different size is repainted as a whole in any case.
        self._tiling = tiling = self.tiling.paged_to(chosen)
        self._pictures = self._on_page(tiling)
        if len(before) != len(self._pictures):
            self.refresh()
            return
        pointed = {chosen - tiling.first, chosen_before} if chosen - tiling.first != chosen_before else set()
        dirty = []
        for place, (old, new) in enumerate(zip(before, self._pictures, strict=True)):
            if not old.shows_the_same(new):
                dirty.append(tiling.region(tiling.first + place))
            if place in pointed or not old.says_the_same(new):
                dirty.append(tiling.region_of_caption(tiling.first + place))
        self._redraw(dirty)

    def _form(self) -> tuple[object, ...]:
        return (self._count,)

    def _fit(self, room: Size) -> Tiling:
        tiling = fit_wall(self._count, *self._cells_of_picture, room.width, room.height).paged_to(self._chosen)
        self._pictures = self._on_page(tiling)
        return tiling

    def _on_page(self, tiling: Tiling) -> list[WallPicture]:
        return [self._picture_at(place) for place in tiling.in_view] if self._picture_at is not None else []

    def _levels_of(self, tile: int) -> Levels:
        return self._pictures[tile - self._tiling.first].levels

    def _caption(self, tile: int) -> Segment:
        picture, is_pointed = self._pictures[tile - self._tiling.first], tile == self._chosen
        style = self.role("selected" if is_pointed else "bad" if picture.is_marked else "dim")
        width = self._tiling.tile.width
        text = set_width(picture.caption, width)
        return Segment(f"▸{text[1:]}" if is_pointed else text, style)

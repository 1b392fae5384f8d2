"""The image with rulers beside it, which mark the rows and columns that one cell of a map depends on."""

from __future__ import annotations

from collections.abc import Iterable

from textual.geometry import Region, Size
from textual.widget import Widget

from cnntui.cnn.window import Window
from cnntui.explore.scene import Scene
from cnntui.palette import Colormap
from cnntui.ui.views.base.explorer import ExplorerScreen
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.grids.overview import Large
from cnntui.ui.widgets.grids.style import GridStyle
from cnntui.ui.widgets.text.line import Line
from cnntui.ui.widgets.text.responsive import ResponsiveText

FIELD = "field"
"""The caption beside the upper ruler."""


def compose_image() -> Iterable[Widget]:
    """The image and its two rulers, one above it and one at its left."""
    yield ResponsiveText(id="field-columns")
    yield ResponsiveText(id="field-rows")
    yield MapGrid(ink=Colormap.PIXELS, id="digit", large=Large.WHOLE)


def keep_form(screen: ExplorerScreen, *grids: str) -> None:
    """Draw grids whole if the preferred style has room for only a part of them."""
    if screen.style in (GridStyle.BLOCKS, GridStyle.NUMBERS):
        for grid in grids:
            screen.query_one(grid, MapGrid).prefer(GridStyle.AUTO)


def show_field(screen: ExplorerScreen, before: Scene | None, window: Window | None) -> None:
    """Show the image, and mark a window beside it.

    The window is not marked on the image: a window as large as the receptive field of a late layer, coloured cell by
    cell, takes more bytes than all the rest of a move.
    """
    digit = screen.query_one("#digit", MapGrid)
    activations = screen.scene.activations
    if before is None or before.activations is not activations:
        digit.show_image(screen.scene.image.pixels)

    def seen() -> Region:
        if window is None:
            return Region()
        first, last = digit.place_of(window.top, window.left), digit.place_of(window.bottom - 1, window.right - 1)
        return Region.from_corners(first.x, first.y, last.right, last.bottom)

    def rows(room: Size) -> list[Line]:
        region = seen()
        return [(("▐" if region.y <= y < region.bottom else " ", "window"),) for y in range(room.height)]

    def columns(room: Size) -> list[Line]:
        region = seen()
        before, after = " " * region.x, f" {FIELD}" if region.right + len(FIELD) < room.width else ""
        if region and not after:
            before = f"{FIELD} ".rjust(region.x)
        return [((before + "▄" * region.width + after, "window"),)]

    screen.write("field-rows", rows)
    screen.write("field-columns", columns)

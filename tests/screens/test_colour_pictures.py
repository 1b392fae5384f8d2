"""Colour images on the screens: in their own colours, and channel by channel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnntui import palette
from cnntui.commands.launch import build_app
from cnntui.commands.wanted import Wanted
from cnntui.palette import Colormap
from cnntui.ui.widgets.grids.image_wall import ImageWall
from cnntui.ui.widgets.grids.map_grid import MapGrid
from tests.images.test_colour_images import colour_network, write_colour_images
from tests.keras_files import write_keras_file
from tests.screens.apps import shown


def colour_at(grid: MapGrid, row: int, col: int) -> tuple[int, ...]:
    """The colour of the upper half of a cell."""
    shape = grid.geometry
    line, left = grid.place_of(row, col).y, col * shape.cell_width
    (segment,) = grid.render_line(line).crop(left, left + 1)
    assert segment.style is not None
    is_upper = segment.text == "▀" and shape.rows_at(line)[0] == row
    drawn = segment.style.color if is_upper else segment.style.bgcolor
    assert drawn is not None
    return tuple(drawn.get_truecolor())


@pytest.mark.slow
async def test_a_colour_image_is_seen_in_its_colours_and_channel_by_channel(tmp_path: Path) -> None:
    file = write_keras_file(tmp_path / "own.keras", colour_network())
    data = write_colour_images(tmp_path / "animals.npz")
    app = build_app(Wanted(target=str(file), data=data, screen="convolve", cell=(9, 9), runs_dir=tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        pixels = app.scene.image.pixels
        own = palette.colour(int(palette.picture_levels(pixels[2, 20])), Colormap.PICTURE)
        grid = app.screen.query_one("#input", MapGrid)
        assert colour_at(grid, 2, 20) == own
        assert shown(app, "#input-title").startswith("animals.npz image #0 32×32")
        assert "channel red" in shown(app, "#head")
        assert "red" in shown(app, "#sum-labels")
        await pilot.press("c", "v")
        assert shown(app, "#input-title").startswith("green of animals.npz image #0")
        level = round(15 * int(pixels[2, 20, 1]) / 255)
        assert colour_at(grid, 2, 20) == palette.colour(level, Colormap.PIXELS)
        await pilot.press("v")
        assert colour_at(grid, 2, 20) == own
        # Numbers are one channel's.
        await pilot.press("g", "g", "g", "g")
        assert shown(app, "#input-title").startswith("green of")
        await pilot.press("g", "w")
        await pilot.pause()
        assert colour_at(app.screen.query_one("#digit", MapGrid), 2, 20) == own
        await pilot.press("d")
        await pilot.pause()
        wall = app.screen.query_one(ImageWall)
        mean = pixels[:2, :2].reshape(-1, 3).mean(axis=0, dtype=np.float32)
        first = next(iter(wall.render_line(wall.tiling.above).crop(wall.tiling.left, wall.tiling.left + 1)))
        assert first.style is not None
        assert first.style.color is not None
        expected = palette.colour(int(palette.picture_levels(mean)), Colormap.PICTURE)
        assert tuple(first.style.color.get_truecolor()) == expected

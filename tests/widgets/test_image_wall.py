"""The wall: which pictures are in view, what is repainted, where a click lands."""

from __future__ import annotations

import numpy as np
import pytest
from textual.geometry import Region

from cnntui.palette import TOP
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.image_wall import ImageWall, WallPicture
from cnntui.ui.widgets.grids.style import GridStyle
from tests.widgets.grids import OneWidget, text_of


def picture(place: int) -> WallPicture:
    levels = np.full((4, 6), TOP if place % 2 else 0, np.int8)
    return WallPicture(levels, f" {place}", is_marked=place == 1)


async def test_the_page_of_the_chosen_picture_is_shown() -> None:
    wall = ImageWall(4, 6)
    async with OneWidget(wall, 14, 6).run_test():
        wall.prefer(GridStyle.GLYPHS)
        wall.show(9, picture, 1)
        assert [line.split() for line in text_of(wall)] == [
            ["██████"], ["██████"], ["0", "▸1"], ["██████"], ["██████"], ["2", "3"],
        ]  # fmt: skip
        wall.show(9, picture, 8)
        assert [line.split() for line in text_of(wall)] == [[], [], ["▸8"], [], [], []]
        wall.show(0, picture, 0)
        assert not "".join(text_of(wall)).strip()


async def test_moving_repaints_two_captions_only(monkeypatch: pytest.MonkeyPatch) -> None:
    wall = ImageWall(4, 6)
    async with OneWidget(wall, 14, 6).run_test() as pilot:
        wall.show(9, picture, 0)
        await pilot.pause()
        regions: list[Region] = []
        monkeypatch.setattr(wall, "refresh", lambda *dirty: regions.extend(dirty))
        wall.show(9, picture, 3)
        assert sorted((region.y, region.height) for region in regions) == [(2, 1), (5, 1)]
        regions.clear()
        wall.show(9, picture, 3)
        assert regions == []


async def test_a_click_names_the_place() -> None:
    pointed: list[int] = []

    class Clicked(OneWidget):
        def on_grid_pointed(self, event: Grid.Pointed) -> None:
            pointed.append(event.tile)

    wall = ImageWall(4, 6)
    async with Clicked(wall, 14, 6).run_test() as pilot:
        wall.show(9, picture, 6)
        await pilot.pause()
        left, pitch = wall.tiling.left, wall.tiling.pitch
        await pilot.click(wall, offset=(left + pitch, 4))
        await pilot.click(wall, offset=(left + pitch - 1, 4))
        await pilot.click(wall, offset=(left, 2))
        assert pointed == [7, 4]

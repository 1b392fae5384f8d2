"""The wall: which pictures are in view, what is repainted, where a click lands."""

from __future__ import annotations

import numpy as np
import pytest
from textual.geometry import Region, Size

from cnntui.palette import TOP
from cnntui.ui.widgets.grids.digit_wall import DigitPicture, DigitWall, Paging
from cnntui.ui.widgets.grids.geometry import GridStyle
from tests.widgets.grids import OneWidget, text_of


def picture(place: int) -> DigitPicture:
    levels = np.full((4, 6), TOP if place % 2 else 0, np.int8)
    return DigitPicture(levels, f" {place}", is_marked=place == 1)


@pytest.mark.parametrize(
    ("room", "across", "down"), [((80, 21), 5, 3), ((120, 37), 8, 5), ((60, 15), 4, 2), ((1, 1), 1, 1)]
)
def test_as_many_pictures_as_the_room_holds(room: tuple[int, int], across: int, down: int) -> None:
    paging = Paging.fit(Size(*room), 14, 7)
    assert (paging.across, paging.down) == (across, down)
    assert paging.left + paging.across * paging.pitch - (paging.pitch - 14) <= max(room[0], 14)


async def test_the_page_of_the_chosen_picture_is_shown() -> None:
    wall = DigitWall(4, 6)
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
    wall = DigitWall(4, 6)
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
        def on_digit_wall_pointed(self, event: DigitWall.Pointed) -> None:
            pointed.append(event.place)

    wall = DigitWall(4, 6)
    async with Clicked(wall, 14, 6).run_test() as pilot:
        wall.show(9, picture, 6)
        await pilot.pause()
        left, pitch = wall.paging.left, wall.paging.pitch
        await pilot.click(wall, offset=(left + pitch, 4))
        await pilot.click(wall, offset=(left + pitch - 1, 4))
        await pilot.click(wall, offset=(left, 2))
        assert pointed == [7, 4]

"""Small maps keep their form, the selected one is in view, and selecting repaints little."""

from __future__ import annotations

import numpy as np
import pytest
from textual.geometry import Region
from textual.screen import Screen

from cnntui.ui.widgets.grids.gallery import Gallery
from cnntui.ui.widgets.grids.gallery_layout import LABEL, LEAST_CELLS, grown, hang, hang_large, shrunk
from cnntui.ui.widgets.kept import Kept
from tests.widgets.grids import OneWidget, text_of


@pytest.mark.parametrize(("count", "side"), [(32, 27), (32, 13), (64, 12), (64, 6), (64, 5), (1, 27), (3, 100)])
@pytest.mark.parametrize("room", [(50, 12), (88, 27), (58, 6), (1, 1)])
def test_maps_hang_as_fine_as_they_fit(count: int, side: int, room: tuple[int, int]) -> None:
    width, height = room
    hanging = hang(count, side, side, width, height)
    assert hanging.width == -(-side // hanging.reduced)
    assert hanging.width >= min(side, LEAST_CELLS)
    if hanging.reduced > 1:
        finer = -(-side // (hanging.reduced - 1))
        fitting = ((width + 1) // (finer + 1)) * (height // (-(-finer // 2) + LABEL))
        assert fitting < count, "a finer one would have done"
    if hanging.across > 1:
        assert hanging.across * (hanging.width + 1) - 1 <= width


@pytest.mark.parametrize(("count", "side"), [(1, 5), (2, 7), (16, 5), (16, 4), (16, 28), (4, 26)])
@pytest.mark.parametrize("room", [(59, 32), (58, 6), (1, 1)])
def test_where_there_is_room_maps_hang_as_large_as_they_fit(count: int, side: int, room: tuple[int, int]) -> None:
    width, height = room
    hanging, small = hang_large(count, side, side, width, height), hang(count, side, side, width, height)
    if hanging.enlarged == 1:
        assert hanging == small
    else:
        assert hanging.width == side * hanging.enlarged
        assert hanging.across * (hanging.width + 1) - 1 <= width
        assert hanging.down * (hanging.height + LABEL) <= height
        assert hanging.across * hanging.down >= count
    if small.reduced == 1:
        larger = side * (hanging.enlarged + 1)
        fitting = ((width + 1) // (larger + 1)) * (height // (-(-larger // 2) + LABEL))
        assert fitting < count, "a larger one would have done"


def test_growing_repeats_every_cell() -> None:
    maps = np.array([[[1.0], [2.0]]], np.float32)
    assert grown(maps, 2)[..., 0].tolist() == [[1, 1, 2, 2], [1, 1, 2, 2]]
    assert grown(maps, 1) is maps


def test_shrinking_keeps_the_value_farthest_from_zero() -> None:
    maps = np.zeros((3, 3, 2), np.float32)
    maps[0, 1, 0], maps[1, 0, 0] = 2.0, -3.0
    maps[2, 2, 1] = 0.5
    small = shrunk(maps, 2)
    assert small[..., 0].tolist() == [[-3.0, 0.0], [0.0, 0.0]]
    assert small[..., 1].tolist() == [[0.0, 0.0], [0.0, 0.5]]
    assert shrunk(maps, 1) is maps


async def test_selecting_repaints_two_numbers_and_scrolls_where_it_must(monkeypatch: pytest.MonkeyPatch) -> None:
    gallery = Gallery()
    maps = np.random.default_rng(0).random((12, 12, 64), np.float32)
    limits = maps.max(axis=(0, 1))
    async with OneWidget(gallery, 50, 12).run_test() as pilot:
        gallery.show(maps, limits, 0)
        await pilot.pause()
        assert gallery.in_view == range(21)
        asked: list[tuple[Region, ...]] = []
        refresh = Kept.refresh
        monkeypatch.setattr(
            Gallery, "refresh", lambda self, *regions, **more: (asked.append(regions), refresh(self, *regions, **more))
        )
        gallery.show(maps, limits, 1)
        assert asked == [(Region(0, 3, 6, 1), Region(7, 3, 6, 1))]
        gallery.show(maps, limits, 63)
        assert asked[1] == ()
        assert 63 in gallery.in_view
        assert "63" in text_of(gallery)[-1]
        gallery.show(maps, limits, 60)
        assert len(asked[2]) == 2


async def test_another_scale_is_asked_for_in_the_screens_name(monkeypatch: pytest.MonkeyPatch) -> None:
    # Where the screen is asked to paint something, it forgets which widgets asked in their own name.
    gallery = Gallery()
    maps = np.random.default_rng(0).random((6, 6, 8), np.float32)
    async with OneWidget(gallery, 50, 12).run_test() as pilot:
        gallery.show(maps, np.full(8, 1, np.float32), 0)
        await pilot.pause()
        asked: list[Region] = []
        monkeypatch.setattr(Screen, "refresh", lambda screen, *regions, **more: asked.extend(regions))
        gallery.show(maps, np.full(8, 100, np.float32), 0)
        assert asked == [gallery.region]

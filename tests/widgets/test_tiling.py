"""Tilings: as many and as large tiles as a room holds, and each place belongs to one tile or none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from textual.geometry import Region

from cnntui.cnn.window import Window
from cnntui.ui.widgets.grids.geometry import Geometry
from cnntui.ui.widgets.grids.tiling import (
    LEAST_CELLS_OF_MAP,
    TileCell,
    Tiling,
    averaged,
    fit_gallery,
    fit_kernels,
    fit_wall,
    in_a_row,
    peaks,
)


def test_thirty_two_kernels_fill_their_place_at_80_by_24() -> None:
    tiling = fit_kernels(32, 2, 2, 39, 11)
    assert (tiling.across, tiling.leading, tiling.tile) == (8, 1, Geometry.blocks(2, 2, 1))


@pytest.mark.parametrize(
    ("count", "rows", "cols"), [(32, 2, 2), (8, 3, 3), (6, 5, 5), (64, 3, 3), (1, 7, 7), (16, 1, 4)]
)
@pytest.mark.parametrize(("width", "height"), [(39, 11), (71, 19), (39, 7)])
def test_all_kernels_are_in_view(count: int, rows: int, cols: int, width: int, height: int) -> None:
    tiling = fit_kernels(count, rows, cols, width, height)
    down = -(-count // tiling.across)
    smallest = -(-count // ((width + 1) // (cols + 1))) * -(-rows // 2)
    if smallest <= height:
        assert tiling.across * tiling.pitch - tiling.gap <= width
        assert down * (tiling.tile.height + tiling.leading) - tiling.leading <= height
    assert tiling.across * down >= count


def test_a_place_belongs_to_a_kernel_or_to_none() -> None:
    tiling = fit_kernels(32, 2, 2, 39, 11)
    assert tiling.at(0, 0) == (0, 0, 0)
    assert tiling.at(38, 10) == (31, 1, 1)
    assert tiling.at(4, 0) is None, "the gap between two"
    assert tiling.at(0, 2) is None, "the line between two rows"
    assert replace(tiling, count=31).at(38, 10) is None, "no such kernel"
    assert tiling.at(-1, 0) is tiling.at(0, -1) is tiling.at(39, 0) is None


@pytest.mark.parametrize("size", [(1, 1), (0, 0), (3, 200)])
def test_no_room_is_no_error(size: tuple[int, int]) -> None:
    assert fit_kernels(32, 2, 2, *size).across >= 1


@pytest.mark.parametrize(
    ("width", "height", "by", "seen"), [(39, 11, 4, 10), (71, 19, 4, 32), (39, 7, 4, 5), (290, 60, 1, 32)]
)
def test_pictures_are_drawn_as_fine_as_leaves_all_of_them_in_view(width: int, height: int, by: int, seen: int) -> None:
    tiling = fit_kernels(32, 28, 28, width, height)
    assert (tiling.reduced, tiling.in_view) == (by, range(seen))


@pytest.mark.parametrize(("rows", "cols", "by"), [(28, 28, 4), (5, 7, 3), (1, 9, 2), (4, 4, 1)])
def test_cells_that_become_one_are_averaged(rows: int, cols: int, by: int) -> None:
    weights = np.random.default_rng(0).standard_normal((rows, cols, 3)).astype(np.float32)
    means = averaged(weights, by)
    assert means.shape == (-(-rows // by), -(-cols // by), 3)
    for row in range(means.shape[0]):
        for col in range(means.shape[1]):
            block = weights[row * by : (row + 1) * by, col * by : (col + 1) * by]
            np.testing.assert_allclose(means[row, col], block.mean(axis=(0, 1)), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(("count", "side"), [(32, 27), (32, 13), (64, 12), (64, 6), (64, 5), (1, 27), (3, 100)])
@pytest.mark.parametrize("room", [(50, 12), (88, 27), (58, 6), (1, 1)])
def test_maps_hang_as_fine_as_they_fit(count: int, side: int, room: tuple[int, int]) -> None:
    width, height = room
    tiling = fit_gallery(count, side, side, width, height)
    assert tiling.tile.width == -(-side // tiling.reduced)
    assert tiling.tile.width >= min(side, LEAST_CELLS_OF_MAP)
    if tiling.reduced > 1:
        finer = -(-side // (tiling.reduced - 1))
        fitting = ((width + 1) // (finer + 1)) * (height // (-(-finer // 2) + 1))
        assert fitting < count, "a finer one would have done"
    if tiling.across > 1:
        assert tiling.across * (tiling.tile.width + 1) - 1 <= width


@pytest.mark.parametrize(("count", "side"), [(1, 5), (2, 7), (16, 5), (16, 4), (16, 28), (4, 26)])
@pytest.mark.parametrize("room", [(59, 32), (58, 6), (1, 1)])
def test_where_there_is_room_maps_hang_as_large_as_they_fit(count: int, side: int, room: tuple[int, int]) -> None:
    width, height = room
    tiling = fit_gallery(count, side, side, width, height, enlarge=True)
    small = fit_gallery(count, side, side, width, height)
    if tiling.enlarged == 1:
        assert tiling == small
    else:
        assert tiling.tile.width == side * tiling.enlarged
        assert tiling.across * (tiling.tile.width + 1) - 1 <= width
        assert tiling.down * (tiling.tile.height + 1) <= height
        assert tiling.across * tiling.down >= count
    if small.reduced == 1:
        larger = side * (tiling.enlarged + 1)
        fitting = ((width + 1) // (larger + 1)) * (height // (-(-larger // 2) + 1))
        assert fitting < count, "a larger one would have done"


def test_shrinking_keeps_the_value_farthest_from_zero() -> None:
    maps = np.zeros((3, 3, 2), np.float32)
    maps[0, 1, 0], maps[1, 0, 0] = 2.0, -3.0
    maps[2, 2, 1] = 0.5
    small = peaks(maps, 2)
    assert small[..., 0].tolist() == [[-3.0, 0.0], [0.0, 0.0]]
    assert small[..., 1].tolist() == [[0.0, 0.0], [0.0, 0.5]]
    assert peaks(maps, 1) is maps


@pytest.mark.parametrize(
    ("room", "across", "down"), [((80, 21), 5, 3), ((120, 37), 8, 5), ((60, 15), 4, 2), ((1, 1), 1, 1)]
)
def test_a_wall_has_as_many_pictures_as_its_room_holds(room: tuple[int, int], across: int, down: int) -> None:
    tiling = fit_wall(1_000, 12, 14, *room)
    assert (tiling.across, tiling.down) == (across, down)
    assert tiling.left + tiling.across * tiling.pitch - tiling.gap <= max(room[0], 14)


TILINGS = [
    fit_kernels(32, 2, 2, 39, 11),
    fit_kernels(32, 28, 28, 39, 11),
    fit_gallery(64, 12, 12, 50, 12),
    fit_gallery(64, 12, 12, 50, 12).scrolled_to(40),
    fit_gallery(3, 5, 5, 59, 32, enlarge=True),
    fit_wall(100, 12, 14, 80, 21).paged_to(99),
    in_a_row(Geometry(7, 2, False, 2, 2, numbers=True), 5, 15),
    Tiling(replace(Geometry.halves(8, 20), top=4, left=3)),
    Tiling(Geometry(5, 1, False, 10, 10), left=9, above=2),
]


@pytest.mark.parametrize("tiling", TILINGS, ids=str)
def test_every_cell_in_view_is_found_at_its_place(tiling: Tiling) -> None:
    places = set()
    for y in range(60):
        for x in range(150):
            place = tiling.at(x, y)
            if place is None:
                continue
            cell = Window(place.row, place.col, 1, 1)
            assert tiling.region(place.tile, cell).contains(x, y) or tiling.region_of_caption(place.tile).contains(x, y)
            assert tiling.region(place.tile).union(tiling.region_of_caption(place.tile)).contains(x, y)
            places.add(place)
    tile = tiling.tile
    step = 2 if tile.half else 1
    assert places == {
        TileCell(each, row, col)
        for each in tiling.in_view
        for row in range(tile.top, tile.top + tile.rows, step)
        for col in range(tile.left, tile.left + tile.cols)
    }


def test_what_is_out_of_view_takes_no_room() -> None:
    tiling = fit_gallery(64, 12, 12, 50, 12)
    assert tiling.in_view == range(21)
    assert not tiling.region(21)
    assert not tiling.region_of_caption(63)
    down = tiling.scrolled_to(21)
    assert down.in_view == range(7, 28)
    assert down.scrolled_to(7) is down, "it is in view"
    assert down.scrolled_to(6).in_view == range(21)
    assert tiling.rolled_to(99).in_view == range(49, 64)
    assert tiling.paged_to(50).in_view == range(42, 63)


def test_of_what_changed_the_last_in_each_row_is_told() -> None:
    tiling = fit_kernels(8, 2, 3, 30, 5)
    assert (tiling.across, tiling.tile.width, tiling.tile.height, tiling.leading) == (4, 6, 2, 1)
    changed = np.zeros((8, 2, 3), bool)
    changed[0, 0], changed[2, 0, 1], changed[7, 1, 2] = True, True, True
    assert tiling.ends(changed) == [Region(14, 0, 4, 1), Region(21, 4, 6, 1)]
    assert tiling.ends(np.zeros((8, 2, 3), bool)) == []

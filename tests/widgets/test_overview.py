"""Maps that are larger than their room: the whole, reduced, with a frame, and beside it the part around the window."""

from __future__ import annotations

import numpy as np
import pytest

from cnntui import palette
from cnntui.cnn.window import Window
from cnntui.palette import TOP, Colormap, Mark, Scale
from cnntui.ui.widgets.grids.geometry import Geometry
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.grids.overview import Large, Overview, reduced, reduced_marks, reduced_window
from tests.widgets.grids import OneWidget, text_of
from tests.widgets.test_map_grid import background_of


def test_several_pixels_become_their_mean_and_several_cells_of_a_map_what_is_farthest_from_0() -> None:
    levels = np.zeros((5, 4), np.int8)
    levels[0, 0], levels[1, 1], levels[4, 3] = 12, -15, 6
    assert reduced(levels, Colormap.SIGNED, 2).tolist() == [[-15, 0], [0, 0], [0, 6]]
    assert reduced(np.abs(levels), Colormap.PIXELS, 2).tolist() == [[7, 0], [0, 0], [0, 3]]
    red, blue = palette.picture_levels(np.array([[255, 0, 0], [0, 0, 255]], np.uint8)).tolist()
    picture = np.full((2, 4), red, np.int16)
    picture[:, 1] = blue
    halves = [palette.colour(level, Colormap.PICTURE) for level in reduced(picture, Colormap.PICTURE, 2)[0].tolist()]
    assert halves == [(136, 0, 136), (255, 0, 0)]
    assert reduced(levels, Colormap.SIGNED, 1) is levels


def test_what_only_some_of_the_cells_are_is_not_said_of_all() -> None:
    marks = np.full((4, 4), Mark.PENDING, np.uint8)
    marks[:2] = Mark.PLAIN
    marks[2, 0] = Mark.PLAIN
    assert reduced_marks(marks, 2).tolist() == [[Mark.PLAIN, Mark.PLAIN], [Mark.PLAIN, Mark.PENDING]]


@pytest.mark.parametrize(
    ("window", "expected"),
    [(Window(3, 4, 3, 3), Window(1, 1, 1, 2)), (Window(-2, 0, 4, 1), Window(-1, 0, 2, 1))],
)
def test_a_window_covers_every_cell_that_it_lies_on(window: Window, expected: Window) -> None:
    assert reduced_window(window, 3) == expected


def large_map() -> np.ndarray:
    values = np.random.default_rng(5).random((96, 96)).astype(np.float32)
    values[40, 50] = 20
    return values


async def test_the_part_around_the_window_lies_beside_the_whole() -> None:
    grid = MapGrid()
    async with OneWidget(grid, 28, 14).run_test() as pilot:
        grid.show(large_map(), Scale(20.0))
        grid.mark(Window(40, 50, 1, 1))
        await pilot.pause()
        part = grid.geometry
        assert (grid.tiling.left, part.cols, part.rows) == (12, 16, 28)
        assert part.top <= 40 < part.top + part.rows
        assert part.left <= 50 < part.left + part.cols
        said = [line[:11].strip() for line in text_of(grid)[6:9]]
        assert said == [
            "cell = 9×9", f"rows {part.top}–{part.top + 27}", f"cols {part.left}–{part.left + 15}",
        ]  # fmt: skip
        overview = grid._overview
        assert overview is not None
        framed = {(int(row), int(col)) for row, col in np.argwhere(overview.marks == Mark.WINDOW)}
        rows, cols = (range(begin // 9, (begin + count - 1) // 9 + 1)
                      for begin, count in ((part.top, part.rows), (part.left, part.cols)))  # fmt: skip
        ends = {rows[0], rows[-1]}, {cols[0], cols[-1]}
        at_edge = {(row, col) for row in rows for col in cols if row in ends[0] or col in ends[1]}
        assert framed == at_edge
        # The only cell that is far from 0 is seen in the whole as well.
        assert overview.levels[40 // 9, 50 // 9] == TOP


async def test_a_step_paints_no_more_than_its_cells_until_the_part_moves() -> None:
    grid, painted = MapGrid(), []
    async with OneWidget(grid, 28, 14).run_test() as pilot:
        grid.show(large_map(), Scale(20.0))
        grid.mark(Window(40, 50, 3, 3), filled=3890)
        await pilot.pause()
        part, refresh = grid.geometry, grid.refresh

        def record(*regions: object, **options: object) -> MapGrid:
            painted.append(regions)
            return refresh(*regions, **options)  # type: ignore[arg-type]

        grid.refresh = record  # type: ignore[method-assign, assignment]
        grid.mark(Window(40, 51, 3, 3), filled=3891)
        assert grid.geometry == part
        assert sum(region.area for region in painted.pop()) < 60  # type: ignore[attr-defined]
        while grid.geometry == part:
            at = grid._marked
            assert at is not None
            grid.mark(Window(at.top, at.left + 1, 3, 3), filled=3891)
        assert painted[-1] == ()
        assert grid._overview is not None
        assert grid._overview.part.left == grid.geometry.left


async def test_the_mouse_goes_to_a_place_of_the_whole() -> None:
    grid, pointed = MapGrid(), []

    class App(OneWidget):
        def on_grid_pointed(self, event: Grid.Pointed) -> None:
            pointed.append((event.row, event.col))

    async with App(grid, 28, 14).run_test() as pilot:
        grid.show(large_map(), Scale(20.0))
        await pilot.pause()
        for offset in ((3, 2), (10, 5), (12, 0), (3, 12)):
            await pilot.click(grid, offset=offset)
    # The last cell stands for fewer rows and columns, and below the whole there is nothing to point at.
    assert pointed == [(4 * 9 + 4, 3 * 9 + 4), (94, 94), (0, 0)]


async def test_what_is_there_for_its_form_is_reduced_with_its_window() -> None:
    grid = MapGrid(large=Large.WHOLE)
    pixels = np.full((96, 96, 3), (200, 40, 40), np.uint8)
    async with OneWidget(grid, 24, 14).run_test() as pilot:
        grid.show_image(pixels)
        grid.mark(Window(8, 16, 3, 3))
        await pilot.pause()
        assert (grid.tiling.reduced, grid.geometry.cols, grid.geometry.rows) == (4, 24, 24)
        level = int(palette.picture_levels(pixels[0, 0]))
        assert background_of(grid, 4, 1) == palette.colour(level, Colormap.PICTURE)
        marked = np.argwhere(grid._marks == Mark.WINDOW).tolist()
        assert marked == [[2, 4]]
        assert grid.place_of(8, 16) == (4, 1, 1, 1)
        # Anything else of the same size is drawn as well as what was there first.
        grid.show_image(np.zeros_like(pixels))
        await pilot.pause()
        assert background_of(grid, 20, 9) == (0, 0, 0)


def test_the_frame_goes_around_the_part() -> None:
    levels, marks = np.zeros((40, 40), np.int8), np.zeros((40, 40), np.uint8)
    overview = Overview.of(levels, marks, Colormap.SIGNED, 4, Geometry(1, 1, True, 20, 20, top=8, left=12))
    assert (overview.marks == Mark.WINDOW).sum() == 4 * 5 - 4
    assert overview.marks[2, 3] == Mark.WINDOW
    assert overview.marks[4, 5] == Mark.PLAIN

"""Which cells fit into a room, and which part of a map is in view."""

from __future__ import annotations

import pytest
from textual.geometry import Region

from cnntui.cnn.window import Window
from cnntui.ui.widgets.grids.geometry import Geometry, fit, scroll
from cnntui.ui.widgets.grids.style import GridStyle


@pytest.mark.parametrize(
    ("rows", "cols", "width", "height", "style", "cell", "view"),
    [
        (28, 28, 28, 14, GridStyle.AUTO, (1, 1, True), (28, 28)),
        (28, 28, 56, 28, GridStyle.AUTO, (2, 1, False), (28, 28)),
        (28, 28, 56, 28, GridStyle.HALVES, (1, 1, True), (28, 28)),
        (28, 28, 28, 14, GridStyle.BLOCKS, (2, 1, False), (14, 14)),
        (13, 13, 28, 14, GridStyle.AUTO, (2, 1, False), (13, 13)),
        (6, 6, 28, 14, GridStyle.AUTO, (4, 2, False), (6, 6)),
        (6, 6, 56, 28, GridStyle.NUMBERS, (7, 2, False), (6, 6)),
        (28, 28, 28, 14, GridStyle.NUMBERS, (7, 1, False), (14, 4)),
        (2, 2, 22, 7, GridStyle.NUMBERS, (11, 3, False), (2, 2)),
        (2, 2, 200, 55, GridStyle.NUMBERS, (14, 4, False), (2, 2)),
        (28, 28, 1, 1, GridStyle.AUTO, (1, 1, True), (2, 1)),
    ],
)
def test_cells_are_as_large_as_fits(
    rows: int, cols: int, width: int, height: int, style: GridStyle, cell: tuple[int, int, bool], view: tuple[int, int]
) -> None:
    geometry = fit(rows, cols, width, height, style)
    assert (geometry.cell_width, geometry.cell_height, geometry.half) == cell
    assert (geometry.rows, geometry.cols) == view


@pytest.mark.parametrize("style", list(GridStyle))
@pytest.mark.parametrize(("rows", "cols"), [(1, 1), (2, 2), (5, 5), (13, 13), (27, 27), (28, 28)])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (9, 3), (28, 14), (56, 28), (200, 60)])
def test_no_grid_is_larger_than_its_room_and_none_is_empty(
    style: GridStyle, rows: int, cols: int, width: int, height: int
) -> None:
    geometry = fit(rows, cols, width, height, style)
    assert geometry.rows >= 1
    assert geometry.cols >= 1
    assert geometry.height <= height
    assert geometry.width <= width or geometry.cols == 1


@pytest.mark.parametrize("style", [GridStyle.AUTO, GridStyle.BLOCKS, GridStyle.NUMBERS])
def test_the_mouse_finds_the_cell_that_is_drawn_under_it(style: GridStyle) -> None:
    geometry = fit(13, 13, 60, 28, style)
    for row in range(geometry.rows):
        for y in geometry.region(Window(row, 2, 1, 1)).line_range:
            assert geometry.cell_at(2 * geometry.cell_width, y) == (row, 2)
    assert geometry.cell_at(geometry.width, 0) is None
    assert geometry.cell_at(0, geometry.height) is None


def test_half_blocks_hold_two_rows_a_line() -> None:
    geometry = fit(27, 27, 27, 14, GridStyle.AUTO)
    assert geometry.height == 14
    assert geometry.region(Window(3, 0, 2, 2)) == Region(0, 1, 2, 2)
    assert geometry.cell_at(5, 1) == (2, 5)


def test_a_view_moves_no_more_than_needed() -> None:
    assert scroll(0, 3, 4, 10, 28) == 0
    assert scroll(0, 9, 10, 10, 28) == 5
    assert scroll(10, 8, 9, 10, 28) == 3
    assert scroll(0, 26, 27, 10, 28) == 18
    assert scroll(5, 0, 1, 10, 28) == 0


@pytest.mark.parametrize("side", [1, 3, 5])
def test_square_cells_may_end_in_the_middle_of_a_line(side: int) -> None:
    rows, cols = 5, 4
    geometry = fit(rows, cols, side * cols, -(-side * rows // 2), GridStyle.AUTO)
    assert (geometry.width, geometry.height) == (side * cols, -(-side * rows // 2))
    for line in range(geometry.height):
        upper, lower = geometry.rows_at(line)
        assert (upper, lower) == (2 * line // side, (2 * line + 1) // side)
        region = geometry.region(Window(upper, 1, 1, 1))
        assert region.x == side
        assert region.width == side
        assert line in region.line_range
        assert geometry.cell_at(side, line) == (upper, 1)


def test_cells_of_glyphs_are_whole_lines_high() -> None:
    assert fit(4, 4, 12, 6, GridStyle.GLYPHS) == Geometry.blocks(4, 4, 1)
    assert fit(4, 4, 12, 6, GridStyle.AUTO) == Geometry.squares(4, 4, 3)

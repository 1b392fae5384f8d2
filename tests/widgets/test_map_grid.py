"""A map on the screen: every cell at its place, in every style, and repainted only where it changes."""

from __future__ import annotations

import numpy as np
import pytest
from textual.geometry import Region

from cnntui import palette
from cnntui.cnn.window import Window
from cnntui.palette import Colormap, Mark, Scale
from cnntui.ui.widgets.grids.cells import style_of
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.map_grid import MapGrid, marked
from cnntui.ui.widgets.grids.style import GridStyle
from tests.widgets.grids import OneWidget, text_of

RAMP = np.arange(16, dtype=np.float32).reshape(4, 4)


def background_of(grid: MapGrid, x: int, y: int) -> tuple[int, int, int]:
    """The colour behind column x of line y."""
    for segment in grid.render_line(y).crop(x, x + 1):
        assert segment.style is not None
        assert segment.style.bgcolor is not None
        return tuple(segment.style.bgcolor.get_truecolor())  # type: ignore[return-value]
    raise AssertionError("nothing is drawn there")


async def test_blocks_are_coloured_by_value() -> None:
    grid = MapGrid()
    async with OneWidget(grid, 8, 4).run_test() as pilot:
        grid.show(RAMP, Scale(15.0))
        await pilot.pause()
        for level in range(16):
            row, col = divmod(level, 4)
            assert background_of(grid, 2 * col, row) == palette.colour(level)


async def test_an_image_is_drawn_in_its_own_colours_and_a_grey_one_in_grey() -> None:
    grid = MapGrid()
    pixels = np.array([[[255, 0, 0], [0, 0, 255]], [[51, 102, 153], [0, 0, 0]]], np.uint8)
    async with OneWidget(grid, 4, 2).run_test() as pilot:
        grid.show_image(pixels)
        # There is no room for three numbers in a cell.
        grid.prefer(GridStyle.NUMBERS)
        await pilot.pause()
        assert [background_of(grid, 2 * col, row) for row, col in np.ndindex(2, 2)] == [
            tuple(pixel) for pixel in pixels.reshape(-1, 3).tolist()
        ]
        grid.show_image(pixels[..., 2:])
        grid.prefer(GridStyle.AUTO)
        await pilot.pause()
        assert background_of(grid, 0, 1) == palette.colour(9, Colormap.PIXELS)
        grid.show_image(pixels)
        # Numbers that follow are no picture, as where one goes on from the image to the next layer.
        grid.show(np.array([[-1, 1], [0, 0]], np.float32))
        await pilot.pause()
        assert [background_of(grid, 2 * col, 0) for col in (0, 1)] == [palette.colour(-15), palette.colour(15)]


async def test_half_blocks_hold_two_rows_a_line() -> None:
    grid = MapGrid()
    async with OneWidget(grid, 4, 2).run_test() as pilot:
        grid.show(RAMP, Scale(15.0))
        await pilot.pause()
        assert text_of(grid) == ["▀▀▀▀", "▀▀▀▀"]
        assert background_of(grid, 1, 0) == palette.colour(5)


async def test_an_odd_last_row_ends_in_the_page() -> None:
    grid = MapGrid()
    async with OneWidget(grid, 3, 2).run_test() as pilot:
        grid.show(np.full((3, 3), 15, np.float32), Scale(15.0))
        await pilot.pause()
        assert text_of(grid) == ["   ", "▀▀▀"]


async def test_the_window_has_its_own_colours() -> None:
    grid = MapGrid(ink=Colormap.PIXELS)
    async with OneWidget(grid, 8, 4).run_test() as pilot:
        grid.show(RAMP, Scale(15.0))
        grid.mark(Window(1, 2, 2, 2))
        await pilot.pause()
        assert background_of(grid, 4, 1) == palette.colour(6, Colormap.PIXELS, Mark.WINDOW)
        assert background_of(grid, 6, 2) == palette.colour(11, Colormap.PIXELS, Mark.WINDOW)
        assert background_of(grid, 2, 1) == palette.colour(5, Colormap.PIXELS)


async def test_a_cell_alone_is_marked_as_what_is_beside_it() -> None:
    grid = MapGrid(ink=Colormap.PIXELS)
    async with OneWidget(grid, 10, 5).run_test() as pilot:
        for inside, outside in ((15, 0), (0, 15), (15, 15), (0, 0)):
            values = np.full((5, 5), outside, np.float32)
            values[2, 2] = inside
            grid.show(values, Scale(15.0))
            grid.mark(Window(2, 2, 1, 1))
            await pilot.pause()
            assert background_of(grid, 4, 2) == palette.colour(outside, Colormap.PIXELS, Mark.WINDOW)


async def test_a_large_window_has_an_edge() -> None:
    grid = MapGrid(ink=Colormap.PIXELS)
    async with OneWidget(grid, 16, 8).run_test() as pilot:
        grid.show(np.full((8, 8), 9, np.float32), Scale(15.0))
        grid.mark(Window(1, 2, 4, 5))
        await pilot.pause()
        edge, middle = (palette.colour(9, Colormap.PIXELS, mark) for mark in (Mark.WINDOW, Mark.WITHIN))
        for row in range(1, 5):
            at_edge = [row in (1, 4) or col in (2, 6) for col in range(2, 7)]
            expected = [edge if each else middle for each in at_edge]
            assert [background_of(grid, 2 * col, row) for col in range(2, 7)] == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Window(1, 1, 9, 9), Window(3, 4, 5, 5)),
        (Window(3, 4, 5, 5), Window(1, 1, 9, 9)),
        (Window(1, 1, 7, 7), Window(3, 2, 7, 7)),
        (Window(2, 2, 7, 7), Window(3, 3, 7, 6)),
        (Window(-2, -1, 7, 7), Window(0, 3, 7, 7)),
    ],
)
async def test_nothing_is_left_of_the_window_before(before: Window, after: Window) -> None:
    values = np.random.default_rng(1).integers(0, 16, (12, 12)).astype(np.float32)
    painted = []
    for windows in ((before, after), (after,)):
        grid = MapGrid(ink=Colormap.PIXELS)
        async with OneWidget(grid, 24, 12).run_test() as pilot:
            grid.show(values, Scale(15.0))
            for window in windows:
                grid.mark(window)
                await pilot.pause()
            painted.append(pilot.app.export_screenshot())
    assert painted[0] == painted[1]


async def test_a_window_in_a_corner_is_all_edge() -> None:
    grid = MapGrid(ink=Colormap.PIXELS)
    async with OneWidget(grid, 8, 4).run_test() as pilot:
        grid.show(np.zeros((4, 4), np.float32), Scale(15.0))
        grid.mark(Window(0, 0, 2, 2))
        await pilot.pause()
        assert background_of(grid, 0, 0) == palette.colour(0, Colormap.PIXELS, Mark.WINDOW)


async def test_a_window_may_stick_out() -> None:
    grid = MapGrid()
    async with OneWidget(grid, 8, 4).run_test() as pilot:
        grid.show(RAMP, Scale(15.0))
        grid.mark(Window(-1, -1, 2, 2))
        await pilot.pause()
        assert background_of(grid, 0, 0) == palette.colour(0, mark=Mark.WINDOW)
        assert background_of(grid, 2, 0) == palette.colour(1)
        assert background_of(grid, 6, 3) == palette.colour(15)


async def test_winner_losers_pending_and_unread_cells_are_told_apart() -> None:
    grid = MapGrid()
    async with OneWidget(grid, 8, 4).run_test() as pilot:
        unread = np.zeros((4, 4), bool)
        unread[3] = True
        grid.show(RAMP, Scale(15.0), ground=marked(unread, Mark.UNREAD))
        grid.mark(Window(0, 0, 2, 2), winner=(1, 1))
        await pilot.pause()
        # Beside the window most cells are light ones.
        assert background_of(grid, 2, 1) == palette.colour(palette.TOP, mark=Mark.WINNER)
        assert background_of(grid, 0, 0) == palette.colour(0, mark=Mark.LOSER)
        assert text_of(grid)[3] == "× × × × "
        grid.mark(Window(2, 1, 1, 1), filled=10)
        assert background_of(grid, 4, 2) == palette.PENDING


async def test_glyphs_keep_shape_and_sign_without_colour() -> None:
    grid = MapGrid(style=GridStyle.GLYPHS)
    async with OneWidget(grid, 6, 1).run_test() as pilot:
        grid.show(np.array([[0.0, 1.0, -1.0]], np.float32))
        await pilot.pause()
        assert text_of(grid) == ["  ██−█"]


async def test_numbers_are_written_with_a_true_minus() -> None:
    grid = MapGrid(style=GridStyle.NUMBERS)
    async with OneWidget(grid, 14, 2).run_test() as pilot:
        grid.show(np.array([[0.0, -0.25], [12.3456, -0.00001]], np.float32))
        await pilot.pause()
        assert text_of(grid) == [" 0.000 −0.250 ", "12.346  0.000 "]


async def test_numbers_that_do_not_all_fit_become_colours() -> None:
    grid = MapGrid(style=GridStyle.NUMBERS)
    async with OneWidget(grid, 14, 5).run_test() as pilot:
        grid.show(np.ones((5, 5), np.float32))
        await pilot.pause()
        assert text_of(grid) == [" " * 14] * 5


async def test_a_map_larger_than_its_room_is_scrolled_to_the_window() -> None:
    grid = MapGrid()
    grid.prefer(GridStyle.NUMBERS)
    async with OneWidget(grid, 14, 2).run_test() as pilot:
        grid.show(RAMP, Scale(15.0))
        grid.mark(Window(2, 2, 2, 2))
        await pilot.pause()
        assert text_of(grid) == ["10.000 11.000 ", "14.000 15.000 "]


@pytest.mark.parametrize("style", list(GridStyle))
async def test_no_style_draws_nothing(style: GridStyle) -> None:
    grid = MapGrid()
    grid.prefer(style)
    async with OneWidget(grid, 28, 14).run_test() as pilot:
        grid.show(np.eye(28, dtype=np.float32))
        grid.mark(Window(3, 3, 2, 2), filled=100)
        await pilot.pause()
        seen = {(segment.text, segment.style) for y in range(14) for segment in grid.render_line(y)}
        assert len(seen) > 3


async def test_a_move_repaints_only_what_it_leaves_and_enters(monkeypatch: pytest.MonkeyPatch) -> None:
    grid = MapGrid()
    async with OneWidget(grid, 28, 14).run_test() as pilot:
        grid.show(np.zeros((28, 28), np.float32))
        grid.mark(Window(4, 4, 2, 2))
        await pilot.pause()
        regions: list[Region] = []
        monkeypatch.setattr(grid, "refresh", lambda *dirty: regions.extend(dirty))
        grid.mark(Window(4, 5, 2, 2))
        assert regions == [Region(4, 2, 2, 1), Region(5, 2, 2, 1)]
        regions.clear()
        grid.mark(Window(10, 20, 2, 2))
        assert regions == [Region(5, 2, 2, 1), Region(20, 5, 2, 1)]
        regions.clear()
        grid.mark(Window(10, 20, 2, 2), look=Mark.WINNER)
        assert set(regions) == {Region(20, 5, 2, 1)}
        regions.clear()
        grid.mark(Window(10, 20, 2, 2), winner=(10, 20))
        grid.mark(Window(10, 21, 2, 2), winner=(10, 21))
        assert {Region(20, 5, 2, 1), Region(21, 5, 2, 1)} <= set(regions), "another may win where the windows overlap"
        grid.mark(Window(4, 5, 2, 2))
        regions.clear()
        grid.mark(Window(4, 5, 2, 2))
        assert regions == []


async def test_filling_one_more_cell_repaints_that_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    grid = MapGrid()
    async with OneWidget(grid, 8, 4).run_test() as pilot:
        grid.show(RAMP)
        grid.mark(Window(1, 1, 1, 1), filled=6)
        await pilot.pause()
        regions: list[Region] = []
        monkeypatch.setattr(grid, "refresh", lambda *dirty: regions.extend(dirty))
        grid.mark(Window(1, 2, 1, 1), filled=7)
        assert set(regions) == {Region(2, 1, 2, 1), Region(4, 1, 2, 1)}


async def test_the_mouse_points_at_cells() -> None:
    pointed: list[tuple[int, int]] = []

    class Clicked(OneWidget):
        def on_grid_pointed(self, event: Grid.Pointed) -> None:
            pointed.append((event.row, event.col))

    grid = MapGrid()
    async with Clicked(grid, 11, 6).run_test() as pilot:
        grid.show(RAMP)
        await pilot.pause()
        await pilot.click(grid, offset=(5, 2))
        await pilot.click(grid, offset=(10, 5))
        assert pointed == [(2, 2)]


async def test_the_mouse_points_at_cells_that_end_in_the_middle_of_a_line() -> None:
    pointed: list[tuple[int, int]] = []

    class Clicked(OneWidget):
        def on_grid_pointed(self, event: Grid.Pointed) -> None:
            pointed.append((event.row, event.col))

    grid = MapGrid()
    async with Clicked(grid, 12, 6).run_test() as pilot:
        grid.show(RAMP)
        await pilot.pause()
        for offset in ((0, 0), (2, 1), (3, 2), (11, 5)):
            await pilot.click(grid, offset=offset)
        assert pointed == [(0, 0), (0, 0), (1, 1), (3, 3)]


@pytest.mark.slow
async def test_a_click_in_a_scrolled_map_names_the_cell_that_is_seen_there() -> None:
    pointed: list[tuple[int, int]] = []

    class Clicked(OneWidget):
        def on_grid_pointed(self, event: Grid.Pointed) -> None:
            pointed.append((event.row, event.col))

    grid = MapGrid()
    grid.prefer(GridStyle.NUMBERS)
    async with Clicked(grid, 21, 2).run_test() as pilot:
        grid.show(np.arange(35, dtype=np.float32).reshape(5, 7), Scale(35.0))
        grid.mark(Window(3, 4, 2, 2))
        await pilot.pause()
        rows = [[float(number) for number in line.split()] for line in text_of(grid)]
        assert min(rows[0]) > 7, "it is scrolled both ways"
        for y in range(2):
            for place in range(3):
                await pilot.click(grid, offset=(7 * place + 3, y))
                row, col = pointed[-1]
                assert 7 * row + col == rows[y][place]
        assert len(set(pointed)) == 6


async def test_a_window_may_leave_out_rows_and_columns() -> None:
    grid = MapGrid()
    async with OneWidget(grid, 8, 4).run_test() as pilot:
        grid.show(RAMP)
        grid.mark(Window(0, 1, 3, 1), only=((0, 2), (1,)))
        await pilot.pause()
        assert [background_of(grid, 2, row) == palette.colour(level, mark=Mark.WINDOW)
                for row, level in enumerate(grid._levels[:3, 1].tolist())] == [True, False, True]  # fmt: skip
        grid.mark(Window(0, 1, 3, 1))
        await pilot.pause()
        assert background_of(grid, 2, 1) == palette.colour(int(grid._levels[1, 1]), mark=Mark.WINDOW)


async def test_every_shade_in_a_window_can_be_told_without_colour() -> None:
    grid = MapGrid(ink=Colormap.PIXELS)
    async with OneWidget(grid, 8, 1).run_test() as pilot:
        grid.show(np.array([[0, 0.2, 0.4, 1]], np.float32), Scale(1.0))
        grid.prefer(GridStyle.GLYPHS)
        await pilot.pause()
        outside = [(segment.text, segment.style) for segment in grid.render_line(0)]
        grid.mark(Window(0, 0, 1, 4))
        await pilot.pause()
        inside = [(segment.text, segment.style) for segment in grid.render_line(0)]
        assert "".join(text for text, _ in outside) == "  ░░▒▒██"
        assert "".join(text for text, _ in inside) == "··::++▚▚"
        assert {style for _, style in inside} == {
            style_of(palette.VOID, palette.plain_colour(15, Colormap.PIXELS, Mark.WINDOW))
        }


async def test_an_unread_row_shows_under_a_blank_one_without_colour() -> None:
    grid = MapGrid(ink=Colormap.PIXELS)
    async with OneWidget(grid, 3, 2).run_test() as pilot:
        values = np.zeros((4, 3), np.float32)
        values[2, 1] = 1
        unread = np.arange(4)[:, None].repeat(3, axis=1) == 3
        grid.show(values, Scale(1.0), ground=marked(unread, Mark.UNREAD))
        grid.prefer(GridStyle.GLYPHS)
        await pilot.pause()
        assert text_of(grid) == ["   ", "×▀×"]


async def test_the_last_row_of_an_odd_number_comes_into_view() -> None:
    grid = MapGrid()
    async with OneWidget(grid, 3, 2).run_test() as pilot:
        values = np.zeros((7, 3), np.float32)
        values[6] = 1
        grid.show(values)
        grid.mark(Window(6, 0, 1, 1))
        await pilot.pause()
        assert (grid.geometry.top, text_of(grid)) == (4, ["   ", "▀▀▀"])


HEAT = np.array([[0.5, 0.5, 0, 0], [0, -0.5, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]], np.float32)
STROKES = np.array([[0, 1, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]], np.bool_)


async def test_the_ground_shows_but_for_what_lies_on_it() -> None:
    grid = MapGrid(ink=Colormap.HEAT)
    async with OneWidget(grid, 8, 4).run_test() as pilot:
        grid.show(HEAT, Scale(1.0), ground=marked(STROKES, Mark.STROKE))
        await pilot.pause()
        colours = {place: background_of(grid, 2 * place[1], place[0]) for place in np.ndindex(4, 4)}
        assert sum(colours[0, 1]) > sum(colours[0, 0]) > sum(colours[2, 0])
        assert sum(colours[0, 1]) > sum(colours[2, 1]) > sum(colours[2, 0])
        assert colours[1, 1][2] > colours[1, 1][0]
        grid.mark(Window(1, 1, 1, 1))
        assert _with(grid, Mark.STROKE) == [[0, 1], [2, 1]]
        grid.show(HEAT, Scale(1.0), ground=marked(STROKES.T, Mark.STROKE))
        assert _with(grid, Mark.STROKE) == [[1, 0], [1, 2]]


async def test_of_the_ground_only_what_is_never_read_is_told_before_it_is_filled() -> None:
    grid = MapGrid(ink=Colormap.HEAT)
    async with OneWidget(grid, 8, 4).run_test():
        grid.show(HEAT, Scale(1.0), ground=marked(STROKES, Mark.STROKE))
        grid.mark(None, filled=5)
        assert _with(grid, Mark.STROKE) == [[0, 1]]
        assert len(_with(grid, Mark.PENDING)) == 11
        grid.show(HEAT, Scale(1.0), ground=marked(STROKES, Mark.UNREAD))
        assert _with(grid, Mark.UNREAD) == [[0, 1], [1, 1], [2, 1]]
        grid.show(HEAT, Scale(1.0), ground=marked(STROKES, Mark.STROKE))
        grid.mark(None)
        assert _with(grid, Mark.STROKE) == [[0, 1], [1, 1], [2, 1]]


def _with(grid: MapGrid, mark: Mark) -> list[list[int]]:
    found: list[list[int]] = np.argwhere(grid._marks == mark).tolist()
    return found


async def test_maps_follow_the_theme_and_keep_their_colours_on_a_terminals_own_ground() -> None:
    grid = MapGrid()
    app = OneWidget(grid, 8, 5)
    async with app.run_test() as pilot:
        grid.show(RAMP, Scale(15.0))
        for theme, ink in {
            "textual-light": Colormap.SIGNED_ON_LIGHT, "textual-dark": Colormap.SIGNED,
            "ansi-light": Colormap.SIGNED_ON_LIGHT, "ansi-dark": Colormap.SIGNED,
        }.items():  # fmt: skip
            app.theme = theme
            await pilot.pause()
            assert background_of(grid, 6, 3) == palette.colour(15, ink), theme


async def test_an_image_is_as_light_in_every_theme() -> None:
    grid = MapGrid(ink=Colormap.PIXELS)
    app = OneWidget(grid, 8, 4)
    async with app.run_test() as pilot:
        grid.show(RAMP, Scale(15.0))
        for theme in ("textual-light", "textual-dark"):
            app.theme = theme
            await pilot.pause()
            assert background_of(grid, 6, 3) == palette.colour(15, Colormap.PIXELS)

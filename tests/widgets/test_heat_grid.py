"""Heat lies on a digit whose strokes stay visible."""

from __future__ import annotations

import numpy as np
from textual.app import App, ComposeResult

from cnntui.cnn.window import Window
from cnntui.palette import Mark, Scale
from cnntui.ui.widgets.grids.heat_grid import HeatGrid

DIGIT = np.array([[0, 1, 0, 0], [0, 0.9, 0.2, 0], [0, 0.3, 0, 0], [0, 0, 0, 0]], np.float32)
HEAT = np.array([[0.5, 0.5, 0, 0], [0, -0.5, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]], np.float32)
STROKES = [[0, 1], [1, 1], [2, 1]]


class HeatApp(App[None]):
    CSS = "HeatGrid { width: 8; height: 4; }"

    def compose(self) -> ComposeResult:
        yield HeatGrid(id="heat")


def strokes(grid: HeatGrid) -> list[list[int]]:
    found: list[list[int]] = np.argwhere(grid._marks == Mark.STROKE).tolist()
    return found


async def test_strokes_are_marked_but_for_what_is_pointed_at() -> None:
    app = HeatApp()
    async with app.run_test(size=(10, 5)):
        grid = app.query_one(HeatGrid)
        grid.lay(HEAT, DIGIT, Scale(1.0))
        assert strokes(grid) == STROKES
        colours = {
            place: grid.render_line(place[0]).crop(2 * place[1], 2 * place[1] + 1)._segments[0].style.bgcolor.triplet  # type: ignore[union-attr]
            for place in [(0, 0), (0, 1), (2, 0), (2, 1), (1, 1)]
        }
        assert sum(colours[0, 1]) > sum(colours[0, 0]) > sum(colours[2, 0])
        assert sum(colours[0, 1]) > sum(colours[2, 1]) > sum(colours[2, 0])
        assert colours[1, 1].blue > colours[1, 1].red
        grid.mark(Window(1, 1, 1, 1))
        assert strokes(grid) == [[0, 1], [2, 1]]
        grid.lay(HEAT, DIGIT.T.copy(), Scale(1.0))
        assert strokes(grid) == [[1, 0], [1, 2]]


async def test_places_that_were_not_measured_yet_are_pending() -> None:
    app = HeatApp()
    async with app.run_test(size=(10, 5)):
        grid = app.query_one(HeatGrid)
        grid.lay(HEAT, DIGIT, Scale(1.0))
        grid.mark(None, filled=5)
        assert strokes(grid) == [[0, 1]]
        assert (grid._marks.ravel()[5:] == Mark.PENDING).all()
        grid.mark(None)
        assert strokes(grid) == STROKES

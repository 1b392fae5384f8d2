"""Pool: the winner is kept, the losers are not, and unread cells are marked."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnntui.cnn.network import Network
from cnntui.cnn.steps import PoolSteps
from cnntui.explore.focus import Focus
from cnntui.images.data import DataSet
from cnntui.ui.views.convolve.screen import ConvolveScreen
from cnntui.ui.views.pool.screen import PoolScreen
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.grids.style import GridStyle
from tests.screens.apps import app_on, lines_of, shown


@pytest.mark.parametrize(
    ("layer", "before", "after"), [("max_pooling2d", "27×27", "13×13"), ("max_pooling2d_1", "12×12", "6×6")]
)
async def test_both_pools_show_their_sizes_and_values(
    layer: str, before: str, after: str, runs_dir: Path, network: Network, digits: DataSet
) -> None:
    app = app_on("pool", runs_dir, layer=layer, filter=5, cell=(3, 4), index=2)
    async with app.run_test(size=(80, 24)):
        assert before in shown(app, "#input-title")
        assert after in shown(app, "#output-title")
        output = float(network.forward(network.input_of(digits.images[2]))[layer].output[3, 4, 5])
        assert shown(app, "#equation").endswith(f") = {output:.3f}")
        assert f"{output:.3f}" in shown(app, "#goes-on")


@pytest.mark.slow
async def test_unread_cells_are_marked_and_cannot_be_gone_to(runs_dir: Path) -> None:
    app = app_on("pool", runs_dir, layer="max_pooling2d", cell=(2, 2))
    async with app.run_test(size=(120, 40)) as pilot:
        lines = lines_of(app.screen.query_one("#input"))
        assert lines[26].rstrip() == "× " * 26 + "×"
        assert all(line[52] == "×" for line in lines[:26])
        assert "row 26 and column 26, 53 cells" in shown(app, "#unread")
        await pilot.click("#input", offset=(52, 10))
        assert (app.scene.focus.row, app.scene.focus.col) == (2, 2)
        await pilot.click("#input", offset=(2 * 9, 10))
        assert (app.scene.focus.row, app.scene.focus.col) == (5, 4)


async def test_the_winner_is_told_apart_without_colour(runs_dir: Path) -> None:
    app = app_on("pool", runs_dir, layer="max_pooling2d_1", filter=3)
    async with app.run_test(size=(80, 24)) as pilot:
        assert isinstance(app.scene.steps, PoolSteps)
        step = app.scene.steps.at(app.scene.focus.row, app.scene.focus.col)
        grid = app.screen.query_one("#input", MapGrid)
        grid.prefer(GridStyle.GLYPHS)
        await pilot.pause()
        row, col = step.window.top + step.winner[0], step.window.left + step.winner[1]
        signs = {}
        for r in range(step.window.top, step.window.bottom):
            for c in range(step.window.left, step.window.right):
                signs[r, c] = grid.render_line(r).crop(2 * c, 2 * c + 2).text
        assert signs.pop((row, col)) == "**"
        assert "**" not in signs.values()


@pytest.mark.slow
async def test_number_keys_lead_to_the_nearest_layer(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, layer="conv2d_2", filter=11)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        assert isinstance(app.screen, PoolScreen)
        assert app.scene.focus.layer == "max_pooling2d_1"
        await pilot.press("3")
        assert isinstance(app.screen, ConvolveScreen)
        await pilot.click("ModeBar", offset=(shown(app, "ModeBar").index(" 4 ") + 3, 0))
        assert isinstance(app.screen, PoolScreen)


@pytest.mark.slow
async def test_another_digit_on_one_screen_is_another_digit_on_all(runs_dir: Path) -> None:
    app = app_on("pool", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n", "n", "3", "left_square_bracket")
        assert app.scene.focus.index == 2
        assert "image #2" in shown(app, "#input-title")


@pytest.mark.slow
async def test_back_without_a_trail_traces_the_window_back(runs_dir: Path) -> None:
    app = app_on("pool", runs_dir, layer="max_pooling2d", filter=4, cell=(5, 6))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("backspace")
        assert app.scene.focus == Focus(layer="conv2d", filter=4, row=10, col=12)
        await pilot.press("backspace")
        assert app.scene.focus.layer == "conv2d"

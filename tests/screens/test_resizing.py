"""One app in windows of many sizes: every view paints what it lays out."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.stage import PlacedStage
from tests.screens.apps import app_on, explorer, shown

SIZES = ((80, 24), (200, 55), (60, 18), (120, 40), (100, 30), (160, 45))


@pytest.mark.slow
async def test_views_lay_themselves_out_anew_when_the_window_changes(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, cell=(9, 18))
    async with app.run_test(size=SIZES[-1]) as pilot:
        for key in ("1", "2", "3", "4", "5", "6", "7"):
            await pilot.press(key)
            for width, height in SIZES:
                await pilot.resize_terminal(width, height)
                stage = explorer(app).query_one(PlacedStage)
                assert stage.region.width == width
                parts = {str(part.id): part for part in stage.children if part.display}
                assert set(parts) == set(stage.arranged)
                for part in parts.values():
                    assert part.region in stage.region
                for one, other in combinations(parts.values(), 2):
                    assert not one.region.overlaps(other.region), f"{one.id} and {other.id} at {width}×{height}"


@pytest.mark.slow
async def test_larger_windows_draw_larger_cells(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, cell=(9, 18))
    async with app.run_test(size=(80, 24)) as pilot:
        sides = []
        for width, height in ((80, 24), (120, 40), (160, 45), (200, 55)):
            await pilot.resize_terminal(width, height)
            sides.append(app.screen.query_one("#input", MapGrid).geometry.cell_width)
            assert shown(app, "#sentence")
        assert sides == [1, 2, 2, 3]

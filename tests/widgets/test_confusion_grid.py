"""The confusion matrix: every count stands where it belongs, at every width."""

from __future__ import annotations

import numpy as np
import pytest
from textual.geometry import Region

from cnntui.ui.widgets.grids.confusion_grid import ConfusionGrid
from cnntui.ui.widgets.grids.grid import Grid
from tests.widgets.grids import OneWidget, text_of

COUNTS = np.diag([980, 1131, 7, 1, 1, 1, 1, 1, 1, 0])
COUNTS[2, 3], COUNTS[8, 9] = 25, 4


@pytest.mark.parametrize("room", [(80, 18), (60, 13), (120, 36)])
async def test_counts_totals_and_shares(room: tuple[int, int]) -> None:
    grid = ConfusionGrid()
    async with OneWidget(grid, *room).run_test(size=room):
        grid.show(COUNTS, (2, 3))
        lines = [line.split() for line in text_of(grid) if line.strip()]
        wide = room[0] >= 80
        middle = [line for line in lines[2:] if len(line) > 2]
        assert middle[0][:3] == ["0", "980", "·"]
        assert middle[2][:5] == ["2", "·", "·", "7", "[25]"]
        assert middle[2][-1] == "21.9%"
        assert middle[0][-1] == "100%"
        assert middle[9][-1] == "–"
        assert (middle[8][-2] == "5") is wide
        assert middle[10][-1] == "98.7%"
        assert all(len(line) <= room[0] for line in text_of(grid))


async def test_only_what_misses_nothing_is_100_percent() -> None:
    counts = np.diag([9_999, 10_000, *[1_000] * 8])
    counts[0, 7] = 1
    grid = ConfusionGrid()
    async with OneWidget(grid, 120, 36).run_test(size=(120, 36)):
        grid.show(counts, (0, 0))
        shares = [line.split()[-1] for line in text_of(grid) if line.strip()]
        assert shares[2] == ">99.9%"
        assert shares[3] == "100%"
        assert shares[-1] == ">99.9%", "17,999 of 18,000"


async def test_moving_repaints_two_rows_and_the_heading(monkeypatch: pytest.MonkeyPatch) -> None:
    grid = ConfusionGrid()
    async with OneWidget(grid, 80, 13).run_test() as pilot:
        grid.show(COUNTS, (0, 0))
        await pilot.pause()
        regions: list[Region] = []
        monkeypatch.setattr(grid, "refresh", lambda *dirty: regions.extend(dirty))
        grid.show(COUNTS, (1, 0))
        assert [region.y for region in regions] == [1, 2, 3]


@pytest.mark.slow
async def test_a_click_names_the_cell() -> None:
    pointed: list[tuple[int, int]] = []

    class Clicked(OneWidget):
        def on_grid_pointed(self, event: Grid.Pointed) -> None:
            pointed.append((event.row, event.col))

    grid = ConfusionGrid()
    async with Clicked(grid, 80, 13).run_test() as pilot:
        grid.show(COUNTS, (0, 0))
        await pilot.pause()
        row = text_of(grid)[4]
        await pilot.click(grid, offset=(row.index("25"), 4))
        await pilot.click(grid, offset=(row.index("25"), 0))
        await pilot.click(grid, offset=(0, 4))
        assert pointed == [(2, 3)]


async def test_of_more_classes_than_fit_those_around_the_pointed_cell_are_in_view() -> None:
    counts = np.diag(np.arange(100, 200))
    counts[70, 12] = 7
    grid = ConfusionGrid()
    async with OneWidget(grid, 80, 18).run_test(size=(80, 18)):
        grid.show(counts, (0, 0))
        lines = text_of(grid)
        assert "predicted 0–16 of 100, true 0–14 of 100" in lines[0]
        assert lines[1].split()[:17] == [str(label) for label in range(17)]
        assert lines[2].split()[:2] == ["0", "100"]
        grid.show(counts, (70, 12))
        lines = text_of(grid)
        tile = grid.tiling.tile
        assert tile.top <= 70 < tile.top + tile.rows
        assert tile.left <= 12 < tile.left + tile.cols
        row = next(line for line in lines if line.split()[:1] == ["70"])
        assert "[7]" in row
        # The mouse points at what is seen.
        place = grid.tiling.at(grid.tiling.left + 4 * (12 - tile.left), 2 + 70 - tile.top)
        assert place is not None
        assert (place.row, place.col) == (70, 12)

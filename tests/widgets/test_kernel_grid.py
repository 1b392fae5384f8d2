"""Kernels side by side: all in view, only what changed repainted, readable without colour."""

from __future__ import annotations

import numpy as np
import pytest
from textual.geometry import Region

from cnntui.palette import WARM
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.kernel_grid import KernelGrid
from cnntui.ui.widgets.grids.style import GridStyle
from cnntui.ui.widgets.grids.tiling import averaged
from tests.widgets.grids import OneWidget, text_of


def kernels(rows: int = 2, cols: int = 2, filters: int = 32, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((rows, cols, filters)).astype(np.float32)


async def test_of_more_than_fit_the_first_are_drawn_whole() -> None:
    grid = KernelGrid()
    async with OneWidget(grid, 39, 11).run_test() as pilot:
        grid.show(kernels(28, 28, 32))
        await pilot.pause()
        assert (grid.tiling.reduced, grid.drawn.shape) == (4, (7, 7, 10))
        np.testing.assert_allclose(grid.drawn, averaged(kernels(28, 28, 32), 4)[..., :10])
        lines = [grid.render_line(y).text for y in range(11)]
        assert [bool(line.strip()) for line in lines] == [True] * 4 + [False] + [True] * 4 + [False] * 2
        grid.show(kernels(2, 2, 32))
        assert (grid.tiling.reduced, grid.drawn.shape) == (1, (2, 2, 32))


async def test_only_rows_of_kernels_that_learned_are_repainted(monkeypatch: pytest.MonkeyPatch) -> None:
    grid = KernelGrid()
    async with OneWidget(grid, 39, 11).run_test() as pilot:
        await pilot.pause()
        weights = kernels()
        weights[0, 0, 0] = 9.0
        grid.show(weights)
        regions: list[Region] = []
        monkeypatch.setattr(grid, "refresh", lambda *dirty: regions.extend(dirty))
        grid.show(weights.copy())
        assert regions == []
        grid.show(weights + np.float32(1e-6))
        assert regions == [], "too little to be seen"
        moved = weights.copy()
        moved[1, 1, 10] = -9.0
        grid.show(moved)
        assert regions == [Region(0, 4, 14, 1)]


async def test_every_weight_has_its_own_cell_in_its_colour() -> None:
    grid = KernelGrid()
    async with OneWidget(grid, 9, 2).run_test() as pilot:
        await pilot.pause()
        weights = np.zeros((2, 2, 2), np.float32)
        weights[0, 1, 1] = 1.0
        grid.show(weights)
        strip = grid.render_line(0)
        styles = [segment.style for segment in strip for _ in segment.text]
        backgrounds = [tuple(style.bgcolor.triplet or ()) if style and style.bgcolor else () for style in styles]
        strongest = [place for place, colour in enumerate(backgrounds) if colour == WARM[-1]]
        assert strongest == [7, 8]


async def test_signs_can_be_told_without_colour() -> None:
    grid = KernelGrid()
    async with OneWidget(grid, 4, 2).run_test() as pilot:
        await pilot.pause()
        grid.prefer(GridStyle.GLYPHS)
        grid.show(np.array([[1.0, -1.0], [-0.2, 0.0]], np.float32)[..., np.newaxis])
        assert text_of(grid) == ["██−█", "−░  "]


async def test_another_network_has_other_kernels() -> None:
    grid = KernelGrid()
    async with OneWidget(grid, 39, 11).run_test() as pilot:
        await pilot.pause()
        grid.show(kernels())
        grid.show(kernels(5, 5, 6))
        assert (grid.tiling.across, grid.tiling.tile.width, grid.tiling.tile.height) == (3, 10, 5)


async def test_weights_that_are_no_numbers_are_drawn_as_nothing() -> None:
    grid = KernelGrid()
    async with OneWidget(grid, 4, 2).run_test() as pilot:
        await pilot.pause()
        grid.prefer(GridStyle.GLYPHS)
        grid.show(np.array([[np.nan, np.inf], [1.0, -np.inf]], np.float32)[..., np.newaxis])
        assert text_of(grid) == ["  ██", "██−█"]


async def test_the_mouse_points_at_a_kernel() -> None:
    grid = KernelGrid()
    app = OneWidget(grid, 39, 11)
    pointed: list[int] = []
    async with app.run_test() as pilot:
        await pilot.pause()
        grid.show(kernels())
        monkey = grid.post_message
        grid.post_message = lambda message: (
            (  # type: ignore[method-assign]
                pointed.append(message.tile) if isinstance(message, Grid.Pointed) else None
            )
            or monkey(message)
        )
        await pilot.click(KernelGrid, offset=(6, 4))
        await pilot.click(KernelGrid, offset=(4, 4))
    assert pointed == [9]

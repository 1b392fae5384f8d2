"""A row of kernels: numbers, colours, glyphs, and no more repainted than what changed."""

from __future__ import annotations

import numpy as np
import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region

from cnntui.palette import Scale
from cnntui.ui.widgets.grids.geometry import Geometry
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.kernel_row import KernelRow
from cnntui.ui.widgets.grids.style import GridStyle
from cnntui.ui.widgets.grids.tiling import Tiling, in_a_row

KERNELS = np.array([[[1, -1], [0, 0.5]], [[0, 0], [0.25, -0.25]]], np.float32)


def lying(pitch: int, width: int, height: int = 1, *, numbers: bool = False) -> Tiling:
    return in_a_row(Geometry(width, height, False, 2, 2, numbers), 2, pitch)


NUMBERS = lying(15, 7, numbers=True)


class Rows(App[None]):
    CSS = "KernelRow { width: 40; height: 4; }"

    def __init__(self) -> None:
        super().__init__()
        self.pointed: list[int] = []

    def compose(self) -> ComposeResult:
        yield KernelRow()

    def on_grid_pointed(self, event: Grid.Pointed) -> None:
        self.pointed.append(event.tile)

    @property
    def row(self) -> KernelRow:
        return self.query_one(KernelRow)

    @property
    def lines(self) -> list[str]:
        return [self.row.render_line(y).text.rstrip() for y in range(4)]


@pytest.fixture
def app() -> Rows:
    return Rows()


async def test_numbers_stand_on_the_first_line_of_their_cell(app: Rows) -> None:
    async with app.run_test():
        app.row.show(KERNELS, Scale(1.0), lying(15, 7, 2, numbers=True))
        first, blank, second, _ = app.lines
        assert first.split() == ["1.000", "−1.000", "0.000", "0.000"]
        assert second.split() == ["0.000", "0.500", "0.250", "−0.250"]
        assert not blank


async def test_colours_and_glyphs(app: Rows) -> None:
    async with app.run_test():
        app.row.show(KERNELS, Scale(1.0), lying(5, 2))
        coloured = {segment.style.bgcolor for segment in app.row.render_line(0) if segment.style}
        assert len(coloured) == 4  # warm, cold, nothing, and the page between
        app.row.prefer(GridStyle.GLYPHS)
        assert app.lines[0].startswith("██−█")


async def test_only_lines_that_changed_are_repainted_up_to_the_last_change(
    app: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test():
        app.row.show(KERNELS, Scale(1.0), NUMBERS)
        asked: list[tuple[Region, ...]] = []
        monkeypatch.setattr(KernelRow, "refresh", lambda self, *regions, **_: asked.append(regions))
        app.row.show(KERNELS.copy(), Scale(1.0), NUMBERS)
        assert not asked
        other = KERNELS.copy()
        other[0, 1, 0] = 0.001
        app.row.show(other, Scale(1.0), NUMBERS)
        assert asked == [(Region(0, 1, 7, 1),)]


async def test_the_mouse_points_at_a_kernel(app: Rows) -> None:
    async with app.run_test() as pilot:
        app.row.show(KERNELS, Scale(1.0), NUMBERS)
        await pilot.click(KernelRow, offset=(16, 1))
        await pilot.click(KernelRow, offset=(2, 0))
        await pilot.click(KernelRow, offset=(35, 0))
        assert app.pointed == [1, 0]

"""If there is no room for all filters, the title says which are shown; the chosen one always is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.layers import Conv2D, Dense, Flatten
from cnntui.cnn.network import Network
from cnntui.ui.views.convolve import text as conv_text
from cnntui.ui.widgets.bars.bars import Bars
from cnntui.ui.widgets.bars.part import in_view
from cnntui.ui.widgets.grids.gallery import Gallery
from cnntui.ui.widgets.text.line import line_width, plain
from tests.keras_files import write_keras_file
from tests.screens.apps import app_on, shown

FILTERS = 300


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A network of many filters on maps that are higher than wide."""
    random = np.random.default_rng(3)

    def weights(*shape: int) -> np.ndarray:
        return random.normal(0, 0.1, shape).astype(np.float32)

    first = Conv2D("first", weights(3, 2, 1, FILTERS), weights(FILTERS), (3, 2))
    second = Conv2D("second", weights(2, 3, FILTERS, 5), weights(5), (2, 3))
    (size,) = Network((first, second, Flatten("flatten")), (28, 28, 1)).shapes[-1]
    network = Network(
        (first, second, Flatten("flatten"), Dense("last", weights(size, 10), weights(10), "softmax")), (28, 28, 1)
    )
    return write_keras_file(tmp_path / "many.keras", network)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("filter", [0, 63, 64, 299])
async def test_bars_of_filters_say_which_they_are(
    file: Path, runs_dir: Path, filter: int, size: tuple[int, int]
) -> None:
    app = app_on("convolve", runs_dir, target=str(file), layer="first", filter=filter)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        width = app.screen.query_one("#vector", Bars).size.width
        bars = in_view(FILTERS, filter, width)
        assert filter in bars
        title = shown(app, "#vector-title")
        assert title.startswith(f"filters {bars[0]}–{bars[-1]} of {FILTERS} here")


@pytest.mark.slow
async def test_bars_of_channels_say_which_they_are(file: Path, runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, target=str(file), layer="second", filter=1, channel=130, cell=(0, 0))
    async with app.run_test() as pilot:
        await pilot.pause()
        assert shown(app, "#channels-title").startswith(f"subtotals of channels 78–155 of {FILTERS}")
        await pilot.press(*["c"] * 30)
        await pilot.pause()
        assert shown(app, "#channels-title").startswith(f"subtotals of channels 156–233 of {FILTERS}")


@pytest.mark.slow
async def test_a_gallery_says_which_maps_it_shows(file: Path, runs_dir: Path) -> None:
    app = app_on("network", runs_dir, target=str(file), layer="first", filter=0)
    async with app.run_test() as pilot:
        await pilot.pause()
        for _ in range(2):
            seen = app.screen.query_one("#gallery", Gallery).tiling.in_view
            assert len(seen) < FILTERS
            assert app.scene.focus.filter in seen
            assert f"maps {seen[0]}–{seen[-1]} of {FILTERS}" in shown(app, "#title")
            await pilot.press("left")
            await pilot.pause()


@pytest.mark.parametrize("width", range(20, 100, 7))
@pytest.mark.parametrize("filters", [32, 64, 512])
def test_titles_are_never_cut(filters: int, width: int) -> None:
    for title in (conv_text.vector_title(filters, 3, 64, width), conv_text.channels_title(filters, 3, 64, width)):
        assert line_width(title) <= max(width, 36), plain(title)
    if filters <= 64:
        assert plain(conv_text.vector_title(filters, 3, 64, 100)).startswith(f"all {filters} filters here")

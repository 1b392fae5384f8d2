"""The input scale of a network from a file: found, said, changed by a key, and remembered."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.input_scale import INVERTED, MINUS_ONE_TO_ONE, RAW, ZERO_TO_ONE
from cnntui.cnn.network import Network
from cnntui.commands.launch import build_app
from cnntui.commands.wanted import Wanted
from cnntui.files.errors import CnntuiError
from cnntui.files.remembered import remembered
from cnntui.runs.reading.scaling import SCALES
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.widgets.bars.key_bar import KeyBar
from tests.keras_files import write_keras_file
from tests.networks import trained_at
from tests.screens.apps import app_on, shown
from tests.screens.test_copying import copied, opened_by


@pytest.fixture
def inverted(tmp_path: Path, dense_network: Network) -> Path:
    """A file with a network that was trained on inverted images."""
    return write_keras_file(tmp_path / "inverted.keras", trained_at(dense_network, INVERTED))


def opened(path: Path, **wanted: object) -> CnntuiApp:
    return build_app(Wanted(target=str(path), screen="network", **wanted))  # type: ignore[arg-type]


@pytest.mark.slow
async def test_a_file_is_looked_at_on_the_scale_that_it_reads_best(inverted: Path) -> None:
    app = opened(inverted)
    assert app.scene.network.scale == INVERTED
    assert app.scene.activations.predicted == app.scene.label == 7
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert shown(app, "#scale").startswith("Input 1..0 (inverted): reads ")
        assert "% of 300 test images right; " in shown(app, "#scale")
        assert "Input" not in app.screen.query_one(KeyBar).text
        assert "--scale" not in await copied(pilot, "Y")
    assert remembered(SCALES) == {}


@pytest.mark.slow
@pytest.mark.parametrize("width", [80, 120])
async def test_elsewhere_the_guess_stands_in_place_of_the_keys_until_the_first_key(inverted: Path, width: int) -> None:
    app = build_app(Wanted(target=str(inverted), screen="dense"))
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        bar = app.screen.query_one(KeyBar)
        said = bar.text.strip()
        assert said.startswith("Input 1..0 (inverted): ")
        assert said.endswith("; i on Network changes it")
        await pilot.press("right")
        await pilot.pause()
        assert "Input" not in bar.text
        assert not app._notifications


@pytest.mark.slow
async def test_a_key_goes_through_the_scales_and_the_file_keeps_its_own(inverted: Path) -> None:
    app = opened(inverted)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("i", "i")
        await pilot.pause()
        assert app.scene.network.scale == RAW
        np.testing.assert_array_equal(app.scene.activations.image, app.scene.image.pixels.astype(np.float32))
        assert shown(app, "#scale").startswith("Input 0..255, chosen by you: ")
        line = await copied(pilot, "Y")
        assert "--scale=0..255" in line
    again = opened(inverted)
    assert again.scene.network.scale == RAW
    async with again.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert shown(again, "#scale") == "Input 0..255, chosen by you."
    assert opened_by(line).scene.network.scale == RAW


@pytest.mark.slow
async def test_back_at_what_was_found_nothing_is_remembered(inverted: Path) -> None:
    app = opened(inverted)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("i")
        assert [*remembered(SCALES).values()] == ["0..1"]
        await pilot.press(*"iiii")
        await pilot.pause()
        assert app.scene.network.scale == INVERTED
        assert "chosen" not in shown(app, "#scale")
    assert remembered(SCALES) == {}


def test_the_scale_that_is_named_counts_and_is_remembered(inverted: Path) -> None:
    assert opened(inverted, scale=MINUS_ONE_TO_ONE).scene.network.scale == MINUS_ONE_TO_ONE
    assert opened(inverted).scene.network.scale == MINUS_ONE_TO_ONE
    assert opened(inverted, scale=ZERO_TO_ONE).scene.network.scale == ZERO_TO_ONE


def test_what_is_remembered_and_broken_is_measured_anew(inverted: Path, runs_dir: Path) -> None:
    opened(inverted, scale=RAW)
    (kept,) = runs_dir.parent.glob("state/**/*.json")
    for text in ("nonsense", "1,2,3,4,5,6"):
        kept.write_text(kept.read_text().replace("0..255", text).replace("nonsense", text))
        assert opened(inverted).scene.network.scale == INVERTED


def test_an_unpacked_folder_is_known_by_its_files(inverted: Path, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(inverted) as archive:
        archive.extractall(folder)
    opened(folder, scale=RAW)
    assert opened(folder).scene.network.scale == RAW
    assert opened(inverted).scene.network.scale == INVERTED
    config = folder / "config.json"
    config.write_text(config.read_text() + " ")
    assert opened(folder).scene.network.scale == INVERTED


async def test_a_run_says_its_scale_and_is_asked_nothing(runs_dir: Path) -> None:
    app = app_on("network", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("i")
        await pilot.pause()
        assert app.scene.network.scale == ZERO_TO_ONE
        assert not app.screen.query_one("#scale").display
    with pytest.raises(CnntuiError, match="--scale goes with a network file"):
        app_on("network", runs_dir, scale=RAW)

"""The digit browser: it agrees with the network, every key works, and it never waits."""

from __future__ import annotations

from threading import Event

import numpy as np
import pytest
from textual.app import App
from textual.pilot import Pilot

from cnntui.cnn.arithmetic import percent
from cnntui.cnn.network import Network
from cnntui.explore.focus import Focus
from cnntui.explore.scene import compose, relearned
from cnntui.images import evaluation
from cnntui.images.data import DataSet
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.convolve.screen import ConvolveScreen
from cnntui.ui.views.images.screen import ImagesScreen
from cnntui.ui.widgets.grids.confusion_grid import ConfusionGrid
from cnntui.ui.widgets.grids.image_wall import ImageWall
from tests.networks import mnist_network
from tests.screens.apps import lines_of, shown, strike, until

SOME = 1100


@pytest.fixture
def some(digits: DataSet) -> DataSet:
    """A few digits, read in a moment; some of them mistaken."""
    return digits.first(SOME)


@pytest.fixture(scope="module")
def probabilities(network: Network, digits: DataSet) -> np.ndarray:
    """The results of `forward` for those digits."""
    batches = np.array_split(digits.images[:SOME], 30)
    return np.concatenate([network.forward(network.input_of(batch)).probabilities for batch in batches])


def app_with(network: Network, digits: DataSet) -> CnntuiApp:
    return CnntuiApp(compose("bundled", 4690, network, digits, Focus(index=3, row=10, col=10)), "convolve")


async def ask(pilot: Pilot[None], index: str) -> None:
    """Ask for an index."""
    await strike(pilot, "slash", *index, "enter")


async def browse(pilot: Pilot[None]) -> None:
    """Open the browser and wait until all digits have been read."""
    await pilot.press("d")
    await until(pilot, lambda: "accuracy" in shown(pilot.app, "#title"))  # type: ignore[arg-type]


def place(app: App[None]) -> str:
    """The selected caption."""
    captions = "  ".join(lines_of(app.screen.query_one(ImageWall))[6::7])
    return captions.partition("▸")[2][:13]


@pytest.mark.slow
async def test_captions_title_and_matrix_are_the_networks(
    network: Network, some: DataSet, probabilities: np.ndarray
) -> None:
    predicted = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(predicted != some.labels)
    app = app_with(network, some)
    async with app.run_test(size=(80, 24)) as pilot:
        await browse(pilot)
        share = f"{(SOME - len(wrong)) / SOME:.2%}"
        assert f"accuracy {share}, {len(wrong)} of 1,100 wrong" in shown(app, "#title")
        await pilot.press("m")
        captions = "  ".join(lines_of(app.screen.query_one(ImageWall))[6::7]).replace("▸", "×")
        assert [caption.strip() for caption in captions.split("×")[1:]] == [
            f"{index:<4} {some.labels[index]}→{predicted[index]} {percent(float(probabilities[index].max()), 0):>4}"
            for index in wrong[:15]
        ]
        await pilot.press("v")
        grid = app.screen.query_one(ConfusionGrid)
        counts = np.zeros((10, 10), int)
        np.add.at(counts, (some.labels, predicted), 1)
        for row in range(10):
            cells = lines_of(grid)[2 + row].replace("·", "0").replace("[", " ").replace("]", " ").split()
            assert [int(cell) for cell in cells[1:11]] == counts[row].tolist()
            assert cells[11] == f"{counts[row].sum()}"


@pytest.mark.slow
async def test_keys_move_choose_and_close(network: Network, some: DataSet) -> None:
    app = app_with(network, some)
    async with app.run_test(size=(80, 24)) as pilot:
        await browse(pilot)
        for key, index in (
            ("left", 2), ("right", 3), ("down", 8), ("up", 3), ("pagedown", 18), ("pageup", 3), ("end", SOME - 1),
            ("right", SOME - 1), ("home", 0), ("k", 0), ("j", 5), ("l", 6), ("h", 5),
        ):  # fmt: skip
            await strike(pilot, key)
            assert (key, place(app).split()[0]) == (key, str(index))
        await strike(pilot, "4", "right")
        fours = np.flatnonzero(some.labels == 4)
        assert place(app).split()[:2] == [str(fours[1]), "4"]
        assert f"true 4   {len(fours)}" in shown(app, "#choice")
        await strike(pilot, "s", "9", "7", "7")
        assert "all images, least certain first" in shown(app, "#choice")
        await strike(pilot, "a", "2", "down")
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, ConvolveScreen)
        assert app.scene.focus.index == np.flatnonzero(some.labels == 2)[5]
        assert (app.scene.focus.row, app.scene.focus.col) == (10, 10)
        await pilot.press("d", "right", "escape")
        assert isinstance(app.screen, ConvolveScreen)
        assert app.scene.focus.index == np.flatnonzero(some.labels == 2)[5]


@pytest.mark.slow
async def test_a_cell_of_the_matrix_opens_exactly_its_digits(
    network: Network, some: DataSet, probabilities: np.ndarray
) -> None:
    predicted = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(predicted != some.labels)
    row, col = int(some.labels[wrong[0]]), int(predicted[wrong[0]])
    app = app_with(network, some)
    async with app.run_test(size=(80, 24)) as pilot:
        await browse(pilot)
        await strike(pilot, "v", "pageup", "home", *["down"] * row, *["right"] * col)
        among = np.flatnonzero((some.labels == row) & (predicted == col))
        count = f"{len(among)} of {(some.labels == row).sum()}"
        assert shown(app, "#choice").startswith(f" true {row} · predicted {col}: {count}")
        await pilot.press("enter")
        assert f"true {row} · predicted {col}   {len(among)}" in shown(app, "#choice")
        assert place(app).split()[0] == str(among[0])
        await strike(pilot, "v", "escape")
        assert isinstance(app.screen, ImagesScreen)
        await strike(pilot, "v", "home", "pageup", "right", "enter")
        assert "No image: true 0 · predicted 1." in shown(app, "#choice")
        await strike(pilot, "enter", "right", "end", "pagedown")
        assert isinstance(app.screen, ImagesScreen)
        await strike(pilot, "m", "a")
        assert "all images   1,100" in shown(app, "#choice")


@pytest.mark.slow
async def test_an_index_is_asked_for(network: Network, some: DataSet) -> None:
    app = app_with(network, some)
    async with app.run_test(size=(80, 24)) as pilot:
        await browse(pilot)
        for typed, answer in (
            ("1x", "‘1x’ is not an index: images go from 0 to 1,099."),
            ("1100", "There is no image 1100: they go from 0 to 1,099."),
        ):
            await ask(pilot, typed)
            assert shown(app, "#choice").strip() == answer
            assert place(app).split()[0] == "3"
        await pilot.press("slash", "7", "escape")
        assert place(app).split()[0] == "3"
        await strike(pilot, "m")
        await ask(pilot, "12")
        assert place(app).split()[0] == "12"
        assert "all images" in shown(app, "#choice")


@pytest.mark.slow
async def test_the_mouse_points_and_takes(network: Network, some: DataSet) -> None:
    app = app_with(network, some)
    async with app.run_test(size=(80, 24)) as pilot:
        await browse(pilot)
        await pilot.click("#wall", offset=(20, 10))
        assert place(app).split()[0] == "6"
        await pilot.press("v")
        grid = app.screen.query_one(ConfusionGrid)
        column = lines_of(grid)[1].index(" 7 ") + 1
        for _ in range(2):
            await pilot.click("#matrix", offset=(column, 9))
        assert "true 7 · predicted 7" in shown(app, "#choice")
        await pilot.click("#wall", offset=(20, 3))
        await pilot.click("#wall", offset=(20, 3))
        await pilot.pause()
        assert isinstance(app.screen, ConvolveScreen)
        assert app.scene.label == 7


@pytest.mark.slow
async def test_reading_goes_on_in_the_background_once_a_network(
    network: Network, some: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, batches = Event(), []
    probabilities = Network.probabilities

    def when_let(network: Network, images: np.ndarray) -> np.ndarray:
        batches.append(network)
        if len(batches) == 10:
            assert held.wait(300)
        return probabilities(network, images)

    monkeypatch.setattr(Network, "probabilities", when_let)
    app = app_with(network, some)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("d")
        await until(pilot, lambda: "288 of 1,100" in shown(app, "#title"))
        await pilot.press("s", "right")
        assert "288 so far" in shown(app, "#choice")
        await pilot.press("escape", "d")
        assert "288 of 1,100" in shown(app, "#title")
        held.set()
        await until(pilot, lambda: "accuracy" in shown(app, "#title"))
        whole = -(-SOME // evaluation.BATCH)
        assert len(batches) == whole
        await pilot.press("escape", "d")
        assert "of 1,100 wrong" in shown(app, "#title")
        assert len(batches) == whole
        # A network that has learned on is another one.
        await pilot.press("escape")
        app.showing.look_at(relearned(app.scene, "later", 5000, mnist_network()))
        await browse(pilot)
        assert "later, batch 5,000" in shown(app, "#title")
        assert len(batches) == 2 * whole


@pytest.mark.slow
async def test_a_small_window_says_what_is_needed(network: Network, some: DataSet) -> None:
    app = app_with(network, some)
    async with app.run_test(size=(60, 18)) as pilot:
        await browse(pilot)
        before = [strip.text for strip in app.screen._compositor.render_strips()]
        await pilot.resize_terminal(40, 10)
        await pilot.pause()
        assert app.screen._compositor.render_strips()[0].text.startswith("cnntui needs 60×18; this is 40×10")
        await pilot.resize_terminal(60, 18)
        await pilot.pause()
        assert [strip.text for strip in app.screen._compositor.render_strips()] == before

"""A run that was not trained here: another network, other images, another scale, and many unknowns."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnntui.cnn.description import Description
from cnntui.cnn.input_scale import MINUS_ONE_TO_ONE
from cnntui.cnn.network import Network, weights_of
from cnntui.commands.launch import build_app
from cnntui.commands.runs import show
from cnntui.commands.wanted import Wanted
from cnntui.files.errors import CnntuiError
from cnntui.images.data import data_sha256
from cnntui.runs.config.config_text import training_images_in_words
from cnntui.runs.directory.own_data import checked_data
from cnntui.runs.directory.run_directory import RunDirectory, bundled_run
from cnntui.runs.reading.opening import data_of, open_awaited, open_run
from cnntui.runs.reading.watching import watched
from cnntui.runs.starting.process import resume_training
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.runs import text as runs_text
from cnntui.ui.widgets.text.line import plain
from tests.canned import summarise
from tests.images.test_colour_images import NAMES, colour_network, write_colour_images
from tests.keras_files import write_keras_file

Changed = Callable[..., RunDirectory]


@pytest.fixture(scope="module")
def network() -> Network:
    return colour_network()


@pytest.fixture
def foreign(runs_dir: Path, tmp_path: Path, network: Network) -> Changed:
    """Writes such a run, with changes to its settings."""
    data = write_colour_images(tmp_path / "animals.npz")

    def write(**changes: Any) -> RunDirectory:
        run = RunDirectory(runs_dir / "theirs")
        run.path.mkdir(parents=True, exist_ok=True)
        says = {
            "format": 1, "name": "theirs", "seed": None, "epochs": 12, "optimizer": "adamw", "schedule": "CosineDecay",
            "architecture": Description.of(network).plain(),
            "input_scale": {"mean": [127.5], "deviation": [127.5]},
            "data": str(data), "data_sha256": data_sha256(data), "data_shape": [32, 32, 3], "classes": NAMES,
            "data_source": "animals.npz",
        }  # fmt: skip
        run.config_path.write_text(json.dumps({name: said for name, said in (says | changes).items() if said != ...}))
        write_keras_file(run.checkpoint_path, network)
        return run

    return write


def test_it_opens_at_its_own_scale_on_its_own_images(foreign: Changed, network: Network) -> None:
    opened = open_run(foreign())
    assert opened.network.scale == MINUS_ONE_TO_ONE
    data = data_of(opened)
    assert (data.reason, data.shape, data.classes, data.is_digits) == ("", (32, 32, 3), NAMES, False)
    pixels = data.images[3]
    expected = network.forward(MINUS_ONE_TO_ONE.applied(pixels)).probabilities
    np.testing.assert_array_equal(opened.network.forward(opened.network.input_of(pixels)).probabilities, expected)
    assert watched(foreign(), ())[0].network.scale == MINUS_ONE_TO_ONE


def test_its_layers_are_known_before_its_weights(foreign: Changed, network: Network) -> None:
    awaited = open_awaited(foreign())
    assert awaited.is_awaited
    assert Description.of(awaited.network) == Description.of(network)
    assert awaited.network.scale == MINUS_ONE_TO_ONE
    assert not any(array.any() for own in weights_of(awaited.network).values() for array in own.values())
    with pytest.raises(CnntuiError, match="theirs does not describe its network"):
        open_awaited(foreign(architecture=None, model="a graph"))
    layers = [{"kind": "Attention", "name": "attention"}]
    unknown = foreign(architecture={"input_shape": [32, 32, 3], "layers": layers})
    with pytest.raises(CnntuiError, match="of the kind Attention, which this version does not know"):
        open_awaited(unknown)


def test_lists_say_what_is_known_and_what_is_not(foreign: Changed, capsys: pytest.CaptureFixture[str]) -> None:
    summary = summarise(foreign())
    assert runs_text.settings(summary) == "a network of its own, adamw, CosineDecay, batches of unknown size"
    assert plain(runs_text.details(summary, "", 120)[0]) == summary.problem
    assert [plain(line) for line in runs_text.details(replace(summary, problem=""), "", 120)] == [
        "a network of its own, adamw, CosineDecay, batches of unknown size, "
        "all training images, 12 epochs, seed unknown",
        "This cnntui does not understand its optimizer (adamw).",
    ]
    assert training_images_in_words(foreign(script="fit.py").read_config()) == ""
    assert show("theirs", None, as_json=False) == 0
    said = capsys.readouterr().out
    assert "12 epochs, batches of unknown size, adamw, CosineDecay" in said
    assert "images    32×32×3, 4 classes: cat, dog, frog, ship" in said
    assert "network   a network of its own" in said
    assert "seed      unknown" in said
    assert show("theirs", None, as_json=True) == 0
    settings = json.loads(capsys.readouterr().out)["settings"]
    assert (settings["batch_size"], settings["learning_rate"], settings["classes"]) == (None, None, [*NAMES])


def test_it_is_not_trained_on_here(foreign: Changed) -> None:
    run = foreign()
    with pytest.raises(CnntuiError, match="theirs cannot be trained here: its batch size, learning rate, optimi"):
        resume_training(run, module="tests.fake_trainer")
    assert not run.events_path.exists()


@pytest.mark.parametrize("source", ["given to fit", ""])
def test_data_that_nobody_knows_are_not_taken_for_mnist(foreign: Changed, source: str) -> None:
    run = foreign(data=None, data_sha256="", data_source=source)
    with pytest.raises(CnntuiError, match="The data that theirs was trained on cannot be found"):
        checked_data(run, run.read_config())
    with pytest.raises(CnntuiError, match=r"theirs reads images of 32×32×3, but those of MNIST are 28×28×1\. Name a"):
        watched(run, ())


def test_a_run_of_a_newer_version_opens_with_what_is_understood(foreign: Changed) -> None:
    run = foreign(format=9, epochs={"most": 3}, dropout=0.5, input_scale={"kind": "logarithm"}, versions=[1])
    opened = open_run(run)
    assert opened.network.shapes[-1] == (4,)
    (_, remark) = runs_text.details(summarise(run), "", 200)
    assert plain(remark).startswith("Made by a newer cnntui (format 9). This cnntui does not understand its dropout")


def test_bundled_runs_say_what_they_said() -> None:
    config = bundled_run().read_config()
    assert (config.architecture, config.input_scale, config.classes, config.data_source) == (None, None, None, None)
    assert config.learning == (5, 64, "rmsprop", 0.001, 7)
    assert runs_text.settings(summarise(bundled_run())) == "rmsprop 0.001, batches of 64"


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_every_view_shows_it(foreign: Changed, size: tuple[int, int]) -> None:
    from cnntui.explore.views import VIEWS

    foreign()
    app: CnntuiApp = build_app(Wanted(target="theirs"))
    async with app.run_test(size=size) as pilot:
        for mode in VIEWS:
            app.action_mode(mode)
            await pilot.pause()
            await pilot.press("right", "down", "r", "plus")
            await pilot.pause()
        assert app.scene.network.input_shape == (32, 32, 3)


def test_no_app_begins_with_drawing_for_other_images(foreign: Changed) -> None:
    foreign()
    with pytest.raises(CnntuiError, match="one channel and no colours, and is 28×28×1; this network reads 32×32×3"):
        build_app(Wanted(target="theirs", screen="draw"))


@pytest.mark.slow
async def test_what_is_drawn_is_for_images_of_mnist_only(foreign: Changed) -> None:
    foreign()
    app = build_app(Wanted(target="theirs"))
    async with app.run_test() as pilot:
        await pilot.press("6")
        assert app.mode == "train"
        (said,) = [notification.message for notification in app._notifications]
        assert "and is 28×28×1; this network reads 32×32×3. Open a picture instead" in said


def test_an_own_image_of_another_size_is_let_go(foreign: Changed, network: Network, digits: Any) -> None:
    from cnntui.explore.focus import Focus
    from cnntui.explore.scene import compose, relearned, with_own
    from cnntui.images.data import Image
    from tests.networks import mnist_network

    before = with_own(compose("a", None, mnist_network(), digits, Focus(layer="conv2d")), Image("b", digits.images[0]))
    after = relearned(replace(before, data=data_of(open_run(foreign()))), "theirs", None, network)
    assert (after.own, after.focus.own) == (None, False)

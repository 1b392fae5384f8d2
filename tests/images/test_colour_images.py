"""Images unlike MNIST's, 32×32×3 with four classes, through everything below the screens."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnntui import palette
from cnntui.cli import main
from cnntui.cnn.input_scale import MINUS_ONE_TO_ONE
from cnntui.cnn.layers import Conv2D, Dense, Flatten, MaxPool2D, Rescaling
from cnntui.cnn.network import Network
from cnntui.cnn.occlusion import OcclusionMeasurement
from cnntui.commands.launch import build_app
from cnntui.commands.wanted import Wanted
from cnntui.explore.focus import Focus
from cnntui.explore.scene import compose, refocus
from cnntui.files.errors import CnntuiError
from cnntui.images import mnist
from cnntui.images.data import DataSet, load_test
from cnntui.images.evaluation import Evaluation
from cnntui.images.thumbnails import Thumbnails
from cnntui.labs.downsampling import Moved, Probe
from cnntui.labs.hierarchy import Search
from cnntui.labs.shift import Race, Reader, shifted
from cnntui.palette import Colormap
from cnntui.runs.reading.opening import Opened, check_fits, data_of, reads_digits
from tests.keras_files import write_keras_file
from tests.networks import mnist_network
from tests.small_data import labelled

NAMES = ("cat", "dog", "frog", "ship")


def floats(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return (rng.standard_normal(shape) / np.sqrt(np.prod(shape[:-1]))).astype(np.float32)


def colour_network() -> Network:
    """Two convolutions and an answer, with random weights."""
    rng = np.random.default_rng(3)
    return Network(
        (
            Conv2D("conv2d", floats(rng, 3, 3, 3, 4), floats(rng, 4)),
            MaxPool2D("max_pooling2d"),
            Conv2D("conv2d_1", floats(rng, 2, 2, 4, 5), floats(rng, 5)),
            Flatten("flatten"),
            Dense("dense", floats(rng, 14 * 14 * 5, 4), floats(rng, 4), "softmax"),
        ),
        (32, 32, 3),
    )


def write_colour_images(path: Path) -> Path:
    """A data set of 40 images of noise."""
    rng = np.random.default_rng(4)
    images, labels = rng.integers(0, 256, (40, 32, 32, 3), np.uint8), rng.integers(0, 4, 40)
    np.savez(path, x_test=images, y_test=labels, class_names=np.array(NAMES))
    return path


@pytest.fixture(scope="module")
def network() -> Network:
    return colour_network()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_colour_images(tmp_path_factory.mktemp("data") / "animals.npz")


@pytest.fixture(scope="module")
def data(path: Path) -> DataSet:
    return load_test(path)


def test_a_scene_shows_an_image_at_the_scale_of_its_network(network: Network, data: DataSet) -> None:
    scaled = replace(network, scale=MINUS_ONE_TO_ONE)
    scene = refocus(compose("own", None, scaled, data, Focus(layer="conv2d")), Focus(index=7, layer="conv2d"))
    assert (scene.title, scene.label) == ("animals.npz image #7", data.labels[7])
    np.testing.assert_array_equal(scene.activations.image, MINUS_ONE_TO_ONE.applied(data.images[7]))
    np.testing.assert_array_equal(scene.image.pixels, data.images[7])
    assert scene.image.grey.shape == (32, 32)


def test_every_image_is_read(network: Network, data: DataSet) -> None:
    evaluation = Evaluation(network, data)
    evaluation.read()
    expected = network.forward(network.input_of(data.images)).probabilities
    np.testing.assert_array_equal(evaluation.predictions.predicted, expected.argmax(axis=1))
    assert evaluation.predictions.confusion.shape == (4, 4)
    assert evaluation.predictions.confusion.sum() == 40


def test_a_grey_square_covers_all_channels(network: Network, data: DataSet) -> None:
    measurement = OcclusionMeasurement(network, data.images[2], 5)
    measurement.measure(lambda: measurement.occlusion.done <= 5 * 32 + 12)
    covered = data.images[2].copy()
    covered[3:8, 10:15] = 128
    after = network.forward(network.input_of(covered)).probabilities
    assert measurement.occlusion.probability(1, 5, 12) == pytest.approx(after[1], abs=1e-5)


@pytest.mark.slow
def test_labs_measure_on_them(network: Network, data: DataSet) -> None:
    search = Search(network, data)
    search.read()
    best = search.best("conv2d_1", 2, 1)[0]
    assert best.pixels.shape == (best.window.height, best.window.width)
    assert search.classes("conv2d_1", 2).shape == (4,)
    race = Race((Reader("own", network),), data, 4)
    race.read()
    says = network.forward(network.input_of(shifted(data.images[:4], 2, -3))).probabilities.argmax(axis=1)
    assert race.accuracies()[0, 8 + 2, 8 - 3] == pytest.approx((says == data.labels[:4]).mean())
    moved = Moved(network, data.first(5), Probe("conv2d", 2, (0, 1)))
    moved.read()
    assert all(0 < share < 1 for share in moved.shares().values())


def test_thumbnails_have_the_colours_of_their_images(data: DataSet) -> None:
    thumbnails = Thumbnails.of(data.images)
    assert (thumbnails.shape, thumbnails.ink) == ((16, 16), Colormap.PICTURE)
    shown = np.array([palette.colour(level, Colormap.PICTURE) for level in thumbnails.levels(3).ravel().tolist()])
    means = data.images[3].reshape(16, 2, 16, 2, 3).mean(axis=(1, 3)).reshape(-1, 3)
    # A colour is rounded to one of 16 steps.
    assert np.abs(shown - means).max() <= 255 / 15 / 2 + 1


def test_what_is_only_brought_to_another_scale_is_still_a_picture(network: Network, data: DataSet) -> None:
    scaled = replace(network, layers=(Rescaling("rescaling", scale=(1 / 127.5,), offset=(-1.0,)), *network.layers))
    scene = compose("own", None, scaled, data, Focus(layer="conv2d"))
    assert scene.reads_picture
    assert not refocus(scene, Focus(layer="conv2d_1")).reads_picture
    assert not compose("digits", None, mnist_network(), labelled([1]), Focus()).reads_picture


def test_images_that_do_not_fit_a_network_are_refused(network: Network, data: DataSet, digits: DataSet) -> None:
    opened = Opened("own", None, network, None)
    check_fits(opened, data)
    with pytest.raises(CnntuiError, match="own reads images of 32×32×3, but those of MNIST are 28×28×1"):
        check_fits(opened, digits)
    more = replace(data, classes=mnist.CLASSES)
    with pytest.raises(CnntuiError, match=r"own tells 4 classes apart, but animals\.npz has 10"):
        check_fits(opened, more)


def test_a_file_opens_on_a_data_set_that_fits_and_says_so_where_it_does_not(
    network: Network, path: Path, tmp_path: Path
) -> None:
    file = write_keras_file(tmp_path / "own.keras", network)
    app = build_app(Wanted(target=str(file), data=path))
    assert app.scene.title == "animals.npz image #0"
    with pytest.raises(CnntuiError, match=r"32×32×3, .* MNIST are 28×28×1\. Name a data set with such images: --data"):
        build_app(Wanted(target=str(file)))


def test_a_picture_is_given_to_a_network_as_load_img_does(network: Network, tmp_path: Path) -> None:
    pixels = np.random.default_rng(6).integers(0, 256, (50, 40, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    write_keras_file(tmp_path / "own.keras", network)
    expected = np.asarray(Image.fromarray(pixels).resize((32, 32), Image.Resampling.NEAREST))
    named = write_colour_images(tmp_path / "animals.npz")
    for data in (None, named):
        app = build_app(Wanted(target=str(tmp_path / "own.keras"), data=data, image=tmp_path / "photo.png"))
        assert (app.mode, app.scene.title, app.scene.label) == ("network", "photo.png", None)
        assert not app.scene.is_foreign
        np.testing.assert_array_equal(app.scene.image.pixels, expected)
        assert app.scene.named(2) == ("2" if data is None else "frog")


def test_a_picture_is_read_by_its_name_without_a_data_set(
    network: Network, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_keras_file(tmp_path / "own.keras", network)
    Image.new("L", (9, 7), 200).save(tmp_path / "grey.png")
    (tmp_path / "names.txt").write_text("\n".join(NAMES))
    pixels = np.full((32, 32, 3), 200, np.uint8)
    expected = int(network.probabilities(network.input_of(pixels[np.newaxis]))[0].argmax())
    arguments = ["read", str(tmp_path / "own.keras"), "--image", str(tmp_path / "grey.png"), "--json"]
    assert main(arguments) == 0
    assert json.loads(capsys.readouterr().out)["class"] == expected
    write_colour_images(tmp_path / "animals.npz")
    assert main([*arguments, "--data", str(tmp_path / "animals.npz")]) == 0
    assert json.loads(capsys.readouterr().out)["class_name"] == NAMES[expected]
    assert main([*arguments[:-1], "--data", str(tmp_path / "animals.npz"), "--index", "0"]) == 0
    assert NAMES[expected] in capsys.readouterr().out


def test_the_form_of_mnist_is_for_its_digits_only(network: Network, data: DataSet) -> None:
    digits = mnist_network()
    assert reads_digits(Opened("digits", None, digits, None), None)
    assert reads_digits(Opened("digits", None, digits, None), labelled([1]))
    letters = labelled([1], tuple("ABCDEFGHIJ"))
    assert not reads_digits(Opened("digits", None, digits, None), letters)
    assert not reads_digits(Opened("own", None, network, None), data)


def test_a_network_of_fewer_classes_than_mnist_is_shown_its_digits_without_true_classes() -> None:
    opened = Opened("two", None, mnist_network(), None)
    assert data_of(opened).reason == ""
    last = opened.network.layers[-1]
    fewer = last.with_weights(last.weights)
    assert isinstance(fewer, Dense)
    fewer = replace(fewer, kernel=fewer.kernel[:, :2], bias=fewer.bias[:2])
    two = replace(opened, network=replace(opened.network, layers=(*opened.network.layers[:-1], fewer)))
    data = data_of(two)
    assert data.reason.startswith("two tells 2 classes apart")
    check_fits(two, data)

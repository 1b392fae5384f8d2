"""The occlusion heat map agrees with an independent loop, position by position."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cnntui.cnn import occlusion as occlusion_module
from cnntui.cnn.layers import Conv2D, Dense, Flatten, GlobalAveragePool2D
from cnntui.cnn.network import Network
from cnntui.cnn.occlusion import GREY, Occlusion, OcclusionMeasurement, square, step_of
from cnntui.cnn.window import Window
from cnntui.images import mnist
from cnntui.images.data import DataSet


def measured(network: Network, digit: np.ndarray, size: int) -> Occlusion:
    sliding = OcclusionMeasurement(network, digit, size)
    sliding.measure()
    return sliding.occlusion


def one_layer(classes: int = 10) -> Network:
    """A fast network."""
    kernel = np.random.default_rng(1).standard_normal((784, classes)).astype(np.float32)
    return Network((Flatten("f"), Dense("d", kernel / 28, np.zeros(classes, np.float32), "softmax")), mnist.SHAPE)


@pytest.mark.slow
def test_a_slow_loop_measures_the_same(network: Network, digits: DataSet) -> None:
    digit, size = digits.images[18], 5
    occlusion = measured(network, digit, size)
    label = network.forward(network.input_of(digit)).predicted
    before = network.forward(network.input_of(digit)).probabilities[label]
    heat = occlusion.heat(label)
    half = size // 2
    for row in range(0, 28, 3):
        for col in range(0, 28, 3):
            image = digit.copy()
            for y in range(row - half, row + half + 1):
                for x in range(col - half, col + half + 1):
                    if 0 <= y < 28 and 0 <= x < 28:
                        image[y, x] = GREY
            after = network.forward(network.input_of(image)).probabilities[label]
            assert heat[row, col] == pytest.approx(before - after, abs=1e-5)
            assert occlusion.probability(label, row, col) == pytest.approx(after, abs=1e-5)
    extreme = occlusion.extreme(label)
    assert extreme is not None
    assert heat[extreme] == heat.max() > 0.01
    # The square that harms the class most makes the network read another one, or not.
    assert (occlusion.misread > 0) == bool((occlusion.after.argmax(axis=1) != label).any())


def test_grey_where_the_network_never_looks_changes_nothing(network: Network, digits: DataSet) -> None:
    occlusion = measured(network, digits.images[0], 1)
    for label in range(10):
        heat = occlusion.heat(label)
        assert np.abs(heat[27]).max() < 1e-6
        assert np.abs(heat[:, 27]).max() < 1e-6
        assert occlusion.probability(label, 27, 3) == pytest.approx(occlusion.before[label], abs=1e-6)


def test_a_class_that_looks_at_one_pixel_falls_by_what_that_pixel_gave_it() -> None:
    kernel = np.zeros((16, 2), np.float32)
    kernel[5, 0] = 3
    network = Network((Flatten("f"), Dense("d", kernel, np.zeros(2, np.float32), "softmax")), (4, 4, 1))
    digit = np.zeros((4, 4, 1), np.uint8)
    digit[1, 1] = 255
    occlusion = measured(network, digit, 3)
    heat = occlusion.heat(0)
    covering = np.zeros((4, 4), bool)
    covering[:3, :3] = True
    assert (heat[~covering] == 0).all()
    expected = 1 / (1 + np.exp(-3)) - 1 / (1 + np.exp(-3 * 128 / 255))
    np.testing.assert_allclose(heat[covering], expected, atol=1e-6)
    np.testing.assert_allclose(occlusion.heat(1), -heat, atol=1e-6)
    assert occlusion.extreme(0) == occlusion.extreme(1) == (0, 0)
    assert occlusion.misread == 0


def test_squares_are_cut_off_at_the_edge() -> None:
    assert square(5, 6, 3, (28, 28)) == Window(4, 5, 3, 3)
    assert square(0, 27, 5, (28, 28)) == Window(0, 25, 3, 3)


def test_measuring_can_be_left_and_taken_up_again(digits: DataSet) -> None:
    network = one_layer()
    sliding = OcclusionMeasurement(network, digits.images[3], 5)
    answers = iter([True, True, False])
    sliding.measure(lambda: next(answers))
    part = sliding.occlusion
    assert not part.is_complete
    assert 0 < part.done < 784
    assert part.probability(0, 27, 27) is None
    assert (part.heat(0).ravel()[part.done :] == 0).all()
    sliding.measure()
    assert sliding.occlusion.is_complete
    assert not part.is_complete, "what was asked for stays as it was"
    whole = measured(network, digits.images[3], 5)
    assert (sliding.occlusion.after == whole.after).all()


def test_a_diverged_network_has_no_heat_but_does_not_fail(digits: DataSet) -> None:
    flatten, dense = one_layer().layers
    assert isinstance(dense, Dense)
    broken = Network((flatten, replace(dense, bias=np.full(10, np.nan, np.float32))), mnist.SHAPE)
    occlusion = measured(broken, digits.images[0], 7)
    assert np.isnan(occlusion.heat(0)).all()
    assert occlusion.extreme(0) is None


def test_a_network_that_takes_long_is_measured_at_fewer_places_with_a_larger_square(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kernel = np.random.default_rng(1).standard_normal((3, 3, 3, 4)).astype(np.float32)
    classes = np.random.default_rng(2).standard_normal((4, 2)).astype(np.float32)
    network = Network(
        (
            Conv2D("conv", kernel, np.zeros(4, np.float32), padding="same"),
            GlobalAveragePool2D("mean"),
            Dense("dense", classes, np.zeros(2, np.float32), "softmax"),
        ),
        (30, 32, 3),
    )
    most = 100 * network.flow
    monkeypatch.setattr(occlusion_module, "_MOST_NUMBERS", most)
    step = step_of(network)
    assert -(-30 // step) * -(-32 // step) * network.flow <= most
    assert -(-30 // (step - 1)) * -(-32 // (step - 1)) * network.flow > most
    image = np.random.default_rng(3).integers(0, 256, (30, 32, 3), np.uint8)
    sliding = OcclusionMeasurement(network, image, 5)
    across = -(-32 // step)
    sliding.measure(lambda: sliding.occlusion.done <= across + 2)
    occlusion = sliding.occlusion
    assert sliding.size % 2 == 1
    assert occlusion.heat(0).shape == (30, 32)
    row, col = step + step // 2, 2 * step + step // 2
    covered = image.copy()
    part = square(row, col, sliding.size, (30, 32))
    covered[part.top : part.bottom, part.left : part.right] = 128
    after = network.forward(network.input_of(covered)).probabilities
    assert occlusion.probability(1, row, col) == pytest.approx(after[1], abs=1e-5)
    heat = occlusion.heat(1)
    assert (heat[step : 2 * step, 2 * step : 3 * step] == heat[row, col]).all()
    assert occlusion.filled == occlusion.done // across * step * 32

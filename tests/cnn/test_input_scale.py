"""Input scales: levels from 0 to 255 become what a network was trained on."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from cnntui.cnn.input_scale import INVERTED, MINUS_ONE_TO_ONE, RAW, ZERO_TO_ONE, InputScale, parse_scale
from cnntui.files.errors import CnntuiError
from tests.networks import mnist_network


def levels() -> np.ndarray:
    return np.arange(256, dtype=np.uint8).reshape(2, 128, 1)


@pytest.mark.parametrize(
    ("scale", "expected", "text"),
    [
        (ZERO_TO_ONE, lambda level: level / np.float32(255), "0..1"),
        (RAW, lambda level: level, "0..255"),
        (MINUS_ONE_TO_ONE, lambda level: level / np.float32(127.5) - 1, "-1..1"),
        (InputScale((33.3,), (78.6,)), lambda level: (level - 33.3) / 78.6, "mean 33.3, deviation 78.6"),
        (InputScale((255.0,), (-255.0,)), lambda level: 1 - level / 255, "1..0 (inverted)"),
    ],
)
def test_each_scale(scale: InputScale, expected: object, text: str) -> None:
    scaled = scale.applied(levels())
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled, expected(levels().astype(np.float32)), atol=1e-6)  # type: ignore[operator]
    assert str(scale) == text


def test_dividing_by_255_is_exact_and_leaves_the_pixels_alone() -> None:
    pixels = levels()
    np.testing.assert_array_equal(ZERO_TO_ONE.applied(pixels), pixels.astype(np.float32) / np.float32(255))
    np.testing.assert_array_equal(pixels, levels())
    floats = pixels.astype(np.float32)
    ZERO_TO_ONE.applied(floats)
    np.testing.assert_array_equal(floats, levels())


def test_a_mean_and_a_deviation_for_each_channel() -> None:
    scale = InputScale((100.0, 110.0, 120.0), (50.0, 55.0, 60.0))
    pixels = np.array([[[100, 165, 0]]], np.uint8)
    np.testing.assert_allclose(scale.applied(pixels), [[[0, 1, -2]]], rtol=1e-6)
    np.testing.assert_allclose(scale.applied(np.stack([pixels, pixels])), 2 * [[[[0, 1, -2]]]], rtol=1e-6)
    with pytest.raises(CnntuiError, match="is for 3 channels, but the images have 1"):
        scale.applied(levels())


@pytest.mark.parametrize("numbers", [((0.0,), (0.0,)), ((math.nan,), (1.0,)), ((), (1.0,)), ((0.0,), (math.inf,))])
def test_scales_that_there_cannot_be(numbers: tuple[tuple[float, ...], tuple[float, ...]]) -> None:
    with pytest.raises(CnntuiError, match="There is no input scale with mean"):
        InputScale(*numbers)


def test_a_network_reads_images_in_its_own_scale() -> None:
    network = replace(mnist_network(), scale=MINUS_ONE_TO_ONE)
    pixels = np.random.default_rng(0).integers(0, 256, (2, 28, 28, 1), np.uint8)
    np.testing.assert_array_equal(network.input_of(pixels), MINUS_ONE_TO_ONE.applied(pixels))


def test_the_brightest_number_is_known_where_black_is_0() -> None:
    assert (ZERO_TO_ONE.brightest, RAW.brightest) == (1, 255)
    assert InputScale((0.0,), (51.0, 51.0, 51.0)).brightest == 5
    for scale in (MINUS_ONE_TO_ONE, InputScale((0.0,), (1.0, 2.0, 3.0)), InputScale((0.0,), (-255.0,))):
        assert scale.brightest is None


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("0..1", ZERO_TO_ONE), ("0..255", RAW), ("-1..1", MINUS_ONE_TO_ONE), ("−1..1", MINUS_ONE_TO_ONE),
        ("1..0", INVERTED), (" 33.4,78.7 ", InputScale((33.4,), (78.7,))), ("-1,2", InputScale((-1.0,), (2.0,))),
        ("1,2,3,4,5,6", InputScale((1.0, 2.0, 3.0), (4.0, 5.0, 6.0))),
    ],
)  # fmt: skip
def test_scales_are_read_as_they_are_written(text: str, scale: InputScale) -> None:
    assert parse_scale(text) == scale
    assert parse_scale(scale.written) == scale


@pytest.mark.parametrize("text", ["", "abc", "0..2", "1", "1,2,3", "1,", "1,x", "nan,1", "1,0", "inf,1", "\x1b[2J"])
def test_other_words_are_no_scale(text: str) -> None:
    with pytest.raises(CnntuiError, match="input scale") as caught:
        parse_scale(text)
    assert "\x1b" not in str(caught.value)

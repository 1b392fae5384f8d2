"""Images as scripts hand them over: their levels, and the scale that restores the network's input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnntui.cnn.input_scale import MINUS_ONE_TO_ONE, RAW, ZERO_TO_ONE
from cnntui.cnn.layers import Dense, Flatten
from cnntui.cnn.network import Network
from cnntui.files.errors import CnntuiError
from cnntui.images.handed import MOST_IMAGES, Handed, levels_handed

LEVELS = np.random.default_rng(4).integers(0, 256, (6, 5, 4, 3), np.uint8)
LEVELS[0, 0, 0], LEVELS[0, 0, 1] = 0, 255


@pytest.mark.parametrize(
    ("images", "scale"),
    [
        (LEVELS, RAW),
        (LEVELS.astype(np.int32), RAW),
        (LEVELS.astype(np.float64), RAW),
        (LEVELS / 255, ZERO_TO_ONE),
        (LEVELS.astype(np.float16) / np.float16(255), ZERO_TO_ONE),
        (LEVELS / 127.5 - 1, MINUS_ONE_TO_ONE),
        ((LEVELS - [120, 110, 100]) / [50.0, 40, 60], None),
        ((LEVELS - 33.4) / 78.7, None),
        (LEVELS / 78.7, None),
    ],
)
def test_levels_and_scale_lead_back_to_the_images(images: Any, scale: Any) -> None:
    levels, found = levels_handed(images)
    np.testing.assert_array_equal(levels, LEVELS)
    np.testing.assert_allclose(found.applied(levels), images, rtol=1e-3, atol=1e-3)
    assert scale in (None, found)


def test_images_of_one_channel_and_of_one_value_and_too_many() -> None:
    levels, scale = levels_handed(np.full((3, 5, 4), -7.0))
    assert levels.shape == (3, 5, 4, 1)
    np.testing.assert_allclose(scale.applied(levels), -7)
    assert levels_handed(np.zeros((3, 784)))[0].shape == (3, 28, 28, 1)
    assert len(levels_handed(np.zeros((MOST_IMAGES + 1, 2, 2), bool))[0]) == MOST_IMAGES


@pytest.mark.parametrize(
    ("images", "labels", "classes", "message"),
    [
        (np.zeros((3, 785)), None, None, "images has the shape 3×785"),
        (np.zeros((0, 5, 4)), None, None, "images has the shape 0×5×4"),
        (np.full((1, 2, 2), np.nan), None, None, "infinite or not a number"),
        (np.array([["a"]]), None, None, "the type <U1"),
        (None, [1], None, "There are labels, but no images"),
        (np.zeros((3, 2, 2)), [1, 2], None, "There are 3 images, but 2 labels"),
        (np.zeros((2, 2, 2)), [0.5, 1.5], None, "not whole numbers .float64.; one class number each is needed"),
        (np.zeros((2, 2, 2)), [-1, 1], None, "labels has a class -1"),
        (np.zeros((2, 2, 2)), [0, 2], ["ant", "bee"], "an image of class 2, but classes has 2 names"),
    ],
)
def test_what_is_no_images_and_labels_is_refused(images: Any, labels: Any, classes: Any, message: str) -> None:
    with pytest.raises(CnntuiError, match=message):
        Handed.of(images, labels, classes)


def test_a_network_is_shown_what_fits_it() -> None:
    layers = Flatten("flatten"), Dense("dense", np.zeros((60, 2), np.float32), np.zeros(2, np.float32), "softmax")
    network = Network(layers, (5, 4, 3))
    fits = Handed.of(LEVELS, [0, 1, 1, 0, 1, 0], None)
    shown, said = fits.fitting(network)
    assert (shown.classes, said) == (("0", "1"), "")
    assert set(shown.arrays) == {"x_test", "y_test"}
    shown, said = Handed.of(LEVELS, [0, 1, 2, 0, 1, 0], ["a\x1b", "b", "c"]).fitting(network)
    assert shown.labels is shown.classes is None
    assert "There are 3 classes, but the network tells 2 apart" in said
    shown, said = Handed.of(LEVELS[:, 1:], None, None).fitting(network)
    assert shown.arrays == {}
    assert "The images are 4×4×3, but the network reads 5×4×3" in said

"""Digits are found on photos from a desk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.network import Network
from cnntui.images.data import DataSet
from cnntui.images.pictures import Picture, load_picture
from tests.images.desk_photos import KINDS, photo

MADE, LEAST = 12, 11
LONGER = (320, 320, 320, 320, 480, 320, 320, 320, 320, 640)
"""Pixels of the longer side of one photo after the other."""


def taken(digits: DataSet, kind: str, seed: int, folder: Path, longer: int | None = None) -> tuple[Picture, int]:
    """A photo as it is read, and its true class."""
    index = seed * 7
    path = folder / f"{kind}{seed}.png"
    photo(kind, digits.images[index, :, :, 0], seed, longer or LONGER[seed % len(LONGER)]).save(path, compress_level=1)
    return load_picture(path), int(digits.labels[index])


def predicted(network: Network, picture: Picture) -> int:
    return network.forward(network.input_of(picture.canvas.own(as_mnist=True).pixels)).predicted


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_digit_on_a_desk_is_found(network: Network, digits: DataSet, tmp_path: Path, kind: str) -> None:
    picture, label = taken(digits, kind, 3, tmp_path, longer=320)
    assert predicted(network, picture) == label
    assert picture.light_on_dark is (kind == "chalk")


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_nine_of_ten_photos_are_read(network: Network, digits: DataSet, tmp_path: Path, kind: str) -> None:
    answers = [taken(digits, kind, seed, tmp_path) for seed in range(MADE)]
    right = sum(predicted(network, picture) == label for picture, label in answers)
    assert right >= LEAST, f"{right} of {MADE}"


def test_the_same_seed_gives_the_same_photo(digits: DataSet) -> None:
    one, other, third = (np.asarray(photo("card", digits.images[0, :, :, 0], seed, 120)) for seed in (1, 1, 2))
    assert np.array_equal(one, other)
    assert one.shape != third.shape or not np.array_equal(one, third)

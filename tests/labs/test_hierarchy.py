"""The hierarchy lab's search, against a plain look at every cell of every digit."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from cnntui.cnn.network import Network
from cnntui.cnn.window import Window
from cnntui.images import mnist
from cnntui.images.data import DataSet
from cnntui.labs.hierarchy import BATCH, EQUAL, STRONGEST, Search, cut
from cnntui.ui.views.labs.hierarchy import text as hierarchy_text
from cnntui.ui.widgets.text.line import plain
from tests.networks import other_network


def some(digits: DataSet, count: int) -> DataSet:
    return digits.first(count)


@pytest.mark.parametrize("kind", ["bundled", "other"])
def test_the_best_patches_are_where_the_maps_are_largest(network: Network, digits: DataSet, kind: str) -> None:
    network = network if kind == "bundled" else other_network()
    few = some(digits, 70)
    search = Search(network, few)
    search.read()
    assert search.is_complete
    every = network.forward(network.input_of(few.images))
    for layer in search.layers:
        filter = layer.filters // 2
        maps = every[layer.name].output[..., filter]
        largest = maps.max(axis=(1, 2))
        best = search.best(layer.name, filter, 5)
        np.testing.assert_allclose([patch.value for patch in best], np.sort(largest)[::-1][:5], atol=1e-5)
        for patch in best:
            assert maps[patch.index, patch.row, patch.col] == pytest.approx(patch.value, abs=1e-5)
            pixels = few.images[patch.index, :, :, 0]
            for row in range(patch.window.height):
                for col in range(patch.window.width):
                    at = patch.window.top + row, patch.window.left + col
                    inside = all(0 <= place < 28 for place in at)
                    assert patch.pixels[row, col] == pytest.approx(pixels[at] / 255 if inside else 0)


def test_a_patch_alone_excites_the_filter_as_much(network: Network, digits: DataSet) -> None:
    """Nothing outside of it counts: the proof that it is the whole of what the cell sees."""
    search = Search(network, some(digits, 40))
    search.read()
    for name in ("conv2d", "conv2d_1", "conv2d_2"):
        (patch,) = search.best(name, 3, 1)
        image = np.zeros((28, 28, 1), np.float32)
        window = patch.window
        image[window.top : window.bottom, window.left : window.right, 0] = patch.pixels
        assert network.forward(image)[name].output[patch.row, patch.col, 3] == pytest.approx(patch.value, abs=1e-5)


def test_a_search_can_be_left_and_taken_up_again(network: Network, digits: DataSet) -> None:
    few = some(digits, 3 * BATCH + 5)
    search, asked = Search(network, few), iter([True, True, False])
    search.read(lambda: next(asked))
    assert search.done == 2 * BATCH
    assert not search.averages
    assert all(patch.index < 2 * BATCH for patch in search.best("conv2d_2", 1, 4))
    search.read()
    at_once = Search(network, few)
    at_once.read()
    assert search.done == len(few)
    assert search.averages == at_once.averages
    assert [p.index for p in search.best("conv2d_2", 1, 9)] == [p.index for p in at_once.best("conv2d_2", 1, 9)]


def test_pixels_outside_the_digit_are_0() -> None:
    image = np.full((28, 28, 1), 255, np.uint8)
    np.testing.assert_array_equal(cut(image, Window(-1, 26, 2, 3)), [[0, 0, 0], [1, 1, 0]])


def test_what_is_said_follows_from_what_was_counted() -> None:
    def said(*averages: tuple[str, float]) -> str:
        return " ".join(plain(line) for line in hierarchy_text.found(averages, 10, 78))

    assert "17% on a, 26% on b are" in said(("a", 0.174), ("b", 0.26))
    assert "come more and more from one class" in said(("a", 0.174), ("b", 0.26))
    assert "does not grow" in said(("a", 0.26), ("b", 0.26))
    assert "when all images have been read" in said()


@pytest.mark.slow
def test_the_sentence_about_the_bundled_network_is_counted_again_otherwise(network: Network, digits: DataSet) -> None:
    digits = some(digits, 2_500)
    search = Search(network, digits)
    search.read()
    largest: dict[str, list[np.ndarray]] = {layer.name: [] for layer in search.layers}
    for begin in range(0, len(digits), 250):
        activations = network.forward(network.input_of(digits.images[begin : begin + 250]))
        for name, found in largest.items():
            found.append(activations[name].output.max(axis=(1, 2)))
    averages = []
    for name, found in largest.items():
        of_one_class = []
        for values in np.concatenate(found).T:
            weakest = max(sorted(values, reverse=True)[STRONGEST - 1] * (1 - EQUAL), 1e-30)
            labels = Counter(digits.labels[values >= weakest].tolist())
            if labels:
                of_one_class.append(max(labels.values()) / labels.total())
        averages.append((name, sum(of_one_class) / len(of_one_class)))
    for (name, ours), (_, again) in zip(search.averages, averages, strict=True):
        assert ours == pytest.approx(again, abs=0.001), name
    sentence = " ".join(plain(line) for line in hierarchy_text.found(search.averages, 10, 78))
    assert ", ".join(f"{part:.0%} on {name}" for name, part in averages) in sentence
    first, second, third = (part for _, part in averages)
    assert 0.1 < first < second < third
    assert "come more and more from one class" in sentence


def test_digits_that_are_as_strong_as_the_hundredth_count_wherever_they_stand(network: Network) -> None:
    images = np.zeros((3 * STRONGEST, 28, 28, 1), np.uint8)
    images[:, 10:18, 10:18] = 255
    # The first hundred are of one class, and those that excite as much are of another.
    labels = np.repeat([1, 7, 7], STRONGEST).astype(np.uint8)
    images[5] //= 2
    search = Search(network, DataSet(images, labels, mnist.CLASSES))
    search.read()
    name = search.layers[0].name
    filter = next(each for each in range(32) if search.values(name, each)[0] > search.values(name, each)[5])
    assert search.classes(name, filter).tolist() == [0, STRONGEST - 1, 0, 0, 0, 0, 0, 2 * STRONGEST, 0, 0]
    assert len(search.best(name, filter, 4)) == 4


@pytest.mark.parametrize(
    ("labels", "width", "said"),
    [
        ([1, 1, 7], 25, "2 of best 3 are 1s"),
        ([1, 7], 25, "of best 2: 1 1s, 1 7s"),
        ([1, 7], 21, "1 1s, 1 7s"),
        ([1, 5, 7], 25, "best 3: no class leads"),
    ],
)
def test_classes_that_are_equally_common_are_all_said_to_be(
    network: Network, labels: list[int], width: int, said: str
) -> None:
    images = np.zeros((len(labels), 28, 28, 1), np.uint8)
    images[:, 10:18, 10:18] = 255
    search = Search(network, DataSet(images, np.array(labels, np.uint8), mnist.CLASSES))
    search.read()
    name = search.layers[0].name
    filter = next(each for each in range(32) if search.values(name, each)[0] > 0)
    assert plain(hierarchy_text.classes(search, name, filter, width)) == said

"""The proof that a cell sees its window and nothing else: change the input, and look at what changes.

Outside the window everything is changed at once, to several kinds of pictures, and the cell has to stay the same.
Inside, each pixel alone has to make a difference in at least one of several pictures: ReLU is silent about much, and
max pooling passes on only the winner, so a single picture would not show every pixel.

The same numbers, added up at another place of a batch, can differ in the last bit: which ones do depends on the
processor.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from cnntui.cnn.cells import Cells, as_maps
from cnntui.cnn.input_scale import ZERO_TO_ONE
from cnntui.cnn.network import Network
from cnntui.cnn.ops import Floats
from cnntui.cnn.reach import dependencies, never_read, read_at_all
from cnntui.explore.focus import maps_of
from cnntui.images import mnist
from cnntui.images.data import DataSet
from tests.networks import mnist_network, other_network

MAPS = ("conv2d", "max_pooling2d", "conv2d_1", "max_pooling2d_1", "conv2d_2")


def some_cells(network: Network, name: str) -> list[tuple[int, int]]:
    """The corners, the middle and a place off the middle of a layer's maps."""
    rows, cols, _ = network.output_shape_of(name)
    return [*product((0, rows - 1), (0, cols - 1)), (rows // 2, cols // 2), (rows // 3, 2 * cols // 3)]


def other_pictures(image: Floats, rng: np.random.Generator) -> list[Floats]:
    """Pictures that have nothing in common with an image but their size."""
    noise = rng.random(image.shape, np.float32)
    return [noise, 1 - image, np.zeros_like(image), np.ones_like(image), (noise * 200 - 100).astype(np.float32)]


def stayed(after: Floats, before: Floats) -> np.ndarray:
    """Which values are what they were, but for the rounding of their sums."""
    return np.isclose(after, before, rtol=1e-5, atol=1e-6)


@pytest.fixture(params=["bundled", "random", "other"])
def any_network(request: pytest.FixtureRequest, network: Network) -> Network:
    return {"bundled": network, "random": mnist_network(), "other": other_network()}[request.param]


def test_pixels_outside_the_window_change_nothing(any_network: Network, digits: DataSet) -> None:
    """Neither the cell, nor the cells between that it is made from."""
    rng = np.random.default_rng(0)
    for layer in maps_of(any_network):
        part = Network(any_network.layers[: any_network.index(layer.name) + 1], mnist.SHAPE)
        for place, (row, col) in enumerate(some_cells(any_network, layer.name)):
            image = ZERO_TO_ONE.applied(digits.images[place])
            every_map = tuple(range(any_network.output_shape_of(layer.name)[-1]))
            seen, *between = dependencies(any_network, layer.name, Cells((row,), (col,), every_map))
            outside = ~seen.mask(any_network.input_shape)
            assert outside.any()
            pictures = [np.where(outside[..., None], other, image) for other in other_pictures(image, rng)]
            activations = part.forward(np.stack([image, *pictures]))
            for passed, cells in zip(part, between, strict=True):
                read = activations[passed.name].output[:, cells.mask(part.output_shape_of(passed.name))]
                assert stayed(read, read[0]).all(), (layer.name, row, col, passed.name)
            assert not stayed(activations[layer.name].output, activations[layer.name].output[0]).all(), "all stayed"


def test_cells_between_that_are_not_read_change_nothing(any_network: Network, digits: DataSet) -> None:
    """The same from every layer on: not from the image, but from what a layer hands on."""
    rng = np.random.default_rng(1)
    for layer in maps_of(any_network):
        end = any_network.index(layer.name)
        row, col = some_cells(any_network, layer.name)[-1]
        map = any_network.output_shape_of(layer.name)[-1] // 2
        chain = dependencies(any_network, layer.name, Cells.one(row, col, map))
        activations = any_network.forward(any_network.input_of(digits.images[3]))
        for place in range(1, end + 1):
            cells, before = chain[place], activations[any_network.layers[place - 1].name].output
            read = np.zeros(before.shape, np.bool_)
            read[np.ix_(cells.rows, cells.cols, cells.maps)] = True
            part = Network(any_network.layers[place : end + 1], before.shape)
            changed = np.stack([before, *(np.where(read, before, other) for other in other_pictures(before, rng))])
            values = part.forward(changed)[layer.name].output[:, row, col, map]
            assert stayed(values, values[0]).all(), (layer.name, any_network.layers[place - 1].name)


def lit_one_by_one(pictures: list[Floats], pixels: np.ndarray, value: float) -> list[tuple[Floats, Floats]]:
    """Each picture, and a copy of it for each pixel in which that pixel has another value."""
    pairs = []
    for picture in pictures:
        copies = np.repeat(picture[np.newaxis], len(pixels), axis=0)
        copies[np.arange(len(pixels)), pixels[:, 0], pixels[:, 1]] = value
        pairs.append((picture, copies))
    return pairs


@pytest.mark.parametrize("name", [*MAPS[:-1], pytest.param(MAPS[-1], marks=pytest.mark.slow)])
def test_every_pixel_inside_the_window_can_change_the_cell(network: Network, digits: DataSet, name: str) -> None:
    """With the weights that were really learned, for cells at the border and within."""
    rng = np.random.default_rng(2)
    part = Network(network.layers[: network.index(name) + 1], mnist.SHAPE)
    for row, col in (some_cells(network, name)[place] for place in (0, 3, 5)):
        seen = dependencies(network, name, Cells.one(row, col, 0))[0]
        pixels = np.argwhere(seen.mask(network.input_shape))
        unmoved = np.ones(len(pixels), np.bool_)
        faint = [rng.random((28, 28, 1), np.float32) * np.float32(shade) for shade in (0, 0.1, 0.3, 0.6)]
        for picture, copies in lit_one_by_one([*map(ZERO_TO_ONE.applied, digits.images[:4]), *faint], pixels, 1.0):
            before = part.forward(picture)[name].output[row, col]
            after = part.forward(copies)[name].output[:, row, col]
            unmoved &= stayed(after, before).all(axis=-1)
        assert not unmoved.any(), pixels[unmoved].tolist()


@pytest.mark.slow
def test_every_pixel_inside_can_change_the_cell_of_other_shapes() -> None:
    rng = np.random.default_rng(3)
    network = other_network()
    for layer in maps_of(network):
        part = Network(network.layers[: network.index(layer.name) + 1], mnist.SHAPE)
        for row, col in some_cells(network, layer.name):
            pixels = np.argwhere(dependencies(network, layer.name, Cells.one(row, col, 0))[0].mask(network.input_shape))
            unmoved = np.ones(len(pixels), np.bool_)
            pictures = [rng.random((28, 28, 1), np.float32) for _ in range(4)]
            for picture, copies in lit_one_by_one(pictures, pixels, 5.0):
                before = part.forward(picture)[layer.name].output[row, col]
                unmoved &= stayed(part.forward(copies)[layer.name].output[:, row, col], before).all(axis=-1)
            assert not unmoved.any(), (layer.name, row, col, pixels[unmoved].tolist())


@pytest.mark.slow
def test_row_and_column_27_change_no_logit_at_all(network: Network, digits: DataSet) -> None:
    rng = np.random.default_rng(4)
    images = ZERO_TO_ONE.applied(digits.images[:100])
    changed = images.copy()
    changed[:, 27, :] = rng.random((100, 28, 1))
    changed[:, :, 27] = rng.random((100, 28, 1))
    assert stayed(network.forward(changed).logits, network.forward(images).logits).all()
    # The row and the column before are read.
    for edge in (np.s_[:, 26, :], np.s_[:, :, 26]):
        changed = images.copy()
        changed[edge] = rng.random((100, 28, 1))
        assert not stayed(network.forward(changed).logits, network.forward(images).logits).all(axis=-1).any()


def test_what_is_never_read_changes_no_logit_from_any_layer_on(any_network: Network, digits: DataSet) -> None:
    rng = np.random.default_rng(5)
    activations = any_network.forward(any_network.input_of(digits.images[7]))
    befores = [activations.image, *(activation.output for _, activation in activations)]
    marked = 0
    for place, alive in enumerate(read_at_all(any_network)[:-1]):
        before = befores[place]
        if before.ndim == 1:
            continue
        unread = ~alive.mask(before.shape)
        marked += int(unread.sum())
        rows, cols, _ = as_maps(before.shape)
        by_axis = [{entry.index for entry in never_read(any_network, place, axis)} for axis in (0, 1)]
        assert unread.tolist() == [
            [row in by_axis[0] or col in by_axis[1] for col in range(cols)] for row in range(rows)
        ]
        part = Network(any_network.layers[place:], before.shape)
        others = [np.where(unread[..., None], other, before) for other in other_pictures(before, rng)]
        logits = part.forward(np.stack([before, *others])).logits
        assert stayed(logits, logits[0]).all()
    assert marked > 0

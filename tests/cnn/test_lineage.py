"""The maps that are shown together: by hand, and against the network's sums."""

from __future__ import annotations

import numpy as np

from cnntui.cnn.cells import Cells
from cnntui.cnn.input_scale import ZERO_TO_ONE
from cnntui.cnn.layers import Conv2D, MaxPool2D
from cnntui.cnn.lineage import lineage
from cnntui.cnn.network import Network
from cnntui.cnn.reach import dependencies, dependents
from cnntui.images import mnist
from cnntui.images.data import DataSet


def picking(name: str, *inputs: tuple[int, float]) -> Conv2D:
    """A 1×1 convolution of three maps, each filter of which takes one input map, with a weight."""
    kernel = np.zeros((1, 1, 3, len(inputs)), np.float32)
    for filter, (map, weight) in enumerate(inputs):
        kernel[0, 0, map, filter] = weight
    return Conv2D(name, kernel, np.zeros(len(inputs), np.float32))


def three_maps() -> Network:
    """Image → 3 maps, twice, once as strong, three times as strong → pool → a choice among them."""
    first = Conv2D("first", np.array([2, 1, 3], np.float32).reshape(1, 1, 1, 3), np.zeros(3, np.float32))
    return Network((first, MaxPool2D("pool"), picking("pick", (2, 1), (0, -9), (1, 4))), (4, 4, 1))


def test_by_hand() -> None:
    activations = three_maps().forward(np.ones((4, 4, 1), np.float32))
    assert lineage(activations, "pick", 0) == (0, 2, 2, 0)
    assert lineage(activations, "pick", 1) == (0, 0, 0, 1), "a large negative sum counts as well"
    # Forwards: picked are 3·1, 0 (ReLU) and 1·4.
    assert lineage(activations, "first", 1) == (0, 1, 1, 2)
    assert lineage(activations, "pool", 0) == (0, 0, 0, 2)


def test_only_some_cells_count() -> None:
    kernel = np.ones((1, 1, 2, 1), np.float32)
    network = Network((Conv2D("add", kernel, np.zeros(1, np.float32)),), (1, 2, 2))
    activations = network.forward(np.array([[[5, 1], [1, 3]]], np.float32))
    assert lineage(activations, "add", 0) == (0, 0)
    assert lineage(activations, "add", 0, dependencies(network, "add", Cells.one(0, 1, 0))) == (1, 0)


def test_subtotals_add_up_to_what_the_network_computes(network: Network, digits: DataSet) -> None:
    activations = network.forward(network.input_of(digits.images[5]))
    for layer in (layer for layer in network if isinstance(layer, Conv2D)):
        activation = activations[layer.name]
        sums = layer.subtotals(activation.input, 9).sum(axis=-1) + layer.bias[9]
        assert np.allclose(sums, activation.pre_activation[..., 9], atol=1e-5)


def test_every_layer_with_maps_has_one(network: Network, digits: DataSet) -> None:
    activations = network.forward(network.input_of(digits.images[5]))
    cells = (
        *dependencies(network, "conv2d_1", Cells.one(3, 4, 7)),
        *dependents(network, "conv2d_1", Cells.one(3, 4, 7))[1:],
    )
    for chosen in (None, cells):
        image, first, pooled, second, pooled_again, third, *_ = lineage(activations, "conv2d_1", 7, chosen)
        assert (image, second, pooled_again) == (0, 7, 7)
        assert first == pooled
        outputs = activations["conv2d_2"].output
        counted = outputs if chosen is None else outputs[np.ix_(cells[5].rows, cells[5].cols)]
        assert counted[..., third].max() == counted.max()


def test_a_diverged_network_has_maps_too(digits: DataSet) -> None:
    network = three_maps()
    broken = Network(
        (Conv2D("first", np.full((1, 1, 1, 3), np.nan, np.float32), np.zeros(3, np.float32)), *network.layers[1:]),
        mnist.SHAPE,
    )
    activations = broken.forward(ZERO_TO_ONE.applied(digits.images[0]))
    assert len(lineage(activations, "pick", 1)) == 4
    assert len(lineage(activations, "first", 1, [Cells((), (), ())] * 4)) == 4

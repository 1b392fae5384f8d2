"""Receptive fields: by hand, and by finding the pixels that change a cell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cnntui.cnn.layers import AveragePool2D, Conv2D, Select
from cnntui.cnn.network import Network
from cnntui.cnn.receptive_field import receptive_field
from cnntui.cnn.window import Window
from cnntui.images import mnist
from tests.networks import mnist_network


def test_receptive_fields_of_the_network_that_cnntui_trains() -> None:
    network = mnist_network()
    fields = [receptive_field(network, layer.name) for layer in network.layers[:5]]
    assert [field.size for field in fields] == [(2, 2), (3, 3), (5, 5), (7, 7), (11, 11)]
    assert [field.jump for field in fields] == [(1, 1), (2, 2), (2, 2), (4, 4), (4, 4)]
    assert {field.offset for field in fields} == {(0, 0)}
    assert fields[-1].window(4, 1) == Window(16, 4, 11, 11)


def seen_by(network: Network, name: str, row: int, col: int) -> Window:
    """The pixels that change the cell, found by changing every row and every column of the image in turn."""
    image = np.random.default_rng(0).random(network.input_shape).astype(np.float32)
    before = network.forward(image)[name].pre_activation[row, col]

    def changes(*pixels: int | slice) -> bool:
        changed = image.copy()
        changed[pixels] += 100
        return not np.allclose(network.forward(changed)[name].pre_activation[row, col], before, rtol=1e-4)

    rows = [index for index in range(image.shape[0]) if changes(index)]
    cols = [index for index in range(image.shape[1]) if changes(slice(None), index)]
    return Window(rows[0], cols[0], rows[-1] - rows[0] + 1, cols[-1] - cols[0] + 1)


@pytest.mark.parametrize(("name", "row", "col"), [("conv2d", 3, 5), ("conv2d_1", 6, 2), ("conv2d_2", 1, 2)])
def test_the_receptive_field_is_what_changes_the_cell(name: str, row: int, col: int) -> None:
    network = mnist_network()
    assert seen_by(network, name, row, col) == receptive_field(network, name).window(row, col)


def test_same_padding_moves_the_field_out_of_the_image() -> None:
    first = Conv2D("a", np.ones((3, 5, 1, 1), np.float32), np.zeros(1, np.float32), stride=(2, 1), padding="same")
    network = Network((first, replace(first, name="b")), mnist.SHAPE)
    field = receptive_field(network, "b")
    assert (field.size, field.jump, field.offset) == ((7, 9), (4, 1), (0, -4))
    assert field.window(0, 0).clipped(28, 28) == Window(0, 0, 7, 5)
    assert seen_by(network, "b", 2, 3) == field.window(2, 3).clipped(28, 28)


@pytest.mark.parametrize(
    ("name", "row", "col"),
    # With dilation, what is left of a window at the edge of the image need not begin or end with a pixel that is read.
    [("a", 0, 0), ("a", 7, 15), ("b", 0, 0), ("b", 2, 3), ("b", 7, 6), ("c", 2, 3), ("c", 4, 5)],
)
def test_padding_after_a_stride_moves_the_field_by_whole_jumps(name: str, row: int, col: int) -> None:
    """Where each layer's padding, counted in its own cells, is several pixels, and in another number each way."""
    ones = np.ones((4, 3, 1, 1), np.float32)
    layers = (
        Conv2D("a", ones, np.ones(1, np.float32), stride=(3, 2), padding="same"),
        AveragePool2D("b", (2, 4), (1, 2), padding="same"),
        Conv2D("c", np.ones((5, 2, 1, 1), np.float32), np.ones(1, np.float32), padding="same", dilation=(1, 3)),
    )
    network = Network(layers, (24, 31, 1))
    field = receptive_field(network, name)
    assert seen_by(network, name, row, col) == field.window(row, col).clipped(24, 31)


def test_offsets_by_hand() -> None:
    layers = (
        Conv2D("a", np.ones((3, 3, 1, 1), np.float32), np.zeros(1, np.float32), stride=(3, 1), padding="same"),
        Conv2D("b", np.ones((3, 3, 1, 1), np.float32), np.zeros(1, np.float32), padding="same"),
    )
    field = receptive_field(Network(layers, (24, 31, 1)), "b")
    assert (field.size, field.jump, field.offset) == ((9, 5), (3, 1), (-3, -2))


def test_flat_layers_have_no_receptive_field() -> None:
    with pytest.raises(ValueError, match="'dense'"):
        receptive_field(mnist_network(), "dense")


def test_windows() -> None:
    window = Window(-1, 2, 3, 4)
    assert (window.bottom, window.right) == (2, 6)
    assert (-1, 2) in window
    assert (1, 5) in window
    assert (2, 2) not in window
    assert (0, 6) not in window
    assert window.clipped(28, 4) == Window(0, 2, 2, 2)
    assert Window(30, 0, 2, 2).clipped(28, 28).height == 0


@pytest.mark.parametrize("height", range(1, 6))
@pytest.mark.parametrize("width", range(1, 6))
def test_the_edges_of_a_window(height: int, width: int) -> None:
    window = Window(2, -1, height, width)
    cells = {(row, col) for part in window.edges() for row in range(part.top, part.bottom)
             for col in range(part.left, part.right)}  # fmt: skip
    middle = {(row, col) for row in range(3, 2 + height - 1) for col in range(width - 2)}
    whole = {(row, col) for row in range(2, 2 + height) for col in range(-1, width - 1)}
    assert cells == whole - middle


def test_a_slice_keeps_the_fields_of_what_it_picks() -> None:
    rng = np.random.default_rng(5)
    kernel = rng.standard_normal((3, 2, 1, 4)).astype(np.float32)
    conv = Conv2D("conv", kernel, np.zeros(4, np.float32), (2, 1), activation="linear")
    for rows in ((1, 2, 3), (2, 4, 6), (5,)):
        network = Network((conv, Select("picked", rows=rows, cols=(0, 3, 6), maps=(3, 0))), (18, 12, 1))
        for row, col in ((0, 0), (len(rows) - 1, 2)):
            assert receptive_field(network, "picked").window(row, col) == seen_by(network, "picked", row, col)
    backwards = Network((conv, Select("picked", rows=(2, 1), cols=(0, 1), maps=(0,))), (18, 12, 1))
    assert receptive_field(backwards, "picked").size == (18, 12)

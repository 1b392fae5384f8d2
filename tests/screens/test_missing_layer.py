"""The text about a missing kind of layer, worded for the network's own layers and shapes."""

from __future__ import annotations

import numpy as np
import pytest

from cnntui.cnn.layers import AveragePool2D, Conv2D, Dense, Flatten, Layer, MaxPool2D, Pool2D
from cnntui.cnn.network import Network
from cnntui.images import mnist
from cnntui.ui.views.base import missing_layer
from cnntui.ui.widgets.text.line import plain


def zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape, np.float32)


def strided(*strides: int) -> Network:
    """A convolution of one filter for each stride, and an answer."""
    layers = [Conv2D(f"c{place}", zeros(2, 2, 1, 1), zeros(1), (by, by)) for place, by in enumerate(strides)]
    inputs = int(np.prod(Network(tuple(layers), mnist.SHAPE).shapes[-1]))
    return Network((*layers, Flatten("flat"), Dense("answer", zeros(inputs, 10), zeros(10), "softmax")), mnist.SHAPE)


@pytest.mark.parametrize("width", [76, 56, 30])
@pytest.mark.parametrize("kind", [Conv2D, Pool2D])
def test_it_names_the_run_and_what_is_missing_and_fits(dense_network: Network, kind: type[Layer], width: int) -> None:
    lines = [plain(line) for line in missing_layer.page("mine", dense_network, kind, width)]
    assert lines[0] == f"mine has no {'convolution' if kind is Conv2D else 'pool'}."
    assert "Each unit of dense weighs all 784 pixels" in " ".join(lines)
    assert [line[0] for line in lines[-3:]] == ["2", "7", "t"]
    if width > 30:
        assert max(map(len, lines)) <= width


def test_a_network_without_pools_says_what_halves_its_maps() -> None:
    said = missing_layer.instead(strided(2, 2, 1), Pool2D)
    assert said.startswith("The windows of c0 and c1 move by 2 cells at a time instead")
    assert said.endswith("28×28 → 14×14 → 7×7 → 6×6. 36 numbers to flatten.")
    assert missing_layer.instead(strided(1, 3), Pool2D).startswith("The window of c1 moves by 3 cells at a time")
    assert "several cells" in missing_layer.instead(strided(2, 3), Pool2D)
    assert missing_layer.instead(strided(1, 1), Pool2D) == (
        "Nothing makes its maps smaller but their borders: 28×28 → 27×27 → 26×26. 676 numbers to flatten."
    )


@pytest.mark.parametrize("pool", [MaxPool2D, AveragePool2D])
def test_a_network_of_pools_alone_is_not_said_to_weigh_pixels(pool: type[MaxPool2D] | type[AveragePool2D]) -> None:
    network = Network((pool("pool"), Flatten("flat"), Dense("answer", zeros(196, 10), zeros(10))), mnist.SHAPE)
    assert missing_layer.instead(network, Conv2D) == "Its layers are pool, flat and answer."

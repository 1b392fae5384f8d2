"""The table of layers is true for any network, and fits."""

from __future__ import annotations

import re
from math import prod

import numpy as np
import pytest

from cnntui.cnn.layers import Conv2D, Dense, Flatten, MaxPool2D
from cnntui.cnn.network import Network
from cnntui.explore.focus import Focus
from cnntui.explore.scene import compose
from cnntui.images import mnist
from cnntui.images.data import DataSet
from cnntui.images.mnist import CLASSES
from cnntui.ui.views.base.layer_name import layer_name
from cnntui.ui.views.network import table as network_table
from cnntui.ui.views.network import text as network_text
from cnntui.ui.widgets.text.line import plain


def foreign_network() -> Network:
    """Other sizes than the bundled one's, with names that are too long for a column."""

    def zeros(*shape: int) -> np.ndarray:
        return np.zeros(shape, np.float32)

    return Network(
        (
            Conv2D("first_convolution_of_the_network", zeros(5, 3, 1, 6), zeros(6), stride=(2, 1), padding="same"),
            MaxPool2D("pool", (3, 3), (2, 2)),
            Conv2D("c", zeros(1, 1, 6, 12), zeros(12), activation="linear"),
            Flatten("flat"),
            Dense("wide", zeros(6 * 13 * 12, 500), zeros(500)),
            Dense("logits", zeros(500, 10), zeros(10), "linear"),
        ),
        mnist.SHAPE,
    )


@pytest.fixture(params=["bundled", "foreign"])
def any_network(request: pytest.FixtureRequest, network: Network) -> Network:
    return network if request.param == "bundled" else foreign_network()


def test_every_sum_comes_to_the_layers_own_count(any_network: Network) -> None:
    for layer in any_network:
        text = network_table.arithmetic(layer)
        if not layer.parameters:
            assert text == "no parameters"
            continue
        terms, result = text.split(" = ")
        assert re.fullmatch(r"[\d,·]+ \+ \d+", terms)
        counted = sum(prod(int(factor.replace(",", "")) for factor in term.split("·")) for term in terms.split(" + "))
        assert counted == layer.parameters == int(result.replace(",", ""))


def test_the_bundled_networks_sums_and_totals(network: Network) -> None:
    text = [plain(line) for line in network_table.table(network, "conv2d", 87, 10)]
    for line, words in zip(text[1:-1], [
        "conv 2×2, relu 27×27×32 2×2 2·2·1·32 + 32 = 160 23,328",
        "max of 2×2 13×13×32 3×3 no parameters 5,408",
        "conv 2×2, relu 12×12×64 5×5 2·2·32·64 + 64 = 8,256 9,216",
        "max of 2×2 6×6×64 7×7 no parameters 2,304",
        "conv 2×2, relu 5×5×64 11×11 2·2·64·64 + 64 = 16,448 1,600",
        "flatten 1600 no parameters 1,600",
        "dense, relu 64 1600·64 + 64 = 102,464 64",
        "dense, softmax 10 64·10 + 10 = 650 10",
    ], strict=True):  # fmt: skip
        assert " ".join(line.split()).endswith(words)
    assert text[-1].split() == ["8", "layers", "in", "all", "127,978", "43,530"]
    assert network_table.flow(network) == sum(prod(shape) for shape in network.shapes) == 43_530


@pytest.mark.parametrize("width", [58, 78, 87])
def test_the_table_fits_its_columns_and_marks_one_layer(any_network: Network, width: int) -> None:
    for height in (5, len(any_network) + 1, len(any_network) + 2):
        for layer in any_network:
            lines = [plain(line) for line in network_table.table(any_network, layer.name, width, height)]
            assert len(lines) == height
            assert max(map(len, lines)) <= width
            marked = [line for line in lines if line.startswith(network_table.MARKER)]
            assert len(marked) == 1
            assert layer.name[: network_table.LEAST_NAME - 1] in marked[0]
            first = network_table.first_row(any_network, layer.name, 80, height)
            assert any_network.layers[first + lines.index(marked[0]) - 1] is layer
            assert f"{any_network.parameters:,}" in " ".join(lines)


def test_a_slot_is_the_cell_that_it_names(network: Network, digits: DataSet) -> None:
    scene = compose("", 0, network, digits, Focus(index=3))
    flatten = network["flatten"]
    assert isinstance(flatten, Flatten)
    maps = scene.activations["conv2d_2"].output
    for slot in (0, 63, 64, 999, 1599):
        text = " ".join(plain(line) for line in network_text.slot(scene, flatten, slot, 13)[:4])
        row, col, channel = map(int, re.findall(r"\d+", text.split("cell")[1])[:3])
        assert (row * 5 + col) * 64 + channel == slot
        assert text.endswith(f"{maps[row, col, channel]:.3f}")


def test_probabilities_are_all_there_or_the_likeliest(network: Network, digits: DataSet) -> None:
    activations = network.forward(network.input_of(digits.images[8]))
    lines = [plain(line).split() for line in network_text.probabilities(activations, CLASSES, 2, 78, 11)]
    assert [line[0] for line in lines[1:]] == ["0", "1", "▸", "3", "4", "5", "6", "7", "8", "9"]
    shown = [float(line[-1].strip("<>%")) / 100 for line in lines[1:]]
    assert np.allclose(shown, activations.probabilities, atol=1.1e-6)
    apart = [plain(line).split() for line in network_text.probabilities(activations, CLASSES, 2, 78, 20)]
    assert [line for line in apart if line] == lines
    assert apart[1:20:2] == lines[1:]
    *few, rest = [
        plain(line).lstrip("▸ ").split() for line in network_text.probabilities(activations, CLASSES, 2, 58, 6)
    ]
    assert rest == ["and", "5", "less", "probable"]
    assert [int(line[0]) for line in few] == np.argsort(-activations.probabilities, kind="stable")[:5].tolist()
    assert all(len(plain(line)) <= 58 for line in network_text.probabilities(activations, CLASSES, 2, 58, 5))


def test_titles_fit_the_room_beside_the_large_map(network: Network) -> None:
    for layer in network.layers[:5]:
        rows, cols, maps = network.output_shape_of(layer.name)
        focus = Focus(layer=layer.name, filter=maps - 1, row=rows - 1, col=cols - 1)
        assert len(plain(network_text.maps_title(layer, focus, "network", 5, 50))) <= 50
    assert "maps 3–7 of 12" in plain(network_text.part_of(range(3, 8), 12))
    assert "map 3 of 12" in plain(network_text.part_of(range(3, 4), 12))
    assert not network_text.part_of(range(12), 12)
    assert "each cell shows the maximum of 3×3" in plain(network_text.maps_title(layer, focus, "layer", 3, 87))


def test_a_unit_is_told_whole_or_not_at_all(network: Network) -> None:
    layer = network["dense_1"]
    assert isinstance(layer, Dense)
    assert plain(network_text.unit_title(layer, 7, 10, 11.116, 0.999998, 78)).endswith("softmax gives 99.9998%")
    assert plain(network_text.unit_title(layer, 7, 10, 11.116, 0.999998, 58)).endswith("weighted sum 11.116")


def test_a_long_name_keeps_its_number() -> None:
    assert layer_name("conv2d_1", 8) == "conv2d_1"
    assert layer_name("average_pooling2d_1", 16) == "average_pooli…_1"
    assert layer_name("average_pooling2d", 16) == "avera…_pooling2d"
    assert layer_name("average_pooling2d", 12) == "average_poo…"
    assert layer_name("a_very_long_name", 8) == "a_…_name"
    assert layer_name("x_123456789", 8) == "x_12345…"


def test_names_of_a_large_network_can_be_told_apart() -> None:
    """What is said at length of each layer gives way to them."""
    kernel = np.zeros((3, 3, 64, 256), np.float32)
    names = [f"conv2_block{block}_{place}_conv" for block in (1, 2) for place in (1, 2)]
    turned = np.zeros((3, 3, 256, 64), np.float32)
    layers = [
        Conv2D(name, turned if place % 2 else kernel, np.zeros(64 if place % 2 else 256, np.float32))
        for place, name in enumerate(names)
    ]
    network = Network(tuple(layers), (64, 64, 64))
    for width in (78, 88):
        lines = ["".join(text for text, _ in line) for line in network_table.table(network, names[0], width, 10)]
        assert len({line[2:20] for line in lines[1:5]}) == 4
        assert all(len(line) <= width for line in lines)
        assert "147,712" in lines[1]
    lines = ["".join(text for text, _ in line) for line in network_table.table(network, names[0], 130, 10)]
    assert "conv 3×3, relu" in lines[1]
    assert "3·3·64·256 + 256 = 147,712" in lines[1]

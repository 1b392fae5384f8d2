"""The sentences about a cell are true in any network, and fit."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from cnntui.cnn.layers import Conv2D, Dense, Flatten, MaxPool2D
from cnntui.cnn.network import Network
from cnntui.explore.focus import Focus
from cnntui.explore.scene import Scene, compose
from cnntui.images import mnist
from cnntui.images.data import DataSet
from cnntui.ui.views.field import text as field_text
from cnntui.ui.widgets.text.line import Line, plain
from tests.networks import other_network
from tests.screens.test_network_text import foreign_network


def scene_of(network: Network, digits: DataSet, layer: str, row: int = 0, col: int = 0) -> Scene:
    return compose("a run", None, network, digits, Focus(layer=layer, row=row, col=col))


def said(lines: list[Line]) -> str:
    return " ".join(" ".join(plain(line) for line in lines).split())


def story(scene: Scene, width: int = 56) -> str:
    return said(field_text.story(scene, field_text.reach_of(scene.focus, scene.network), width))


@pytest.mark.parametrize("width", [20, 56, 86])
def test_the_sizes_add_up(network: Network, width: int) -> None:
    for other in (network, foreign_network(), other_network()):
        for layer in other:
            if isinstance(layer, Conv2D | MaxPool2D):
                for line in field_text.growth(other, layer, width):
                    text = plain(line)
                    assert len(text) <= width or width == 20
                    sums = re.findall(r"(?=(?:^|→ )(\d+) \+(\d+)×(\d+)→ (\d+))", text)
                    assert sums or "+" not in text
                    for before, cells, jump, after in sums:
                        assert int(before) + int(cells) * int(jump) == int(after)


def test_each_layer_of_the_bundled_network_says_what_it_adds(network: Network, digits: DataSet) -> None:
    assert "A window 2 pixels wide" in story(scene_of(network, digits, "conv2d"))
    assert "conv2d_2 adds (2 − 1) × 4: its window is 2 cells, 4 pixels apart." in story(
        scene_of(network, digits, "conv2d_2")
    )
    assert "read by 1×1 of max_pooling2d_1, 2×2 of conv2d_2" in story(scene_of(network, digits, "conv2d_1", 3, 3))
    assert "read by 64 units of dense, 10 units of dense_1" in story(scene_of(network, digits, "flatten", 3, 3))


def test_a_window_that_is_cut_off_by_the_border(digits: DataSet) -> None:
    corner = story(scene_of(other_network(), digits, "wide"))
    assert "receptive field 2×3 = 6 of 784 pixels" in corner
    assert "rows 0–1, columns 0–2 of the image, the rest is off it" in corner
    assert "off it" not in story(scene_of(other_network(), digits, "wide", 9, 9))
    assert "high" in corner
    assert "wide" in corner


def test_rows_that_lie_apart_are_named_one_by_one(digits: DataSet) -> None:
    skipping = Network(
        (
            Conv2D("a", np.ones((1, 1, 1, 1), np.float32), np.zeros(1, np.float32), stride=(2, 1)),
            Conv2D("b", np.ones((2, 1, 1, 1), np.float32), np.zeros(1, np.float32)),
        ),
        mnist.SHAPE,
    )
    seen = field_text.reach_of(Focus(layer="b", row=1), skipping)
    classes = Dense("classes", np.ones((13 * 28, 10), np.float32), np.zeros(10, np.float32))
    network = Network((*skipping.layers, Flatten("flat"), classes), mnist.SHAPE)
    scene = scene_of(network, digits, "b", 1)
    assert plain(field_text.where(scene, seen, 56)) == "rows 2, 4, column 0 of the image"
    assert "receptive field 2×1 = 2" in story(scene)
    assert "b adds (2 − 1) × 2: its window is 2 cells, 2 pixels apart." in story(scene)
    assert "c adds (1 − 1) × 2: its window is one cell, so" in story(scene_of(foreign_network(), digits, "c"))
    assert "never read: rows 1, 3, 5" in said(field_text.unread(network, 56))


def test_why_something_is_never_read(network: Network) -> None:
    text = said(field_text.unread(network, 56))
    assert text == (
        "× never read: row 27 and column 27 of the image 55 of 784 pixels, 7.0% "
        "Row 27 goes only into row 26 of conv2d. max_pooling2d has 13 windows of 2 on conv2d: they take 26 of 27 "
        "rows, not row 26. The same holds for the columns. Nothing there can change the answer."
    )
    assert len(field_text.unread(network, 56)) <= 6
    text = said(field_text.unread(foreign_network(), 86))
    assert "reads all 784 pixels" in text
    assert "pool has 6 windows of 3, 2 apart, on first_convolution_of_the_network: they take 13 of 14 rows" in text
    assert "13 windows of 3, 2 apart, on first_convolution_of_the_network: they take 27 of 28 columns" in text
    text = said(field_text.unread(other_network(), 86))
    assert "Row 27 goes only into rows 26–27 of wide, those go only into row 12 of overlapping" in text
    whole = Network((Conv2D("a", np.ones((1, 1, 1, 1), np.float32), np.zeros(1, np.float32)),), mnist.SHAPE)
    assert "Nor does any window" in said(field_text.unread(whole, 56))


@pytest.mark.parametrize(
    ("width", "title"),
    [
        (40, "max_pooling2d_1 6×6 map 9 of 64"), (28, "max_pooling2d_1 map 9 of 64"), (21, "max_pooling2d_1 9/64"),
        (16, "max_poolin… 9/64"), (10, "pool 9/64"), (5, "9/64"),
    ],
)  # fmt: skip
def test_titles_fit(network: Network, width: int, title: str) -> None:
    line = field_text.map_title(network, network["max_pooling2d_1"], 9, True, width)
    assert plain(line) == title


def test_the_head_says_what_is_shown(network: Network, digits: DataSet) -> None:
    scene = scene_of(network, digits, "conv2d_1", 3, 4)
    assert plain(field_text.head(scene, False, 57)) == "conv2d_1   filter 0 of 64  with what feeds it most"
    assert plain(field_text.head(scene, True, 57)) == "conv2d_1   filter 0 of 64  with what feeds the cell most"
    assert plain(field_text.head(scene, True, 29)) == "conv2d_1   filter 0 of 64"
    value = float(scene.activations["conv2d_1"].output[3, 4, 0])
    assert plain(field_text.cell(scene)) == f"cell (3, 4)   {value:.3f}"
    dense = compose("a run", None, network, digits, replace(scene.focus, layer="dense", unit=7))
    assert plain(field_text.head(dense, False, 57)) == "dense   unit 7 of 64"
    assert plain(field_text.cell(dense)) == f"{float(dense.activations['dense'].output[7]):.3f}"

"""A scene holds what the network computes for its focus, and computes no more than a change requires."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cnntui.cnn.input_scale import ZERO_TO_ONE
from cnntui.cnn.network import Network
from cnntui.cnn.steps import ConvSteps, PoolSteps
from cnntui.explore.focus import Focus
from cnntui.explore.scene import Scene, compose, follow, refocus, relearned, retrace, strongest, with_own
from cnntui.images.data import DataSet, Image


def scene_of(network: Network, digits: DataSet, focus: Focus) -> Scene:
    return compose("a run", 4690, network, digits, focus)


def test_a_scene_is_the_networks_own(network: Network, digits: DataSet) -> None:
    scene = scene_of(network, digits, Focus(index=5, layer="conv2d_1", filter=3))
    expected = network.forward(network.input_of(digits.images[5]))
    assert isinstance(scene.steps, ConvSteps)
    assert np.array_equal(scene.steps.output_map, expected["conv2d_1"].output[..., 3])
    assert scene.label == digits.labels[5]


def test_a_move_computes_nothing(network: Network, digits: DataSet) -> None:
    before = scene_of(network, digits, Focus())
    after = refocus(before, replace(before.focus, row=3))
    assert after.focus.row == 3
    assert after.activations is before.activations
    assert after.steps is before.steps


def test_another_filter_makes_another_walk_of_the_same_activations(network: Network, digits: DataSet) -> None:
    before = scene_of(network, digits, Focus())
    after = refocus(before, replace(before.focus, filter=1))
    assert after.activations is before.activations
    assert after.steps is not before.steps


def test_another_digit_is_computed_and_digits_go_round(network: Network, digits: DataSet) -> None:
    before = scene_of(network, digits, Focus())
    after = refocus(before, replace(before.focus, index=-1))
    assert after.focus.index == len(digits) - 1
    assert np.array_equal(after.activations.image, ZERO_TO_ONE.applied(digits.images[-1]))


def test_a_focus_outside_the_network_is_brought_inside(network: Network, digits: DataSet) -> None:
    scene = scene_of(network, digits, Focus(layer="max_pooling2d", filter=99, row=99, col=99))
    assert scene.focus == Focus(layer="max_pooling2d", filter=31, row=12, col=12)
    assert isinstance(scene.steps, PoolSteps)


def test_the_strongest_cell_is_where_the_map_is_largest(network: Network, digits: DataSet) -> None:
    scene = strongest(scene_of(network, digits, Focus(filter=4)))
    assert scene.steps is not None
    assert scene.steps.at(scene.focus.row, scene.focus.col).output == scene.steps.output_map.max()


def test_a_flat_layer_has_no_window_and_keeps_the_cell(network: Network, digits: DataSet) -> None:
    scene = scene_of(network, digits, Focus(layer="dense", filter=5, row=3, col=4, unit=99))
    assert scene.steps is None
    assert scene.focus == Focus(layer="dense", filter=5, row=3, col=4, unit=63)


def test_an_own_picture_is_looked_at_until_another_digit_is(network: Network, digits: DataSet) -> None:
    own = Image("your drawing", digits.images[9].transpose(1, 0, 2).copy())
    before = scene_of(network, digits, Focus(index=7))
    scene = with_own(before, own)
    assert (scene.label, scene.title) == (None, "your drawing")
    assert np.array_equal(scene.activations.image, ZERO_TO_ONE.applied(own.pixels))
    assert relearned(scene, "another", 1, network).title == "your drawing"
    back = refocus(scene, replace(scene.focus, own=False))
    assert (back.label, back.title) == (digits.labels[7], "image #7")
    assert np.array_equal(
        refocus(back, replace(back.focus, own=True)).activations.image, ZERO_TO_ONE.applied(own.pixels)
    )
    assert not refocus(before, replace(before.focus, own=True)).focus.own


def test_a_number_is_followed_to_where_it_matters_most_and_back_to_what_made_it(
    network: Network, digits: DataSet
) -> None:
    scene = scene_of(network, digits, Focus(layer="flatten", filter=12, row=3, col=1))
    slot = (3 * 5 + 1) * 64 + 12
    focus = follow(scene)
    assert focus is not None
    assert (focus.layer, focus.source) == ("dense", slot)
    weights = np.abs(network["dense"].kernel[slot])  # type: ignore[union-attr]
    assert weights[focus.unit] == weights.max()
    focus = follow(scene := refocus(scene, focus))
    assert focus is not None
    assert (focus.layer, focus.unit) == ("dense_1", scene.activations.predicted)
    scene = refocus(scene, focus)
    assert follow(scene) is None
    back = retrace(scene)
    assert back is not None
    products = np.abs(network["dense"].kernel[:, back.unit] * scene.activations["dense"].input)  # type: ignore[union-attr]
    assert products[back.source] == products.max()

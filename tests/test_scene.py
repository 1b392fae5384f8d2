"""A scene is what the network computes for its focus, and computes no more than a change asks for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cnntui.cnn.network import Network, as_input
from cnntui.cnn.steps import ConvSteps, PoolSteps
from cnntui.data import Digits
from cnntui.focus import Focus
from cnntui.scene import Scene, compose, refocus, strongest


def scene_of(network: Network, digits: Digits, focus: Focus) -> Scene:
    return compose("a run", 4690, network, digits, focus)


def test_a_scene_is_the_networks_own(network: Network, digits: Digits) -> None:
    scene = scene_of(network, digits, Focus(digit=5, layer="conv2d_1", filter=3))
    expected = network.forward(as_input(digits.images[5]))
    assert isinstance(scene.steps, ConvSteps)
    assert np.array_equal(scene.steps.output_map, expected["conv2d_1"].output[..., 3])
    assert scene.label == digits.labels[5]


def test_a_move_computes_nothing(network: Network, digits: Digits) -> None:
    before = scene_of(network, digits, Focus())
    after = refocus(before, replace(before.focus, row=3))
    assert after.focus.row == 3
    assert after.activations is before.activations
    assert after.steps is before.steps


def test_another_filter_makes_another_walk_of_the_same_activations(network: Network, digits: Digits) -> None:
    before = scene_of(network, digits, Focus())
    after = refocus(before, replace(before.focus, filter=1))
    assert after.activations is before.activations
    assert after.steps is not before.steps


def test_another_digit_is_computed_and_digits_go_round(network: Network, digits: Digits) -> None:
    before = scene_of(network, digits, Focus())
    after = refocus(before, replace(before.focus, digit=-1))
    assert after.focus.digit == len(digits) - 1
    assert np.array_equal(after.activations.image, as_input(digits.images[-1]))


def test_a_focus_outside_the_network_is_brought_inside(network: Network, digits: Digits) -> None:
    scene = scene_of(network, digits, Focus(layer="max_pooling2d", filter=99, row=99, col=99))
    assert scene.focus == Focus(layer="max_pooling2d", filter=31, row=12, col=12)
    assert isinstance(scene.steps, PoolSteps)


def test_the_strongest_cell_is_where_the_map_is_largest(network: Network, digits: Digits) -> None:
    scene = strongest(scene_of(network, digits, Focus(filter=4)))
    assert scene.steps.at(scene.focus.row, scene.focus.col).output == scene.steps.output_map.max()

"""The current place and the way back: along edges, between views, and out of views without a key."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cnntui.cnn.network import Network
from cnntui.explore.focus import Focus
from cnntui.explore.scene import compose, refocus
from cnntui.explore.views import MODES, VIEWS
from cnntui.images.data import DataSet
from cnntui.ui.app.navigator import LONGEST_TRAIL, Navigator


def at(network: Network, digits: DataSet, mode: str = "convolve", **focus: int | str) -> Navigator:
    return Navigator(mode, compose("a run", None, network, digits, Focus(**focus)))  # type: ignore[arg-type]


def test_every_view_that_is_gone_to_leads_back(network: Network, digits: DataSet) -> None:
    navigator = at(network, digits, row=3, col=5, filter=2)
    seen = [(navigator.mode, navigator.scene.focus)]
    for mode in VIEWS:
        navigator.go(mode)
        if navigator.mode != seen[-1][0]:
            seen.append((navigator.mode, navigator.scene.focus))
    assert len(seen) >= len(VIEWS)
    for way_back in (navigator.back, navigator.leave):
        assert (navigator.mode, navigator.scene.focus) == seen.pop()
        way_back()
    while seen:
        assert (navigator.mode, navigator.scene.focus) == seen.pop()
        navigator.leave()


def test_following_to_the_answer_and_back(network: Network, digits: DataSet) -> None:
    navigator = at(network, digits, row=4, col=6)
    way = []
    while navigator.mode != "softmax":
        way.append((navigator.mode, navigator.scene.focus))
        navigator.follow()
    assert [mode for mode, _ in way] == [
        "convolve",
        "pool",
        "convolve",
        "pool",
        "convolve",
        "flatten",
        "dense",
        "dense",
    ]
    for mode, focus in reversed(way):
        navigator.back()
        assert (navigator.mode, navigator.scene.focus) == (mode, focus)


def test_at_the_beginning_back_goes_against_the_edges(network: Network, digits: DataSet) -> None:
    navigator = at(network, digits, "pool", layer="max_pooling2d_1", row=2, col=3, filter=7)
    navigator.back()
    focus = navigator.scene.focus
    assert (navigator.mode, focus.layer, focus.row, focus.col, focus.filter) == ("convolve", "conv2d_1", 4, 6, 7)


def test_at_the_beginning_leaving_goes_up_to_the_mode_that_is_lit(network: Network, digits: DataSet) -> None:
    for view in VIEWS.values():
        navigator = at(network, digits, view.name)
        navigator.leave()
        assert navigator.mode == view.lit
        assert navigator.mode in [mode.name for mode in MODES]


def test_the_first_layer_of_a_mode_leads_nowhere(network: Network, digits: DataSet) -> None:
    navigator = at(network, digits)
    before = navigator.scene
    navigator.back()
    navigator.leave()
    assert (navigator.mode, navigator.scene) == ("convolve", before)


def test_another_digit_stays_on_the_way_back(network: Network, digits: DataSet) -> None:
    navigator = at(network, digits, row=4)
    navigator.follow()
    navigator.look(refocus(navigator.scene, replace(navigator.scene.focus, index=8)))
    navigator.back()
    assert (navigator.scene.focus.index, navigator.scene.focus.row) == (8, 4)


def test_the_way_back_is_long_but_not_endless(network: Network, digits: DataSet) -> None:
    navigator = at(network, digits)
    for _ in range(LONGEST_TRAIL // 2 + 20):
        navigator.go("train")
        navigator.go("runs")
    assert len(navigator.trail) == LONGEST_TRAIL


@pytest.mark.parametrize("mode", ["train", "labs", "draw", "runs", "network"])
def test_a_mode_that_is_gone_to_again_is_no_step(network: Network, digits: DataSet, mode: str) -> None:
    navigator = at(network, digits, mode)
    navigator.go(mode)
    assert not navigator.trail

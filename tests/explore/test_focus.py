"""Moves over the network's maps: they stop at edges, keep the position, and lead from layer to layer and back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cnntui.cnn.layers import Conv2D, MaxPool2D, Pool2D
from cnntui.cnn.network import Network
from cnntui.explore.focus import (
    Focus,
    Move,
    clamped,
    dead_end,
    field_of,
    followed,
    map_of,
    maps_of,
    maps_shape,
    moved,
    reads_pixels,
    retraced,
    slot_of,
    to_cell,
    to_index,
    to_layer,
    to_slot,
    to_term,
    towards,
    with_channel,
    with_filter,
    with_layer,
    with_unit,
)
from cnntui.images import mnist


def test_the_window_stops_at_the_edges(network: Network) -> None:
    focus = Focus(row=26, col=0)
    assert moved(focus, network, Move.DOWN) == focus
    assert moved(focus, network, Move.LEFT) == focus
    assert moved(focus, network, Move.UP, 5) == replace(focus, row=21)
    assert moved(focus, network, Move.RIGHT, 10_000) == replace(focus, col=26)


def test_reading_order_goes_over_the_ends_of_rows(network: Network) -> None:
    assert to_index(Focus(), network, 27) == Focus(row=1, col=0)
    assert to_index(Focus(), network, -1) == Focus()
    assert to_index(Focus(), network, 10_000) == Focus(row=26, col=26)


def test_filters_and_channels_go_round(network: Network) -> None:
    focus = Focus(layer="conv2d_1", filter=63, channel=0)
    assert with_filter(focus, network, 1).filter == 0
    assert with_channel(focus, network, -1).channel == 31
    assert with_channel(Focus(), network, 1).channel == 0


def test_another_layer_keeps_the_position_where_it_exists(network: Network) -> None:
    focus = Focus(layer="conv2d_1", filter=40, channel=20, row=11, col=3)
    after = with_layer(focus, network, network.of_kind(Conv2D), 1)
    assert after == Focus(layer="conv2d_2", filter=40, channel=20, row=4, col=3)
    assert with_layer(after, network, network.of_kind(Conv2D), 1).layer == "conv2d"
    before = with_layer(focus, network, network.of_kind(Conv2D), -1)
    assert before == Focus(layer="conv2d", filter=31, channel=0, row=11, col=3)


def test_a_layer_by_name_is_looked_at_at_the_same_place_of_the_digit(network: Network) -> None:
    focus = Focus(layer="conv2d", filter=9, row=26, col=13)
    assert to_layer(focus, network, "max_pooling2d") == replace(focus, layer="max_pooling2d", row=12, col=6)
    last = to_layer(focus, network, "conv2d_2")
    assert (last.filter, last.row, last.col) == (9, 4, 3)
    assert to_layer(last, network, "conv2d") == replace(focus, row=16, col=12)
    assert to_layer(focus, network, "conv2d") == focus
    assert to_layer(replace(last, filter=63), network, "conv2d").filter == 31


def test_a_cell_is_followed_from_layer_to_layer(network: Network) -> None:
    focus = Focus(layer="conv2d", filter=7, row=11, col=20)
    trail = [focus]
    while (after := followed(trail[-1], network)) is not None:
        trail.append(after)
    assert trail[1:] == [
        Focus(layer="max_pooling2d", filter=7, row=5, col=10),
        Focus(layer="conv2d_1", filter=7, channel=7, row=5, col=10),
        Focus(layer="max_pooling2d_1", filter=7, row=2, col=5),
        Focus(layer="conv2d_2", filter=7, channel=7, row=2, col=4),
        Focus(layer="flatten", filter=7, channel=7, row=2, col=4),
        Focus(layer="dense", filter=7, channel=7, row=2, col=4, source=(2 * 5 + 4) * 64 + 7),
        Focus(layer="dense_1", filter=7, channel=7, row=2, col=4),
    ]
    assert dead_end(trail[-1], network) == "dense_1 is the network's last layer."


def test_a_unit_is_a_term_of_the_next_layer_and_is_traced_back_from_there(network: Network) -> None:
    focus = Focus(layer="dense", filter=7, row=2, col=4, unit=50, source=903)
    after = followed(focus, network)
    assert after == replace(focus, layer="dense_1", unit=9, source=50)
    assert after is not None
    assert retraced(after, network) == replace(focus, source=0)
    other = replace(focus, source=(3 * 5 + 1) * 64 + 12)
    assert retraced(other, network) == replace(other, layer="flatten", filter=12, row=3, col=1)
    assert retraced(Focus(layer="flatten", row=2, col=4), network) == Focus(layer="conv2d_2", row=2, col=4)


def test_a_cell_of_the_last_map_and_its_slot_lead_to_each_other(network: Network) -> None:
    focus = Focus(layer="flatten", row=3, col=1, filter=12)
    assert slot_of(focus, network) == (3 * 5 + 1) * 64 + 12
    assert all(slot_of(to_slot(focus, network, slot), network) == slot for slot in range(1600))
    assert with_unit(replace(focus, filter=63), network, 1) == replace(focus, col=2, filter=0)
    assert with_unit(Focus(layer="flatten"), network, -1) == Focus(layer="flatten", row=4, col=4, filter=63)
    assert with_unit(Focus(layer="dense", unit=63), network, 1) == Focus(layer="dense")


def test_a_term_of_the_first_dense_layer_is_a_cell_as_well(network: Network) -> None:
    focus = Focus(layer="dense", unit=50)
    assert to_term(focus, network, 1036) == replace(focus, source=1036, row=3, col=1, filter=12)
    later = Focus(layer="dense_1", row=3, col=1, filter=12)
    assert to_term(later, network, 63) == replace(later, source=63)


def test_a_cell_that_the_pool_never_reads_cannot_be_followed(network: Network) -> None:
    assert followed(Focus(row=26, col=3), network) is None
    assert dead_end(Focus(row=26, col=3), network) == "max_pooling2d never reads row 26: no complete window fits there."
    assert "column 26" in dead_end(Focus(row=3, col=26), network)
    assert dead_end(Focus(row=25, col=25), network) == ""


def test_a_cell_is_traced_back(network: Network) -> None:
    assert retraced(Focus(), network) is None
    assert retraced(Focus(layer="max_pooling2d", filter=3, row=5, col=6), network) == Focus(filter=3, row=10, col=12)
    focus = Focus(layer="conv2d_1", filter=50, channel=9, row=5, col=6)
    assert retraced(focus, network) == Focus(layer="max_pooling2d", filter=9, row=5, col=6)


@pytest.mark.parametrize(
    ("layer", "kind", "expected"),
    [
        ("conv2d", Conv2D, "conv2d"),
        ("conv2d", MaxPool2D, "max_pooling2d"),
        ("conv2d_1", MaxPool2D, "max_pooling2d_1"),
        ("conv2d_2", MaxPool2D, "max_pooling2d_1"),
        ("max_pooling2d", Conv2D, "conv2d_1"),
        ("max_pooling2d_1", Conv2D, "conv2d_2"),
    ],
)
def test_another_screen_shows_the_nearest_layer_it_can(
    network: Network, layer: str, kind: type[Conv2D] | type[MaxPool2D], expected: str
) -> None:
    there = towards(Focus(layer=layer), network, network.of_kind(kind))
    assert there is not None
    assert there.layer == expected


def test_a_network_without_pools_leads_to_none() -> None:
    import numpy as np

    layer = Conv2D("only", np.zeros((2, 2, 1, 3), np.float32), np.zeros(3, np.float32))
    network = Network((layer,), mnist.SHAPE)
    assert towards(Focus(layer="only"), network, network.of_kind(MaxPool2D)) is None
    assert clamped(Focus(layer="gone", filter=9), network) == Focus(layer="only", filter=2)
    assert maps_of(network) == (layer,)
    assert dead_end(Focus(layer="only"), network) == "only is the network's last layer."


def test_a_cell_beyond_the_map_is_the_nearest_one(network: Network) -> None:
    assert to_cell(Focus(layer="conv2d_2"), network, 9, -3) == Focus(layer="conv2d_2", row=4, col=0)


def test_a_cell_is_followed_to_a_window_that_reads_it_through_its_holes() -> None:
    kernel, bias = np.ones((2, 2, 1, 1), np.float32), np.zeros(1, np.float32)
    first = Conv2D("first", kernel, bias)
    dilated = Conv2D("dilated", kernel, bias, dilation=(2, 2))
    network = Network((first, dilated), (8, 8, 1))
    for cell in range(7):
        following = followed(Focus(layer="first", row=cell, col=cell), network)
        assert following is not None
        assert cell in (following.row, following.row + 2)
    leaving_out = Network((first, replace(dilated, stride=(3, 3))), (8, 8, 1))
    assert dead_end(Focus(layer="first", row=1), leaving_out) == ("dilated never reads row 1: its windows skip it.")


def test_without_maps_the_cell_is_a_pixel(dense_network: Network) -> None:
    for name in ("flatten", "dense", "dense_1"):
        assert map_of(dense_network, name) is None
        assert maps_shape(dense_network, name) == (28, 28, 1)
        window = field_of(dense_network, name).window(9, 4)
        assert (window.top, window.left, window.height, window.width) == (9, 4, 1, 1)
    assert [reads_pixels(dense_network, name) for name in ("flatten", "dense", "dense_1")] == [False, True, False]
    focus = Focus(layer="flatten", row=27, col=0)
    assert slot_of(focus, dense_network) == 27 * 28
    assert to_slot(focus, dense_network, 27 * 28 - 1) == replace(focus, row=26, col=27)
    assert moved(focus, dense_network, Move.DOWN) == focus
    assert with_unit(focus, dense_network, 28) == replace(focus, row=0), "the first slot comes after the last"
    assert with_filter(focus, dense_network, 1) == with_channel(focus, dense_network, 1) == focus


def test_a_pixel_is_followed_to_the_classes_and_traced_back(dense_network: Network) -> None:
    focus = Focus(layer="flatten", row=3, col=5)
    into = followed(focus, dense_network)
    assert into == replace(focus, layer="dense", source=3 * 28 + 5)
    assert into is not None
    assert followed(into, dense_network) == replace(into, layer="dense_1", source=0)
    assert retraced(into, dense_network) == replace(focus, source=into.source)
    assert retraced(focus, dense_network) is None
    assert to_term(into, dense_network, 29).col == 1
    assert towards(into, dense_network, dense_network.of_kind(Conv2D)) is None
    assert towards(into, dense_network, dense_network.of_kind(Pool2D)) is None
    assert not maps_of(dense_network)


def test_a_focus_of_another_network_is_brought_in(network: Network, dense_network: Network) -> None:
    there = clamped(Focus(layer="conv2d_1", filter=40, channel=20, row=11, col=3), dense_network)
    assert there == Focus(layer="flatten", row=11, col=3)
    back = clamped(Focus(layer="dense", unit=500, source=783, row=27, col=27), network)
    assert back == Focus(layer="dense", unit=63, source=783, row=4, col=4)

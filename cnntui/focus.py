"""What is being looked at, and the moves from there to something else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from cnntui.cnn.layers import Conv2D, Layer, MaxPool2D
from cnntui.cnn.network import Network


@dataclass(frozen=True)
class Focus:
    """One cell of one map of one digit. Everything counts from 0.

    Attributes:
        digit: place of the digit among the test digits.
        layer: name of a Conv2D or MaxPool2D layer.
        filter: the layer's output map; for a pool, which keeps maps apart, its input map as well.
        channel: the input map of a convolution whose products are shown.
        row, col: the output cell.
    """

    digit: int = 0
    layer: str = "conv2d"
    filter: int = 0
    channel: int = 0
    row: int = 0
    col: int = 0


class Move(Enum):
    """Where an arrow key leads, as rows and columns of the output."""

    UP = (-1, 0)
    DOWN = (1, 0)
    LEFT = (0, -1)
    RIGHT = (0, 1)


def maps_of(network: Network) -> tuple[Layer, ...]:
    """The layers that a window slides over, in order: the convolutions and the pools."""
    return tuple(layer for layer in network if isinstance(layer, Conv2D | MaxPool2D))


def clamped(focus: Focus, network: Network) -> Focus:
    """The focus, moved no more than needed to lie inside the network's layer."""
    if focus.layer not in network:
        focus = replace(focus, layer=maps_of(network)[0].name)
    rows, cols, filters = network.output_shape_of(focus.layer)
    channels = network.input_shape_of(focus.layer)[-1]
    return replace(
        focus,
        filter=min(max(focus.filter, 0), filters - 1),
        channel=min(max(focus.channel, 0), channels - 1),
        row=min(max(focus.row, 0), rows - 1),
        col=min(max(focus.col, 0), cols - 1),
    )


def moved(focus: Focus, network: Network, move: Move, cells: int = 1) -> Focus:
    """Some cells further, stopping at the edge of the map."""
    rows, cols = move.value
    return clamped(replace(focus, row=focus.row + rows * cells, col=focus.col + cols * cells), network)


def to_cell(focus: Focus, network: Network, row: int, col: int) -> Focus:
    """An output cell, or the nearest one on the map."""
    return clamped(replace(focus, row=row, col=col), network)


def to_index(focus: Focus, network: Network, index: int) -> Focus:
    """The output cell at a place in reading order, stopping at the first and the last."""
    rows, cols, _ = network.output_shape_of(focus.layer)
    row, col = divmod(min(max(index, 0), rows * cols - 1), cols)
    return replace(focus, row=row, col=col)


def with_digit(focus: Focus, step: int) -> Focus:
    """Another digit; whoever holds the digits brings it back into their range."""
    return replace(focus, digit=focus.digit + step)


def with_filter(focus: Focus, network: Network, step: int) -> Focus:
    """Another filter, the first again after the last."""
    filters = network.output_shape_of(focus.layer)[-1]
    return replace(focus, filter=(focus.filter + step) % filters)


def with_channel(focus: Focus, network: Network, step: int) -> Focus:
    """Another input channel, the first again after the last."""
    channels = network.input_shape_of(focus.layer)[-1]
    return replace(focus, channel=(focus.channel + step) % channels)


def with_layer(focus: Focus, network: Network, kind: type[Layer], step: int) -> Focus:
    """Another layer of a kind, the first again after the last; the position is kept where it exists."""
    names = [layer.name for layer in network if isinstance(layer, kind)]
    place = names.index(focus.layer) + step if focus.layer in names else 0
    return clamped(replace(focus, layer=names[place % len(names)]), network)


def to_layer(focus: Focus, network: Network, name: str) -> Focus:
    """The map of the same number on a convolution or a pool, at about the same place of the digit."""
    here, there = network.index(focus.layer), network.index(name)
    row, col = focus.row, focus.col
    for layer in network.layers[min(here, there) + 1 : max(here, there) + 1]:
        if isinstance(layer, Conv2D | MaxPool2D):
            down, right = layer.stride
            row, col = (row // down, col // right) if here < there else (row * down, col * right)
    return clamped(replace(focus, layer=name, row=row, col=col), network)


def towards(focus: Focus, network: Network, kind: type[Layer]) -> Focus | None:
    """The same place on the nearest layer of a kind, the following ones first; None where there is no such layer."""
    if isinstance(network[focus.layer], kind):
        return focus
    here = network.index(focus.layer)
    places = [place for place, layer in enumerate(network) if isinstance(layer, kind)]
    if not places:
        return None
    place = min(places, key=lambda place: (place < here, abs(place - here)))
    if place == here + 1 and not dead_end(focus, network):
        return followed(focus, network)
    if place == here - 1:
        return retraced(focus, network)
    return clamped(replace(focus, layer=network.layers[place].name), network)


def followed(focus: Focus, network: Network) -> Focus | None:
    """The window of the next layer that begins with this output cell, or the last one that still reads it.

    None where nothing reads on; `dead_end` says why.
    """
    place = network.index(focus.layer) + 1
    if dead_end(focus, network):
        return None
    following = network.layers[place]
    assert isinstance(following, Conv2D | MaxPool2D)
    channel = focus.filter if isinstance(following, Conv2D) else 0
    row, col = focus.row // following.stride[0], focus.col // following.stride[1]
    return clamped(replace(focus, layer=following.name, channel=channel, row=row, col=col), network)


def dead_end(focus: Focus, network: Network) -> str:
    """Why a cell cannot be followed into the next layer; empty where it can."""
    place = network.index(focus.layer) + 1
    following = network.layers[place] if place < len(network) else None
    if following is None:
        return f"{focus.layer} is the network's last layer."
    if not isinstance(following, Conv2D | MaxPool2D):
        return f"{focus.layer} gives the last maps: {following.name} makes one long vector of them."
    if isinstance(following, MaxPool2D):
        rows, cols, _ = network.output_shape_of(following.name)
        for word, cell, count, size, stride in zip(
            ("row", "column"), (focus.row, focus.col), (rows, cols), following.size, following.stride, strict=True
        ):
            if cell >= (count - 1) * stride + size:
                return f"{following.name} never reads {word} {cell}: no whole window is left there."
    return ""


def retraced(focus: Focus, network: Network) -> Focus | None:
    """The cell of the layer before that this window reads first; None at the first layer."""
    place = network.index(focus.layer)
    before = network.layers[place - 1] if place else None
    if not isinstance(before, Conv2D | MaxPool2D):
        return None
    layer = network.layers[place]
    assert isinstance(layer, Conv2D | MaxPool2D)
    source = focus.filter if isinstance(layer, MaxPool2D) else focus.channel
    return clamped(
        replace(
            focus,
            layer=before.name,
            filter=source,
            channel=0,
            row=focus.row * layer.stride[0],
            col=focus.col * layer.stride[1],
        ),
        network,
    )

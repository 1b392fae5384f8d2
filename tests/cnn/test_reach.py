"""Dependencies: by hand, and by following single lit pixels through networks that lose nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnntui.cnn.cells import Cells
from cnntui.cnn.layers import Conv2D, Dense, Flatten, Layer, MaxPool2D
from cnntui.cnn.network import Network
from cnntui.cnn.reach import dependencies, dependents, never_read, read_at_all
from cnntui.cnn.receptive_field import receptive_field
from cnntui.cnn.window import Window
from tests.networks import mnist_network


def conv(name: str, size: tuple[int, int], inputs: int, filters: int, **options: object) -> Conv2D:
    """A convolution that only adds, so that everything lit stays lit."""
    kernel = np.ones((*size, inputs, filters), np.float32)
    return Conv2D(name, kernel, np.zeros(filters, np.float32), activation="linear", **options)  # type: ignore[arg-type]


# By hand


def test_a_cell_of_the_last_maps_of_the_network_that_cnntui_trains() -> None:
    network = mnist_network()
    image, first, pooled, second, pooled_again, third = dependencies(network, "conv2d_2", Cells.one(1, 2, 30))
    assert third == Cells((1,), (2,), (30,))
    assert pooled_again == Cells((1, 2), (2, 3), tuple(range(64)))
    assert second == Cells((2, 3, 4, 5), (4, 5, 6, 7), tuple(range(64)))
    assert pooled == Cells(tuple(range(2, 7)), tuple(range(4, 9)), tuple(range(32)))
    assert first.window == Window(4, 8, 10, 10)
    assert image == Cells(tuple(range(4, 15)), tuple(range(8, 19)), (0,))
    assert image.on_a_map == 121


def test_a_pool_keeps_maps_apart() -> None:
    _, before, _ = dependencies(mnist_network(), "max_pooling2d", Cells.one(12, 0, 7))
    assert before == Cells((24, 25), (0, 1), (7,))


def test_what_a_pixel_ends_up_in() -> None:
    network = mnist_network()
    _, pooled, second, pooled_again, third, vector, units, classes = dependents(network, "conv2d", Cells.one(4, 9, 3))
    assert pooled == Cells((2,), (4,), (3,))
    assert second == Cells((1, 2), (3, 4), tuple(range(64)))
    assert pooled_again == Cells((0, 1), (1, 2), tuple(range(64)))
    assert third == Cells((0, 1), (0, 1, 2), tuple(range(64)))
    assert vector.maps == tuple((row * 5 + col) * 64 + map for row in (0, 1) for col in (0, 1, 2) for map in range(64))
    assert (len(units), len(classes)) == (64, 10)


def test_what_no_window_reads_ends_in_nothing() -> None:
    chain = dependents(mnist_network(), "conv2d", Cells.one(26, 3, 0))
    assert [len(cells) for cells in chain] == [1, 0, 0, 0, 0, 0, 0, 0]
    assert chain[-1].window is None


def test_flat_layers() -> None:
    network = mnist_network()
    slot = dependencies(network, "flatten", Cells.one(0, 0, (2 * 5 + 3) * 64 + 17))
    assert slot[-2] == Cells.one(2, 3, 17)
    assert slot[:-2] == dependencies(network, "conv2d_2", Cells.one(2, 3, 17))[:-1]
    for name in ("dense", "dense_1"):
        unit = dependencies(network, name, Cells.one(0, 0, 5))
        assert unit[:6] == read_at_all(network)[:6]
        assert len(unit[6]) == 1600


def test_the_network_never_reads_the_last_row_and_column() -> None:
    network = mnist_network()
    digit, first, *rest = read_at_all(network)
    assert (digit.rows, digit.cols) == (tuple(range(27)), tuple(range(27)))
    assert (first.rows, first.cols) == (tuple(range(26)), tuple(range(26)))
    assert rest == [Cells.every(shape) for shape in network.shapes[1:]]
    for axis in (0, 1):
        (unread,) = never_read(network, 0, axis)
        assert unread.index == 27
        assert unread.readers == ((network["conv2d"], (26,)),)
        assert unread.end is network["max_pooling2d"]
        (unread,) = never_read(network, 1, axis)
        assert (unread.index, unread.readers, unread.end) == (26, (), network["max_pooling2d"])
        assert never_read(network, 2, axis) == ()


def test_a_stride_larger_than_its_window_leaves_rows_out() -> None:
    network = Network((conv("a", (1, 2), 1, 1, stride=(2, 1)), conv("b", (2, 1), 1, 1)), (7, 3, 1))
    image, _, _ = dependencies(network, "b", Cells.one(1, 0, 0))
    assert image == Cells((2, 4), (0, 1), (0,))
    assert image.window == Window(2, 0, 3, 2)
    assert image.mask((7, 3, 1)).sum() == 4
    assert [unread.index for unread in never_read(network, 0, 0)] == [1, 3, 5]
    assert never_read(network, 0, 1) == ()


def test_same_padding_is_no_part_of_the_image() -> None:
    layer = conv("a", (3, 3), 1, 2, padding="same")
    assert layer.sources(Cells.one(0, 27, 1), (28, 28, 1)) == Cells((0, 1), (26, 27), (0,))
    assert layer.readers(Cells.one(0, 27, 0), (28, 28, 1)) == Cells((0, 1), (26, 27), (0, 1))


def test_a_vector_is_a_stack_of_maps_of_one_cell() -> None:
    assert Cells.every((3,)) == Cells((0,), (0,), (0, 1, 2))
    assert Cells.every((3,)).mask((3,)).tolist() == [[True]]


# Against brute force


sides = st.integers(1, 3)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Two to four layers of windows, then flat layers; weights that only add up."""
    shape = (draw(st.integers(6, 12)), draw(st.integers(6, 12)), draw(st.integers(1, 2)))
    first_shape = shape
    layers: list[Layer] = []
    for place in range(draw(st.integers(2, 4))):
        size, stride = (draw(sides), draw(sides)), (draw(st.integers(1, 3)), draw(st.integers(1, 3)))
        layer: Layer
        if draw(st.booleans()):
            padding = draw(st.sampled_from(["valid", "same"]))
            layer = conv(f"conv{place}", size, shape[2], draw(st.integers(1, 3)), stride=stride, padding=padding)
        else:
            layer = MaxPool2D(f"pool{place}", size, stride)
        if min(shape[0] - size[0], shape[1] - size[1]) < 0:
            break
        layers.append(layer)
        shape = layer.output_shape(shape)  # type: ignore[assignment]
    layers.append(Flatten("flat"))
    (slots,) = layers[-1].output_shape(shape)
    layers.append(Dense("dense", np.ones((slots, 2), np.float32), np.zeros(2, np.float32), "linear"))
    return Network(tuple(layers), first_shape)


def depends(network: Network, start: int, name: str) -> np.ndarray:
    """`(input rows, input columns, input maps, *output shape)`: whether an output cell depends on an input cell.

    Found by lighting one input cell at a time: where all weights are 1 and all values at least 0, nothing cancels out
    and every maximum lets the light through.
    """
    shape = network.shapes[start - 1] if start else network.input_shape
    part = Network(network.layers[start : network.index(name) + 1], shape)
    cells = int(np.prod(shape))
    lit = np.eye(cells, dtype=np.float32).reshape(cells, *shape)
    output = part.forward(lit)[name].output
    result: np.ndarray = (output > 0).reshape(*shape, *output.shape[1:])
    return result


def as_set(cells: Cells) -> set[tuple[int, int, int]]:
    return {(row, col, map) for row in cells.rows for col in cells.cols for map in cells.maps}


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(networks(), st.data())
def test_a_cell_depends_on_just_the_cells_that_light_it(network: Network, data: st.DataObject) -> None:
    last = next(place for place, layer in enumerate(network) if isinstance(layer, Flatten))
    place = data.draw(st.integers(0, last - 1), "layer")
    name = network.layers[place].name
    rows, cols, maps = network.shapes[place]
    cell = (
        data.draw(st.integers(0, rows - 1)),
        data.draw(st.integers(0, cols - 1)),
        data.draw(st.integers(0, maps - 1)),
    )
    chain = dependencies(network, name, Cells.one(*cell))
    for start in range(place + 1):
        brute = depends(network, start, name)[(..., *cell)]
        assert as_set(chain[start]) == set(zip(*(axis.tolist() for axis in np.nonzero(brute)), strict=True))
    after = dependents(network, name, Cells.one(*cell))
    for later in range(place + 1, last):
        brute = depends(network, place + 1, network.layers[later].name)[cell]
        assert as_set(after[later - place]) == set(zip(*(axis.tolist() for axis in np.nonzero(brute)), strict=True))


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(networks())
def test_what_is_never_read_lights_nothing(network: Network) -> None:
    alive = read_at_all(network)
    for place in range(len(network) - 1):
        lights = depends(network, place, "dense").any(axis=-1)
        if lights.ndim == 3:
            shape = network.shapes[place - 1] if place else network.input_shape
            assert (lights.any(axis=2) == alive[place].mask(shape)).all()
            for axis, there in enumerate((lights.any(axis=(1, 2)), lights.any(axis=(0, 2)))):
                unread = never_read(network, place, axis)
                assert [entry.index for entry in unread] == np.flatnonzero(~there).tolist()
                assert all(entry.end not in [layer for layer, _ in entry.readers] for entry in unread)


@settings(max_examples=40, deadline=None)
@given(networks(), st.data())
def test_windows_agree_with_the_receptive_field(network: Network, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(network) - 3), "layer")
    rows, cols, _ = network.shapes[place]
    row, col = data.draw(st.integers(0, rows - 1)), data.draw(st.integers(0, cols - 1))
    name = network.layers[place].name
    window = dependencies(network, name, Cells.one(row, col, 0))[0].window
    assert window is not None
    clipped = receptive_field(network, name).window(row, col).clipped(*network.input_shape[:2])
    assert window.top >= clipped.top
    assert window.left >= clipped.left
    assert window.bottom <= clipped.bottom
    assert window.right <= clipped.right
    layers = [layer for layer in network.layers[: place + 1] if isinstance(layer, Conv2D | MaxPool2D)]
    leave_nothing_out = all(layer.stride[axis] <= layer.size[axis] for layer in layers for axis in (0, 1))
    if leave_nothing_out and not any(isinstance(layer, Conv2D) and layer.padding == "same" for layer in layers):
        assert window == clipped

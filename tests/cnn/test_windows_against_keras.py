"""Every kind of window against Keras: random sizes, strides, dilations and paddings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cnntui.cnn import ops
from cnntui.cnn.cells import Cells
from cnntui.cnn.layers import AveragePool2D, Conv2D, MaxPool2D, Pool2D
from cnntui.cnn.network import Network
from cnntui.cnn.ops import Floats, Padding, Pair
from cnntui.cnn.steps import ConvSteps, PoolSteps

pytestmark = pytest.mark.slow

TOLERANCE = 1e-5

Pool = TypeVar("Pool", bound=Pool2D)
many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])


@dataclass(frozen=True)
class Case:
    """A window on a stack of maps: sizes 1–12, windows 1–5, strides 1–3, dilations 1–2, 1–4 channels."""

    shape: tuple[int, int, int]
    size: Pair
    stride: Pair
    dilation: Pair
    padding: Padding
    filters: int
    seed: int

    @property
    def fits(self) -> bool:
        extents = [ops.extent(size, apart) for size, apart in zip(self.size, self.dilation, strict=True)]
        return self.padding == "same" or all(e <= length for e, length in zip(extents, self.shape, strict=False))

    @property
    def maps(self) -> Floats:
        """Two stacks of maps, with values on both sides of 0."""
        return np.random.default_rng(self.seed).standard_normal((2, *self.shape)).astype(np.float32)

    @property
    def conv(self) -> Conv2D:
        rng = np.random.default_rng(self.seed + 1)
        kernel = rng.standard_normal((*self.size, self.shape[-1], self.filters)).astype(np.float32)
        bias = rng.standard_normal(self.filters).astype(np.float32)
        return Conv2D("conv", kernel, bias, self.stride, self.padding, "linear", self.dilation)

    def pool(self, kind: type[Pool]) -> Pool:
        return kind("pool", self.size, self.stride, self.padding)


def pairs(least: int, most: int) -> st.SearchStrategy[Pair]:
    return st.tuples(st.integers(least, most), st.integers(least, most))


def cases(dilations: st.SearchStrategy[Pair]) -> st.SearchStrategy[Case]:
    return st.builds(
        Case,
        shape=st.tuples(st.integers(1, 12), st.integers(1, 12), st.integers(1, 4)),
        size=pairs(1, 5),
        stride=pairs(1, 3),
        dilation=dilations,
        padding=st.sampled_from(("valid", "same")),
        filters=st.integers(1, 4),
        seed=st.integers(0, 10**6),
    )


@many
@given(case=cases(pairs(1, 2)))
def test_a_convolution_is_what_keras_computes(keras: Any, case: Case) -> None:
    # Keras refuses a stride and a dilation at once.
    assume(case.fits and (case.stride == (1, 1) or case.dilation == (1, 1)))
    layer, maps = case.conv, case.maps
    # With oneDNN, TensorFlow 2.21 leaves most of such an output unwritten; without, it computes what is computed here.
    rows, cols, _ = layer.output_shape(case.shape)
    assume(not (case.shape[-1] == 1 and cols == 1 and case.stride[0] == 1 and case.stride[1] > 1 and rows > 1))
    theirs = keras.layers.Conv2D(case.filters, case.size, case.stride, case.padding, dilation_rate=case.dilation)
    theirs.build((None, *case.shape))
    theirs.set_weights([layer.kernel, layer.bias])
    expected = np.asarray(theirs(maps))

    output = layer.forward(maps).output
    assert output.shape == expected.shape == (2, *layer.output_shape(case.shape))
    assert output.dtype == np.float32
    np.testing.assert_allclose(output, expected, rtol=1e-6, atol=TOLERANCE)
    for step in ConvSteps(layer, layer.forward(maps[0]), 0):
        assert step.pre_activation == pytest.approx(expected[0, step.row, step.col, 0], abs=TOLERANCE)
        assert float(step.products.sum()) == pytest.approx(step.total, abs=TOLERANCE)


@many
@given(case=cases(st.just((1, 1))))
def test_a_pool_is_what_keras_computes(keras: Any, case: Case) -> None:
    assume(case.fits)
    layer, maps = case.pool(MaxPool2D), case.maps
    largest = np.asarray(keras.layers.MaxPooling2D(case.size, case.stride, case.padding)(maps))
    np.testing.assert_array_equal(layer.forward(maps).output, largest)
    assert layer.output_shape(case.shape) == largest.shape[1:]
    for step in PoolSteps(layer, layer.forward(maps[0]), 0):
        assert step.output == largest[0, step.row, step.col, 0]
        assert step.winner is not None
        assert maps[0, step.window.top + step.winner[0], step.window.left + step.winner[1], 0] == step.output


@many
@given(case=cases(st.just((1, 1))))
def test_an_average_pool_is_what_keras_computes(keras: Any, case: Case) -> None:
    assume(case.fits)
    layer, maps = case.pool(AveragePool2D), case.maps
    average = np.asarray(keras.layers.AveragePooling2D(case.size, case.stride, case.padding)(maps))
    ours = layer.forward(maps).output
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, average, rtol=1e-6, atol=TOLERANCE)
    assert layer.output_shape(case.shape) == average.shape[1:]
    for step in PoolSteps(layer, layer.forward(maps[0]), 0):
        assert step.output == pytest.approx(average[0, step.row, step.col, 0], abs=TOLERANCE)
        assert float(step.patch.mean()) == pytest.approx(step.output, abs=TOLERANCE)


@many
@given(case=cases(pairs(1, 2)), place=st.tuples(st.integers(0, 11), st.integers(0, 11)))
def test_what_a_window_reads_is_said_alike_everywhere(case: Case, place: Pair) -> None:
    """The cells that a step names, those that reach finds, and those whose change changes the output."""
    assume(case.fits)
    layer, maps = case.conv, case.maps[0]
    steps = ConvSteps(layer, layer.forward(maps), 0)
    row, col = place[0] % steps.rows, place[1] % steps.cols
    step = steps.at(row, col)
    on_the_map = [
        tuple(cell for cell in cells if 0 <= cell < length)
        for cells, length in zip((step.rows, step.cols), case.shape, strict=False)
    ]
    cell = Cells.one(row, col, 0)
    read = layer.sources(cell, case.shape)
    if len(read):
        assert [read.rows, read.cols] == on_the_map
    changed = maps.copy()
    changed[np.ix_(read.rows, read.cols)] += 1
    others = np.ones(case.shape[:2], bool)
    others[np.ix_(read.rows, read.cols)] = False
    changed_elsewhere = maps + others[..., None].astype(np.float32)
    network = Network((layer,), case.shape)
    assert network.forward(changed_elsewhere).by_layer["conv"].output[row, col, 0] == step.output
    for input_row in range(case.shape[0]):
        for input_col in range(case.shape[1]):
            reading = layer.readers(Cells.one(input_row, input_col, 0), case.shape)
            found = steps.cell_of(input_row, input_col)
            assert found == ((reading.rows[-1], reading.cols[-1]) if len(reading) else None)
